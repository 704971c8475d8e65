// How a cost is shared: pounds and percent of the same thing, and what is left
// to share, always to the penny.
import { pounds } from './money';

/** What percentage of a total this is, to a hundredth: 33.33. */
export function percentOf(pence: number, total: number): number {
  return total === 0 ? 0 : Math.round((pence / total) * 10_000) / 100;
}

/** A hundred per cent, in hundredths of a per cent. */
export const wholePercent = 10_000;

/** Reads a percentage as typed, in hundredths: "33.33" is 3333, nothing is 0. Not one is null. */
export function readPercent(typed: string): number | null {
  const plain = typed.trim().replace(/%$/, '').trim();
  if (plain === '') return 0;
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(plain)) return null;
  const hundredths = Math.round(Number(plain) * 100);
  return hundredths > wholePercent ? null : hundredths;
}

/**
 * Divides an amount by percents in hundredths, to the penny, as the server does when it saves: the pennies
 * that rounding down leaves go one each to the largest remainders, the earlier first. Percents that make
 * less than a hundred leave the rest unshared. Both are held to the same examples.
 */
export function splitPercent(pence: number, percents: number[]): number[] {
  const remainders = percents.map((percent) => (pence * percent) % wholePercent);
  const shares = percents.map((percent, i) => (pence * percent - (remainders[i] ?? 0)) / wholePercent);
  const all = percents.reduce((sum, percent) => sum + percent, 0);
  let over = Math.floor((pence * all) / wholePercent) - shares.reduce((sum, share) => sum + share, 0);
  const largest = [...percents.keys()].sort((a, b) => (remainders[b] ?? 0) - (remainders[a] ?? 0) || a - b);
  for (const i of largest) {
    if (over <= 0) break;
    if (!percents[i]) continue;
    shares[i] = (shares[i] ?? 0) + 1;
    over--;
  }
  return shares;
}

/** What each is asked for each week and once by percents as they are typed; null while one cannot be read. */
export function sharesByPercent(typed: string[], weekly: number, once: number): [number, number][] | null {
  const percents = typed.map(readPercent);
  if (!percents.every((percent) => percent !== null)) return null;
  const [a, b] = [splitPercent(weekly, percents), splitPercent(once, percents)];
  return percents.map((_, i) => [a[i] ?? 0, b[i] ?? 0]);
}

/** "£60.22 still to share (5%)", "All of it is shared", "£1 too much is shared". */
export function leftToShare(shares: number[], total: number): string {
  const left = total - shares.reduce((sum, share) => sum + share, 0);
  if (left === 0) return 'All of it is shared';
  if (left < 0) return `${pounds(-left)} too much is shared`;
  return `${pounds(left)} still to share (${percentOf(left, total)}%)`;
}
