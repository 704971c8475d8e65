// The figures that boards watch: what a clerk reads and opens, what a board reads without names, on a desk, on a
// phone and without scripts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, check, launch, phone, screenshot } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let browser;
let product;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

test('a clerk reads a figure with its definition and opens the list behind it', { timeout: 120_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = clerk;
  await page.getByRole('link', { name: 'Measures', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Measures' }).waitFor();
  await check(clerk);
  await screenshot(clerk, 'measures');
  const waiting = page.getByRole('region', { name: /Waiting for an assessment, by age/ }).first();
  assert.match(await waiting.getByRole('heading', { level: 3 }).innerText(), /\d+ people wait for an assessment/);
  assert.ok((await waiting.locator('svg[role=img] title').textContent()).includes('wait for an assessment'));
  const row = waiting.getByRole('row', { name: /^17 / });
  const count = Number(await row.getByRole('link').innerText().then((text) => text.match(/^\d+/)[0]));
  await waiting.getByText('What this counts').click();
  await waiting.getByText('Young people who were referred and have no Care Act assessment yet.').waitFor();
  await row.getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: 'List behind a figure' }).waitFor();
  assert.equal(await page.locator('a[href^="/cases/Q"]').count(), count);
  await check(clerk);
  await screenshot(clerk, 'measures-list');
  await page.getByRole('link', { name: 'Back to the measures' }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download all as Excel' }).click()]);
  assert.equal(file.suggestedFilename(), 'measures-2026-11-24.xlsx');
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
  await screenshot(clerk, 'measures-contrast');
  assertClean(clerk);
  await clerk.context.close();
});

test('a board reads figures, opens no list and is told no small count, on a phone', { timeout: 120_000 }, async () => {
  const board = await signedIn(browser, product, 'Board chair', { viewport: phone });
  const { page } = board;
  await page.goto('/measures');
  await page.getByText('Nobody is named').waitFor();
  assert.equal(await page.locator('main a[href*="/list"]').count(), 0);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await check(board);
  await screenshot(board, 'measures-board-phone');
  await board.context.close();
});

test('without scripts the same figures are read and narrowed to a forum', { timeout: 120_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of the locality meetings', { javaScriptEnabled: false });
  const { page } = chair;
  await page.goto('/measures');
  await page.getByLabel('Whose figures').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Apply filters' }).click();
  assert.match(page.url(), /of=/);
  await page.getByRole('heading', { level: 1, name: 'Measures' }).waitFor();
  await chair.context.close();
});
