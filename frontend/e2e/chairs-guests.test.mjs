// Two chairs who both confirm, and a funder of another council who joins one item.
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
const main = (person) => person.page.locator('main').innerText();

test('a decision binds once both chairs have confirmed it, the second without script', { timeout: 120_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await visit(clerk, '/forums/joint-solutions/meetings/new');
  for (const [field, value] of [['day', '27'], ['month', '11'], ['year', '2026']]) await clerk.page.locator(`[name="starts_on-${field}"]`).fill(value);
  await clerk.page.getByLabel('Start time').fill('3pm');
  await press(clerk, 'Call this meeting');
  const meeting = clerk.page.url().match(/meetings\/([0-9a-f-]{36})/)?.[1];
  assert.ok(meeting, `the meeting is called: ${clerk.page.url()}`);
  await see(clerk, 'Dilys Marrow and Kamal Reeve');
  await check(clerk);

  await visit(clerk, '/cases');
  const number = (await clerk.page.locator('main a[href^="/cases/Q"]').first().innerText()).trim();
  await visit(clerk, `/meetings/${meeting}/agenda/edit`);
  await clerk.page.getByLabel('Case number').fill(number);
  await clerk.page.getByLabel('Why it is on the agenda').fill('No provider has been found.');
  await press(clerk, 'Add this case');
  await clerk.page.getByRole('link', { name: 'Not now' }).click(); // who told the young person is another test's
  await press(clerk, 'Check and publish');
  await press(clerk, 'Publish the agenda');
  await see(clerk, 'Chair: Dilys Marrow and Kamal Reeve');

  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  await visit(chair, `/meetings/${meeting}/room`);
  await press(chair, 'Start the meeting');
  await press(chair, /^I am here$/);
  await press(chair, /^Open item/);
  await chair.page.getByLabel('Escalated', { exact: true }).check();
  await chair.page.getByLabel('Reasons').fill('No provider in the county.');
  await press(chair, 'Check the decision');
  await see(chair, /^It binds nobody until the other chair/);
  await press(chair, /^Confirm the decision/);
  await see(chair, 'Waiting for the other chair: Escalated');
  assert.equal(await chair.page.getByRole('button', { name: 'Confirm this decision' }).count(), 0, 'nobody confirms twice');
  await check(chair);
  await screenshot(chair, 'chairs-waiting');

  const other = await signedIn(browser, product, 'Member for the NHS', { viewport: phone, javaScriptEnabled: true });
  await visit(other, '/');
  await see(other, 'A decision waits for your confirmation');
  await other.context.route(/\.js$/, (route) => route.abort()); // from here on the other chair has no script
  other.allow(/ERR_FAILED.*\.js$/);
  await other.page.getByRole('link', { name: 'A decision waits for your confirmation' }).click();
  await see(other, 'This waits for the other chair to confirm');
  await check(other);
  await screenshot(other, 'chairs-confirm');
  await press(other, 'Confirm this decision');
  await see(other, 'You have confirmed the decision.');
  await see(other, /^Dilys Marrow and Kamal Reeve, /);
  await see(chair, 'Decision: Escalated');
  await see(chair, /Confirmed\s+by Dilys Marrow and Kamal Reeve/);
});

test('a guest funder joins one item, votes, and sees nothing else', { timeout: 120_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await clerk.page.getByRole('link', { name: /^Read the agenda.*MAPaC/ }).first().click();
  const meeting = clerk.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
  await visit(clerk, `/meetings/${meeting}/agenda/edit`);
  const row = clerk.page.locator('#agenda tbody tr', { hasText: 'Imran Nguyen' }).first();
  const neighbours = (await clerk.page.locator('#agenda tbody tr').allInnerTexts()).filter((text) => /Q\d/.test(text) && !text.includes('Imran Nguyen'));
  assert.ok(neighbours.length > 0, 'there are other young people on the agenda');
  await row.getByRole('link', { name: /^Guests/ }).click();
  await check(clerk);
  await press(clerk, 'Ask them to join this item');
  await see(clerk, 'Choose who is asked to join');
  await clerk.page.getByLabel('Who is asked').selectOption({ label: 'Ivy Sallow, Wessel Council' });
  await press(clerk, 'Ask them to join this item');
  await see(clerk, 'They are asked to join this item.');
  await screenshot(clerk, 'guests');

  const guest = await signedIn(browser, product, 'Funder of another council', { viewport: phone });
  await check(guest);
  await guest.page.getByRole('link', { name: /^Read your item/ }).first().click();
  await see(guest, /Imran Nguyen/);
  const others = neighbours.map((text) => text.match(/Q\d+\s+(\S+ \S+)/)?.[1]).filter(Boolean);
  assert.ok(others.length > 0);
  const unseen = async (where) => {
    const text = await guest.page.content();
    for (const name of [...others, 'Welcome and apologies']) assert.ok(!text.includes(name), `${where}: a guest sees ${name}`);
  };
  await unseen('their agenda');
  await check(guest);
  await screenshot(guest, 'guest-agenda');

  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const adults = await signedIn(browser, product, 'Member for adult social care');
  for (const person of [chair, adults, guest]) {
    await person.page.goto(`/meetings/${meeting}/room`);
    await person.page.getByText('Connected', { exact: true }).waitFor();
  }
  await press(chair, 'Start the meeting');
  for (const person of [chair, adults, guest]) await press(person, /^I am here$/);
  await see(guest, 'You are a guest for one item.');
  await chair.page.locator('.q-room__line-item').filter({ hasText: 'Imran Nguyen' }).getByRole('button').click();
  const propose = chair.page.locator('section[aria-labelledby="room-propose"]');
  // The neighbours are to pay what one of ours was asked for.
  await propose.getByLabel('Wessel Council, pounds a week').waitFor();
  for (const unit of ['pounds a week', 'pounds once']) {
    for (const input of await propose.getByLabel(new RegExp(`, ${unit}$`)).all()) {
      const value = await input.inputValue();
      if (!/[1-9]/.test(value)) continue;
      await input.fill('0');
      await propose.getByLabel(`Wessel Council, ${unit}`).fill(value);
      break;
    }
  }
  await propose.getByText('Go on without quorum').click();
  await propose.getByRole('button', { name: 'Open the vote' }).click();
  await see(guest, 'The vote is open');
  await unseen('the room');
  await check(guest);
  await guest.page.getByLabel('Agree', { exact: true }).check();
  await press(guest, 'Give this position');
  await see(guest, /Recorded at/);
  await see(chair, /1 of \d have voted/);
  await screenshot(guest, 'guest-vote');
  await unseen('after the vote');
  assert.ok(!(await main(guest)).includes('Raise an action'), 'a guest records nothing');

  await press(chair, /^Close the vote/);
  await press(chair, /^Finish item/);
  await see(guest, /You no longer have a part in this meeting/);
  assert.ok(!(await main(guest)).includes('Imran Nguyen'), 'what was theirs to see is gone from the screen');
  await visit(guest, '/');
  assert.equal(await guest.page.getByRole('link', { name: /^Join/ }).count(), 0, 'their part is over');
  guest.allow(/answered 404/);
  await visit(guest, `/meetings/${meeting}/room`, { status: 404 });
});
