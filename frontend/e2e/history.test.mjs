// A clerk brings past decisions and open actions from a messy file, mends it, and the next agenda has
// its matters arising; then a place in a seat ends, and what its holder owned passes on.
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

const csv = (name, rows) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });

async function choose(clerk, files) {
  await visit(clerk, '/history');
  await clerk.page.getByLabel('Choose the workbook').setInputFiles(files);
  await clerk.page.getByRole('button', { name: 'Upload and compare' }).click();
  await clerk.page.getByRole('heading', { level: 1, name: 'Check what would be brought' }).waitFor();
  await check(clerk);
}

/** The forum's page, found by its name as people see it. */
async function openForum(person) {
  await visit(person, '/forums');
  const link = person.page.getByRole('link', { name: /MAPaC/ }).first();
  const name = (await link.innerText()).trim();
  const address = await link.getAttribute('href');
  await visit(person, address);
  return { name, address };
}

test('a messy file is mended, brought, and arises at the next meeting', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await visit(clerk, '/cases');
  const reference = (await clerk.page.locator('main').getByRole('link', { name: /^Q\d+/ }).first().innerText()).trim();
  const forum = await openForum(clerk);

  const decisions = (outcome, split) => csv('decisions.csv', [
    'Panel;Panel date;Mosaic ID;Decision;What was decided;Weekly cost;Split;Review',
    `${forum.name};03/02/2025;${reference};${outcome};Supported living from April.;"£1,204.50";${split};03/11/2026`,
  ]);
  const actions = csv('actions.csv', [
    'Panel,Date,Action,Owner,By when',
    `${forum.name},03/02/2025,Send the costed plan,uma.finch@example.org,20/11/2026`,
  ]);
  await choose(clerk, [decisions('Perhaps', '"ASC 702.50; NHS 502"'), actions]);
  await clerk.page.getByText('This outcome is not known.').waitFor();
  await screenshot(clerk, 'history-errors');
  await clerk.page.getByRole('button', { name: 'Abandon it' }).click();
  await clerk.page.getByText('The import was abandoned').waitFor();

  await choose(clerk, [decisions('Approved', '"ASC 702.50; NHS 502"'), actions]);
  assert.equal(await clerk.page.locator('.govuk-tag', { hasText: 'Left out' }).count(), 0);
  await clerk.page.getByRole('button', { name: 'Confirm and bring it' }).click();
  await clerk.page.getByRole('heading', { level: 1, name: 'History brought' }).waitFor();
  await check(clerk);

  await visit(clerk, `/cases/${reference}`);
  await clerk.page.getByRole('heading', { name: 'Decisions from before Quorate' }).waitFor();
  await openForum(clerk);
  await clerk.page.getByRole('link', { name: 'Read its decisions from before Quorate' }).click();
  await clerk.page.getByText('£1,204.50 a week').waitFor();
  await check(clerk);
  await screenshot(clerk, 'history-decisions');

  await visit(clerk, forum.address);
  const meetings = clerk.page.locator('ul:has(a[href^="/meetings/"])').first().locator('a[href^="/meetings/"]');
  await visit(clerk, await meetings.last().getAttribute('href'));
  await clerk.page.getByRole('button', { name: /the agenda/ }).first().click();
  await clerk.page.waitForLoadState();
  await clerk.page.getByRole('button', { name: /^Build/ }).first().click();
  await clerk.page.getByRole('heading', { name: 'Matters arising, as they stand today' }).waitFor();
  await check(clerk);
  const arising = await clerk.page.locator('main').innerText();
  assert.match(arising, /Send the costed plan/);
  assert.match(arising, /Overdue: 20 November 2026/);
  assert.match(arising, /Review of what .* decided on 3 February 2025, before Quorate: Agreed/);
  await screenshot(clerk, 'matters-arising');

  // Choosing the same files again changes nothing.
  await choose(clerk, [decisions('Approved', '"ASC 702.50; NHS 502"'), actions]);
  assert.equal(await clerk.page.getByRole('button', { name: 'Confirm and bring it' }).count(), 0);
  await clerk.context.close();
});

test('a place in a seat ends with somebody for what its holder owns', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const forum = await openForum(clerk);
  await choose(clerk, csv('actions.csv', ['Panel,Date,Action,Owner,By when', `${forum.name},04/02/2025,Ring the provider,kamal.reeve@example.org,01/12/2026`]));
  await clerk.page.getByRole('button', { name: 'Confirm and bring it' }).click();
  await clerk.page.getByRole('heading', { level: 1, name: 'History brought' }).waitFor();
  await openForum(clerk);
  await visit(clerk, await clerk.page.getByRole('link', { name: /NHS/ }).first().getAttribute('href'));
  await clerk.page.getByRole('button', { name: /^End/ }).first().click();
  await clerk.page.getByRole('heading', { level: 1, name: /End .*’s place$/ }).waitFor();
  await check(clerk);
  await screenshot(clerk, 'handover');
  await clerk.page.getByText('Ring the provider').waitFor();
  await clerk.page.getByLabel('Who takes everything over?').selectOption({ label: 'Choose for each below' });
  await clerk.page.getByRole('button', { name: 'End this place' }).click();
  await clerk.page.getByRole('link', { name: 'Choose who takes over what Kamal Reeve owns' }).waitFor();
  await check(clerk);
  await clerk.page.getByLabel('Who takes everything over?').selectOption({ index: 1 });
  await clerk.page.getByRole('button', { name: 'End this place' }).click();
  await clerk.page.getByText('That place ends on 24 November 2026.').waitFor();
  await check(clerk);
  assert.match(clerk.page.url(), new RegExp(forum.address));
  await clerk.context.close();
});
