// The kit in a real browser: every block accessible, within the content security policy, at home
// on a phone, and behaving with script.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assertClean, check, launch, newPerson, phone, screenshot, visit } from './browser.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
let folder, server, browser, url;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kit-'));
  const program = path.join(folder, 'kit');
  await promisify(execFile)('go', ['build', '-o', program, './frontend/views/kit/serve'], { cwd: root });
  server = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: server.stdout })) {
    url = line;
    break;
  }
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.kill();
  await rm(folder, { recursive: true, force: true });
});

test('every block is accessible, keeps the policy and fits a phone', async () => {
  const reader = await newPerson(browser, 'reader', { url });
  await visit(reader, '/kit');
  await screenshot(reader, 'kit');
  await reader.page.setViewportSize(phone);
  await check(reader);
});

test('without script every control is there to be used', async () => {
  const reader = await newPerson(browser, 'reader without script', { url, javaScriptEnabled: false });
  await reader.page.goto('/kit');
  for (const name of ['condition', 'note', 'demo-person']) {
    assert.ok(await reader.page.locator(`#${name}`).isVisible(), `${name} can be seen`);
  }
  assert.ok(await reader.page.getByRole('link', { name: 'Meetings' }).isVisible(), 'the menu is open');
  assert.equal(await reader.page.getByText('Print this page').isVisible(), false, 'what needs script is not offered');
});

test('errors take the focus, lead to their controls and are in the title', async () => {
  const clerk = await newPerson(browser, 'clerk', { url });
  await visit(clerk, '/kit/errors');
  assert.equal(await clerk.page.title(), 'Error: Kit – Building blocks – Quorate');
  const focused = () => clerk.page.evaluate(() => document.activeElement?.id || document.activeElement?.className);
  assert.match(await focused(), /govuk-error-summary/);
  for (const id of ['email-wrong', 'weekly-wrong', 'position-wrong', 'review-wrong', 'read-wrong', 'file-wrong']) {
    await clerk.page.locator(`.govuk-error-summary a[href="#${id}"]`).click();
    assert.equal(await focused(), id);
  }
  await screenshot(clerk, 'kit-errors');
  assertClean(clerk);
});

test('what was done is told and takes the focus', async () => {
  const clerk = await newPerson(browser, 'clerk', { url });
  await visit(clerk, '/kit/done');
  const focused = await clerk.page.evaluate(() => document.activeElement?.className);
  assert.match(focused, /govuk-notification-banner--success/);
});

test('the menu folds on a phone and opens', async () => {
  const member = await newPerson(browser, 'member', { url, viewport: phone });
  await visit(member, '/kit');
  const places = member.page.getByRole('link', { name: 'Meetings' });
  assert.equal(await places.isVisible(), false);
  await member.page.getByRole('button', { name: 'Menu' }).click();
  assert.ok(await places.isVisible());
  await check(member);
});

test('text typed before the session ended is offered back, and forgotten at sign-out', async () => {
  const clerk = await newPerson(browser, 'clerk', { url });
  await visit(clerk, '/kit');
  await clerk.page.locator('#draft').fill('Agreed to visit the flat.');
  await clerk.page.reload();
  assert.equal(await clerk.page.locator('#draft').inputValue(), '', 'nothing is filled in unasked');
  await clerk.page.getByRole('button', { name: 'Put it back' }).click();
  assert.equal(await clerk.page.locator('#draft').inputValue(), 'Agreed to visit the flat.');
  await check(clerk);

  await clerk.page.getByRole('button', { name: 'Sign out' }).click();
  await clerk.page.goto('/kit');
  assert.equal(await clerk.page.getByRole('button', { name: 'Put it back' }).count(), 0);
});

test('a second press of a button sends nothing', async () => {
  const clerk = await newPerson(browser, 'clerk', { url });
  await clerk.page.goto('/kit');
  const sent = await clerk.page.evaluate(() => {
    let count = 0;
    const form = document.querySelector('form[data-form="kit-note"]');
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      count++;
    });
    form.querySelector('button').click();
    form.querySelector('button').click();
    return count;
  });
  assert.equal(sent, 1);
});

test('paper carries the marking and the page on every sheet, and no link addresses', async () => {
  const clerk = await newPerson(browser, 'clerk', { url });
  await clerk.page.goto('/kit');
  const pdf = path.join(folder, 'kit.pdf');
  await clerk.page.pdf({ path: pdf, preferCSSPageSize: true });
  const { stdout } = await promisify(execFile)('pdftotext', ['-layout', pdf, '-']);
  const sheets = stdout.split('\f').slice(0, -1);
  assert.ok(sheets.length > 1);
  sheets.forEach((sheet, i) => {
    assert.equal(sheet.match(/OFFICIAL-SENSITIVE/g)?.length, 1, `one marking on sheet ${i + 1}`);
    assert.match(sheet, new RegExp(`Page ${i + 1} of ${sheets.length}`));
  });
  assert.doesNotMatch(stdout, /\(\/|\(http|#main-content/, 'no addresses after links');
  assert.doesNotMatch(stdout, /Sign out|Menu|Mailbox/, 'no navigation');
});

test('nothing hides what has the focus', async () => {
  const reader = await newPerson(browser, 'reader', { url, viewport: phone });
  await reader.page.goto('/kit');
  for (let press = 0; press < 60; press++) {
    await reader.page.keyboard.press('Tab');
    const hidden = await reader.page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return '';
      const box = focused.getBoundingClientRect();
      const seen = document.elementFromPoint(box.left + Math.min(box.width, 20) / 2, box.top + Math.min(box.height, 20) / 2);
      const related = seen && (focused.contains(seen) || seen.contains(focused) || seen.parentElement === focused.parentElement);
      return related ? '' : focused.outerHTML.slice(0, 120);
    });
    assert.equal(hidden, '', `after ${press + 1} presses of Tab`);
  }
});
