// A clerk imports the council's tracker: sees what would change, confirms, and imports it again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { check, launch, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

const sample = (name) => fileURLToPath(new URL(`../../agendas/tracker/testdata/${name}`, import.meta.url));

let browser;
let product;
before(async () => {
  product = await startProduct();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

async function upload(clerk, file) {
  await visit(clerk, '/tracker');
  await clerk.page.getByLabel('Choose the tracker').setInputFiles(file);
  await clerk.page.getByRole('button', { name: 'Upload and compare' }).click();
  await clerk.page.waitForLoadState();
  await check(clerk);
}

/** What the summary list says beside a key. */
const fact = (clerk, key) => clerk.page.locator('.govuk-summary-list__row', { has: clerk.page.locator('dt', { hasText: new RegExp(`^${key}$`) }) }).locator('dd').innerText();

test('an import is seen, confirmed, and changes nothing the second time', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await upload(clerk, sample('tracker-231.xlsx'));
  assert.match(await fact(clerk, 'File'), /sheet “Tracker”, headings in row 3/);
  assert.match(await clerk.page.locator('main').innerText(), /Nothing has changed yet/);
  await clerk.page.getByRole('navigation', { name: 'Parts of this import' }).getByRole('link', { name: /^(Changed|New) \([1-9]/ }).first().click();
  await check(clerk);
  await screenshot(clerk, 'tracker-preview');
  await clerk.page.getByRole('button', { name: 'Confirm the import' }).click();
  await clerk.page.getByRole('heading', { level: 1, name: 'Tracker imported' }).waitFor();
  await check(clerk);

  await upload(clerk, sample('tracker-231.xlsx'));
  assert.equal(await fact(clerk, 'New'), '0 cases');
  assert.equal(await fact(clerk, 'Changed'), '0 cases');
  assert.equal(await fact(clerk, 'Unchanged'), '231 cases');
  await clerk.page.getByRole('button', { name: 'Abandon it' }).click();
  await clerk.page.getByRole('heading', { level: 1, name: 'Tracker', exact: true }).waitFor();
  await check(clerk);
  await clerk.context.close();
});

test('a messy tracker says which rows are left out, which cells are not known, and why', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const rows = [
    'TRANSITIONS TRACKER',
    '',
    'Mosaic ID;Name;D.O.B;Patch;CAA completed;Total £ p/w;Shoe size',
    'E2E1;"O’Brien, Zoë";04/03/09;North;31/02/2026;"£1,204.50";4',
    'E2E2;Ben Khan;;North;;;',
    'E2E3;Tara Lewis;05/03/2009;North;;50:50;',
    'TOTAL;;;;;80;',
  ];
  await upload(clerk, { name: 'messy.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n')) });
  assert.equal(await fact(clerk, 'New'), '2 cases');
  assert.match(await fact(clerk, 'Rows left out'), /^1 row/);
  const main = clerk.page.locator('main');
  assert.match(await main.innerText(), /There is no date of birth/);
  await clerk.page.getByRole('link', { name: /^Warnings/ }).click();
  assert.match(await main.innerText(), /31\/02\/2026\s+There is no such day: February 2026 has 28 days/);
  assert.match(await main.innerText(), /50:50\s+This is not an amount of money/);
  await clerk.page.getByRole('link', { name: /^Columns/ }).click();
  assert.match(await main.innerText(), /Shoe size/);
  await check(clerk);

  await upload(clerk, { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
  assert.match(await clerk.page.title(), /^Error: Tracker/);
  assert.match(await clerk.page.getByRole('alert').innerText(), /The file is a PDF/);
  await clerk.context.close();
});

test('a case is found by name without the name in any address', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await visit(clerk, '/cases');
  await screenshot(clerk, 'cases');
  const row = clerk.page.locator('tbody tr').first();
  const [number, name] = await Promise.all([row.locator('th').innerText(), row.locator('td').first().innerText()]);
  await clerk.page.getByLabel('Find a case').fill(name);
  await clerk.page.getByRole('button', { name: 'Find' }).click();
  await clerk.page.getByRole('link', { name: 'See all cases' }).waitFor();
  assert.equal(new URL(clerk.page.url()).search, '');
  await check(clerk);
  await clerk.page.getByRole('link', { name: number, exact: true }).click();
  await clerk.page.getByRole('heading', { level: 1, name: `Case ${number}` }).waitFor();
  assert.match(await clerk.page.locator('main').innerText(), new RegExp(name));
  assert.doesNotMatch(await clerk.page.title(), new RegExp(name));
  await check(clerk);
  await screenshot(clerk, 'case');
  await clerk.context.close();
});
