// The clerk finds what is overdue, gives it another day with a reason, marks it as done, opens it again and
// takes the list away as a workbook; its owner says how it goes and cannot move the day.
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

const text = 'Send the completed referral to the adult team.';

async function typeDay(page, form, [day, month, year]) {
  await page.locator(`[name="${form}-day"]`).fill(String(day));
  await page.locator(`[name="${form}-month"]`).fill(String(month));
  await page.locator(`[name="${form}-year"]`).fill(String(year));
}

for (const javaScriptEnabled of [true, false]) {
  test(`an overdue action is found, moved, done and opened again ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
    const clerk = await signedIn(browser, product, 'Clerk', { javaScriptEnabled });
    const { page } = clerk;
    const go = (address) => (javaScriptEnabled ? visit(clerk, address) : page.goto(address));
    const look = () => (javaScriptEnabled ? check(clerk) : undefined); // axe is itself a script
    await go('/actions?whose=all');
    await page.getByRole('link', { name: text }).waitFor();
    await look();
    if (javaScriptEnabled) await screenshot(clerk, 'actions-tracker');
    await page.getByLabel(/^Done/).check();
    await page.getByRole('button', { name: 'Apply filters' }).click();
    await page.getByRole('link', { name: 'Remove filter: Done' }).waitFor();
    await page.getByRole('link', { name: text }).click();
    await page.getByRole('heading', { level: 1, name: text }).waitFor();
    await look();

    await page.getByLabel('Why does the day change?').fill('The school is closed.');
    await page.getByRole('button', { name: 'Change the day' }).click();
    await page.getByText('Enter when it is due').first().waitFor();
    assert.equal(await page.getByLabel('Why does the day change?').inputValue(), 'The school is closed.', 'what was typed is kept');
    await look();
    await typeDay(page, 'extend-due_on', [18, 12, 2026]);
    await page.getByRole('button', { name: 'Change the day' }).click();
    await page.getByRole('heading', { name: /^Due 18 December 2026 instead of/ }).first().waitFor();
    if (javaScriptEnabled) await screenshot(clerk, 'actions-page');

    await go('/actions?whose=all');
    await page.getByLabel(`Choose: ${text}`).check();
    await page.getByLabel('What was done, or why the day changes').fill('Sent by post.');
    await page.getByRole('button', { name: 'Mark as done' }).click();
    await page.getByText('1 action marked as done.').waitFor();
    await go('/actions?whose=all&state=done');
    await page.getByText('Done: Sent by post.').first().waitFor();
    await page.getByRole('link', { name: text }).click();
    await page.getByLabel('Why is it not done after all?').fill('It came back.');
    await typeDay(page, 'reopen-due_on', [1, 12, 2026]);
    await page.getByRole('button', { name: 'Open it again' }).click();
    await page.getByText('The action is open again.').waitFor();
  });
}

test('the workbook holds the list as it is filtered, and a phone shows it whole', async () => {
  const clerk = await signedIn(browser, product, 'Clerk', { viewport: phone });
  await visit(clerk, '/actions?whose=all');
  await check(clerk);
  const wide = await clerk.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  assert.equal(wide, false, 'nothing is wider than the phone');
  await screenshot(clerk, 'actions-phone');
  const href = await clerk.page.getByRole('link', { name: 'Download this list (Excel)' }).getAttribute('href');
  const answer = await clerk.page.context().request.get(new URL(href, clerk.page.url()).href);
  assert.equal(answer.status(), 200);
  assert.match(answer.headers()['content-disposition'], /actions-2026-11-2\d\.xlsx/);
  assert.equal((await answer.body()).subarray(0, 2).toString(), 'PK');
});
