// What people are told: it stands in their inbox, they choose how else it reaches them, and end a list with
// one click.
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

test('the inbox is reached from everywhere, opening a notice marks it, and looking marks nothing', async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const { page } = chair;
  const bar = page.locator('.q-header__person a[href="/inbox"]');
  await bar.click();
  assert.equal(await page.locator('h1').innerText(), 'Inbox');
  const items = page.locator('main .q-needs__item');
  const fresh = page.locator('main .q-needs__item .govuk-tag', { hasText: 'New' });
  const count = await fresh.count();
  assert.ok(count > 1, `${count} notices are new`);
  assert.match(await bar.innerText(), /^Inbox \(\d+ new\)$/);
  assert.match(await items.first().innerText(), /Why you got this: /);
  await check(chair);
  await screenshot(chair, 'inbox');

  await page.reload();
  assert.equal(await fresh.count(), count, 'looking marked something as read');
  await items.first().getByRole('button', { name: /^Mark as read/ }).click();
  await page.getByText('The notice is marked as read.').waitFor();
  assert.equal(await fresh.count(), count - 1);
  await page.locator('main .q-needs__item button[name="open"]').first().click();
  await page.waitForURL((url) => url.pathname !== '/inbox');
  await page.goto('/inbox');
  assert.equal(await fresh.count(), count - 2);
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await page.getByText('You have read everything.').waitFor();
  assert.equal(await bar.innerText(), 'Inbox');
  await page.goto('/');
  await page.getByRole('main').getByRole('link', { name: 'Inbox' }).click();
  await check(chair);
});

test('somebody chooses how each kind reaches them, without a script and on a phone too', async () => {
  for (const options of [{ viewport: phone }, { javaScriptEnabled: false }]) {
    const member = await signedIn(browser, product, 'Member for the NHS', options);
    const { page } = member;
    await page.goto('/inbox');
    await page.getByRole('link', { name: 'Choose what you are told and how' }).click();
    const agenda = page.getByLabel('An agenda is published, or has changed');
    assert.equal(await agenda.inputValue(), 'now');
    await agenda.selectOption('digest');
    await page.getByRole('button', { name: 'Save what I chose' }).click();
    await page.getByText('Your choices are saved.').waitFor();
    assert.equal(await agenda.inputValue(), 'digest');
    if (options.javaScriptEnabled !== false) {
      await check(member);
      await screenshot(member, 'notice-choices');
    }
    await page.getByText('What always comes by email, and why').first().click();
    assert.equal(await page.getByLabel('A vote is open and your agency’s position is missing').count(), 0, 'a vote can be turned off');
    assert.match(await page.locator('main').textContent(), /Your position is needed while the vote is open\./);
    await page.getByRole('button', { name: /^Put everything back/ }).click();
    await page.getByText('Your choices are saved.').waitFor();
    assert.equal(await agenda.inputValue(), 'now');
  }
});

test('a board’s digest is ended with the link in its email, by nobody who is signed in', async () => {
  const chair = await signedIn(browser, product, 'Board chair');
  const { page } = chair;
  await page.goto('/mailbox?to=sunita.grove%40example.org');
  await page.locator('#mail').getByRole('link', { name: /digest of/ }).first().click();
  await page.getByRole('heading', { level: 1, name: /digest of/ }).waitFor();
  const link = await page.locator('a[href*="/unsubscribe/"]').first().getAttribute('href');

  const nobody = await browser.newContext();
  const other = await nobody.newPage();
  for (const _ of [1, 2]) {
    await other.goto(link);
    assert.equal(await other.locator('h1').innerText(), 'Stop these emails?');
  }
  await other.getByRole('button', { name: 'Stop these emails' }).click();
  await other.getByRole('heading', { name: 'These emails have stopped' }).waitFor();
  const pressed = await fetch(link, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' });
  assert.equal(pressed.status, 200, 'a mail program is led on');
  await nobody.close();
});
