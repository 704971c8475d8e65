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

  await give(nhs, 'Consent');
  await within(2000, see(chair, '1 of 3 have voted'));
  assert.doesNotMatch(await chair.page.locator('main').innerText(), /Consents/, 'a position was seen before the close');
  await asc.page.getByRole('button', { name: 'Give this position' }).click();
  await see(asc, 'There is a problem');
  await check(asc);
  await give(asc, 'Consent');

  // A line that drops: the vote is not recorded and says so; nothing typed is lost.
  education.allow(/ERR_INTERNET_DISCONNECTED/);
  await education.context.setOffline(true);
  await see(education, /^You are offline/);
  await education.page.getByLabel('Consent', { exact: true }).check();
  await education.page.getByLabel('A condition, if there is one').fill('The school agrees the timetable');
  await education.page.getByRole('button', { name: 'Give this position' }).click();
  await see(education, /This is not recorded/);
  await education.context.setOffline(false);
  await within(15_000, education.page.getByText('Connected', { exact: true }).waitFor());
  assert.equal(await education.page.getByLabel('A condition, if there is one').inputValue(), 'The school agrees the timetable');
  await education.page.getByRole('button', { name: 'Give this position' }).click();
  await see(education, /Recorded at/);
  await see(chair, '3 of 3 have voted');

  clerk.allow(/ERR_INTERNET_DISCONNECTED/);
  await clerk.context.setOffline(true);
  await see(clerk, /^You are offline/);
  await clerk.page.getByLabel(/^Notes for item/).fill('The panel heard the school’s view. Written while the line was down.');
  await see(clerk, /1 not saved yet/);
  await clerk.context.setOffline(false);
  await within(15_000, see(asc, /Written while the line was down/));

  await chair.page.getByRole('button', { name: 'Close the vote', exact: true }).click();
  await within(2000, see(nhs, 'The school agrees the timetable'));
  assert.equal(await nhs.page.locator('#live-alert').textContent(), 'Voting has closed');
  await check(nhs);
  await screenshot(nhs, 'room-member-closed');

  // The decision: answers, a look at all of them, and it is final.
  const decide = chair.page.locator('section', { has: chair.page.getByRole('heading', { name: 'Record the decision' }) }).last();
  await decide.getByLabel('Agreed with conditions').check();
  await decide.getByLabel('Reasons').fill('Assessed need: waking nights. Cost is shared as asked.');
  assert.equal(await decide.getByRole('textbox', { name: 'Condition 1' }).inputValue(), 'The school agrees the timetable', 'a funder’s condition binds the decision');
  const due = decide.getByRole('group', { name: 'Shown by' });
  for (const [part, value] of [['Day', '1'], ['Month', '3'], ['Year', '2027']]) await due.getByLabel(part).fill(value);
  await check(chair);
  await screenshot(chair, 'room-chair-decide');
  await decide.getByRole('button', { name: 'Check the decision' }).click();
  await see(chair, 'Check the decision before it is final');
  await check(chair);
  await screenshot(chair, 'room-chair-check');
  await press(chair, 'Confirm the decision');
  await within(2000, see(nhs, /^Decision: Agreed with conditions/));
  await check(chair);
  await screenshot(clerk, 'room-clerk-decided');

  // Somebody leaves for the next item: it is gone from their screen.
  await press(chair, /^Open item 6/);
  await nhs.page.getByRole('heading', { level: 2, name: /Violet Walker/ }).waitFor();
  await nhs.page.getByText('Declare an interest in this item').click();
  await nhs.page.getByLabel('Family').check();
  await nhs.page.getByLabel('What the interest is').fill('My sister works for the provider');
  await check(nhs);
  await press(nhs, 'Declare it and leave for this item');
  await nhs.page.getByRole('heading', { level: 2, name: /You have left for this item/ }).waitFor();
  assert.ok(!(await nhs.page.content()).includes('Violet'), 'what they left is still in their page');
  await screenshot(nhs, 'room-member-left');
  await check(nhs);
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

// A locality meeting runs down its names from the keyboard, and a second screen follows.
test('a locality meeting walks down its names from the keyboard', { timeout: 120_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const chair = await signedIn(browser, product, 'Chair of the locality meetings');
  for (const person of [clerk, chair]) await join(person, 'Central');
  await check(clerk);
  await screenshot(clerk, 'room-list');
  const names = clerk.page.locator('.q-room__name-button');
  await names.nth(1).focus();
  await clerk.page.keyboard.press('ArrowDown');
  await clerk.page.keyboard.press('j');
  await clerk.page.keyboard.press('k');
  await clerk.page.keyboard.press('Enter');
  const focused = () => clerk.page.evaluate(() => document.activeElement.id);
  assert.match(await focused(), /-worker$/);
  await clerk.page.keyboard.press('Control+A');
  await clerk.page.keyboard.type('Jo Marsh');
  await check(clerk);
  await screenshot(clerk, 'room-list-edit');
  const before = await focused();
  await clerk.page.keyboard.press('Enter');
  await within(3000, chair.page.locator('.q-room__name').nth(2).getByText('Worker: Jo Marsh').waitFor());
  await clerk.page.waitForFunction((was) => document.activeElement.id !== was && document.activeElement.id.endsWith('-worker'), before);
  await clerk.page.keyboard.press('Escape');
  assert.match(await focused(), /^name-/);
  await check(clerk);
});

async function give(person, position) {
  await person.page.getByLabel(position, { exact: true }).check();
  await person.page.getByRole('button', { name: 'Give this position' }).click();
  await see(person, /Recorded at/);
}
