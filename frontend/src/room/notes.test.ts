import { expect, it } from 'vitest';
import { followed, theirs, together, unsaved, writer, type Typed } from './notes';
import type { Note, Pen } from './protocol';

const note = (version: number, text: string): Note => ({ id: 'n', item_id: 'i', version, text, author: 'Ann Bell', at: '2026-11-24T10:00:00Z' });
const typed = (text: string, base: number, saved: string): Typed => ({ text, base, saved });

it('follows the note while nothing was typed', () => {
  expect(followed(typed('one', 1, 'one'), note(2, 'one two'))).toEqual(typed('one two', 2, 'one two'));
  expect(followed(typed('', 0, ''), note(1, 'one'))).toEqual(typed('one', 1, 'one'));
});

it('never writes over what was typed, and shows both', () => {
  const mine = typed('one mine', 1, 'one');
  expect(followed(mine, note(2, 'one theirs'))).toBe(mine);
  expect(theirs(mine, note(2, 'one theirs'))?.text).toBe('one theirs');
  expect(theirs(mine, note(1, 'one'))).toBeNull();
  expect(together(note(2, 'one theirs'), ' one mine ')).toBe('one theirs\n\none mine');
});

it('takes the same words from elsewhere as saved', () => {
  const mine = typed('the same ', 1, 'one');
  const now = followed(mine, note(2, 'the same'));
  expect(unsaved(now)).toBe(false);
  expect(now.base).toBe(2);
  expect(theirs(mine, note(2, 'the same'))).toBeNull();
});

it('knows who writes, until they fall silent', () => {
  const pen: Pen = { item_id: 'i', person_id: 'ann', name: 'Ann Bell', asked_by: null, asker: '', rests_at: '2026-11-24T10:02:00Z', passes_at: '2026-11-24T10:02:00Z' };
  const at = (time: string): number => Date.parse(`2026-11-24T${time}Z`);
  expect(writer([pen], 'i', 'sam', at('10:01:00'))?.name).toBe('Ann Bell');
  expect(writer([pen], 'i', 'ann', at('10:01:00'))).toBeNull();
  expect(writer([pen], 'j', 'sam', at('10:01:00'))).toBeNull();
  expect(writer([pen], 'i', 'sam', at('10:02:00'))).toBeNull();
  const asked = { ...pen, asked_by: 'sam', passes_at: '2026-11-24T10:00:30Z' };
  expect(writer([asked], 'i', 'sam', at('10:00:31'))).toBeNull();
  expect(writer([asked], 'i', 'eve', at('10:00:31'))?.name).toBe('Ann Bell');
});

it('goes on from one’s own words that were saved before the line dropped', () => {
  const mine = typed('one two three', 1, 'one');
  expect(followed(mine, note(2, 'one two'), 'Ann Bell')).toEqual(typed('one two three', 2, 'one two'));
  expect(followed(mine, note(2, 'one two'), 'Sam Reed')).toBe(mine);
});
