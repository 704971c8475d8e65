// Clashes: whoever arranges a meeting is told at once who cannot come, and which days would do. All of
// it by forms alone; the year of several forums is set up on one page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let product, browser;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const main = (person) => person.page.locator('main');
const says = (person, words) => main(person).getByText(words).first().waitFor();
const press = (person, name) => main(person).getByRole('button', { name }).first().click();
const follow = (person, name) => main(person).getByRole('link', { name }).first().click();

async function typeDate(person, name, [day, month, year]) {
  for (const [part, value] of Object.entries({ day, month, year })) {
    await person.page.locator(`[name="${name}-${part}"]`).fill(String(value));
  }
}

/** The form for a meeting of MAPaC on Tuesday 8 December at 10am, when North meets too. */
async function callOnTheEighth(clerk) {
  await clerk.page.goto('/forums');
  await follow(clerk, /MAPaC/);
  await press(clerk, 'Call an extraordinary meeting');
  await typeDate(clerk, 'starts_on', [8, 12, 2026]);
  await clerk.page.getByLabel('Start time').fill('10am');
  await clerk.page.getByLabel('Venue (optional)').fill('Town Hall');
  await press(clerk, 'Call this meeting');
  await says(clerk, 'Something is against Tuesday 8 December 2026, 10am');
}

test('a chair records leave, and the clerk sees it on the way to calling a meeting', async () => {
  const plain = { javaScriptEnabled: false };
  const chair = await signedIn(browser, product, 'Chair of MAPaC', { ...plain, viewport: phone });
  await follow(chair, 'When you are away');
  await press(chair, 'Save these days');
  await says(chair, 'Enter the first day away');
  await typeDate(chair, 'from_date', [7, 12, 2026]);
  await typeDate(chair, 'to_date', [11, 12, 2026]);
  await chair.page.getByLabel('Leave', { exact: true }).check();
  await press(chair, 'Save these days');
  await says(chair, 'Wednesday 9 December 2026, 1:30pm'); // MAPaC falls in it
  await says(chair, 'Femi Alder'); // and its deputy chair would chair

  const clerk = await signedIn(browser, product, 'Clerk', plain);
  await callOnTheEighth(clerk);
  await says(clerk, /Dilys Marrow \(chair\) is away 7 to 11 December/);
  await says(clerk, /Bryony Tate \(clerk\).* also wanted at Locality transition meeting North/);
  assert.ok(!(await main(clerk).innerText()).includes('Leave'), 'the clerk is told why the chair is away');
  assert.equal(await clerk.page.getByLabel('Venue (optional)').inputValue(), 'Town Hall');

  const first = clerk.page.locator('input[name="held_at"]').first();
  const free = await clerk.page.locator('label[for="held_at"]').innerText();
  await first.check();
  await press(clerk, 'Call this meeting');
  await clerk.page.getByRole('heading', { level: 1, name: new RegExp(free.split(',')[0]) }).waitFor();
  await says(clerk, 'Town Hall');
  assert.equal(await main(clerk).getByRole('heading', { name: 'Clashes' }).count(), 0, 'the day that was offered clashes');
});

test('a meeting is held all the same, and says everywhere what is against it', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await callOnTheEighth(clerk);
  await check(clerk);
  await clerk.page.getByLabel(/hold it then all the same/).check();
  await press(clerk, 'Call this meeting');
  await main(clerk).getByRole('heading', { name: 'Clashes' }).waitFor();
  await says(clerk, /Dilys Marrow \(chair\) is away/);
  await check(clerk);
  await visit(clerk, '/meetings?month=2026-12');
  await says(clerk, 'Clashes');
  await visit(clerk, '/');
  await says(clerk, 'Look at the clash on 8 December 2026');

  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  await visit(chair, '/absences');
  await follow(chair, /Look at or change/);
  await check(chair);
  await press(chair, 'Remove these days');
  await says(chair, 'The days away are removed.');
});

test('the year of two new forums is set up at once', async () => {
  const admin = await signedIn(browser, product, 'Administrator', { javaScriptEnabled: false });
  for (const kind of ['complex_cases', 'health_transitions']) {
    await admin.page.goto(`/forums/new?template=${kind}`);
    await press(admin, 'Create this forum');
    await admin.page.waitForURL(/\/forums\/(?!new)/);
  }
  await admin.page.goto('/forums');
  await follow(admin, /^Set up the year/);
  assert.equal(await admin.page.locator('input[name="forum"]:checked').count(), 2);
  await admin.page.getByLabel('August', { exact: true }).check();
  await admin.page.getByLabel('Two weeks at Christmas').check();
  await press(admin, 'See all the dates');
  await main(admin).getByRole('heading', { name: /meetings of 2 forums: nothing is saved yet/ }).waitFor();
  await press(admin, /^Schedule \d+ meetings/);
  await says(admin, /meetings of 2 forums are scheduled/);

  const sighted = await signedIn(browser, product, 'Administrator', { viewport: phone });
  await visit(sighted, '/schedule');
  await says(sighted, /Every forum you schedule has its meetings/);
});
