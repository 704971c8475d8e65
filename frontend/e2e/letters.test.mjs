// A decision is told: its letters are checked, approved and sent, its payment is coded and issued, and what
// the agencies repay one another stands for the month.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, check, launch, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let product;
let browser;
let clerk;
before(async () => {
  product = await startProduct();
  browser = await launch();
  clerk = await signedIn(browser, product, 'Clerk');
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

test('Home counts what waits and leads to the letters, late ones in words', async () => {
  const late = clerk.page.getByRole('listitem').filter({ hasText: /\d late/ });
  await late.getByRole('link', { name: /^Letters of / }).first().click();
  await check(clerk);
  await clerk.page.getByText(/working days? late/).first().waitFor();
  await screenshot(clerk, 'letters');
});

test('the young person’s letter is held, edited, approved, let go with a reason and sent', async () => {
  const { page } = clerk;
  await visit(clerk, '/letters?audience=young_person&held=yes');
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByText('address is protected').waitFor();
  await page.getByLabel('What it is about').fill('');
  await page.getByRole('button', { name: 'Save the words' }).click();
  assert.match(await page.title(), /^Error: /);
  await page.getByLabel('What it is about').fill('Your support');
  await page.getByRole('button', { name: 'Save the words' }).click();
  await page.getByText('The words are saved.').waitFor();
  await page.getByRole('button', { name: 'Approve this letter' }).click();
  await page.getByText('The letter is approved.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Mark as sent' }).count(), 0, 'a held letter cannot be marked as sent');
  await page.getByLabel('Why does it go to them all the same?').fill('The worker hands it over at college.');
  await page.getByRole('button', { name: 'Let it go' }).click();
  await page.getByLabel('Given by hand').check();
  await screenshot(clerk, 'letter');
  await page.getByRole('button', { name: 'Mark as sent' }).click();
  await page.getByText(/^Sent .*given by hand/).first().waitFor();
  const pdf = await page.request.get(`${page.url()}/letter.pdf`);
  assert.equal(pdf.headers()['content-type'], 'application/pdf');
  assert.match((await pdf.body()).subarray(0, 5).toString(), /%PDF-/);
  const word = await page.request.get(`${page.url()}/letter.docx`);
  assert.equal((await word.body()).subarray(0, 2).toString(), 'PK');
  assertClean(clerk);
});

test('a parent gets a letter only with a right to it', async () => {
  const { page } = clerk;
  await page.getByRole('link', { name: 'See all letters and payments of this decision' }).click();
  await check(clerk);
  await page.getByLabel('Their name').fill('Rosa Example');
  await page.getByRole('button', { name: 'Draft their letter' }).click();
  assert.match(await page.title(), /^Error: /);
  assert.equal(await page.getByLabel('Their name').inputValue(), 'Rosa Example');
  await page.getByLabel('The young person agrees').check();
  await page.getByLabel('What was agreed, decided or ordered').fill('Said so to the worker on 20 November.');
  await page.getByRole('button', { name: 'Draft their letter' }).click();
  await page.getByRole('heading', { level: 1, name: 'Letter to Rosa Example' }).waitFor();
  await check(clerk);
});

test('an authorisation is coded and issued, and stays', async () => {
  const { page } = clerk;
  await visit(clerk, '/authorisations');
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByRole('button', { name: 'Save and issue' }).click();
  assert.match(await page.title(), /^Error: /);
  for (const field of await page.getByLabel(/^Cost code: /).all()) await field.fill('C100-2');
  await page.getByRole('button', { name: 'Save and issue' }).click();
  await page.getByText('The authorisation is issued.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Save and issue' }).count(), 0);
  await screenshot(clerk, 'authorisation');
});

test('a month’s recharge says who repays whom', async () => {
  await visit(clerk, '/forums/mapac/recharges?month=2027-02');
  await clerk.page.getByRole('table', { name: 'Totals by agency' }).waitFor();
  await clerk.page.getByText('It can be issued from 1 March 2027').waitFor();
  await screenshot(clerk, 'recharge');
});

test('an administrator previews a template, and a placeholder that is none is refused', async () => {
  const admin = await signedIn(browser, product, 'Administrator');
  await visit(admin, '/letter-templates/young_person.agreed.easy');
  await admin.page.getByLabel('The letter', { exact: true }).fill('Hello {forename}. {nonsense}');
  await admin.page.getByRole('button', { name: 'Preview' }).click();
  assert.match(await admin.page.title(), /^Error: /);
  await admin.page.getByLabel('The letter', { exact: true }).fill('Hello {forename}.');
  await admin.page.getByRole('button', { name: 'Preview' }).click();
  await admin.page.getByText('Hello Alex.', { exact: true }).waitFor();
  await check(admin);
});
