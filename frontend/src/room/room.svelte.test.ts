import { beforeEach, describe, expect, it } from 'vitest';
import { Announcer } from './announcer';
import { Outbox } from './outbox';
import type { View, Vote } from './protocol';
import { Room } from './room.svelte';
import { FakeWorld, frameAt, settled } from './testing';

const vote = (open: boolean): Vote => ({ id: 'v', open }) as Vote;
let world: FakeWorld;
let status: HTMLElement;
let alert: HTMLElement;
let room: Room;

beforeEach(() => {
  localStorage.clear();
  world = new FakeWorld();
  [status, alert] = [document.createElement('div'), document.createElement('div')];
  const announcer = new Announcer(status, alert, (ms, then) => void world.later(ms, then));
  const first = frameAt(1, { sections: { vote: vote(true) } as Partial<View> });
  room = new Room('/live/meetings/m', first, new Outbox(localStorage, 'ann', 'm'), announcer, world);
  room.start();
  world.last.opens();
  world.last.says(frameAt(1, { sections: { vote: vote(true) } as Partial<View> }));
});

it('says politely what happens, and interrupts only when voting closes', () => {
  world.last.says(frameAt(2, { whole: false, says: '1 of 2 agencies have voted' }));
  expect(status.textContent).toBe('1 of 2 agencies have voted');
  expect(alert.textContent).toBe('');
  world.last.says(frameAt(3, { whole: false, says: 'Voting on item 5 has closed', sections: { vote: vote(false) } as Partial<View> }));
  expect(alert.textContent).toBe('Voting has closed');
});

// Whoever is not told that something was written down for them cannot dispute it.
it('tells a person once what was written down for them', () => {
  const written = (...ids: string[]) => ({ me: { written: ids.map((id) => ({ ballot_id: id, number: '3', words: 'Agrees' })) } }) as unknown as Partial<View>;
  world.last.says(frameAt(2, { whole: false, sections: written('a') }));
  expect(status.textContent).toBe('Your position on item 3 was written down: Agrees. Confirm or dispute it');
  status.textContent = '';
  world.last.says(frameAt(3, { whole: false, sections: written('a') }));
  world.passes(3_000);
  expect(status.textContent).toBe('');
});

// Whoever has left for an item on one device must hear on the other that its screen has changed.
it('tells a person that an item is closed to them, and once', () => {
  const agenda = (hidden: string) => ({ items: [{ id: 'i', number: '5', hidden }] }) as unknown as Partial<View>;
  world.last.says(frameAt(2, { sections: agenda('') }));
  world.last.says(frameAt(3, { sections: agenda('You have left for this item') }));
  expect(status.textContent).toBe('Item 5: You have left for this item');
  status.textContent = '';
  world.last.says(frameAt(4, { sections: agenda('You have left for this item') }));
  world.passes(3_000);
  expect(status.textContent).toBe('');
  world.last.says(frameAt(5, { sections: agenda('') }));
  expect(status.textContent).toBe('Item 5: you can see it again');
  world.last.says(frameAt(6, { says: 'Item 5 is deliberated in private from here', sections: agenda('The panel is deliberating in private') }));
  world.passes(3_000);
  expect(status.textContent).toBe('Item 5 is deliberated in private from here');
});

it('does not interrupt where positions are spoken: everybody heard them', () => {
  const spoken = (open: boolean) => ({ meeting: { method: 'spoken' }, vote: vote(open) }) as unknown as Partial<View>;
  world.last.says(frameAt(2, { whole: false, sections: spoken(true) }));
  world.last.says(frameAt(3, { whole: false, says: 'The positions on item 5 are recorded', sections: spoken(false) }));
  expect(alert.textContent).toBe('');
  expect(status.textContent).toBe('The positions on item 5 are recorded');
});

it('interrupts for a lost line only when it stays lost', () => {
  world.last.breaks();
  world.passes(500);
  world.last.opens();
  world.last.says(frameAt(1));
  world.passes(5_000);
  expect(alert.textContent).toBe('');
  world.isOnline = false;
  room.networkChanged();
  world.passes(2_000);
  expect(alert.textContent).toBe('Connection lost');
});

// A first try that fails must not keep the loss from whoever cannot see it.
it('interrupts once for a lost line, however often it fails to come back', () => {
  const told: string[] = [];
  world.last.breaks();
  for (let waited = 0; waited < 9_000; waited += 500) {
    world.passes(500);
    if (!world.last.closed) world.last.breaks();
    if (alert.textContent) told.push(alert.textContent);
    alert.textContent = '';
  }
  expect(told).toEqual(['Connection lost']);
});

it('keeps the id of what was perhaps recorded, so that saying it again cannot count twice', async () => {
  const ballot = { vote_id: 'v', seat_id: 's', position: 'consent', condition: '', reason: '' } as const;
  const first = room.do('ballot.cast', ballot);
  const id = world.last.commands()[0]!.id;
  world.last.breaks();
  expect(await first).toMatchObject({ kind: 'unavailable' });
  world.passes(500);
  world.last.opens();
  world.last.says(frameAt(1));
  expect(world.last.sent).toEqual([]);
  void room.do('ballot.cast', ballot);
  expect(world.last.commands().map((c) => c.id)).toEqual([id]);
  void room.do('ballot.cast', { ...ballot, position: 'refuse' });
  expect(world.last.commands()[1]!.id).not.toBe(id);
});

describe('notes typed while the line was down', () => {
  const people = { me: { person_id: 'ann', name: 'Ann Bell', clerk: true, chair: false, written: [] } };
  const items = { items: [{ id: 'i3', number: '3' }, { id: 'i4', number: '4' }], item: { id: 'i4' }, actions: [], arising: [], choices: { owners: [] } };
  const sections = (notes: object[]) => ({ ...people, ...items, notes }) as unknown as Partial<View>;
  const back = async (notes: object[]): Promise<void> => {
    world.last.breaks();
    world.passes(500);
    world.last.opens();
    world.last.says(frameAt(5, { sections: sections(notes) }));
    world.passes(0);
    await settled();
  };
  const notes = () => world.last.commands().filter((c) => c.command === 'note.write');

  it('for an item that is over are saved once the line is back, and their writer is told', async () => {
    room.outbox.draftOf('note.i3', room.page, 'Heard them.', 0);
    await back([]);
    expect(notes()).toMatchObject([{ data: { item_id: 'i3', base_version: 0, text: 'Heard them.' } }]);
    world.last.says({ type: 'reply', id: notes()[0]!.id, seq: 6 });
    await settled();
    expect(room.savedLate).toEqual(['Item 3 is no longer open. The notes you had typed for it are saved.']);
    expect(room.refused).toEqual([]);
  });

  it('are kept with the reason when somebody else has changed them', async () => {
    room.outbox.draftOf('note.i3', room.page, 'Heard them.', 1);
    await back([{ id: 'n', item_id: 'i3', version: 2, text: 'Theirs', author: 'Sam Reed', at: '' }]);
    expect(notes()).toEqual([]);
    expect(room.refused).toMatchObject([{ command: { data: { text: 'Heard them.' } }, why: 'Item 3 is no longer open, and Sam Reed has changed its notes meanwhile.' }]);
    const put = room.putIntoNotes(room.refused[0]!, 'i3');
    await settled();
    expect(notes()).toMatchObject([{ data: { base_version: 2, text: 'Theirs\n\nHeard them.' } }]);
    world.last.says({ type: 'reply', id: notes()[0]!.id, seq: 7 });
    expect(await put).toBeNull();
    expect(room.refused).toEqual([]);
  });

  it('for the open item are left to their own field', async () => {
    room.outbox.draftOf('note.i4', room.page, 'Heard them.', 0);
    await back([]);
    expect(notes()).toEqual([]);
  });
});

it('asks for a sign-in when the session has ended, until the meeting goes on', async () => {
  world.last.says({ type: 'bye', reason: 'signed_out', sentence: 'Sign in again.', retry_ms: 0 });
  expect(room.signedOut).toBe(true);
  room.view = { ...room.view, me: { person_id: 'ann' } } as unknown as View;
  const answer = room.signInAgain('ann@example.org', 'wrong');
  expect(String(world.requests.at(-1)!.sent)).toContain('person=ann');
  world.requests.at(-1)!.answer(422, { sentence: 'Enter the email address and password of your Quorate account', fields: {} });
  expect(await answer).toBe('Enter the email address and password of your Quorate account');
  expect(room.signedOut).toBe(true);
  const good = room.signInAgain('ann@example.org', 'right');
  world.requests.at(-1)!.answer(204, null);
  expect(await good).toBe('');
  world.last.opens();
  world.last.says(frameAt(2));
  expect(room.signedOut).toBe(false);
});
