import { beforeEach, expect, test, vi } from 'vitest';
import { checkRule } from './check-rule';

function form(): { applies: HTMLInputElement; result: Element; says: Element } {
  document.body.innerHTML = `
    <form><input name="rule" value="no_plan"><input name="applies" value="">
    <p id="rule-check-says"></p><div id="rule-check-result">Press Check</div></form>`;
  checkRule(document.querySelector('form')!);
  return {
    applies: document.querySelector('[name=applies]')!,
    result: document.querySelector('#rule-check-result')!,
    says: document.querySelector('#rule-check-says')!,
  };
}

function type(field: HTMLInputElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.unstubAllGlobals();
});

test('the rule is checked once the typing pauses, and the headline is said', async () => {
  const fetched = vi.fn((_to: string, _how: RequestInit) => Promise.resolve(new Response('<p data-says> Would list 14 of 385 today. </p>')));
  vi.stubGlobal('fetch', fetched);
  const { applies, result, says } = form();
  type(applies, 'mis');
  await vi.advanceTimersByTimeAsync(200);
  type(applies, 'missing(born)');
  await vi.advanceTimersByTimeAsync(399);
  expect(fetched).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(fetched).toHaveBeenCalledOnce();
  expect(String(fetched.mock.calls[0]![1].body)).toBe('rule=no_plan&applies=missing%28born%29');
  expect(result.textContent).toContain('Would list 14 of 385 today.');
  expect(says.textContent).toBe('Would list 14 of 385 today.');
});

test('an answer about what has been typed over is thrown away', async () => {
  const answers: ((response: Response) => void)[] = [];
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => answers.push(resolve)));
  const { applies, result } = form();
  type(applies, 'a');
  await vi.advanceTimersByTimeAsync(400);
  type(applies, 'ab');
  await vi.advanceTimersByTimeAsync(400);
  answers[1]!(new Response('<p data-says>new</p>'));
  await vi.advanceTimersByTimeAsync(0);
  answers[0]!(new Response('<p data-says>old</p>'));
  await vi.advanceTimersByTimeAsync(0);
  expect(result.textContent).toBe('new');
});

test('when nobody answers it says so and keeps what was typed', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('offline')));
  const { applies, result } = form();
  type(applies, 'born');
  await vi.advanceTimersByTimeAsync(400);
  expect(result.textContent).toContain('could not be checked');
  expect(applies.value).toBe('born');
});
