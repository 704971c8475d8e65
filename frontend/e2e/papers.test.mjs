// Papers: attached to an item, opened by those who may see it, late with a reason, withdrawn for good.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

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

const see = (person, text) => person.page.getByText(text).first().waitFor();
const press = (person, name) => person.page.getByRole('button', { name }).first().click();
const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
const letter = { name: 'College letter.pdf', mimeType: 'application/pdf', buffer: pdf };

/** What somebody gets at an address, with their own session. */
const fetched = async (person, address) => {
  const answer = await person.context.request.get(new URL(address, person.page.url()).href);
  return { status: answer.status(), type: answer.headers()['content-type'], body: await answer.body() };
};

test('a late paper needs its reason, is read with the item, and is gone once withdrawn', { timeout: 120_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk', { viewport: phone });
  await clerk.page.getByRole('link', { name: /^Read the agenda.*MAPaC/ }).first().click();
  const meeting = clerk.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
  await visit(clerk, `/meetings/${meeting}/agenda/edit`);
  await clerk.page.locator('#agenda tbody tr', { hasText: /Q\d/ }).first().getByRole('link', { name: /^Papers/ }).click();
  const papers = new URL(clerk.page.url()).pathname;
  await see(clerk, 'Nothing is attached yet.');
  await check(clerk);

  await press(clerk, 'Attach it');
  await see(clerk, 'Enter why the paper is late: papers were due before today');
  await see(clerk, 'Choose the paper to attach');
  await clerk.page.getByLabel('Why it is late').fill('The college wrote today');
  await press(clerk, 'Attach it');
  await clerk.page.getByLabel('Why it is late').waitFor();
  assert.equal(await clerk.page.getByLabel('Why it is late').inputValue(), 'The college wrote today', 'what was typed is kept');
  await clerk.page.getByLabel('Attach a paper').setInputFiles({ name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html><script>alert(1)</script></html>') });
  await press(clerk, 'Attach it');
  await see(clerk, /This kind of file cannot be attached/);
  await check(clerk);
  await clerk.page.getByLabel('Attach a paper').setInputFiles(letter);
  await press(clerk, 'Attach it');
  await see(clerk, 'The paper is attached.');
  await see(clerk, 'College letter.pdf (PDF, 1 KB)');
  await check(clerk);
  await screenshot(clerk, 'papers');
  const address = await clerk.page.getByRole('link', { name: /^College letter.pdf/ }).getAttribute('href');

  const member = await signedIn(browser, product, 'Member for the NHS');
  const opened = await fetched(member, address);
  assert.deepEqual([opened.status, opened.type, opened.body.equals(pdf)], [200, 'application/pdf', true]);
  const part = await member.context.request.get(new URL(address, member.page.url()).href, { headers: { range: 'bytes=5-9' } });
  assert.deepEqual([part.status(), part.headers()['content-range'], (await part.body()).equals(pdf.subarray(5, 10))], [206, `bytes 5-9/${pdf.length}`, true], 'a viewer reads a paper part by part');
  await visit(member, `/meetings/${meeting}/agenda`);
  assert.equal(await member.page.getByRole('link', { name: /^College letter.pdf/ }).getAttribute('href'), address, 'the agenda leads to it');
  const presenter = await signedIn(browser, product, 'Administrator');
  assert.equal((await fetched(presenter, address)).status, 403, 'an administrator opens no paper');

  await clerk.page.getByRole('link', { name: /^Withdraw/ }).click();
  await press(clerk, 'Withdraw the paper');
  await see(clerk, 'Enter why the paper is withdrawn');
  await clerk.page.getByLabel('Why it is withdrawn').fill('It belongs to another item.');
  await check(clerk);
  await press(clerk, 'Withdraw the paper');
  await see(clerk, '1 paper was withdrawn');
  assert.equal((await fetched(member, address)).status, 404, 'nobody opens it any more');
  assert.equal(new URL(clerk.page.url()).pathname, papers);
});

test('an item that is taken off closes its papers at once, without script', { timeout: 120_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk', { javaScriptEnabled: false });
  await clerk.page.getByRole('link', { name: /^Read the agenda.*MAPaC/ }).first().click();
  const meeting = clerk.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
  await clerk.page.goto(`/meetings/${meeting}/agenda/edit`);
  const row = clerk.page.locator('#agenda tbody tr', { hasText: /Q\d/ }).last();
  const number = (await row.innerText()).match(/Q\d+/)[0];
  await row.getByRole('link', { name: /^Papers/ }).click();
  await clerk.page.getByLabel('Attach a paper').setInputFiles(letter);
  await clerk.page.getByLabel('Why it is late').fill('The college wrote today');
  await press(clerk, 'Attach it');
  const address = await clerk.page.getByRole('link', { name: /^College letter.pdf/ }).getAttribute('href');
  const member = await signedIn(browser, product, 'Member for the NHS');
  assert.equal((await fetched(member, address)).status, 200);

  await clerk.page.goto(`/meetings/${meeting}/agenda/edit`);
  await clerk.page.locator('#agenda tbody tr', { hasText: number }).getByRole('link', { name: /^Take off/ }).click();
  await clerk.page.getByLabel(/^Why/).fill('Not ready.');
  await press(clerk, /Take/);
  await see(clerk, 'Taken off the agenda.');
  assert.equal((await fetched(member, address)).status, 404);
  assert.equal((await fetched(clerk, address)).status, 404);
});
