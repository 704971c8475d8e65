import { describe, expect, it } from 'vitest';
import { shortcuts, shortcutsFor, stepOf, want, wanted } from './list-keys';

const clerk = { records: true, chairs: false };
const member = { records: false, chairs: false };
const press = (key: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...more });

describe('the keys of the list', () => {
  it('mean one thing each', () => {
    const keys = shortcuts.flatMap((s) => s.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
  it('write only for those who record, and call a vote only for the chair', () => {
    expect(stepOf(press('r'), clerk)).toEqual({ kind: 'rate', rag: 'Red' });
    expect(stepOf(press('r'), member)).toBeNull();
    expect(stepOf(press('j'), member)).toEqual({ kind: 'go', to: 'next' });
    expect(stepOf(press('v'), clerk)).toBeNull();
    expect(stepOf(press('v'), { records: true, chairs: true })).toEqual({ kind: 'vote' });
  });
  // Ctrl+R must go on loading the page anew, and never rate a young person red.
  it('leave the browser its own', () => {
    for (const held of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }]) expect(stepOf(press('r', held), clerk)).toBeNull();
  });
  it('are shown as they are', () => {
    for (const s of shortcutsFor(clerk)) for (const key of s.keys.filter((k) => k.length === 1)) expect(s.shown).toContain(key);
  });
  it('can be turned off, and stay off', () => {
    localStorage.clear();
    expect(wanted(localStorage)).toBe(true);
    want(localStorage, false);
    expect(wanted(localStorage)).toBe(false);
    want(localStorage, true);
    expect(wanted(localStorage)).toBe(true);
  });
});
