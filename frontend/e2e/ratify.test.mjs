// What was decided between two meetings comes before the next: the agenda puts it there, the chair records what
// the meeting says of it on a screen and without script, and every page that shows the decision says so.
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
const press = (person, name) => person.page.locator('main').getByRole('button', { name }).first().click();
const follow = (person, name) => person.page.locator('main').getByRole('link', { name }).first().click();
const ratification = (person) => person.page.locator('section[aria-labelledby="ratify-heading"]');
const line = (person, title) => person.page.locator('.q-room__line-item').filter({ hasText: title }).getByRole('button');

test('the next meeting ratifies one decision and not the other, and every page says which', { timeout: 240_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await visit(clerk, '/decisions?forum=mapac&state=to_ratify');
  await see(clerk, '2 decisions.');
  await see(clerk, /The next meeting is asked to ratify it/);
  await clerk.page.getByLabel('How it was made').selectOption({ label: 'Chair’s action' });
  await press(clerk, /^Apply/);
  await see(clerk, '1 decision.');
  await check(clerk);
  await screenshot(clerk, 'ratify-register');

  await visit(clerk, '/meetings?forum=mapac&month=2026-12');
  const next = await clerk.page.locator('main a').evaluateAll((links) => links.map((link) => link.getAttribute('href')).find((to) => /^\/meetings\/[0-9a-f-]{36}$/.test(to)));
  await visit(clerk, `${next}/agenda/edit`);
  await press(clerk, 'Build the agenda');
  await see(clerk, /Ratify: chair’s action of 20 November 2026/);
  await follow(clerk, /^Check and publish/).catch(() => press(clerk, /^Check and publish/));
  await press(clerk, 'Publish the agenda');
  await see(clerk, /Agenda published as version 1/);
  await visit(clerk, next);
  const begins = (await clerk.page.locator('main').innerText()).match(/(\d{1,2}) December 2026, (\d{1,2})(?::(\d\d))?(am|pm)/);
  assert.ok(begins, 'the meeting says when it begins');
  const hour = (Number(begins[2]) % 12) + (begins[4] === 'pm' ? 12 : 0);
  await product.end();
  await product.start(`2026-12-${begins[1].padStart(2, '0')}T${String(hour).padStart(2, '0')}:${begins[3] ?? '00'}`);

  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const adults = await signedIn(browser, product, 'Member for adult social care', { viewport: phone });
  const room = [chair, adults];
  for (const role of ['Member for children’s social care', 'Member for education', 'Member for the NHS']) room.push(await signedIn(browser, product, role));
  for (const person of room) await visit(person, `${next}/room`);
  await press(chair, /^Start the meeting/);
  for (const person of room) {
    await press(person, /^I am here$/);
    await person.page.getByText('You are not recorded as here').waitFor({ state: 'detached' });
  }
  await line(chair, 'Ratify: vote by correspondence').click();
  await see(adults, 'The provider holds the place until the end of the week.');
  assert.equal(await ratification(adults).getByRole('button').count(), 0, 'a member ratifies nothing alone');
  await press(chair, 'Record it');
  await see(chair, 'Select one of the answers');
  await chair.page.getByLabel('Ratified', { exact: true }).check();
  await check(chair);
  await screenshot(chair, 'ratify-chair');
  await press(chair, 'Record it');
  for (const person of [chair, adults]) await ratification(person).getByText('Ratified', { exact: true }).waitFor();
  await check(adults);
  await screenshot(adults, 'ratify-member-phone');

  await line(chair, 'Ratify: chair’s action').click();
  await see(chair, /The placement gave notice for tonight/);
  const plain = await signedIn(browser, product, 'Chair of MAPaC', { javaScriptEnabled: false });
  await plain.page.goto(`${next}/room`);
  await plain.page.getByLabel('Not ratified', { exact: true }).check();
  await press(plain, 'Record it');
  await see(plain, 'Enter why it is not ratified');
  assert.ok(await plain.page.getByLabel('Not ratified', { exact: true }).isChecked(), 'what was chosen is kept');
  await screenshot(plain, 'ratify-no-script');
  await plain.page.getByLabel('If not, why').fill('It could have waited for this meeting.');
  await press(plain, 'Record it');
  await see(plain, 'Not ratified: It could have waited for this meeting.');
  await see(plain, /It stands until the panel decides again/);
  await follow(plain, 'Read the whole decision');
  await see(plain, 'The next meeting did not ratify this');
  await see(plain, /^Not ratified at the meeting of \d+ December 2026: It could have waited/);
  await screenshot(plain, 'ratify-decision');

  await visit(adults, '/decisions?forum=mapac&state=unratified');
  await see(adults, '1 decision.');
  await see(adults, /Not ratified at the meeting of \d+ December 2026/);
  await check(adults);
  await visit(adults, '/decisions?forum=mapac&kind=correspondence');
  await see(adults, /Ratified at the meeting of \d+ December 2026/);
  await visit(adults, `${next}/minutes`);
  await see(adults, /Vote by correspondence of 18 November 2026: agreed\. Why it could not wait: The provider holds the place until the end of the week\. Ratified\./);
  await check(adults);
  await screenshot(adults, 'ratify-minutes');
});
