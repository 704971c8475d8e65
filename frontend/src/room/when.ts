// Days and times as people read them: Europe/London, "4 March 2027", "2:15pm".
import type { Day, Instant } from './protocol';

const months = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
];

export interface DayTyped {
  day: string;
  month: string;
  year: string;
}

export const noDay = (): DayTyped => ({ day: '', month: '', year: '' });

export function typedDay(day: Day): DayTyped {
  const [year = '', month = '', date = ''] = day.split('-');
  return { day: date.replace(/^0/, ''), month: month.replace(/^0/, ''), year };
}

/** A day from its three fields: "" when all are empty, null when it is no day. */
export function readDay(typed: DayTyped): Day | null {
  const [day, month, year] = [typed.day, typed.month, typed.year].map((part) => part.trim());
  if (!day && !month && !year) return '';
  const named = months.findIndex((name) => month && month.length >= 3 && name.toLowerCase().startsWith(month.toLowerCase()));
  const m = named >= 0 ? named + 1 : Number(month);
  const [d, y] = [Number(day), Number(year)];
  const date = new Date(Date.UTC(y, m - 1, d));
  if (!/^\d{4}$/.test(year ?? '') || date.getUTCFullYear() !== y || date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return null;
  return date.toISOString().slice(0, 10);
}

export function longDay(day: Day): string {
  const [year, month, date] = day.split('-').map(Number);
  return year && month && date ? `${date} ${months[month - 1]} ${year}` : 'Not known';
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'Europe/London' });

/** "2:15pm". Not the locale's own twelve hours: some browsers call half past noon 0:30pm. */
export function timeOf(at: Instant | Date): string {
  const [hour = 0, minute = ''] = clock.format(new Date(at)).split(':');
  const h = Number(hour);
  return `${h % 12 || 12}:${minute}${h < 12 ? 'am' : 'pm'}`;
}

const calendar = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: 'Europe/London' });

/** "4 March 2027, 2:15pm": for what may be read on another day than it happened. */
export const momentOf = (at: Instant): string => `${longDay(calendar.format(new Date(at)))}, ${timeOf(at)}`;

/** Whole minutes between two instants, never below nought. */
export function minutesBetween(from: Instant | Date, to: Instant | Date): number {
  return Math.max(0, Math.floor((new Date(to).getTime() - new Date(from).getTime()) / 60_000));
}

export function minutesInWords(n: number): string {
  return n === 1 ? '1 minute' : `${n} minutes`;
}
