// The room when the line is down, and without script. The walk shows it whole.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot } from './browser.mjs';
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

/** The room of the meeting a person can join on Home. */
async function join(person, forum) {
  await person.page.goto('/');
  await person.page.getByRole('link', { name: new RegExp(`^Join.*${forum}`) }).first().click();
  await person.page.getByText('Connected', { exact: true }).waitFor();
  await person.page.getByRole('heading', { level: 1 }).waitFor();
}

const see = (person, text) => person.page.getByText(text).first().waitFor();
const press = (person, name) => person.page.getByRole('button', { name }).first().click();
const within = async (ms, what) => {
  const began = Date.now();
  await what;
  assert.ok(Date.now() - began < ms, `${Date.now() - began} ms instead of under ${ms}`);
};

test('a vote given while the line is down is not recorded, says so, and stays ready to be given', async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const education = await signedIn(browser, product, 'Member for education', { viewport: phone });
  for (const person of [chair, education]) await join(person, 'MAPaC');
  await press(chair, 'Start the meeting');
  for (const person of [chair, education]) await press(person, /^I am here$/);
  await chair.page.locator('.q-room__line-item').filter({ hasText: 'Imran Nguyen' }).getByRole('button').click();
  const propose = chair.page.locator('section[aria-labelledby="room-propose"]');
  await propose.getByText('Go on without quorum').click();
  await propose.getByRole('button', { name: 'Open the vote' }).click();
  await within(3000, see(education, 'The vote is open'));

  // Consent to money must not be stale: it is never queued.
  education.allow(/ERR_INTERNET_DISCONNECTED/);
  await education.context.setOffline(true);
  await see(education, /^You are offline/);
  await education.page.getByLabel('Agree with conditions', { exact: true }).check();
  await education.page.getByLabel('Your conditions').fill('The school agrees the timetable');
  await education.page.getByLabel('Your reason').fill('Two mornings are at another site');
  await education.page.getByRole('button', { name: 'Give this position' }).click();
  await see(education, /This is not recorded/);
  await check(education);
  await screenshot(education, 'room-member-offline');
  await education.context.setOffline(false);
  await within(15_000, education.page.getByText('Connected', { exact: true }).waitFor());
  assert.equal(await education.page.getByLabel('Your conditions').inputValue(), 'The school agrees the timetable');
  await education.page.getByRole('button', { name: 'Give this position' }).click();
  await see(education, /Recorded at/);
  await see(chair, '1 of 3 have voted');

  await press(chair, /^Close the vote/);
  await education.page.locator('#live-alert', { hasText: /^Voting has closed$/ }).waitFor({ state: 'attached' });
  await see(education, 'Agrees with conditions, on condition: The school agrees the timetable. Reason: Two mornings are at another site');
});

// Without script the same room works by forms and a link to refresh.
test('a meeting is run without script', { timeout: 120_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of the locality meetings');
  chair.allow(/ERR_FAILED.*\.js$/);
  await chair.context.route(/\.js$/, (route) => route.abort());
  await chair.page.goto('/');
  await chair.page.getByRole('link', { name: /^Join.*Central/ }).first().click();
  await press(chair, 'Start the meeting');
  await see(chair, 'Recorded.');
  await press(chair, 'I am here');
  await chair.page.getByRole('button', { name: /^Open item, item/ }).or(chair.page.getByRole('button', { name: /^Open item/ })).first().click();
  await see(chair, 'Open now');
  await check(chair);
  await screenshot(chair, 'room-without-script');
  await chair.page.locator('.q-room__name').first().getByRole('link').click();
  await press(chair, 'Save and next');
  await check(chair);
  await see(chair, /^1 of \d+ discussed/);
});
