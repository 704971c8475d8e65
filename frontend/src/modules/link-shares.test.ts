import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readPercent, splitPercent } from '../room/split';
import { linkShares } from './link-shares';

const [examples] = Object.values(import.meta.glob<{ pence: number; percents: number[]; shares: number[] }[]>('../../../server/base/money/testdata/splits.json', { eager: true, import: 'default' }));

describe('percents of an amount', () => {
  // Whoever agrees to the pounds on the screen must find the same pounds saved.
  it('come to the pennies the server gives', () => {
    expect(examples!.length).toBeGreaterThanOrEqual(10);
    for (const { pence, percents, shares } of examples!) expect(splitPercent(pence, percents), `${pence} by ${percents}`).toEqual(shares);
  });

  it.each([['33.33', 3333], [' 5 % ', 500], ['100', 10_000], ['', 0], ['0.29', 29], ['100.01', null], ['half', null], ['1.234', null], ['-1', null]])('%s is read as the server reads it', (typed, hundredths) => {
    expect(readPercent(typed)).toBe(hundredths);
  });
});

// As the page draws it: what there is no cost of has no field.
function form(weekly: number, once: number, funders = 2): Record<string, HTMLInputElement> & { left: () => string; says: () => string } {
  const rows = Array.from({ length: funders }, (_, i) => `${weekly > 0 ? `<input name="weekly-${i}">` : ''}${once > 0 ? `<input name="one_off-${i}">` : ''}<input name="percent-${i}">`).join('');
  document.body.innerHTML = `<div data-weekly="${weekly}" data-one-off="${once}">
    <input type="radio" name="split_by" value="pounds" checked><input type="radio" name="split_by" value="percent">
    ${rows}<p id="left-to-share"></p><p id="left-to-share-says"></p></div>`;
  linkShares(document.querySelector('div')!);
  const all = Object.fromEntries([...document.querySelectorAll('input')].map((input) => [input.type === 'radio' ? input.value : input.name, input]));
  const text = (id: string) => (): string => document.getElementById(id)!.textContent;
  return Object.assign(all, { left: text('left-to-share'), says: text('left-to-share-says') }) as ReturnType<typeof form>;
}

function type(field: HTMLInputElement | undefined, text: string): void {
  field!.value = text;
  field!.dispatchEvent(new Event('input', { bubbles: true }));
}

describe('what each funder is asked to pay', () => {
  beforeEach(() => void vi.useFakeTimers());

  it('is linked from pounds, and says what is left', () => {
    const f = form(100_000, 0);
    type(f['weekly-0'], '500');
    expect([f['percent-0']!.value, f['percent-1']!.value, f.left()]).toEqual(['50', '', '£500 a week left to share']);
    type(f['weekly-1'], '453.80');
    expect([f['percent-1']!.value, f.left(), f['pounds']!.checked]).toEqual(['45.38', '£46.20 a week left to share', true]);
    type(f['weekly-1'], '500.01');
    expect(f.left()).toBe('£0.01 a week too much');
    type(f['weekly-1'], '500');
    expect(f.left()).toBe('Nothing left to share');
  });

  it('is linked from percent to the penny, of both costs', () => {
    const f = form(100_01, 50_00, 3);
    for (const [i, percent] of ['33.33', '33.33', '33.34'].entries()) type(f[`percent-${i}`], percent);
    expect([0, 1, 2].map((i) => [f[`weekly-${i}`]!.value, f[`one_off-${i}`]!.value])).toEqual([['33.33', '16.67'], ['33.33', '16.66'], ['33.35', '16.67']]);
    expect([f.left(), f['percent']!.checked]).toEqual(['Nothing left to share', true]);
    type(f['percent-2'], '28.34');
    expect(f.left()).toBe('5%; £5.01 a week left to share; £2.50 of the one-off cost left to share');
    type(f['percent-2'], '40');
    expect(f.left()).toBe('6.66% too much');
  });

  it('is linked where all is paid once', () => {
    const f = form(0, 50_00);
    type(f['one_off-0'], '20');
    expect([f['percent-0']!.value, f.left()]).toEqual(['40', '£30 of the one-off cost left to share']);
    type(f['percent-1'], '60');
    expect([f['one_off-1']!.value, f.left()]).toEqual(['30', 'Nothing left to share']);
  });

  it('leaves what cannot be read, and what was typed, as they are', () => {
    const f = form(100_000, 0);
    type(f['weekly-0'], '1,50');
    expect([f['weekly-0']!.value, f.left()]).toEqual(['1,50', '']);
    type(f['weekly-0'], '250');
    type(f['percent-1'], 'half');
    expect([f['weekly-0']!.value, f['weekly-1']!.value, f.left()]).toEqual(['250', '', '']);
  });

  it('follows the choice of pounds or percent', () => {
    const f = form(100_000, 0);
    type(f['weekly-0'], '333.33');
    f['percent']!.checked = true;
    f['percent']!.dispatchEvent(new Event('input', { bubbles: true }));
    expect([f['percent-0']!.value, f['weekly-0']!.value, f.left()]).toEqual(['33.33', '333.30', '66.67%; £666.70 a week left to share']);
  });

  it('is heard after a pause, once, and not at every key', () => {
    const f = form(100_000, 0);
    type(f['weekly-0'], '5');
    vi.advanceTimersByTime(900);
    type(f['weekly-0'], '50');
    vi.advanceTimersByTime(900);
    expect(f.says()).toBe('');
    vi.advanceTimersByTime(100);
    expect(f.says()).toBe('£950 a week left to share');
  });
});
