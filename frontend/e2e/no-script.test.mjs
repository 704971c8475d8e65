// Without script: an office's locked-down browser must not cost anybody their vote. A panel is run to
// its decision by links, forms and a link that refreshes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, phone } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let product, browser;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const says = (person, words) => person.page.locator('main').getByText(words).first().waitFor();
const press = (person, name, within = person.page.locator('main')) => within.getByRole('button', { name }).first().click();
const section = (person, id) => person.page.locator(`section[aria-labelledby="${id}"]`);
const refresh = (person) => person.page.getByRole('link', { name: 'Refresh' }).click();

test('a panel sits, votes and decides by forms alone', async () => {
  const plain = { javaScriptEnabled: false };
  const chair = await signedIn(browser, product, 'Chair of MAPaC', plain);
  const nhs = await signedIn(browser, product, 'Member for the NHS', { ...plain, viewport: phone });
  const asc = await signedIn(browser, product, 'Member for adult social care', plain);
  const education = await signedIn(browser, product, 'Member for education', plain);

  await nhs.page.getByRole('link', { name: /^Read the agenda of Multi-agency/ }).click();
  await says(nhs, /Version 1, published/);
  const members = [nhs, asc, education];
  for (const person of [chair, ...members]) {
    await person.page.goto('/');
    await person.page.getByRole('link', { name: /^Join of Multi-agency/ }).click();
    await press(person, /^I am here$/);
  }
  await press(chair, 'Start the meeting');
  await press(chair, /^Open/, chair.page.locator('.q-room__line-item', { hasText: /Q\d+/ }).first());
  await says(chair, 'Put it to the vote');

  // A share that is a penny out is refused in words, and everything typed is still there.
  const propose = section(chair, 'room-propose');
  const share = propose.getByLabel(/^Adult social care/).first();
  const asked = await share.inputValue();
  await share.fill(String((Number(asked.replace(/,/g, '')) + 0.01).toFixed(2)));
  await propose.getByLabel('Anything to add to the proposal').fill('From the first day of the course.');
  await press(chair, 'Open the vote', propose);
  await says(chair, 'There is a problem');
  assert.match(await chair.page.locator('.govuk-error-summary').innerText(), /1p|£0\.01/);
  assert.equal(await propose.getByLabel('Anything to add to the proposal').inputValue(), 'From the first day of the course.');
  await share.fill(asked);
  await press(chair, 'Open the vote', propose);
  await says(chair, 'The vote is open');

  for (const person of members) {
    await refresh(person);
    await says(person, 'The vote is open');
    await press(person, 'Give this position');
    await says(person, 'There is a problem');
    await person.page.getByLabel('Agree', { exact: true }).check();
    await press(person, 'Give this position');
    await says(person, /Recorded at/);
    assert.doesNotMatch(await person.page.locator('main').innerText(), /Agrees/, 'a position is seen before the close');
  }
  await refresh(chair);
  await says(chair, '3 of 3 have voted');
  await press(chair, 'Close the vote');
  await section(chair, 'room-vote').getByText('Agrees').nth(2).waitFor();

  const decide = section(chair, 'room-decide');
  await decide.getByLabel('Agreed', { exact: true }).check();
  await decide.getByLabel('Reasons').fill('Assessed need, and no cheaper option keeps the course.');
  await decide.getByLabel(/assessor’s expertise/).check();
  await press(chair, 'Check the decision', decide);
  await says(chair, /Check the decision before it is final/);
  await press(chair, /^Confirm the decision/);
  await says(chair, /Decision: Agreed/);
  await refresh(nhs);
  await says(nhs, /Decision: Agreed/);
  const sideways = await nhs.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  assert.equal(sideways, false, 'a phone must not be scrolled sideways');
});
