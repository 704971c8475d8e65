import { beforeEach, expect, it } from 'vitest';
import { Announcer } from './announcer';
import { Outbox } from './outbox';
import type { View, Vote } from './protocol';
import { Room } from './room.svelte';
import { FakeWorld, frameAt } from './testing';

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
