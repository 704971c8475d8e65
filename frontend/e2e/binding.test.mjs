// What a decision waits for before it binds: an agency that was not there endorses it on one page, the
// decision is corrected beside the original, and the register tells how it stands.
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

test('an inquorate conclusion binds nobody until the agency that was missing endorses it', { timeout: 180_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const adults = await signedIn(browser, product, 'Member for adult social care');
  await chair.page.getByRole('link', { name: /^Join.*MAPaC/ }).first().click();
  const meeting = chair.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
  await adults.page.goto(`/meetings/${meeting}/room`);
  await press(chair, 'Start the meeting');
  for (const person of [chair, adults]) await press(person, /^I am here$/);
  await chair.page.locator('.q-room__line-item').filter({ hasText: 'Imran Nguyen' }).getByRole('button').click();

  // Only adult social care and the NHS are asked to pay.
  const propose = chair.page.locator('section[aria-labelledby="room-propose"]');
  await propose.getByLabel('Go on without quorum').waitFor();
  const weekly = propose.getByLabel(/, pounds a week$/);
  let pence = 0;
  for (const input of await weekly.all()) {
    pence += Math.round(Number((await input.inputValue()).replace(/[£,]/g, '') || 0) * 100);
    await input.fill('0');
  }
  const half = Math.floor(pence / 2);
  await propose.getByLabel('Adult social care, pounds a week').fill((half / 100).toFixed(2));
  await propose.getByLabel(/^NHS.*, pounds a week$/).fill(((pence - half) / 100).toFixed(2));
  await propose.getByText('Go on without quorum').click();
  await propose.getByRole('button', { name: 'Open the vote' }).click();
  await adults.page.getByLabel('Agree', { exact: true }).check();
  await press(adults, 'Give this position');
  await see(adults, /Recorded at/);
  await press(chair, /^Close the vote/);

  await chair.page.getByLabel('Provisional', { exact: true }).check();
  await chair.page.getByLabel('Reasons').fill('Assessed need that cannot wait for the NHS to be here.');
  await chair.page.getByLabel('Needs endorsement by').selectOption({ label: 'NHS continuing care' });
  await press(chair, 'Check the decision');
  await see(chair, /must endorse it/);
  await press(chair, /^Confirm the decision/);
  await see(chair, /^Provisional: needs endorsement by/);
  await check(chair);
  await screenshot(chair, 'binding-provisional');

  const officer = await signedIn(browser, product, 'Authorising officer of the NHS', { viewport: phone });
  await officer.page.getByRole('link', { name: /^Endorse a decision for/ }).first().click();
  await see(officer, 'This binds nobody yet');
  await see(officer, 'Who voted how');
  await check(officer);
  await screenshot(officer, 'binding-answer');
  await officer.page.getByLabel('No, I refuse').check();
  await press(officer, 'Record my answer');
  await officer.page.getByText('Enter why it is refused').first().waitFor();
  await check(officer);
  await officer.page.getByLabel('Yes, I endorse it').check();
  await press(officer, 'Record my answer');
  await see(officer, 'Your answer is recorded.');
  assert.equal(await officer.page.getByText('This binds nobody yet').count(), 0, 'it binds now');
  await check(officer);
  await see(chair, /^Decided: binds since/);

  await chair.page.getByRole('link', { name: 'Read the whole decision' }).click();
  await see(chair, 'Endorsed');
  await chair.page.getByText('Put a correction beside this decision').click();
  await chair.page.getByLabel('What does the record say that is wrong?').fill('cannot wait for the NHS');
  await chair.page.getByLabel('What should it say?').fill('cannot wait for a later meeting');
  await press(chair, 'Add this correction');
  await see(chair, 'Enter how the mistake came about');
  await chair.page.getByLabel('How did the mistake come about?').fill('A slip of the pen.');
  await press(chair, 'Add this correction');
  await see(chair, 'Corrected on');
  await see(chair, 'Assessed need that cannot wait for the NHS to be here.'); // the original stands
  await check(chair);
  await screenshot(chair, 'binding-corrected');

  await visit(chair, '/decisions?forum=mapac&state=corrected');
  await see(chair, '1 decision.');
  await see(chair, /should say “cannot wait for a later meeting”/);
  await check(chair);
  await screenshot(chair, 'binding-register');
});
