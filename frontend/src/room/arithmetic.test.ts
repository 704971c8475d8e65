import { describe, expect, it } from 'vitest';
import { asTyped, pounds, readPounds } from './money';
import { annualPence, effect, exposure, inYear } from './reckon';
import { leftToShare, percentOf, sharesByPercent } from './split';
import { longDay, minutesBetween, momentOf, readDay, timeOf, typedDay } from './when';

describe('money', () => {
  it.each([
    ['1,204.50', 120450], ['£1204.5', 120450], ['602.25', 60225], ['0', 0], ['', 0], [' 1 204 ', 120400],
  ])('%s is read to the penny', (typed, pence) => expect(readPounds(typed)).toBe(pence));

  it.each(['1,50', 'ten', '1.234', '-5', '1,2345', '12.'])('%s is no amount', (typed) => expect(readPounds(typed)).toBeNull());

  it('is written as people read it', () => {
    expect([pounds(120450), pounds(30000), pounds(5), pounds(-100)]).toEqual(['£1,204.50', '£300', '£0.05', '−£1']);
    expect([asTyped(120450), asTyped(30000)]).toEqual(['1204.50', '300']);
  });
});

describe('a split', () => {
  it('says what is left to share', () => {
    expect(leftToShare([60225, 60225], 120450)).toBe('All of it is shared');
    expect(leftToShare([60225, 54203], 120450)).toBe('£60.22 still to share (5%)');
    expect(leftToShare([60225, 60226], 120450)).toBe('£0.01 too much is shared');
  });

  it('by percent adds up to the penny in the room as on the request', () => {
    const shares = sharesByPercent(['33.33%', '33.33', '33.34', ''], 10001, 100);
    expect(shares).toEqual([[3333, 33], [3333, 33], [3335, 34], [0, 0]]);
    expect(sharesByPercent(['50', '50'], 120451, 0)).toEqual([[60226, 0], [60225, 0]]);
    expect(sharesByPercent(['50', 'half'], 120451, 0)).toBeNull();
  });

  it('links pounds and percent', () => {
    expect(percentOf(40150, 120450)).toBe(33.33);
    expect(percentOf(1, 0)).toBe(0);
  });
});

interface Reckoned {
  weekly: number;
  once: number;
  start: string;
  end: string;
  first: string;
  last: string;
  pence: number;
}
const [reckoned] = Object.values(import.meta.glob<Reckoned[]>('../../../panels/room/testdata/reckoning.json', { eager: true, import: 'default' }));

describe('what a split comes to', () => {
  it('is reckoned in a financial year as the server does', () => {
    expect(reckoned?.length).toBeGreaterThan(4);
    for (const e of reckoned ?? []) expect(inYear(e.weekly, e.once, e.start, e.end, e.first, e.last), JSON.stringify(e)).toBe(e.pence);
  });

  it('is said over a year, over its whole life and beside what is committed already', () => {
    expect(annualPence(60225, 52143)).toBe(3140312);
    const cost = { weekly: 120450, once: 30000, annual: 6263400, start: '2027-01-04', life: '2034-03-03', weeks: 52000 };
    expect(exposure({ ...cost, end: '2028-01-02' })).toBe('£62,634 a year, £62,934 to 2 January 2028');
    expect(exposure({ ...cost, end: '' })).toMatch(/^£62,634 a year, £\d{3},\d{3}\.\d\d to the 25th birthday$/);
    expect(exposure({ ...cost, end: '', life: '' })).toBe('£62,634 a year');
    const year = { words: '2026 to 2027', first_on: '2026-04-01', last_on: '2027-03-31', commitments: [] };
    expect(effect(900000, 0, 0, year)).toBe('£9,000 this financial year, to 31 March 2027. Decisions of all panels commit nothing else in it');
    expect(effect(900000, 500000, 100, year)).toContain('commit £5,000 in it already, £1 of it by this panel for this young person');
  });
});

describe('days and times', () => {
  it('are read from three fields', () => {
    expect(readDay({ day: '4', month: '3', year: '2027' })).toBe('2027-03-04');
    expect(readDay({ day: '29', month: 'Feb', year: '2028' })).toBe('2028-02-29');
    expect(readDay({ day: '', month: '', year: '' })).toBe('');
    for (const wrong of [{ day: '30', month: '2', year: '2027' }, { day: '4', month: '3', year: '27' }, { day: '4', month: '', year: '2027' }]) {
      expect(readDay(wrong)).toBeNull();
    }
    expect(typedDay('2027-03-04')).toEqual({ day: '4', month: '3', year: '2027' });
  });

  it('are shown in London’s time', () => {
    expect(longDay('2027-03-04')).toBe('4 March 2027');
    expect(longDay('')).toBe('Not known');
    expect(timeOf('2026-11-26T12:42:15Z')).toBe('12:42pm');
    expect(timeOf('2026-07-01T08:05:00Z')).toBe('9:05am');
    expect(momentOf('2026-07-01T23:05:00Z')).toBe('2 July 2026, 12:05am');
    expect(minutesBetween('2026-11-26T12:42:00Z', '2026-11-26T12:40:00Z')).toBe(0);
  });
});
