// The split is reckoned while it is typed, and what nobody contests is agreed together. How an item is voted on
// from its opening to its decision is told in panel.test.mjs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot } from './browser.mjs';
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

const see = (person, text) => person.page.getByText(text).first().waitFor();
const press = (person, name) => person.page.getByRole('button', { name }).first().click();

test('a split is reckoned while it is typed, and a consent list is made and objected to', { timeout: 120_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const adults = await signedIn(browser, product, 'Member for adult social care');
  const education = await signedIn(browser, product, 'Member for education', { viewport: phone });
  await chair.page.getByRole('link', { name: /^Join.*MAPaC/ }).first().click();
  const meeting = chair.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
  for (const person of [adults, education]) await person.page.goto(`/meetings/${meeting}/room`);
  await press(chair, 'Start the meeting');
  for (const person of [chair, adults, education]) await press(person, /^I am here$/);

  // The split is reckoned while it is typed.
  await chair.page.locator('.q-room__line-item').filter({ hasText: 'Imran Nguyen' }).getByRole('button').first().click();
  const propose = chair.page.locator('section[aria-labelledby="room-propose"]');
  const weekly = (agency) => propose.getByLabel(new RegExp(`^${agency}.*, pounds a week$`));
  await propose.getByRole('button', { name: 'The NHS pays it all' }).click();
  assert.equal(await propose.getByLabel(/^NHS.*, percent$/).inputValue(), '100');
  await see(chair, /^All of it is shared/);
  await propose.getByRole('button', { name: 'As asked for' }).click();
  const asked = Number((await weekly('Adult social care').inputValue()).replace(/,/g, ''));
  await weekly('Adult social care').fill((asked - 46.2).toFixed(2));
  await see(chair, /^£46\.20 still to share/);
  await see(chair, /^As shared: £.* a year/);
  await see(chair, /this financial year, to 31 March 2027/);
  await check(chair);
  await screenshot(chair, 'voting-split');
  await weekly('Adult social care').fill(asked.toFixed(2));
  await propose.getByLabel('Who pays without prejudice while a dispute runs?').selectOption({ label: 'Adult social care' });
  await propose.getByText('Go on without quorum').click();
  await propose.getByRole('button', { name: 'Open the vote' }).click();

  await see(adults, /, without prejudice/);
  await press(chair, /^Close the vote/);

  // What nobody contests is agreed together, unless somebody objects.
  await chair.page.getByText('Put an item on the consent list').click();
  const which = chair.page.getByLabel('Which item does nobody contest?');
  const choices = (await which.locator('option').allInnerTexts()).slice(1);
  assert.ok(choices.length >= 2, `there are items for the list: ${choices}`);
  for (const choice of choices.slice(0, 2)) {
    await which.selectOption({ label: choice });
    await chair.page.getByLabel('What is agreed, and why').fill('Assessed need that nobody contests.');
    await press(chair, 'Put it on the list');
    await which.locator('option', { hasText: choice }).waitFor({ state: 'detached' });
  }
  await see(education, 'These items are agreed together unless somebody objects.', { exact: false });
  const number = choices[0].match(/Item (\S+):/)[1];
  await education.page.getByRole('button', { name: `Object to item ${number}` }).click();
  await press(education, `Take item ${number} off the list`);
  await see(chair, new RegExp(`Item ${number} is off the list`));
  await check(education);
  await screenshot(education, 'voting-consent');
  await Promise.all([chair, adults, education].map((person) => person.context.close()));
});
