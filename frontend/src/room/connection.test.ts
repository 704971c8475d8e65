import { beforeEach, describe, expect, it } from 'vitest';
import { Connection } from './connection';
import { Outbox } from './outbox';
import { FakeWorld, Heard, frameAt, settled } from './testing';

const person = '019ab000-0000-7000-8000-000000000001';
const meeting = '019ab000-0000-7000-8000-000000000002';
const item = '019ab000-0000-7000-8000-00000000001e';
const note = { note_id: '019ab000-0000-7000-8000-00000000003c', item_id: item, base_version: 0, text: 'Heard.' };
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
    world.last.breaks();
    expect(heard.lines.at(-1)).toEqual(['reconnecting', 'Connection lost. Connecting again.']);
    world.passes(499);
    expect(world.sockets).toHaveLength(1);
    world.passes(1);
    expect(world.last.url).toBe(`/live/meetings/${meeting}?after=7`);
    world.last.breaks();
    world.passes(999);
    expect(world.sockets).toHaveLength(2);
    world.passes(1);
    expect(world.sockets).toHaveLength(3);
    connected(9);
    expect(heard.lines.at(-1)).toEqual(['connected', 'Connected']);
  });

  it('is lost after forty seconds of silence', () => {
    connected();
    world.passes(30_000);
    world.last.says({ type: 'beat', now: '2026-11-26T12:42:15Z' });
    world.passes(39_999);
    expect(connection.line).toBe('connected');
    world.passes(1);
    expect(connection.line).toBe('reconnecting');
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
    const outcome = connection.send('note.write', note);
    expect(heard.count).toBe(1);
    world.passes(500);
    connected();
    const [sent] = world.last.commands();
    expect(sent).toMatchObject({ command: 'note.write', data: note });
    world.last.says({ type: 'reply', id: sent!.id, seq: 8 });
    expect(await outcome).toEqual({ seq: 8 });
    expect(heard.count).toBe(0);
    expect(outbox.unacknowledged()).toEqual([]);
  });

  it('is sent again with the same id when the line dropped before the answer', () => {
    connected();
    void connection.send('note.write', note);
    const first = world.last.commands()[0]!.id;
    world.last.breaks();
    world.passes(500);
    connected();
    expect(world.last.commands().map((c) => c.id)).toEqual([first]);
  });

  it('outlives the page', () => {
    connected();
    void connection.send('note.write', note);
    const id = world.last.commands()[0]!.id;
    connection.stop();
    heard = new Heard();
    begin(7);
    expect(heard.count).toBe(1);
    connected();
    expect(world.last.commands().map((c) => c.id)).toEqual([id]);
  });

  it('is never met by another person on the same computer', () => {
    connected();
    void connection.send('note.write', note);
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
      meanwhile: '', challenge: '', missing: '', what_next: '', casting_vote: '', assessor_present: true,
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
    world.passes(500);
    world.last.breaks();
    world.passes(70_000);
    world.last.opens();
    world.last.says(frameAt(8));
    expect(world.last.sent).toEqual([]);
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

describe('where sockets are blocked', () => {
  async function polling(): Promise<void> {
    world.last.breaks();
    world.passes(500);
    world.last.breaks();
    world.passes(1000);
    await settled();
  }

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
    world.passes(60_000);
    expect(world.sockets).toHaveLength(3);
    world.last.opens();
    world.last.says(frameAt(6));
    expect(connection.line).toBe('connected');
    void connection.send('item.open', { item_id: item });
    expect(world.last.commands()).toHaveLength(1);
  });
});
