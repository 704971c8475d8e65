// People's own calendars: a secret address that their calendar comes to, and invitations that follow a
// meeting when it moves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, screenshot } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let browser;
let product;
before(async () => {
  browser = await launch();
  product = await startProduct();
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

/** Asks for a calendar as a calendar program does: without a session. */
const fetchCalendar = (address, headers = {}, method = 'GET') => fetch(address, { method, headers, redirect: 'manual' });

test('an address is made, fetched, made anew and stopped, without JavaScript', async () => {
  const clerk = await signedIn(browser, product, 'Clerk', { javaScriptEnabled: false });
  const { page } = clerk;
  await page.goto('/meetings');
  await page.getByRole('link', { name: 'Put your meetings in your own calendar' }).click();
  await page.getByRole('heading', { level: 1, name: 'Your calendar' }).waitFor();
  await page.getByRole('button', { name: 'Make an address for your own meetings' }).click();
  const address = await page.getByLabel('Secret address').inputValue();
  assert.match(address, /\/feeds\/[A-Z2-7]{26}\/quorate\.ics$/);

  const first = await fetchCalendar(address);
  assert.equal(first.status, 200);
  assert.equal(first.headers.get('content-type'), 'text/calendar; charset=utf-8');
  const text = await first.text();
  assert.match(text, /^BEGIN:VCALENDAR\r\n/);
  assert.ok(text.split('BEGIN:VEVENT').length > 10, 'a clerk has a year of meetings');
  const etag = first.headers.get('etag');
  assert.match(etag, /^"[0-9a-f]{32}"$/);
  const again = await fetchCalendar(address, { 'If-None-Match': etag });
  assert.equal(again.status, 304);
  assert.equal(again.headers.get('etag'), etag);
  const dated = await fetchCalendar(address, { 'If-Modified-Since': first.headers.get('last-modified') });
  assert.equal(dated.status, 304);
  const head = await fetchCalendar(address, {}, 'HEAD');
  assert.deepEqual([head.status, head.headers.get('etag'), await head.text()], [200, etag, '']);
  assert.equal((await fetchCalendar(address, { 'If-None-Match': '"other"' })).status, 200);

  await page.reload();
  assert.equal(await page.getByLabel('Secret address').count(), 0, 'it is shown once');
  await page.getByText(/Last fetched on 24 November 2026/).waitFor();
  await page.getByRole('button', { name: 'Make a new address for your own meetings' }).click();
  const fresh = await page.getByLabel('Secret address').inputValue();
  assert.equal((await fetchCalendar(address)).status, 404, 'the address before stops at once');
  assert.equal((await fetchCalendar(fresh)).status, 200);
  await page.getByRole('button', { name: 'Stop it for your own meetings' }).click();
  const gone = await fetchCalendar(fresh);
  const never = await fetchCalendar(fresh.replace(/[A-Z2-7]{26}/, 'A'.repeat(26)));
  assert.deepEqual([gone.status, await gone.text()], [404, await never.text()], 'stopped looks like never made');

  await page.getByRole('button', { name: /^Make an address for .*MAPaC/ }).click();
  assert.equal((await fetchCalendar(await page.getByLabel('Secret address').inputValue())).status, 200);
  await clerk.context.close();
  assert.doesNotMatch(product.output, /feeds\/[A-Z2-7]{26}/, 'no log holds an address');
});

test('a meeting that moves is told to everybody’s calendar, in one message ten minutes later', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = clerk;
  await page.goto('/account/calendar');
  await page.getByRole('button', { name: 'Make an address for your own meetings' }).click();
  await check(clerk);
  await screenshot(clerk, 'your-calendar');

  await page.goto('/meetings?month=2026-12&forum=mapac');
  await page.locator('#month').getByRole('link', { name: /MAPaC/ }).first().click();
  const where = page.url();
  for (const [day, time] of [['16', '9:30am'], ['17', '2pm']]) {
    await page.goto(`${where}/move`);
    await page.getByLabel('Day', { exact: true }).fill(day);
    await page.getByLabel('Month').fill('12');
    await page.getByLabel('Year').fill('2026');
    await page.getByLabel('Start time').fill(time);
    await page.getByRole('button', { name: 'Move this meeting' }).click();
    await page.getByText(`Meeting moved to`).first().waitFor();
  }
  await page.getByText('Each person’s invitation').click();
  await page.locator('#invitations').getByText(/^Waiting: goes out from 24 November 2026/).first().waitFor();
  await check(clerk);
  await screenshot(clerk, 'invitations');
  await page.goto('/mailbox');
  assert.equal(await page.getByRole('link', { name: /^Moved: / }).count(), 0, 'nothing goes out before ten minutes');

  await product.end();
  await product.start('2026-11-24T10:10');
  const told = page.getByRole('link', { name: /^Moved: .*MAPaC.* is now on Thursday 17 December 2026, 2pm\.$/ });
  for (let tries = 0; tries < 100; tries++) {
    await page.goto('/mailbox');
    if ((await told.count()) > 0) break;
    await page.waitForTimeout(200);
  }
  assert.equal(await page.getByRole('link', { name: /16 December 2026, 9:30am/ }).count(), 0, 'two edits are one message');
  await told.first().click();
  await page.getByText('Puts the meeting into the reader’s calendar').waitFor();
  await check(clerk);
  await screenshot(clerk, 'mailbox-invitation');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download invite.ics' }).click()]);
  assert.equal(file.suggestedFilename(), 'invite.ics');
  const pieces = [];
  for await (const piece of await file.createReadStream()) pieces.push(piece);
  const text = Buffer.concat(pieces).toString().replaceAll('\r\n ', '');
  assert.match(text, /METHOD:REQUEST\r\n/);
  assert.match(text, /DTSTART;TZID=Europe\/London:20261217T140000\r\n/);
  assert.match(text, /SEQUENCE:2\r\n/);
  assert.equal(text.match(/^ATTENDEE/gm).length, 1, 'nobody else is named');

  // The one it went to asks for it again, or rather the clerk for them: it comes at once.
  await page.goto(where);
  await page.getByText('Each person’s invitation').click();
  await page.locator('#invitations').getByRole('button', { name: /^Send again/ }).first().click();
  await page.getByText('The invitation is on its way.').waitFor();
  await check(clerk);
  await clerk.context.close();
  assert.doesNotMatch(product.output, /level=ERROR/, 'nothing went wrong behind the pages');
});
