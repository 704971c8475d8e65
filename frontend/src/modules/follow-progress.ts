import type { Mount } from './mount';

const every = 1_000;
const sayEvery = 10_000;

/**
 * Brings the progress of something long up to date: the page is read again each second and its
 * progress put in place of this one's. When the page has none any more, the work is done and the page
 * is loaded. How far it has come is read out seldom, so that it talks over nobody.
 */
export function followProgress(load: () => void = () => location.reload()): Mount {
  return (root) => {
    const status = document.getElementById('live-status');
    let said = Date.now();

    const look = async (): Promise<void> => {
      try {
        const answer = await fetch(location.href, { cache: 'no-store' });
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const now = page.querySelector('[data-module="follow-progress"]');
        if (!now) return load();
        root.replaceChildren(...now.childNodes);
        if (status && Date.now() - said >= sayEvery) {
          status.textContent = root.querySelector('p')?.textContent ?? '';
          said = Date.now();
        }
      } catch {
        // The line is down: the work goes on, and so does the asking.
      }
      setTimeout(() => void look(), every);
    };
    setTimeout(() => void look(), every);
  };
}
