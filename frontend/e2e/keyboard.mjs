// What the tests that touch no mouse stand on: finding a control by Tab alone, and hearing what a screen
// reader is told.
import assert from 'node:assert/strict';

/** Presses Tab until what has the focus is called this. */
export async function tabTo(page, name) {
  for (let presses = 0; presses < 250; presses++) {
    await page.keyboard.press('Tab');
    if (name.test(await focused(page))) return;
  }
  assert.fail(`Tab never came to ${name}`);
}

/** What the control with the focus is called. */
export const focused = (page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    const label = at?.labels?.[0]?.textContent ?? at?.getAttribute('aria-label') ?? at?.textContent ?? '';
    return label.replace(/\s+/g, ' ').trim();
  });

/** Finds a control by Tab and presses it. */
export async function press(page, name, key = 'Enter') {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

/** Begins to listen to what the page tells screen readers. */
export const listen = (page) =>
  page.evaluate(() => {
    window.heard = [];
    for (const id of ['live-status', 'live-alert']) {
      const region = document.getElementById(id);
      new MutationObserver(() => region.textContent && window.heard.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
    }
  });

/** How often the page has told a sentence. */
export const heard = (page, sentence) => page.evaluate((words) => window.heard.filter((said) => said.includes(words)).length, sentence);

/** Waits until a sentence was told, and asks that it was told once. */
export async function heardOnce(page, sentence) {
  await page.waitForFunction((words) => window.heard.some((said) => said.includes(words)), sentence);
  assert.equal(await heard(page, sentence), 1, `“${sentence}” is told once`);
}
