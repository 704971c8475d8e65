// A funding panel meets: a chair, a clerk and two members, each in a browser of their own, see each
// step at once; a line that drops loses nothing; and without script the room still works.
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

test('a funding panel decides', { timeout: 180_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const clerk = await signedIn(browser, product, 'Clerk');
  const asc = await signedIn(browser, product, 'Member for adult social care');
  const nhs = await signedIn(browser, product, 'Member for the NHS', { viewport: phone });
  const education = await signedIn(browser, product, 'Member for education');
  for (const person of [chair, clerk, asc, nhs, education]) await join(person, 'MAPaC');

  await check(chair);
  await press(chair, 'Start the meeting');
  await within(2000, see(nhs, 'No item is open'));
  for (const person of [chair, asc, nhs, education]) await press(person, 'I am here');
  await see(clerk, '4 of 11 are here');
  await screenshot(clerk, 'room-clerk-start');
  await check(clerk);

  // The first request: its members vote, unseen until the close.
  const agenda = chair.page.locator('.q-room__line-item');
  await agenda.filter({ hasText: 'Imran Nguyen' }).getByRole('button').click();
  await within(2000, nhs.page.getByRole('heading', { level: 2, name: /Imran Nguyen/ }).waitFor());
  await check(chair);
  await screenshot(chair, 'room-chair-item');
  await screenshot(nhs, 'room-member-item');

  // The clerk's notes save themselves.
  await clerk.page.getByLabel(/^Notes for item/).fill('The panel heard the school’s view.');
  await see(clerk, /^Saved at/);
  await within(3000, see(asc, 'The panel heard the school’s view.'));

  await chair.page.locator('section', { has: chair.page.getByRole('heading', { name: 'Put it to the vote' }) }).last().getByRole('button', { name: 'Open the vote' }).click();
  await within(3000, see(nhs, 'The vote is open'));
  await check(nhs);
  await screenshot(nhs, 'room-member-vote');
  await screenshot(chair, 'room-chair-vote');
});
