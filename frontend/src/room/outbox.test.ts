import { beforeEach, expect, it } from 'vitest';
import { Outbox, forgetRooms } from './outbox';
import type { CommandMessage } from './protocol';

const command = (id: string): CommandMessage => ({
  type: 'command', id, command: 'note.write', data: { note_id: 'n', item_id: 'i', base_version: 0, text: 'Words' },
});

beforeEach(() => localStorage.clear());

it('gives back what was not acknowledged, in the order it was made', () => {
  let now = 1;
  const outbox = new Outbox(localStorage, 'ann', 'm', () => now++);
  for (const id of ['c', 'a', 'b']) outbox.keep(command(id));
  outbox.acknowledged('a');
  expect(outbox.unacknowledged().map((c) => c.id)).toEqual(['c', 'b']);
});

it('keeps a draft until it is emptied', () => {
  const outbox = new Outbox(localStorage, 'ann', 'm');
  outbox.draft('note', 'Half a sent');
  expect(new Outbox(localStorage, 'ann', 'm').drafted('note')).toBe('Half a sent');
  expect(new Outbox(localStorage, 'sam', 'm').drafted('note')).toBe('');
  outbox.draft('note', '');
  expect(localStorage).toHaveLength(0);
});

it('sign-out leaves nothing behind', () => {
  const outbox = new Outbox(localStorage, 'ann', 'm');
  outbox.keep(command('a'));
  outbox.draft('note', 'x');
  localStorage.setItem('another', 'stays');
  forgetRooms(localStorage);
  expect({ ...localStorage }).toEqual({ another: 'stays' });
});

it('forgets after a week, and survives what it cannot read', () => {
  const outbox = new Outbox(localStorage, 'ann', 'm', () => 0);
  outbox.draft('note', 'old');
  localStorage.setItem('quorate.room.ann.m.sent.x', '{broken');
  const later = new Outbox(localStorage, 'ann', 'm', () => 8 * 24 * 60 * 60 * 1000);
  expect(later.drafted('note')).toBe('');
  expect(later.unacknowledged()).toEqual([]);
});

it('keeps the words of two windows apart, and gives up those of one that is gone', () => {
  let now = 0;
  const outbox = new Outbox(localStorage, 'ann', 'm', () => now);
  outbox.draftOf('note.i', 'first', 'Mine', 3);
  outbox.draftOf('note.i', 'second', 'Also mine', 4);
  expect(outbox.takeLeftover('note.i', 'third')).toBeNull(); // both are still here
  outbox.leave('first');
  expect(outbox.takeLeftover('note.i', 'third')).toEqual({ text: 'Mine', base: 3 });
  now = 11_000;
  expect(outbox.takeLeftover('note.i', 'third')).toEqual({ text: 'Also mine', base: 4 });
  expect(outbox.takeLeftover('note.i', 'third')).toBeNull();
});
