/**
 * Says what a rule would do while it is being written: what the server found
 * wrong, or whom the rule would list, a moment after the last key. The newest
 * typing wins; an answer that comes too late is thrown away. The form works
 * without this by its Check button.
 */
export function checkRule(root: HTMLElement, wait = 400): void {
  if (!(root instanceof HTMLFormElement)) return;
  const result = root.querySelector('#rule-check-result');
  const says = root.querySelector('#rule-check-says');
  if (!result || !says) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;

  const ask = async (): Promise<void> => {
    asking?.abort();
    const mine = (asking = new AbortController());
    result.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch('/rules/check', {
        method: 'POST',
        body: new URLSearchParams([...new FormData(root)].map(([name, value]) => [name, String(value)])),
        signal: mine.signal,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine.signal.aborted) return;
      result.innerHTML = html; // escaped by the server, which wrote it
      const headline = result.querySelector('[data-says]')?.textContent.trim() ?? '';
      if (says.textContent !== headline) says.textContent = headline;
    } catch {
      if (mine.signal.aborted) return;
      says.textContent = '';
      result.textContent = 'This could not be checked just now. Press Check to try again.';
    } finally {
      if (!mine.signal.aborted) result.removeAttribute('aria-busy');
    }
  };

  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), wait);
  };
  root.addEventListener('input', soon);
  root.addEventListener('submit', () => {
    clearTimeout(timer);
    asking?.abort();
  });
}
