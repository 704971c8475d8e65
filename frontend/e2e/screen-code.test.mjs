// A computer in the room that nobody signs in on shows the big screen with a code, and nothing once it has ended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, newPerson, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let browser;
let product;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

test('a code shows the big screen where nobody is signed in, until it is ended', { timeout: 120_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await clerk.page.getByRole('link', { name: /^Join.*MAPaC/ }).first().click();
  await clerk.page.getByText('Connected', { exact: true }).waitFor();
  await clerk.page.getByRole('link', { name: 'A code for the big screen' }).click();
  await check(clerk);
  await screenshot(clerk, 'screen-code-none');
  await clerk.page.getByRole('button', { name: 'Make a code' }).click();
  const said = await clerk.page.getByText(/^The code is /).innerText();
  const [, code] = /The code is ([0-9A-Z]{4}-[0-9A-Z]{4})\./i.exec(said);
  assert.ok(!clerk.page.url().toUpperCase().includes(code.replace('-', '')), 'the code is in an address');
  await check(clerk);
  await screenshot(clerk, 'screen-code');
  await visit(clerk, new URL(clerk.page.url()).pathname);
  assert.equal(await clerk.page.getByText(code).count(), 0, 'the code is shown once');

  const wall = await newPerson(browser, 'the computer in the room', { url: product.url, viewport: phone });
  await visit(wall, '/screen');
  await check(wall);
  await screenshot(wall, 'screen-asks');
  wall.allow(/422|400/);
  await wall.page.getByLabel('Code').fill('AAAA-AAAA');
  await wall.page.getByRole('button', { name: 'Show the meeting' }).click();
  await wall.page.getByText('There is a problem').waitFor();
  await check(wall);
  await wall.page.getByLabel('Code').fill(code.toLowerCase());
  await wall.page.getByRole('button', { name: 'Show the meeting' }).click();
  await wall.page.getByRole('heading', { level: 1, name: /MAPaC/ }).waitFor();
  await check(wall);
  await screenshot(wall, 'screen-shared');
  assert.equal((await wall.page.request.get(`${product.url}/cases`, { maxRedirects: 0 })).status(), 303, 'the code opens nothing else');

  await clerk.page.getByRole('button', { name: 'End this code' }).click();
  await clerk.page.getByText('The code has ended.').waitFor();
  await wall.page.getByLabel('Code').waitFor(); // within seconds, by itself
  await clerk.context.close();
  await wall.context.close();
});
