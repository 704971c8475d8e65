// A clerk imports the council's tracker: matches what cannot be guessed, sees what would change, confirms,
// mends, undoes, and is asked nothing twice.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertClean, check, launch, screenshot, visit } from './browser.mjs';
import { confirm, toPreview, upload, workbookParts } from './importing.mjs';
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

const main = (clerk) => clerk.page.locator('main');
const says = (clerk, words) => main(clerk).getByText(words).first().waitFor();
const press = (clerk, name) => main(clerk).getByRole('button', { name, exact: true }).click();
const follow = (clerk, name) => main(clerk).getByRole('link', { name }).first().click();
/** Checks the page, unless its browser runs no script: then axe cannot run either, and has seen the page before. */
const look = (clerk) => (clerk.scriptless ? undefined : check(clerk));
const heading = async (clerk, name) => {
  await clerk.page.getByRole('heading', { level: 1, name }).waitFor();
  await look(clerk);
};

/** What the summary list says beside a key. */
const fact = (clerk, key) => clerk.page.locator('.govuk-summary-list__row', { has: clerk.page.locator('dt', { hasText: new RegExp(`^${key}$`) }) }).locator('dd').first().innerText();

async function messyTracker(clerk) {
  await clerk.page.goto('/tracker/imports/new');
  await look(clerk);
  const [file] = await Promise.all([clerk.page.waitForEvent('download'), clerk.page.getByRole('link', { name: /messy tracker/ }).click()]);
  return { name: 'messy-tracker.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: await readFile(await file.path()) };
}

/** Goes through the questions about the messy tracker, with a slip at each. */
async function answerQuestions(clerk, shots) {
  await heading(clerk, /Where are the headings\?/);
  assert.equal(await clerk.page.getByLabel('Which row holds the headings?').inputValue(), '3');
  assert.ok(await clerk.page.getByLabel('Tracker', { exact: true }).isChecked(), 'the sheet is guessed');
  if (shots) await screenshot(clerk, 'tracker-sheet');
  await clerk.page.getByLabel('READ ME', { exact: true }).check();
  await press(clerk, 'Show me this sheet and row');
  await says(clerk, 'Please do not change the column headings.');
  await look(clerk);
  await clerk.page.getByLabel('Tracker', { exact: true }).check();
  await press(clerk, 'Continue'); // another sheet is shown before it is taken
  await says(clerk, 'How “Tracker” begins');
  await clerk.page.getByLabel('Which row holds the headings?').fill('three');
  await press(clerk, 'Continue');
  await says(clerk, 'There is a problem');
  assert.equal(await clerk.page.getByLabel('Which row holds the headings?').inputValue(), 'three', 'what was typed is kept');
  await look(clerk);
  await clerk.page.getByLabel('Which row holds the headings?').fill('3');
  await press(clerk, 'Continue');

  await heading(clerk, /What does each column hold\?/);
  const column = (said) => clerk.page.getByLabel(said);
  assert.equal(await column('Column I, SW, is').inputValue(), 'allocated_worker', 'a known heading is matched');
  await says(clerk, 'Ignored as they stand: Lives at.');
  if (shots) await screenshot(clerk, 'tracker-columns');
  await column('Column P, Lives at, is').selectOption({ label: 'Locality' });
  await press(clerk, 'Continue');
  await says(clerk, 'There is a problem');
  await says(clerk, 'Columns E and P are both matched with locality.');
  await look(clerk);
  assert.equal(await column('Column P, Lives at, is').inputValue(), 'locality');
  await column('Column P, Lives at, is').selectOption({ label: 'Placement' });
  await press(clerk, 'Continue');

  await heading(clerk, /What do these words mean\?/);
  assert.equal(await clerk.page.getByLabel('“North patch” means').inputValue(), 'North', 'a likely locality is offered');
  await press(clerk, 'Continue');
  await says(clerk, 'Choose what “Has plan” means.');
  await look(clerk);
  await clerk.page.getByLabel('“Has plan” means').selectOption('Yes');
  await clerk.page.getByLabel('“C2” means').selectOption('Section 31');
  if (shots) await screenshot(clerk, 'tracker-words');
  await press(clerk, 'Continue');
  await heading(clerk, 'Check what this import would change');
}

const partsOf = (clerk) => clerk.page.getByRole('navigation', { name: 'Parts of this import' });

test('a messy tracker is matched, checked, confirmed, mended and undone; the same layout is then known', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const messy = await messyTracker(clerk);
  await screenshot(clerk, 'tracker-upload');
  await upload(clerk, messy);
  await answerQuestions(clerk, true);
  await screenshot(clerk, 'tracker-preview');
  assert.match(await fact(clerk, 'File'), /sheet “Tracker”, headings in row 3/);
  assert.equal(await fact(clerk, 'Columns'), 'As chosen for this import');
  const counts = async () => Promise.all(['New', 'Changed', 'Unchanged', 'Warnings', 'Rows left out'].map((key) => fact(clerk, key)));
  const seen = await counts();
  assert.equal(seen[0], '3 cases');

  // Nothing is saved to the cases, and every answer is there on the way back.
  await follow(clerk, /^Change what the columns hold/);
  await heading(clerk, /What does each column hold\?/);
  assert.equal(await clerk.page.getByLabel('Column P, Lives at, is').inputValue(), 'placement');
  await clerk.page.getByRole('link', { name: 'Back', exact: true }).click();
  await heading(clerk, /Where are the headings\?/);
  await visit(clerk, '/tracker');
  await says(clerk, 'Imports under way');
  await screenshot(clerk, 'tracker-under-way');
  await main(clerk).locator('#under-way a').first().click();
  await heading(clerk, 'Check what this import would change');
  assert.deepEqual(await counts(), seen);

  for (const [part, words] of [
    [/^New \(3\)/, /Tobias Quill/],
    [/^Changed \(/, /Allocated worker:[^]+M\. Lindqvist \(duty\)/],
    [/^Unchanged \(/, /T\d{6}/],
    [/^Kept from a meeting \(/, /recorded/],
    [/^Warnings \(/, /31\/02\/2026\s+There is no such day: February 2026 has 28 days/],
    [/^Rows left out \(/, /There is no person reference/],
    [/^No longer in the file \([1-9]/, /Nothing happens to them/],
    [/^Columns \(/, /Lives at\s+placement/],
  ]) {
    await partsOf(clerk).getByRole('link', { name: part }).click();
    await check(clerk);
    assert.match(await main(clerk).innerText(), words, String(part));
  }
  await partsOf(clerk).getByRole('link', { name: /^No longer/ }).click();
  await screenshot(clerk, 'tracker-absent');
  await clerk.page.getByRole('link', { name: 'Page 2' }).click();
  await check(clerk);

  await confirm(clerk);
  await screenshot(clerk, 'tracker-result');
  await says(clerk, 'Chose how it is read');
  assert.match(await main(clerk).locator('#trail').innerText(), /Confirmed\s+\S+/);
  const [download] = await Promise.all([clerk.page.waitForEvent('download'), follow(clerk, /^Rows to fix/)]);
  const words = Object.values(await workbookParts(download)).join('\n');
  for (const expected of ['Mosaic ID', 'Lives at', 'Winterbourne', '31/02/2009', 'There is no person reference']) {
    assert.ok(words.includes(expected), `the rows to fix say “${expected}”`);
  }
  assert.ok(!/<f>/.test(words), 'and hold no formula');

  // The same layout again: nothing is asked, and it is four clicks from the Tracker page to the end.
  await upload(clerk, messy);
  await heading(clerk, 'Check what this import would change');
  assert.match(await fact(clerk, 'Columns'), /^Matched as last time by .+, on 24 November 2026$/);
  assert.equal(await fact(clerk, 'New'), '0 cases');
  assert.equal(await fact(clerk, 'Changed'), '0 cases');
  await press(clerk, 'Abandon it');
  await heading(clerk, 'Tracker');

  await follow(clerk, /^View the last import/);
  await follow(clerk, 'Undo this import');
  await heading(clerk, 'Undo this import?');
  await says(clerk, '3 cases that this import made are taken away.');
  await screenshot(clerk, 'tracker-undo');
  await press(clerk, 'Undo the import');
  await heading(clerk, 'Import undone');
  await screenshot(clerk, 'tracker-undone');
  await visit(clerk, '/tracker');
  await screenshot(clerk, 'tracker');
  await clerk.context.close();
});

test('without script the same questions lead to the same end', async () => {
  const clerk = await signedIn(browser, product, 'Clerk', { javaScriptEnabled: false });
  clerk.scriptless = true;
  await clerk.page.goto('/tracker');
  const messy = await messyTracker(clerk);
  await clerk.page.getByLabel('Choose the tracker').setInputFiles(messy);
  await press(clerk, 'Upload');
  await answerQuestions(clerk, false);
  assert.equal(await fact(clerk, 'New'), '3 cases');
  await press(clerk, 'Confirm the import');
  await heading(clerk, 'Tracker imported');
  await follow(clerk, 'Undo this import');
  await press(clerk, 'Undo the import');
  await heading(clerk, 'Import undone');
  assertClean(clerk);
  await clerk.context.close();
});

test('an import is seen, confirmed, and changes nothing the second time', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await toPreview(clerk, sample('tracker-231.xlsx'));
  assert.match(await main(clerk).innerText(), /Nothing has changed yet/);
  await confirm(clerk);
  await toPreview(clerk, sample('tracker-231.xlsx'));
  assert.equal(await fact(clerk, 'New'), '0 cases');
  assert.equal(await fact(clerk, 'Changed'), '0 cases');
  assert.equal(await fact(clerk, 'Unchanged'), '231 cases');
  await press(clerk, 'Abandon it');
  await heading(clerk, 'Tracker');
  await clerk.context.close();
});

test('a CSV says which rows are left out, which cells are not known, and why', async () => {
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
  await toPreview(clerk, { name: 'messy.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n')) });
  assert.equal(await fact(clerk, 'New'), '2 cases');
  assert.match(await fact(clerk, 'Rows left out'), /^1 row/);
  assert.match(await main(clerk).innerText(), /There is no date of birth/);
  await follow(clerk, /^Warnings/);
  assert.match(await main(clerk).innerText(), /31\/02\/2026\s+There is no such day: February 2026 has 28 days/);
  assert.match(await main(clerk).innerText(), /50:50\s+This is how a cost is split, not an amount of money/);
  await follow(clerk, /^Columns/);
  assert.match(await main(clerk).innerText(), /Shoe size/);
  await check(clerk);

  await upload(clerk, { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
  assert.match(await clerk.page.title(), /^Error: Which file holds the tracker\?/);
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
