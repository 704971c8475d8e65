// Running a meeting: the chair's next step from the keyboard, deliberation in private, the deputy takes
// over, a pause, an adjournment to another day, and what follows from it.
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
const press = (person, name, within = person.page) => within.getByRole('button', { name }).first().click();
const section = (person, id) => person.page.locator(`section[aria-labelledby="${id}"]`);
const next = (person) => section(person, 'room-next');
const big = (person) => next(person).locator('.q-room__big');

/** Tabs until what has the focus is called this, and presses it. */
async function pressByKey(person, name) {
  const { page } = person;
  for (let presses = 0; presses < 150; presses++) {
    const called = await page.evaluate(() => (document.activeElement?.textContent ?? '').replace(/\s+/g, ' ').trim());
    if (name.test(called)) return page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never came to ${name}`);
}

/** Waits until the chair's big button says this. */
const nextIs = (person, words) => big(person).filter({ hasText: words }).waitFor();

let meeting;
let young;

test('the chair goes from step to step with the keyboard, and deliberation is for the table alone', { timeout: 120_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const adults = await signedIn(browser, product, 'Member for adult social care', { viewport: phone });
  const presenter = await signedIn(browser, product, 'Presenter', { viewport: phone });
  await chair.page.getByRole('link', { name: /^Join.*MAPaC/ }).first().click();
  meeting = chair.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
  for (const person of [adults, presenter]) await visit(person, `/meetings/${meeting}/room`);
  for (const person of [chair, adults, presenter]) await see(person, /^Connected$/);

  await pressByKey(chair, /^Start the meeting$/);
  await nextIs(chair, 'Record who is here');
  await check(chair);
  await screenshot(chair, 'running-attend');
  await pressByKey(chair, /^I am here$/);
  await nextIs(chair, /^Open item 1/);
  await see(chair, /^\d+ minutes (ahead|behind): \d+ minutes of items/);
  await press(adults, /^I am here$/);
  await see(chair, /^2 of \d+ are here/);
  await see(adults, /^Here since/);
  // A member says for themselves that they go on by video, and that they leave.
  const mine = section(adults, 'room-people').locator('li', { hasText: 'Grace Pell' });
  await press(adults, 'By video', mine);
  await mine.getByText(/^Here by video or phone since/).waitFor();
  await press(adults, 'I am leaving', mine);
  await mine.getByText(/^Left at/).waitFor();
  await press(adults, /^I am here$/);

  // Out of order, to the presenter's own item.
  const line = chair.page.locator('.q-room__line-item').filter({ hasText: 'Imran Nguyen' });
  young = 'Imran Nguyen';
  await press(chair, /^Open/, line);
  await section(presenter, 'room-item').getByRole('heading', { name: young }).waitFor();
  await nextIs(chair, 'Move to questions');
  await pressByKey(chair, /^Move to questions$/);
  await nextIs(chair, 'Move to deliberation');
  assert.match(await next(chair).innerText(), /presenters and observers are out/);
  await chair.page.keyboard.press('Enter'); // the focus stayed on the one button
  await nextIs(chair, 'Open the vote');

  await section(presenter, 'room-item').getByRole('heading', { name: 'The panel is deliberating in private' }).waitFor();
  await presenter.page.locator('#live-status', { hasText: 'is deliberated in private from here' }).waitFor({ state: 'attached' });
  assert.ok(!(await presenter.page.content()).includes(young), 'nothing of the item is left in the page of who is out');
  await section(adults, 'room-item').getByRole('heading', { name: young }).waitFor();
  await check(presenter);
  await check(chair);
  await screenshot(presenter, 'running-out');
  await screenshot(chair, 'running-deliberation');
  await presenter.page.reload();
  await section(presenter, 'room-item').getByRole('heading', { name: 'The panel is deliberating in private' }).waitFor();
  await press(chair, 'Back to questions');
  await section(presenter, 'room-item').getByRole('heading', { name: young }).waitFor();

  // Who has not voted is there, and never how anybody did.
  const propose = section(chair, 'room-propose');
  await propose.getByText('Go on without quorum').click();
  await press(chair, 'Open the vote', propose);
  await nextIs(chair, /^Close the vote with \d positions missing/);
  await adults.page.getByLabel('Agree', { exact: true }).check();
  await press(adults, 'Give this position');
  await see(adults, /Recorded at/);
  const waiting = next(chair).getByText(/^1 of \d have voted\. Not yet: /);
  await waiting.waitFor();
  assert.doesNotMatch(await waiting.innerText(), /Grace Pell|Agrees/);
  await screenshot(chair, 'running-vote');
  await press(chair, /^Close the vote/);
  await nextIs(chair, 'Check and confirm the decision');
});

test('the deputy takes over and hands back, and everybody sees who is in the chair', { timeout: 120_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const deputy = await signedIn(browser, product, 'Deputy chair of MAPaC');
  for (const person of [chair, deputy]) {
    await visit(person, `/meetings/${meeting}/room`);
    await see(person, /^Connected$/);
  }
  await deputy.page.getByRole('heading', { name: 'Dilys Marrow is in the chair' }).waitFor();
  await check(deputy);
  await screenshot(deputy, 'running-deputy');
  await press(deputy, 'I am here');
  await press(deputy, 'Take the chair');
  await chair.page.getByRole('heading', { name: 'Femi Alder is in the chair' }).waitFor();
  await chair.page.locator('#live-status', { hasText: 'Femi Alder takes the chair' }).waitFor({ state: 'attached' });
  await nextIs(deputy, 'Check and confirm the decision');

  await deputy.page.getByText('Pause, hand over or adjourn').click();
  await press(deputy, 'Hand over the chair');
  await see(deputy, 'Select who takes the chair');
  await deputy.page.getByLabel('Who takes the chair').selectOption({ label: 'Dilys Marrow' });
  await check(deputy);
  await press(deputy, 'Hand over the chair');
  await nextIs(chair, 'Check and confirm the decision');
  await deputy.page.getByRole('heading', { name: 'Dilys Marrow is in the chair' }).waitFor();
});

test('a meeting is paused, adjourned to another day, and goes on then, by forms alone', { timeout: 180_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  chair.allow(/ERR_FAILED.*\.js$/);
  await chair.context.route(/\.js$/, (route) => route.abort());
  const adults = await signedIn(browser, product, 'Member for adult social care', { viewport: phone });
  await visit(chair, `/meetings/${meeting}/room`);
  await visit(adults, `/meetings/${meeting}/room`);
  await see(adults, /^Connected$/);
  const stop = async () => {
    if (!(await chair.page.getByRole('button', { name: 'Adjourn the meeting' }).isVisible())) await chair.page.getByText('Pause, hand over or adjourn').click();
  };
  await stop();
  await chair.page.getByLabel('What everybody is told').fill('Back at 11am');
  await press(chair, 'Pause the meeting');
  await see(chair, 'Go on with the meeting');
  await see(adults, /^Paused since .*: Back at 11am/);
  await check(adults);
  await screenshot(adults, 'running-paused');
  await screenshot(chair, 'running-paused-chair');
  await press(chair, 'Go on with the meeting');
  await see(chair, 'The meeting goes on.');

  await stop();
  await chair.page.getByLabel('The time it goes on').fill('2pm');
  await press(chair, 'Adjourn the meeting');
  await see(chair, 'There is a problem');
  await see(chair, 'Enter why the meeting is adjourned');
  await see(chair, /^Enter the day on which it goes on/);
  await check(chair);
  await chair.page.getByLabel('Why the meeting is adjourned').fill('A fire alarm');
  const day = chair.page.getByRole('group', { name: 'The day it goes on' });
  for (const [part, value] of [['Day', '28'], ['Month', '11'], ['Year', '2026']]) await day.getByLabel(part).fill(value);
  await press(chair, 'Adjourn the meeting');
  await see(chair, /Saturday 28 November 2026 is not a working day/);
  assert.equal(await chair.page.getByLabel('Why the meeting is adjourned').inputValue(), 'A fire alarm', 'what was typed stays');
  await screenshot(chair, 'running-adjourn');
  await day.getByLabel('Day').fill('26');
  await press(chair, 'Adjourn the meeting');
  await see(chair, 'The meeting is adjourned until Thursday 26 November 2026, 2pm.');
  await see(adults, 'Adjourned until Thursday 26 November 2026, 2pm');
  await check(chair);
  await screenshot(adults, 'running-adjourned');
  await visit(chair, `/meetings/${meeting}`);
  await see(chair, 'First sat on');
  await screenshot(chair, 'running-adjourned-meeting');

  await product.end();
  adults.allow(/.*/);
  await product.start('2026-11-26T13:55');
  const again = await signedIn(browser, product, 'Chair of MAPaC');
  await visit(again, `/meetings/${meeting}/room`);
  await see(again, /^Connected$/);
  await press(again, 'Start the meeting again');
  await nextIs(again, 'Record who is here');
  await press(again, /^I am here$/);
  await nextIs(again, /^Open item/);
  await press(again, /^Open/, again.page.locator('.q-room__line-item').filter({ hasText: young }));
  await nextIs(again, 'Check and confirm the decision');
  await press(again, 'Close the meeting');
  await see(again, 'The meeting has closed.');
  await visit(again, `/meetings/${meeting}/minutes`);
  await see(again, 'The course of the meeting');
  await see(again, /The meeting is adjourned until Thursday 26 November 2026, 2pm\. A fire alarm/);
  await see(again, /Femi Alder takes the chair/);
  await screenshot(again, 'running-minutes');
});
