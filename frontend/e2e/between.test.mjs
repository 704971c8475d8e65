// What cannot wait for a meeting: a vote by correspondence, with who has opened it, a reminder, the close and
// the decision; a chair's action; and both on the next agenda for ratification by themselves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, check, launch, phone, screenshot, visit } from './browser.mjs';
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
const press = (person, name) => person.page.locator('main').getByRole('button', { name }).first().click();
const follow = (person, name) => person.page.locator('main').getByRole('link', { name }).first().click();
const row = (person, name) => person.page.locator('#answers tr').filter({ hasText: name });

test('a vote by correspondence and a chair’s action come to the next agenda for ratification', { timeout: 240_000 }, async () => {
  let clerk, chair, adults, nhs;
  const arrive = async () => {
    clerk = await signedIn(browser, product, 'Clerk');
    chair = await signedIn(browser, product, 'Chair of MAPaC');
    adults = await signedIn(browser, product, 'Member for adult social care', { javaScriptEnabled: false });
    nhs = await signedIn(browser, product, 'Member for the NHS', { viewport: phone });
  };
  await arrive();

  await visit(clerk, '/forums/mapac');
  await follow(clerk, /^Urgent business between meetings/);
  await check(clerk);
  await screenshot(clerk, 'between-forum');
  await follow(clerk, /^Decide R\d+ between meetings/);
  assert.equal(await clerk.page.getByRole('button', { name: 'Begin a chair’s action' }).count(), 0, 'a clerk decides nothing as chair');
  await press(clerk, 'Open the vote by correspondence');
  await see(clerk, 'Enter why it cannot wait for the next meeting');
  await check(clerk);
  await clerk.page.getByLabel('Why can it not wait for the next meeting?').fill('The night staff stop on Friday.');
  const closes = clerk.page.getByRole('group', { name: 'On which day does voting close?' });
  for (const [part, value] of [['Day', '29'], ['Month', '11'], ['Year', '2026']]) await closes.getByLabel(part, { exact: true }).fill(value);
  await press(clerk, 'Open the vote by correspondence');
  await see(clerk, /Voting must close on a working day/);
  await closes.getByLabel('Day', { exact: true }).fill('30');
  await screenshot(clerk, 'between-ask');
  await press(clerk, 'Open the vote by correspondence');
  await see(clerk, 'The vote by correspondence is open');
  await check(clerk);
  await screenshot(clerk, 'between-clerk');
  const address = new URL(clerk.page.url()).pathname;

  await visit(nhs, '/');
  await follow(nhs, /^Answer the vote by correspondence/);
  await see(nhs, 'The night staff stop on Friday.');
  await check(nhs);
  await screenshot(nhs, 'between-member');
  assert.equal(await nhs.page.locator('#answers').count(), 0, 'who has opened it is for the chair and the clerk');
  await visit(clerk, address);
  await row(clerk, 'Opened').first().waitFor();
  assert.match(await row(clerk, 'NHS').textContent(), /24 November 2026/);
  assert.match(await row(clerk, 'The position of Adult social care').textContent(), /Not opened/);
  await nhs.page.getByLabel('Agree', { exact: true }).check();
  await press(nhs, 'Give this position');
  await see(nhs, 'Your position is recorded.');

  // Two working days before it closes, whoever has not answered is reminded, and nobody else.
  await product.end();
  await product.start('2026-11-26T08:30');
  await arrive(); // two days later everybody signs in again
  for (let tries = 0; tries < 60; tries++) {
    await visit(clerk, address);
    if (/Once/.test(await row(clerk, 'The position of Adult social care').textContent())) break;
    await clerk.page.waitForTimeout(500);
  }
  assert.match(await row(clerk, 'The position of Adult social care').textContent(), /Once/);
  assert.match(await row(clerk, 'NHS').textContent(), /Answered.*No/s);
  await screenshot(clerk, 'between-reminded');

  await adults.page.goto(address);
  assertClean(adults);
  await adults.page.getByLabel('Agree', { exact: true }).check();
  await press(adults, 'Give this position');
  await see(adults, 'Your position is recorded.');
  await visit(chair, address);
  await see(chair, /^It closes by itself|Every answer that is needed is in/);
  await check(chair);
  await screenshot(chair, 'between-chair');

  // Education pays a share too. Whoever decides and is not asked to pay says that they have read it, for the quorum.
  const education = await signedIn(browser, product, 'Member for education');
  await follow(education, /^Answer the vote by correspondence/);
  await education.page.getByLabel('Agree', { exact: true }).check();
  await press(education, 'Give this position');
  await see(education, 'Your position is recorded.');
  const children = await signedIn(browser, product, 'Member for children’s social care');
  await follow(children, /^Answer the vote by correspondence/);
  await press(children, 'I have read it');
  await see(children, 'You have said that you read this');
  await check(children);
  await visit(chair, address);
  await press(chair, 'Close the vote');
  await see(chair, 'Every funder consents to its own share');
  await chair.page.getByLabel('Agreed', { exact: true }).check();
  await chair.page.getByLabel('Reasons').fill('Assessed need that could not wait.');
  await check(chair);
  await screenshot(chair, 'between-decide');
  await press(chair, 'Check the decision');
  await press(chair, /^Confirm the decision/);
  await see(chair, 'The decision is confirmed.');
  await see(chair, /The next meeting is asked to ratify it/);
  await check(chair);
  await screenshot(chair, 'between-decided');

  // A chair's action commits nobody's money: each funder endorses its own share.
  await visit(chair, '/forums/mapac/between');
  await follow(chair, /^Decide R\d+ between meetings/);
  await chair.page.getByLabel('Why can it not wait, even for a vote by correspondence?').fill('The placement closes tonight.');
  await check(chair);
  await press(chair, 'Begin a chair’s action');
  await see(chair, /You decide this alone/);
  await check(chair);
  await chair.page.getByLabel('Provisional', { exact: true }).check();
  await chair.page.getByLabel('Reasons').fill('Assessed need, and nowhere to sleep.');
  await screenshot(chair, 'between-action');
  await press(chair, 'Check the decision');
  await press(chair, /^Confirm the decision/);
  await see(chair, /Provisional: needs endorsement by/);
  await check(chair);

  // Both come to the next agenda by themselves.
  await visit(clerk, '/meetings?forum=mapac&month=2026-12');
  await check(clerk);
  const next = await clerk.page.locator('main a').evaluateAll((links) => links.map((link) => link.getAttribute('href')).find((to) => /^\/meetings\/[0-9a-f-]{36}$/.test(to)));
  await visit(clerk, `${next}/agenda/edit`);
  await press(clerk, 'Build the agenda');
  await see(clerk, /Ratify: vote by correspondence of 26 November 2026/);
  await see(clerk, /Ratify: chair’s action of 26 November 2026/);
  await see(clerk, /Why it could not wait: The night staff stop on Friday/);
  await check(clerk);
  await screenshot(clerk, 'between-agenda');
});
