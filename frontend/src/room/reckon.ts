// What shares come to beyond their week, while somebody types: as the server
// reckons it when it is put to the vote. Both are held to the same examples.
import { pounds } from './money';
import type { Day, Year } from './protocol';
import { longDay } from './when';

/** Amount × by ÷ per to the nearest penny, half up, exactly however large. */
function ratio(amount: number, by: number, per: number): number {
  const [a, b, p] = [BigInt(amount), BigInt(by), BigInt(per)];
  return Number((2n * a * b + p) / (2n * p));
}

/** A weekly cost over the panel's year, which is 52000 or 52143 thousandths of a week long. */
export const annualPence = (weekly: number, weeks: number): number => ratio(weekly, weeks, 1000);

/** Days from one day to another, both included. */
const daysIn = (from: Day, to: Day): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;

/** What a share comes to between two days, both included: what is paid once falls on the start. */
export function inYear(weekly: number, once: number, start: Day, end: Day, first: Day, last: Day): number {
  if (!start || start > last || (end && end < first)) return 0;
  const from = start < first ? first : start;
  const to = end && end < last ? end : last;
  return (start < first ? 0 : once) + ratio(weekly, daysIn(from, to), 7);
}

export interface Package {
  weekly: number;
  once: number;
  annual: number;
  start: Day;
  end: Day;
  life: Day; // the last day before the 25th birthday
  weeks: number;
}

/** "£62,634 a year, £187,902 to 3 March 2034". */
export function exposure({ once, annual, start, end, life, weeks }: Package): string {
  const until = end || life;
  const words = `${pounds(annual)} a year`;
  if (!start || !until || until < start) return words;
  const whole = once + ratio(annual, daysIn(start, until) * 1000, 7 * weeks);
  return `${words}, ${pounds(whole)} to ${end ? longDay(end) : 'the 25th birthday'}`;
}

/** What a share adds this financial year to what its agency is committed to already. */
export function effect(adds: number, all: number, own: number, year: Year): string {
  const words = `${pounds(adds)} this financial year, to ${longDay(year.last_on)}. `;
  if (all === 0) return `${words}Decisions of all panels commit nothing else in it`;
  return `${words}Decisions of all panels commit ${pounds(all)} in it already${own > 0 ? `, ${pounds(own)} of it by this panel for this young person` : ''}`;
}
