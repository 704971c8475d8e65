// Voting as six people see it: the split is reckoned while it is typed, consent is asked again of whose share
// changed, leaving for an item closes it on every device, and what nobody contests is agreed together.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot, visit } from './browser.mjs';
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

test('six people vote: a split that changes, two devices, an interest and a consent list', { timeout: 180_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const clerk = await signedIn(browser, product, 'Clerk');
  const adults = await signedIn(browser, product, 'Member for adult social care');
  const education = await signedIn(browser, product, 'Member for education', { viewport: phone });
  const nhs = await signedIn(browser, product, 'Member for the NHS');
  const nhsPhone = await signedIn(browser, product, 'Member for the NHS', { viewport: phone });
  await chair.page.getByRole('link', { name: /^Join.*MAPaC/ }).first().click();
  const meeting = chair.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
  for (const person of [clerk, adults, education, nhs, nhsPhone]) await person.page.goto(`/meetings/${meeting}/room`);
  await press(chair, 'Start the meeting');
  for (const person of [chair, adults, education, nhs]) await press(person, /^I am here$/);

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
  await propose.getByRole('button', { name: 'Open the vote' }).click();

  await see(adults, /, without prejudice/);
  for (const person of [adults, nhs]) {
    await person.page.getByLabel('Agree', { exact: true }).check();
    await press(person, 'Give this position');
    await see(person, /Recorded at/);
  }
  await see(nhsPhone, /Recorded at/); // the same person's other device
  await press(chair, /^Close the vote/);

  // Ten pounds from education to adult social care: the NHS, whose share is the same, is not asked again.
  await chair.page.getByText('Vote again').click();
  const education0 = Number((await weekly('Education').inputValue()).replace(/,/g, ''));
  await weekly('Adult social care').fill((asked + 10).toFixed(2));
  await weekly('Education').fill((education0 - 10).toFixed(2));
  await propose.getByRole('button', { name: 'Open the vote' }).click();
  await see(chair, /Carried over from run 1; share unchanged/);
  await see(adults, 'The vote is open (run 2)');
  await check(education);
  await screenshot(education, 'voting-again');
  for (const person of [adults, education]) {
    await person.page.getByLabel('Agree', { exact: true }).check();
    await press(person, 'Give this position');
    await see(person, /Recorded at/);
  }

  // Leaving for the item closes it on both devices at once, and the chair is told.
  await nhs.page.getByText('Declare an interest in this item').click();
  await nhs.page.getByLabel('Family', { exact: true }).check();
  await nhs.page.getByLabel('What the interest is').fill('My cousin works there');
  await press(nhs, 'Declare it and leave for this item');
  for (const person of [nhs, nhsPhone]) {
    await person.page.getByRole('heading', { name: /You have left for this item/ }).waitFor();
    assert.ok(!(await person.page.locator('main').innerText()).includes('What is asked for'));
  }
  await see(chair, /^An interest waits for your answer/);
  await check(nhsPhone);
  await press(chair, /^Close the vote/);
  await see(chair, /no consent was given for NHS/);
  await check(chair);
  await screenshot(chair, 'voting-result');

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
  await Promise.all([chair, clerk, adults, education, nhs, nhsPhone].map((person) => person.context.close()));
});
