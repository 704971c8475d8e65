// The keys of the walk down many names, in one table: what is shown to whoever looks for them is what
// they do. They work only while a name has the focus, and can be turned off (WCAG 2.1.4).
export type Field = 'worker' | 'next_step' | 'action' | 'refer';

export type Step =
  | { kind: 'go'; to: 'next' | 'previous' | 'first' | 'last' }
  | { kind: 'rate'; rag: '' | 'Red' | 'Amber' | 'Green' }
  | { kind: 'write'; field: Field }
  | { kind: 'discussed' }
  | { kind: 'vote' };

interface Shortcut {
  keys: string[];
  shown: string;
  does: string;
  step: Step;
  by: 'everybody' | 'recorders' | 'chair';
}

export const shortcuts: Shortcut[] = [
  { keys: ['ArrowDown', 'j'], shown: '↓ or j', does: 'next name', step: { kind: 'go', to: 'next' }, by: 'everybody' },
  { keys: ['ArrowUp', 'k'], shown: '↑ or k', does: 'name before', step: { kind: 'go', to: 'previous' }, by: 'everybody' },
  { keys: ['Home'], shown: 'Home', does: 'first name', step: { kind: 'go', to: 'first' }, by: 'everybody' },
  { keys: ['End'], shown: 'End', does: 'last name', step: { kind: 'go', to: 'last' }, by: 'everybody' },
  { keys: ['r'], shown: 'r', does: 'rate it red', step: { kind: 'rate', rag: 'Red' }, by: 'recorders' },
  { keys: ['a'], shown: 'a', does: 'rate it amber', step: { kind: 'rate', rag: 'Amber' }, by: 'recorders' },
  { keys: ['g'], shown: 'g', does: 'rate it green', step: { kind: 'rate', rag: 'Green' }, by: 'recorders' },
  { keys: ['x'], shown: 'x', does: 'take the rating away', step: { kind: 'rate', rag: '' }, by: 'recorders' },
  { keys: ['w'], shown: 'w', does: 'write the worker', step: { kind: 'write', field: 'worker' }, by: 'recorders' },
  { keys: ['s'], shown: 's', does: 'write the next step', step: { kind: 'write', field: 'next_step' }, by: 'recorders' },
  { keys: ['t'], shown: 't', does: 'raise an action: something to do', step: { kind: 'write', field: 'action' }, by: 'recorders' },
  { keys: ['p'], shown: 'p', does: 'refer to a panel', step: { kind: 'write', field: 'refer' }, by: 'recorders' },
  { keys: ['d'], shown: 'd', does: 'discussed, and on to the next name', step: { kind: 'discussed' }, by: 'recorders' },
  { keys: ['v'], shown: 'v', does: 'put it to the vote', step: { kind: 'vote' }, by: 'chair' },
];

/** What the keys do inside an open name. They are no single letters, so that typing is never taken for one. */
export const insideKeys = [
  { shown: 'Enter', does: 'save, and on to the next name' },
  { shown: '↓ or ↑', does: 'in the worker or the next step: save, and to the same field of the next name or the one before' },
  { shown: 'Escape', does: 'save, and back to the list' },
];

interface Reader {
  records: boolean;
  chairs: boolean;
}

const offered = (by: Shortcut['by'], { records, chairs }: Reader): boolean => by === 'everybody' || (by === 'recorders' ? records : chairs);

/** The shortcuts that somebody has. */
export const shortcutsFor = (reader: Reader): Shortcut[] => shortcuts.filter(({ by }) => offered(by, reader));

/** What a key asks for, or null. A key held together with another belongs to the browser. */
export function stepOf(event: KeyboardEvent, reader: Reader): Step | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  return shortcutsFor(reader).find(({ keys }) => keys.includes(event.key))?.step ?? null;
}

const kept = 'quorate.list.shortcuts';

/** Whether this browser's person wants the shortcuts. */
export function wanted(store: Storage): boolean {
  try {
    return store.getItem(kept) !== 'off';
  } catch {
    return true;
  }
}

export function want(store: Storage, on: boolean): void {
  try {
    store.setItem(kept, on ? 'on' : 'off');
  } catch {
    // A forbidden store costs having to say it again.
  }
}
