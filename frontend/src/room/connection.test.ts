import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from './connection';
import { Outbox } from './outbox';
import { FakeWorld, Heard, frameAt, settled } from './testing';

const person = '019ab000-0000-7000-8000-000000000001';
const meeting = '019ab000-0000-7000-8000-000000000002';
const item = '019ab000-0000-7000-8000-00000000001e';
const note = { note_id: '019ab000-0000-7000-8000-00000000003c', item_id: item, base_version: 0, text: 'Heard.' };
const action = { item_id: item, owner_id: person, due_on: '2026-12-10', text: 'Ring them.' };
const ballot = { vote_id: item, seat_id: item, position: 'consent', condition: '', reason: '' } as const;

let world: FakeWorld;
let heard: Heard;
let outbox: Outbox;
let connection: Connection;

function begin(seq = 0): void {
  outbox = new Outbox(localStorage, person, meeting, () => world.time);
  connection = new Connection(`/live/meetings/${meeting}`, seq, outbox, heard, world);
  connection.start();
}

function connected(seq = 7): void {
  world.last.opens();
  world.last.says(frameAt(seq));
}

beforeEach(() => {
  localStorage.clear();
  world = new FakeWorld();
  heard = new Heard();
  begin();
});

describe('the line', () => {
  it('is connected once the first frame is there', () => {
    expect(connection.line).toBe('connecting');
    connected();
    expect(connection.line).toBe('connected');
    expect(heard.frames).toHaveLength(1);
  });

  it('comes back by itself with the number it has, waiting longer each time', () => {
    connected(7);
    world.passes(10_000);
    world.last.breaks();
    expect(heard.lines.at(-1)).toEqual(['reconnecting', 'Connection lost. Connecting again.']);
    world.passes(499);
    expect(world.sockets).toHaveLength(1);
    world.passes(1);
    expect(world.last.url).toBe(`/live/meetings/${meeting}?after=7`);
    connected(7);
    world.passes(10_000);
    world.last.breaks();
    world.passes(500);
    world.last.breaks();
    world.passes(999);
    expect(world.sockets).toHaveLength(3);
    world.passes(1);
    expect(world.sockets).toHaveLength(4);
    connected(9);
    expect(heard.lines.at(-1)).toEqual(['connected', 'Connected']);
  });

  // A frozen server or a pulled cable closes nothing: only silence tells.
  it('is lost after twelve seconds of silence', () => {
    connected();
    world.passes(10_000);
    world.last.says({ type: 'beat', now: '2026-11-26T12:42:15Z' });
    world.passes(11_999);
    expect(connection.line).toBe('connected');
    world.passes(1);
    expect(connection.line).toBe('reconnecting');
  });

  it('is lost no later because something was sent into the silence', () => {
    connected();
    world.passes(6_000);
    void connection.send('item.open', { item_id: item });
    world.passes(6_000);
    expect(connection.line).toBe('reconnecting');
  });

  it('does not wait for a socket that never opens', () => {
    expect(world.sockets).toHaveLength(1);
    world.passes(8_500);
    expect(world.sockets).toHaveLength(2);
    expect(world.sockets[0]!.closed).toBe(true);
  });

  it('comes back after a restart when it is told to', () => {
    connected();
    world.last.says({ type: 'bye', reason: 'restart', sentence: 'Quorate is restarting. Your place is kept.', retry_ms: 1500 });
    expect(heard.lines.at(-1)).toEqual(['reconnecting', 'Quorate is restarting. Your place is kept.']);
    world.passes(1500);
    expect(world.sockets).toHaveLength(2);
  });

  it.each(['signed_out', 'denied', 'cancelled'] as const)('stays away after %s', (reason) => {
    connected();
    world.last.says({ type: 'bye', reason, sentence: 'Because.', retry_ms: 0 });
    world.passes(3_600_000);
    expect(world.sockets).toHaveLength(1);
    expect(heard.lines.at(-1)).toEqual(['ended', 'Because.']);
  });

  it('says offline when the network is gone, and comes back with it at once', () => {
    connected();
    world.isOnline = false;
    connection.networkChanged();
    expect(connection.line).toBe('offline');
    world.isOnline = true;
    connection.networkChanged();
    expect(world.sockets).toHaveLength(2);
    connected();
    expect(connection.line).toBe('connected');
  });
});

describe('what was typed', () => {
  it('waits for the line and is sent once it is back, with the same id', async () => {
    connected();
    world.last.breaks();
    expect(await connection.send('action.raise', action)).toEqual({ kept: true });
    expect(heard.count).toBe(1);
    world.passes(500);
    connected();
    const [sent] = world.last.commands();
    expect(sent).toMatchObject({ command: 'action.raise', data: action });
    world.last.says({ type: 'reply', id: sent!.id, seq: 8 });
    expect(heard.late).toEqual([['action.raise', null]]);
    expect(heard.count).toBe(0);
    expect(outbox.unacknowledged()).toEqual([]);
  });

  it('is sent again with the same id when the line dropped before the answer', async () => {
    connected();
    const outcome = connection.send('action.raise', action);
    const first = world.last.commands()[0]!.id;
    world.last.breaks();
    expect(await outcome).toEqual({ kept: true });
    world.passes(500);
    connected();
    expect(world.last.commands().map((c) => c.id)).toEqual([first]);
  });

  it('outlives the page', () => {
    connected();
    void connection.send('action.raise', action);
    const id = world.last.commands()[0]!.id;
    connection.stop();
    heard = new Heard();
    begin(7);
    expect(heard.count).toBe(1);
    connected();
    expect(world.last.commands().map((c) => c.id)).toEqual([id]);
  });

  // Whoever is told that it was refused must still have the words.
  it('that is refused after it waited is kept with the reason', async () => {
    connected();
    world.last.breaks();
    await connection.send('action.complete', { action_id: item, text: 'They were rung.' });
    world.passes(500);
    connected();
    const problem = { kind: 'conflict', sentence: 'This action is already done.', fields: [] };
    world.last.says({ type: 'reply', id: world.last.commands()[0]!.id, error: problem });
    expect(heard.late).toEqual([['action.complete', problem]]);
    expect(outbox.unacknowledged()).toEqual([]);
    expect(outbox.refused()).toMatchObject([{ command: { data: { text: 'They were rung.' } }, why: 'This action is already done.' }]);
  });

  it('that cannot be recorded just now waits on, and is sent again', async () => {
    connected();
    world.last.breaks();
    await connection.send('action.raise', action);
    world.passes(500);
    connected();
    const { id } = world.last.commands()[0]!;
    world.last.says({ type: 'reply', id, error: { kind: 'unavailable', sentence: 'Not now.', fields: [] } });
    expect(heard.late).toEqual([]);
    world.passes(5_000);
    expect(world.last.commands().map((c) => c.id)).toEqual([id, id]);
  });

  it('of a name no longer turns the meeting to the next one', async () => {
    connected();
    world.last.breaks();
    await connection.send('list.update', { item_id: item, worker: 'Jo Marsh', discussed: true, next: true });
    world.passes(500);
    connected();
    expect(world.last.commands()[0]!.data).toEqual({ item_id: item, worker: 'Jo Marsh', discussed: true, next: false });
  });

  it('of a note keeps itself: it says that it is not saved yet', async () => {
    connected();
    const sent = connection.send('note.write', note);
    world.last.breaks();
    expect(await sent).toMatchObject({ problem: { kind: 'unavailable', sentence: expect.stringContaining('kept on this device') } });
    world.passes(500);
    connected();
    expect(world.last.sent).toEqual([]);
  });

  it('waits out a session that has ended, and goes once its person has signed in again', async () => {
    connected();
    world.last.breaks();
    await connection.send('action.raise', action);
    world.passes(500);
    connected();
    world.last.says({ type: 'bye', reason: 'signed_out', sentence: 'Sign in again.', retry_ms: 0 });
    expect(outbox.unacknowledged()).toHaveLength(1);
    connection.resume();
    connected();
    expect(world.last.commands()[0]).toMatchObject({ command: 'action.raise' });
  });

  it('is never met by another person on the same computer', () => {
    connected();
    void connection.send('action.raise', action);
    const other = new Outbox(localStorage, '019ab000-0000-7000-8000-00000000000f', meeting, () => world.time);
    expect(other.unacknowledged()).toEqual([]);
  });
});

describe('consent', () => {
  it('never waits for a line: it says so at once', async () => {
    connected();
    world.last.breaks();
    const outcome = await connection.send('ballot.cast', ballot);
    expect(outcome).toMatchObject({ problem: { sentence: expect.stringContaining('not recorded') } });
    world.passes(500);
    connected();
    expect(world.last.sent).toEqual([]);
  });

  it('is not sent again when the line drops before the answer: it is asked for again', async () => {
    connected();
    const outcome = connection.send('decision.confirm', {
      item_id: item, outcome: 'agreed', reasons: 'r', conditions: [], split: [], start_on: '', end_on: '', review_on: '',
      meanwhile: '', challenge: '', missing: '', direction: '', act_by: '', what_next: '', casting_vote: '', assessor_present: true,
    });
    world.last.breaks();
    expect(await outcome).toMatchObject({ problem: { kind: 'unavailable' } });
    world.passes(500);
    connected();
    expect(world.last.sent).toEqual([]);
  });

  it('never reaches the browser’s storage', () => {
    connected();
    void connection.send('ballot.cast', ballot);
    expect(JSON.stringify({ ...localStorage })).not.toContain('ballot');
  });
});

describe('running the meeting', () => {
  it('acts within a minute of the click or not at all', async () => {
    connected();
    const outcome = connection.send('item.open', { item_id: item });
    world.last.breaks();
    world.isOnline = false;
    world.passes(90_000);
    world.isOnline = true;
    connection.networkChanged();
    await settled();
    world.requests.at(-1)!.answer(200, [frameAt(8)]);
    await settled();
    expect(connection.line).toBe('connected');
    expect(world.requests.filter((request) => request.body !== null)).toEqual([]);
    expect(await outcome).toMatchObject({ problem: { sentence: expect.stringContaining('Nothing was done') } });
  });

  it('settles with the server’s own words when it refuses', async () => {
    connected();
    const outcome = connection.send('item.open', { item_id: item });
    const problem = { kind: 'conflict', sentence: 'This meeting has closed.', fields: [] };
    world.last.says({ type: 'reply', id: world.last.commands()[0]!.id, error: problem });
    expect(await outcome).toEqual({ problem });
  });
});

describe('whoever has the meeting on the screen', () => {
  const here = () => world.last.sent.filter((text) => text === '{"type":"here"}').length;

  it('says so at once and each minute', () => {
    world.isVisible = true;
    connected();
    expect(here()).toBe(1);
    for (let i = 0; i < 12; i++) {
      world.passes(5_000);
      world.last.says({ type: 'beat', now: '2026-11-26T12:42:15Z' });
    }
    expect(here()).toBe(2);
  });

  it('says nothing from behind another page, and says so on coming back', () => {
    connected();
    expect(here()).toBe(0);
    world.isVisible = true;
    connection.visibilityChanged();
    expect(here()).toBe(1);
  });

  it('says it with the poll where sockets are blocked', async () => {
    world.isVisible = true;
    world.last.breaks();
    world.passes(500);
    world.last.breaks();
    world.passes(1000);
    await settled();
    expect(world.requests[0]!.url).toBe(`/live/meetings/${meeting}/frames?here=1`);
  });
});

it('names its person, for whom alone the server takes what it says', () => {
  connection.stop();
  connection = new Connection(`/live/meetings/${meeting}`, 3, outbox, heard, world, person);
  connection.start();
  expect(world.last.url).toBe(`/live/meetings/${meeting}?after=3&person=${person}`);
});

describe('where sockets are blocked', () => {
  async function polling(): Promise<void> {
    world.last.breaks();
    world.passes(500);
    world.last.breaks();
    world.passes(1000);
    await settled();
  }

  it('polls as well where sockets open and do not last', async () => {
    for (let i = 0; i < 2; i++) {
      connected(7);
      world.passes(2_000);
      world.last.breaks();
      world.passes(500);
    }
    await settled();
    expect(world.sockets).toHaveLength(2);
    expect(world.requests).toHaveLength(1);
  });

  it('notices that a poll gets no answer', async () => {
    await polling();
    world.requests[0]!.answer(200, [frameAt(5)]);
    await settled();
    expect(connection.line).toBe('connected');
    world.passes(16_000);
    await settled();
    expect(connection.line).toBe('reconnecting');
  });

  it('keeps what was typed when a command finds the session ended', async () => {
    await polling();
    world.requests[0]!.answer(200, [frameAt(5)]);
    await settled();
    const outcome = connection.send('action.raise', action);
    const post = world.requests.at(-1)!;
    post.answer(401, { type: 'reply', id: (post.body as { id: string }).id, error: { kind: 'signed_out', sentence: 'Sign in again.', fields: [] } });
    await settled();
    expect(await outcome).toEqual({ kept: true });
    expect(heard.lines.at(-1)).toEqual(['ended', 'Sign in again.']);
    expect(outbox.unacknowledged()).toHaveLength(1);
  });

  it('polls the same log, from the number it has', async () => {
    await polling();
    expect(world.requests[0]!.url).toBe(`/live/meetings/${meeting}/frames`);
    world.requests[0]!.answer(200, [frameAt(5)]);
    await settled();
    expect(connection.line).toBe('connected');
    expect(world.requests[1]!.url).toBe(`/live/meetings/${meeting}/frames?after=5`);
  });

  it('posts commands and takes their replies', async () => {
    await polling();
    world.requests[0]!.answer(200, [frameAt(5)]);
    await settled();
    const outcome = connection.send('ballot.cast', ballot);
    const post = world.requests.at(-1)!;
    expect(post.url).toBe(`/live/meetings/${meeting}/commands`);
    post.answer(200, { type: 'reply', id: (post.body as { id: string }).id, seq: 6 });
    await settled();
    expect(await outcome).toEqual({ seq: 6 });
  });

  it('stops when the person was signed out', async () => {
    await polling();
    world.requests[0]!.answer(401, { type: 'reply', id: person, error: { kind: 'signed_out', sentence: 'Sign in again.', fields: [] } });
    await settled();
    expect(heard.lines.at(-1)).toEqual(['ended', 'Sign in again.']);
  });

  it('changes over to a socket once one speaks, without a word', async () => {
    await polling();
    world.requests[0]!.answer(200, [frameAt(5)]);
    await settled();
    world.passes(5_000);
    expect(world.sockets).toHaveLength(3);
    world.last.opens();
    world.last.says(frameAt(6));
    expect(connection.line).toBe('connected');
    void connection.send('item.open', { item_id: item });
    expect(world.last.commands()).toHaveLength(1);
  });
});
