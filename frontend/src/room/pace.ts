// How the agenda stands against the clock. The server works it out for the page
// without script in panels/room/pace.go; testdata/pace.json there holds both to it.
import type { Pace } from './protocol';
import { minutesInWords } from './when';

export interface Standing {
  itemsLeft: number; // minutes of items that are left, a begun one counted as one
  behind: number; // minutes by which they run over the meeting's end; below 0: in hand
}

export function paceAt(pace: Pace, now: Date): Standing {
  const seconds = (from: string | Date, to: string | Date): number => Math.trunc((new Date(to).getTime() - new Date(from).getTime()) / 1000);
  let left = pace.open_minutes * 60 - pace.spent_seconds;
  if (pace.open_since) left -= Math.max(0, seconds(pace.open_since, now));
  const itemsLeft = Math.floor((pace.waiting_minutes * 60 + Math.max(0, left) + 59) / 60);
  return { itemsLeft, behind: itemsLeft - Math.trunc(seconds(now, pace.ends_at) / 60) };
}

export function paceWords({ itemsLeft, behind }: Standing): string {
  const meeting = itemsLeft - behind;
  const left = `${minutesInWords(itemsLeft)} of items and ${minutesInWords(Math.max(0, meeting))} of the meeting are left`;
  if (itemsLeft === 0 && meeting >= 0) return `No items are left, and ${minutesInWords(meeting)} of the meeting`;
  if (behind > 0) return `${minutesInWords(behind)} behind: ${left}`;
  if (behind < 0) return `${minutesInWords(-behind)} ahead: ${left}`;
  return `On time: ${left}`;
}
