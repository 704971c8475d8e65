import { describe, expect, it } from 'vitest';
import { itemOfForm, late, said, unsent } from './kept';
import type { CommandMessage, Commands, CommandType, Note, View } from './protocol';

const view = {
  items: [{ id: 'i3', number: '3' }],
  actions: [{ id: 'a', text: 'Ring the provider' }],
  arising: [],
  choices: { owners: [{ id: 'ann', text: 'Ann Bell' }] },
} as unknown as View;
const message = <C extends CommandType>(command: C, data: Commands[C]): CommandMessage => ({ type: 'command', id: 'x', command, data });
const note = (version: number, text: string, author: string): Note => ({ id: 'n', item_id: 'i3', version, text, author, at: '' });

describe('what waits is said in words its person knows', () => {
  it('an action', () => {
    expect(said(message('action.raise', { item_id: 'i3', owner_id: 'ann', due_on: '2026-12-10', text: 'Visit' }), view)).toEqual({
      what: 'Action for item 3',
      text: 'Visit, Ann Bell, by 10 December 2026',
      item: 'i3',
    });
    expect(said(message('action.complete', { action_id: 'a', text: 'Rung' }), view)).toEqual({ what: 'Done: Ring the provider', text: 'Rung', item: '' });
  });

  it('the work on a name', () => {
    const row = { item_id: 'i3', worker: 'Jo Marsh', rag: '', next_step: 'Visit', discussed: true, next: false };
    expect(said(message('list.update', row), view).text).toBe('Worker: Jo Marsh\nRating: not rated\nNext step: Visit');
    expect(said(message('list.update', { item_id: 'i3', discussed: true, next: false }), view)).toEqual({ what: 'Item 3', text: 'Discussed', item: 'i3' });
  });
});

// Somebody's words must never go under somebody else's, and never be lost for fear of it.
describe('notes of an item that is over', () => {
  it('are saved when nobody has written since', () => {
    expect(late({ text: 'Mine', base: 0 }, undefined, 'Ann Bell')).toEqual({ save: 0 });
    expect(late({ text: 'Mine', base: 2 }, note(2, 'Before', 'Sam Reed'), 'Ann Bell')).toEqual({ save: 2 });
  });
  it('are saved on from one’s own', () => {
    expect(late({ text: 'One two', base: 1 }, note(2, 'One', 'Ann Bell'), 'Ann Bell')).toEqual({ save: 2 });
  });
  it('are there already', () => {
    expect(late({ text: 'One ', base: 1 }, note(2, 'One', 'Ann Bell'), 'Ann Bell')).toBe('saved');
  });
  it('differ when somebody else has written', () => {
    expect(late({ text: 'One two', base: 1 }, note(2, 'One', 'Sam Reed'), 'Ann Bell')).toBe('differs');
  });
});

it('texts whose form is not on the screen are shown; choices and days are not texts', () => {
  const draft = (form: string, label: string, text: string) => ({ form, field: 'f', label, text });
  const found = unsent([draft('decide.i3', 'Reasons', 'Because'), draft('decide.i3', '', 'agreed'), draft('pause', 'What', 'Lunch'), draft('hand', 'Who', ' ')], (form) => form === 'pause');
  expect([...found.keys()]).toEqual(['decide.i3']);
  expect(found.get('decide.i3')).toHaveLength(1);
  expect(itemOfForm('decide.i3', view)).toBe('3');
  expect(itemOfForm('action', view)).toBe('');
});
