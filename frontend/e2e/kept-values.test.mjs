// What the meeting knew survives: a value said in a meeting is kept when the next file disagrees, and the one
// after that, until the clerk chooses the file's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, screenshot, visit } from './browser.mjs';
import { confirm, toPreview } from './importing.mjs';
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

const main = (person) => person.page.locator('main');
const press = (person, name) => main(person).getByRole('button', { name }).first().click();

/** What the case page says beside a word. */
const fact = async (person, reference, key) => {
  await visit(person, `/cases/${reference}`);
  return person.page.locator('.govuk-summary-list__row, tr', { has: person.page.locator('dt, th', { hasText: new RegExp(`^\\s*${key}\\s*$`) }) }).locator('dd, td').first().innerText();
};

test('a worker named in a meeting stays until the clerk takes the file’s', { timeout: 60_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of the locality meetings');
  await chair.page.goto('/');
  await chair.page.getByRole('link', { name: /^Join.*Central/ }).first().click();
  await chair.page.getByText('Connected', { exact: true }).waitFor();
  await press(chair, 'Start the meeting');
  await chair.page.getByRole('button', { name: 'I am here', exact: true }).click();
  const row = chair.page.locator('.q-room__name').first();
  const reference = (await row.innerText()).match(/Q\d+/)[0];
  await row.getByRole('button').first().click();
  await chair.page.getByLabel('Worker').fill('Jo Marsh');
  await chair.page.getByRole('button', { name: 'Save', exact: true }).click();
  await row.getByText('Worker: Jo Marsh').waitFor();
  await chair.context.close();

  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = clerk;
  await page.goto(`/cases/${reference}`);
  const about = await main(clerk).innerText();
  assert.match(about, /Jo Marsh/);
  const name = (await page.locator('.q-identity__name').innerText()).trim();
  const born = (await page.locator('.q-identity__facts div', { hasText: 'Date of birth' }).locator('dd').innerText()).trim();
  const known = [(await fact(clerk, reference, 'Person reference')).trim(), name, born];
  const file = (worker) => ({ name: 'tracker.csv', mimeType: 'text/csv', buffer: Buffer.from(`Person reference,Name,Date of birth,Allocated worker\n${known.join(',')},${worker}\n`) });

  // Twice a file disagrees, and twice the meeting's value stays without a question.
  for (const [worker, shot] of [['R. Hale', 'kept-values-1'], ['R. Hale', '']]) {
    await toPreview(clerk, file(worker));
    await main(clerk).getByRole('link', { name: /[Kk]ept from a meeting/ }).click();
    const kept = page.locator('#kept tbody tr');
    assert.match((await kept.innerText()).replace(/\s+/g, ' '), new RegExp(`${reference}.*Jo Marsh \\(Locality transition meeting Central, .*\\) ${worker}.* The meeting’s`));
    await check(clerk);
    if (shot) await screenshot(clerk, shot);
    await confirm(clerk);
    assert.match(await main(clerk).innerText(), /kept/i);
    await page.goto(`/cases/${reference}`);
    assert.match(await main(clerk).innerText(), /Jo Marsh/);
  }
  await visit(clerk, '/tracker');
  assert.match(await main(clerk).innerText(), /Changes to key back/);

  // The clerk changes their mind both ways, and takes the file's.
  await toPreview(clerk, file('P. Okafor'));
  await main(clerk).getByRole('link', { name: /[Kk]ept from a meeting/ }).click();
  for (const [button, stays] of [['Take the file’s', 'The file’s'], ['Keep the meeting’s', 'The meeting’s'], ['Take the file’s', 'The file’s']]) {
    await page.locator('#kept').getByRole('button', { name: button }).click();
    await page.locator('#kept .govuk-tag', { hasText: stays }).waitFor();
  }
  await screenshot(clerk, 'kept-values-2');
  await confirm(clerk);
  await page.goto(`/cases/${reference}`);
  const chosen = await main(clerk).innerText();
  assert.match(chosen, /P\. Okafor/);
  assert.doesNotMatch(await fact(clerk, reference, 'Allocated worker'), /Jo Marsh/, 'the file’s is in force');

  // What was chosen is chosen: the next file that says so asks nothing.
  await toPreview(clerk, file('P. Okafor'));
  assert.equal(await page.locator('#kept').count(), 0);
  await clerk.context.close();
});
