// What the big screen shows, and the clock it counts by.
import type { Line } from './connection';
import type { Item, View } from './protocol';

export class Screen {
  view = $state.raw<View>() as View;
  line = $state<Line>('connecting');
  lineWords = $state('');
  now = $state(Date.now()); // the server's time
  #offset = 0;

  constructor(view: View) {
    this.view = view;
  }

  lineIs(line: Line, words: string): void {
    this.line = line;
    this.lineWords = words;
  }

  clock(serverNow: Date): void {
    this.#offset = serverNow.getTime() - Date.now();
    this.tick();
  }

  tick(): void {
    this.now = Date.now() + this.#offset;
  }
}

/** Seconds that the open item has taken so far. */
export function spent(item: Item, now: number): number {
  if (!item.opened_at) return item.spent_seconds; // the meeting is paused
  return item.spent_seconds + Math.max(0, Math.floor((now - new Date(item.opened_at).getTime()) / 1_000));
}

/** "7:05", counting up. */
export function counted(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
