import { describe, expect, it } from 'vitest';
import type { Item } from './protocol';
import { counted, spent } from './screen.svelte';

const opened = '2026-11-26T09:30:00Z';
const at = (time: string): number => new Date(`2026-11-26T${time}Z`).getTime();

// A room that reads the wrong time on the wall cuts somebody short.
describe('the time on the big screen', () => {
  it('counts up in minutes and seconds', () => {
    expect([0, 59, 60, 3_725].map(counted)).toEqual(['0:00', '0:59', '1:00', '62:05']);
  });
  it('adds what an item took before it was opened again', () => {
    expect(spent({ opened_at: opened, spent_seconds: 120 } as Item, at('09:31:05'))).toBe(185);
  });
  it('stands still while the meeting is paused', () => {
    expect(spent({ opened_at: null, spent_seconds: 90 } as Item, at('10:00:00'))).toBe(90);
  });
  it('never runs backwards when the clocks differ', () => {
    expect(spent({ opened_at: opened, spent_seconds: 0 } as Item, at('09:29:50'))).toBe(0);
  });
});
