// What becomes of a note while one person types it and others may too: pure, so that each case can be tested.
import type { Note, Pen, Uuid } from './protocol';

/** What stands in the field: the words, and the version of the note they were built on. */
export interface Typed {
  text: string;
  base: number;
  saved: string; // what that version says
}

/** Whether something was typed that no version holds. */
export const unsaved = (typed: Typed): boolean => typed.text !== typed.saved && typed.text.trim() !== '';

/**
 * The field after the note has moved on: a newer version that says what was typed, or that came while
 * nothing was typed, is taken over. Otherwise the field stays as it is, and theirs differs.
 */
export function followed(typed: Typed, note: Note | undefined, me = ''): Typed {
  if (!note || note.version <= typed.base) return typed;
  // This person's own words, saved before the line dropped, and typed on since.
  if (note.author === me && unsaved(typed) && typed.text.includes(note.text)) return { text: typed.text, base: note.version, saved: note.text };
  if (note.text === typed.text.trim()) return { text: typed.text, base: note.version, saved: typed.text };
  if (!unsaved(typed)) return { text: note.text, base: note.version, saved: note.text };
  return typed;
}

/** What somebody else, or this person in another window, has saved meanwhile; null when nothing differs. */
export function theirs(typed: Typed, note: Note | undefined): Note | null {
  return note && note.version > typed.base && unsaved(typed) && note.text !== typed.text.trim() ? note : null;
}

/** Both texts, one after the other. */
export const together = (note: Note, text: string): string => `${note.text}\n\n${text.trim()}`;

/** Who is writing the notes of an item now, if it is somebody else who has not fallen silent. */
export function writer(pens: Pen[], item: Uuid, me: Uuid, now: number): Pen | null {
  const pen = pens.find((p) => p.item_id === item);
  return pen && pen.person_id !== me && now < silentAt(pen, me) ? pen : null;
}

/** When the pen is free for somebody, in milliseconds. */
export const silentAt = (pen: Pen, me: Uuid): number => Date.parse(pen.asked_by === me ? pen.passes_at : pen.rests_at);
