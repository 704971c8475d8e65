import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followProgress } from './follow-progress';

const page = (words: string) => `<main><div data-module="follow-progress"><p>${words}</p></div></main>`;
const answer = (text: string) => new Response(text, { headers: { 'Content-Type': 'text/html' } });

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `<div id="live-status"></div>${page('0 of 9 rows read')}`;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function follow(asked: () => Promise<Response>): { root: HTMLElement; load: ReturnType<typeof vi.fn<() => void>> } {
  vi.stubGlobal('fetch', vi.fn(asked));
  const root = document.querySelector<HTMLElement>('[data-module]')!;
  const load = vi.fn<() => void>();
  followProgress(load)(root);
  return { root, load };
}

test('progress moves in place and the page is loaded once the work is done', async () => {
  let rows = 0;
  const { root, load } = follow(() => Promise.resolve(answer(++rows < 3 ? page(`${rows} of 9 rows read`) : '<main><h1>What it would change</h1></main>')));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(root.textContent).toBe('1 of 9 rows read');
  expect(load).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(load).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(fetch).toHaveBeenCalledTimes(3);
});

test('a line that is down is tried again, and how far it is is said once in ten seconds', async () => {
  let tries = 0;
  const { root, load } = follow(() => (++tries === 1 ? Promise.reject(new TypeError('no line')) : Promise.resolve(answer(page(`${tries} of 99 rows read`)))));
  await vi.advanceTimersByTimeAsync(9_000);
  expect(root.textContent).toBe('9 of 99 rows read');
  expect(document.getElementById('live-status')!.textContent).toBe('');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(document.getElementById('live-status')!.textContent).toBe('10 of 99 rows read');
  expect(load).not.toHaveBeenCalled();
});
