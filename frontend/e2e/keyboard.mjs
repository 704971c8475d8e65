// What the tests that touch no mouse stand on: finding a control by Tab alone.
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

/** Moves along a group of radios, from the one with the focus, to the one that is called this. */
export async function arrowTo(page, name) {
  for (let presses = 0; presses < 30; presses++) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press('ArrowDown');
  }
  assert.fail(`no arrow came to ${name}`);
}

/** Finds a field by Tab and types into it, in place of what it held. */
export async function write(page, name, words) {
  await tabTo(page, name);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(words);
}
