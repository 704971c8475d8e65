import { describe, expect, it } from 'vitest';
import { paceAt, paceWords } from './pace';
import type { Pace } from './protocol';

// The Go tests read the same file: the page with script and the one without say the same.
const files = import.meta.glob<string>('../../../panels/room/testdata/pace.json', { eager: true, query: '?raw', import: 'default' });
const examples = JSON.parse(Object.values(files)[0] ?? '[]') as { why: string; pace: Pace; now: string; words: string }[];

// A chair who believes there is time leaves the last young person undecided.
describe('the pace of a meeting', () => {
  it('has examples', () => expect(examples.length).toBeGreaterThan(5));
  it.each(examples.map((e) => [e.why, e] as const))('%s', (_, { pace, now, words }) => {
    expect(paceWords(paceAt(pace, new Date(now)))).toBe(words);
  });
});
