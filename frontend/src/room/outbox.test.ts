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
  outbox.draft('decide.i', 'decide-reasons', 'Half a sent', 'Reasons');
  const again = new Outbox(localStorage, 'ann', 'm');
  expect(again.drafted('decide.i', 'decide-reasons')).toBe('Half a sent');
  expect(again.drafts()).toEqual([{ form: 'decide.i', field: 'decide-reasons', label: 'Reasons', text: 'Half a sent' }]);
  expect(new Outbox(localStorage, 'sam', 'm').drafts()).toEqual([]);
  expect(new Outbox(localStorage, 'ann', 'n').drafts()).toEqual([]);
  outbox.draft('decide.i', 'decide-reasons', '');
  expect(localStorage).toHaveLength(0);
});

it('sign-out leaves nothing behind', () => {
  const outbox = new Outbox(localStorage, 'ann', 'm');
  outbox.keep(command('a'));
  outbox.draft('note', 'x', 'x');
  outbox.refuse(command('b'), 'Because');
  localStorage.setItem('another', 'stays');
  forgetRooms(localStorage);
  expect({ ...localStorage }).toEqual({ another: 'stays' });
});

it('forgets after a week, and survives what it cannot read', () => {
  const outbox = new Outbox(localStorage, 'ann', 'm', () => 0);
  outbox.draft('note', 'text', 'old');
  localStorage.setItem('quorate.room.ann.m.sent.x', '{broken');
  const later = new Outbox(localStorage, 'ann', 'm', () => 8 * 24 * 60 * 60 * 1000);
  expect(later.drafted('note', 'text')).toBe('');
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

it('forgets one form and leaves the others', () => {
  const outbox = new Outbox(localStorage, 'ann', 'm');
  outbox.draft('decide.i', 'decide-reasons', 'Mine', 'Reasons');
  outbox.draft('decide.j', 'decide-reasons', 'Other', 'Reasons');
  outbox.forget('decide.i');
  expect(outbox.drafts().map((draft) => draft.form)).toEqual(['decide.j']);
});

// What somebody had typed about an item they left for must not stay on their screen.
it('forgets an item its person has left for, and nothing else', () => {
  const outbox = new Outbox(localStorage, 'ann', 'm');
  outbox.draft('decide.i3', 'decide-reasons', 'Mine', 'Reasons');
  outbox.draft('decide.i4', 'decide-reasons', 'Other', 'Reasons');
  outbox.draftOf('note.i3', 'page', 'Heard', 1);
  outbox.open = 'i3';
  outbox.draft('action', 'action-text', 'Ring the school', 'What is to be done');
  outbox.keep(command('a'));
  outbox.refuse(command('a'), 'This meeting has closed.');
  outbox.open = 'i4';
  outbox.draft('done-1', 'outcome', 'Rung', 'What was done');
  outbox.forgetAbout('i3');
  expect(outbox.drafts().map((draft) => draft.form).sort()).toEqual(['decide.i4', 'done-1']);
  expect(outbox.refused()).toEqual([]);
  expect(outbox.leftovers('page')).toEqual([]);
});

it('keeps what was refused until its person has settled it', () => {
  const outbox = new Outbox(localStorage, 'ann', 'm');
  outbox.keep(command('a'));
  outbox.refuse(command('a'), 'This meeting has closed.');
  const again = new Outbox(localStorage, 'ann', 'm');
  expect(again.unacknowledged()).toEqual([]);
  expect(again.refused()).toEqual([{ command: command('a'), why: 'This meeting has closed.' }]);
  again.settled('a');
  expect(localStorage).toHaveLength(0);
});

it('knows whose words were left behind', () => {
  let now = 0;
  const outbox = new Outbox(localStorage, 'ann', 'm', () => now);
  outbox.draftOf('note.i', 'first', 'Mine', 3);
  expect(outbox.leftovers('second')).toEqual([]);
  expect(outbox.leftovers('first')).toEqual(['note.i']);
  now = 11_000;
  expect(outbox.leftovers('second')).toEqual(['note.i']);
});
