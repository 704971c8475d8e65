import { asTyped, pounds, readPounds } from '../room/money';
import { percentOf, readPercent, sharesByPercent, wholePercent } from '../room/split';

/** The fields of one funder; a cost there is none of has no field. */
interface Row {
  weekly: HTMLInputElement | null;
  once: HTMLInputElement | null;
  percent: HTMLInputElement;
}

const sum = (amounts: number[]): number => amounts.reduce((all, amount) => all + amount, 0);
const typedIn = (field: HTMLInputElement | null): string => field?.value ?? '';
function fill(field: HTMLInputElement | null, pence = 0): void {
  if (field) field.value = pence === 0 ? '' : asTyped(pence);
}

/**
 * Links what each funder is asked to pay in pounds and in percent while somebody types, and says what is
 * still to share: at once to see, and after a pause to hear. The side that was typed last is the one that
 * is saved; the server works out the same, and does so by a button where no script runs.
 */
export function linkShares(root: HTMLElement, wait = 1000): void {
  const [weekly, once] = [Number(root.dataset['weekly']), Number(root.dataset['oneOff'])];
  const left = root.querySelector<HTMLElement>('#left-to-share');
  const says = root.querySelector('#left-to-share-says');
  const field = (name: string): HTMLInputElement | null => root.querySelector(`[name="${name}"]`);
  const by = (way: string): HTMLInputElement | null => root.querySelector(`[name="split_by"][value="${way}"]`);
  const rows: Row[] = [];
  for (const percent of root.querySelectorAll<HTMLInputElement>('[name^="percent-"]')) {
    const of = percent.name.slice('percent-'.length);
    rows.push({ weekly: field(`weekly-${of}`), once: field(`one_off-${of}`), percent });
  }
  if (!left || !says || rows.length === 0 || weekly + once === 0) return;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const fromPercent = (): void => {
    const percents = rows.map((row) => readPercent(row.percent.value));
    const shares = sharesByPercent(rows.map((row) => row.percent.value), weekly, once);
    if (!shares || sum(percents.map((percent) => percent ?? 0)) > wholePercent) return;
    for (const [i, row] of rows.entries()) {
      fill(row.weekly, shares[i]?.[0]);
      fill(row.once, shares[i]?.[1]);
    }
  };

  const fromPounds = (): void => {
    for (const row of rows) {
      const pence = readPounds(typedIn(weekly > 0 ? row.weekly : row.once));
      if (pence !== null) row.percent.value = pence === 0 ? '' : String(percentOf(pence, weekly > 0 ? weekly : once));
    }
  };

  /** What the server would say, "" when something cannot be read. */
  const still = (byPercent: boolean): string => {
    const percents = rows.map((row) => readPercent(row.percent.value));
    const shares = rows.map((row): [number | null, number | null] => [readPounds(typedIn(row.weekly)), readPounds(typedIn(row.once))]);
    if (byPercent && !percents.every((percent) => percent !== null)) return '';
    const whole = byPercent ? sum(percents.map((percent) => percent ?? 0)) : 0;
    if (whole > wholePercent) return `${(whole - wholePercent) / 100}% too much`;
    if (shares.some(([a, b]) => a === null || b === null)) return '';
    const parts: string[] = [];
    for (const [over, per] of [[weekly - sum(shares.map(([a]) => a ?? 0)), ' a week'], [once - sum(shares.map(([, b]) => b ?? 0)), ' of the one-off cost']] as const) {
      if (over > 0) parts.push(`${pounds(over)}${per} left to share`);
      if (over < 0) parts.push(`${pounds(-over)}${per} too much`);
    }
    if (parts.length === 0) return 'Nothing left to share';
    return [...(byPercent ? [`${(wholePercent - whole) / 100}%`] : []), ...parts].join('; ');
  };

  const tell = (): void => {
    const words = still(by('percent')?.checked ?? false);
    left.textContent = words;
    left.hidden = words === '';
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (says.textContent !== words) says.textContent = words;
    }, wait);
  };

  root.addEventListener('input', (event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const percent = event.target.type === 'radio' ? event.target.value === 'percent' : event.target.name.startsWith('percent-');
    const way = by(percent ? 'percent' : 'pounds');
    if (way) way.checked = true;
    if (percent) fromPercent();
    else fromPounds();
    tell();
  });
}
