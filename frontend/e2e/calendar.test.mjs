// The month as a list and as a grid, narrowed to a forum and to a person; a forum's year on one sheet of
// paper; and letting another system in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, screenshot, visit } from './browser.mjs';
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

/** How many pages Chromium would print, and the size of the first in points. */
async function printed(page) {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const [, width, height] = pdf.match(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/);
  return { pages: pdf.match(/\/Type\s*\/Page\b(?!s)/g).length, width: Math.round(width), height: Math.round(height) };
}

test('the month is a list first, a grid second, and narrowed to a forum and a person, without a script too', async () => {
  for (const options of [{}, { javaScriptEnabled: false }]) {
    const chair = await signedIn(browser, product, 'Chair of MAPaC', options);
    const { page } = chair;
    const look = async () => {
      if (options.javaScriptEnabled !== false) await check(chair); // axe is itself a script
    };
    await page.goto('/meetings');
    assert.match(await page.locator('h1').innerText(), /November 2026/);
    assert.match(await page.getByRole('table').innerText(), /\(today\)/);
    const all = await page.locator('tbody tr').count();
    await look();
    if (!options.javaScriptEnabled && options.javaScriptEnabled !== undefined) {
      assert.equal(await page.getByRole('button', { name: 'Print this page' }).count(), 0);
    } else {
      await screenshot(chair, 'calendar-list');
    }

    const forum = page.getByLabel('Forum', { exact: true });
    const mapac = await forum.locator('option', { hasText: 'MAPaC' }).first().getAttribute('value');
    await forum.selectOption(mapac);
    await page.getByRole('button', { name: 'Apply filters' }).click();
    await page.getByRole('heading', { name: 'Filters in use' }).waitFor();
    assert.ok((await page.locator('tbody tr').count()) <= all);
    for (const words of await page.locator('tbody tr').allInnerTexts()) assert.match(words, /MAPaC/);

    const person = page.getByLabel('Person', { exact: true });
    await person.selectOption({ index: 2 });
    await page.getByRole('button', { name: 'Apply filters' }).click();
    await page.getByRole('link', { name: 'Clear all filters' }).waitFor();
    await look();
    await page.getByRole('link', { name: /^Remove filter/ }).first().click();
    assert.equal(await page.getByRole('link', { name: /^Remove filter/ }).count(), 1);
    await page.getByRole('link', { name: /^Remove filter/ }).click();
    assert.equal(await page.getByRole('heading', { name: 'Filters in use' }).count(), 0);

    await page.getByRole('link', { name: 'Grid', exact: true }).click();
    const grid = page.getByRole('table', { name: /Meetings in November 2026 by day/ });
    assert.deepEqual(await grid.getByRole('columnheader').allInnerTexts(), ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']);
    assert.match(await grid.innerText(), /24 today/);
    await look();
    if (options.javaScriptEnabled !== false) await screenshot(chair, 'calendar-grid');
    await page.getByRole('link', { name: 'Next month: December 2026' }).click();
    assert.match(await page.getByRole('table').innerText(), /Christmas Day/);
    await chair.context.close();
  }
});

test('my own meetings are reached from Home', async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  await visit(chair, '/');
  await screenshot(chair, 'home-meetings');
  await chair.page.getByRole('link', { name: 'See all my meetings' }).click();
  await chair.page.getByRole('link', { name: 'Remove filter: Only my own meetings' }).waitFor();
  await check(chair);
  await chair.context.close();
});

test('a forum’s year prints on one sheet of A4 on its side, and is read on a phone without a script', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = clerk;
  await visit(clerk, '/forums');
  await page.getByRole('link', { name: /MAPaC/ }).first().click();
  await page.getByRole('link', { name: /^Year planner/ }).click();
  await page.getByLabel('First month').selectOption({ label: 'January 2027' });
  await page.getByRole('button', { name: 'Apply filters' }).click();
  await page.getByRole('heading', { level: 1, name: /Year planner, January 2027 to December 2027/ }).waitFor();
  assert.equal(await page.getByRole('table').count(), 12);
  const march = page.getByRole('table', { name: 'March 2027' });
  assert.match(await march.innerText(), /Good Friday/);
  assert.ok((await march.getByRole('link', { name: /^Meeting, / }).count()) >= 2, 'it meets every second week');
  await check(clerk);
  await screenshot(clerk, 'planner');
  assert.deepEqual(await printed(page), { pages: 1, width: 842, height: 595 });
  await visit(clerk, '/meetings?month=2026-12&view=grid');
  assert.equal((await printed(page)).width, 842);
  await clerk.context.close();

  const phone = await signedIn(browser, product, 'Clerk', { javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  await phone.page.goto(page.url().replace(/\/meetings.*/, '/forums'));
  await phone.page.getByRole('link', { name: /MAPaC/ }).first().click();
  await phone.page.getByRole('link', { name: /^Year planner/ }).click();
  assert.equal(await phone.page.getByRole('table').count(), 12);
  const wide = await phone.page.locator('.q-planner').boundingBox();
  assert.ok(wide.x >= 0 && wide.x + wide.width <= 320, `the planner is ${wide.width} pixels wide`);
  await phone.context.close();
});

test('the clerk lets another system read, and shuts it out again', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = clerk;
  await visit(clerk, '/api-tokens');
  await page.getByRole('button', { name: 'Make a token' }).click();
  await check(clerk);
  await page.getByRole('button', { name: 'Make the token' }).click();
  assert.match(await page.title(), /^Error: /);
  assert.match(await page.getByRole('alert').innerText(), /Enter what will use the token/);
  await check(clerk);
  await screenshot(clerk, 'api-token-new');
  await page.getByLabel('What will use it?').fill('Rota system');
  await page.getByLabel('MAPaC', { exact: false }).first().check();
  await page.getByRole('button', { name: 'Make the token' }).click();
  await page.getByText('Copy the token now').waitFor();
  await check(clerk);
  await screenshot(clerk, 'api-token-made');
  const token = await page.locator('#token').innerText();
  const ask = () => fetch(`${product.url}/api/v1/meetings`, { headers: { authorization: `Bearer ${token}` } });
  const answer = await ask();
  assert.equal(answer.status, 200);
  assert.ok((await answer.json()).meetings.length > 10);

  await page.getByRole('button', { name: 'I have copied it' }).click();
  const row = page.getByRole('row', { name: /Rota system/ });
  assert.match(await row.innerText(), /In use/);
  assert.doesNotMatch(await page.content(), new RegExp(token));
  await check(clerk);
  await screenshot(clerk, 'api-tokens');
  await row.getByRole('link', { name: /^Revoke/ }).click();
  await check(clerk);
  await page.getByRole('button', { name: 'Revoke it' }).click();
  await page.getByText('Token revoked').waitFor();
  assert.equal((await ask()).status, 401);

  await visit(clerk, '/help/api');
  assert.match(await page.locator('main').innerText(), /PUT \/api\/v1\/meetings\/\{meeting\}\/replies\/\{person\}/);
  await screenshot(clerk, 'api-reference');
  await clerk.context.close();
});
