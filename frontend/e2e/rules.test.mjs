// Who changes what of the rules: a clerk switches one off and sets its days, an administrator writes
// one and sees whom it would list before saving it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, check, launch, phone, screenshot, visit } from './browser.mjs';
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

const result = (person) => person.page.locator('#rule-check-result');

/** What a check's headline says. */
async function headline(person, pattern) {
  await person.page.locator('#rule-check-result [data-says]', { hasText: pattern }).waitFor();
  return person.page.locator('#rule-check-result [data-says]').innerText();
}

test('a clerk sees whom fewer days would list, saves them, and switches the rule off', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = clerk;
  await visit(clerk, '/rules');
  assert.equal(await page.getByRole('link', { name: 'Write a new rule' }).count(), 0);
  await page.getByRole('link', { name: 'No support plan' }).click();
  await page.getByLabel('Days of notice before that').fill('400');
  const more = await headline(clerk, /more than now/);
  assert.match(more, /^Would list \d+ of 385 today: \d+ more than now\.$/);
  assert.match(await result(clerk).innerText(), /Now listed: \d+[\s\S]+Q\d+: No support plan; 18 on \d/, 'a clerk sees who and why');
  await check(clerk);
  await screenshot(clerk, 'rules-clerk');
  await page.getByLabel('Days of notice before that').fill('soon');
  await headline(clerk, /cannot be saved yet/);
  assert.match(await result(clerk).innerText(), /“Days of notice before that” must be a whole number from 0 to 1095/);

  await page.getByLabel('Days of notice before that').fill('400');
  await page.getByRole('button', { name: 'Save as version 2' }).click();
  await page.getByText('Saved as version 2.').waitFor();
  await check(clerk);
  await page.getByLabel('Off', { exact: true }).check();
  assert.match(await headline(clerk, /Switched off/), /it would list nobody: \d+ no longer\./);
  await page.getByRole('button', { name: 'Save as version 3' }).click();
  await page.getByText('Saved as version 3.').waitFor();
  await visit(clerk, '/rules');
  assert.equal((await page.locator('tr', { hasText: 'No support plan' }).locator('td, th').nth(1).innerText()).trim(), 'Off');
  await visit(clerk, '/rules/no_support_plan/write', { status: 403 });
  await clerk.context.close();
});

test('an administrator writes an expression, reads what is wrong with it, and saves what they saw', async () => {
  const admin = await signedIn(browser, product, 'Administrator');
  const { page } = admin;
  await visit(admin, '/rules/no_referral');
  await page.getByRole('link', { name: 'Make a new rule from a copy of it' }).click();
  await check(admin);
  await page.getByLabel('Name', { exact: true }).fill('No worker at 17');
  const applies = page.getByLabel('Which cases it concerns');
  await applies.fill('refered_on == 3');
  await headline(admin, /cannot be saved yet/);
  assert.match(await result(admin).innerText(), /There is no “refered_on” that a rule can use\. Did you mean “referred_on”\? \(character 1, “refered_on”\)/);
  await applies.fill('age > 16');
  await result(admin).getByText('A rule cannot ask for the age').waitFor();

  await applies.fill('allocated_worker == ""');
  const says = await headline(admin, /Would list/);
  assert.match(says, /^Would list \d+ of 385 today\.$/);
  assert.match(await result(admin).textContent(), /All it would list: \d+[\s\S]+Q\d+, Q\d+/);
  assert.equal(await result(admin).getByRole('link').count(), 0, 'an administrator sees numbers and nobody’s name');
  await check(admin);
  await screenshot(admin, 'rules-write');
  await page.getByLabel('The reason').fill('Nobody works the case; {at} on {on}');
  await page.getByRole('button', { name: 'Save the rule' }).click();
  await page.getByText('Saved. It is on the list of rules.').waitFor();
  await check(admin);
  const today = await page.locator('.govuk-summary-list__row', { hasText: 'Would list today' }).locator('dd').innerText();
  assert.equal(today.match(/\d+/)[0], says.match(/\d+/)[0], 'it lists whom the check said');
  await admin.context.close();
});

test('by keyboard alone, on a phone: the check speaks, and the focus stays in the field', async () => {
  const admin = await signedIn(browser, product, 'Administrator', { viewport: phone });
  const { page } = admin;
  await visit(admin, '/rules/no_assessment/write');
  await page.getByLabel('The day it lists from').focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('days_before(at_age(born, at), 5 0)');
  await page.locator('#rule-check-says', { hasText: 'cannot be saved yet' }).waitFor({ state: 'attached' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'listed_from');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('days_before(at_age(born, at), 50)');
  await page.locator('#rule-check-says', { hasText: 'Would list' }).waitFor({ state: 'attached' });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
  await check(admin);
  const save = page.getByRole('button', { name: 'Save as version 2' });
  for (let tabs = 0; tabs < 60 && !(await save.evaluate((button) => button === document.activeElement)); tabs++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Saved as version 2.').waitFor();
  await admin.context.close();
});

test('without JavaScript the Check button says the same, and what was typed stays', async () => {
  const admin = await signedIn(browser, product, 'Administrator', { javaScriptEnabled: false });
  const { page } = admin;
  admin.allow(/422/);
  await page.goto('/rules/high_cost/write'); // axe is itself a script
  await page.getByLabel('Which cases it concerns').fill('annual_pence > limit *');
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
  assert.match(await page.locator('.govuk-error-summary').innerText(), /The expression stops before it is complete/);
  assert.equal(await page.getByLabel('Which cases it concerns').inputValue(), 'annual_pence > limit *');
  await page.getByLabel('Which cases it concerns').fill('annual_pence > limit * 200');
  await page.getByRole('button', { name: 'Check' }).click();
  assert.match(await headline(admin, /Would list/), /no longer\.$/);
  assert.match(await result(admin).innerText(), /No longer listed: \d+/);
  await page.goto('/rules/high_cost');
  assert.match(await page.locator('.govuk-summary-list__row', { hasText: 'Version' }).locator('dd').innerText(), /^1$/, 'a check saves nothing');
  assertClean(admin);
  await admin.context.close();
});
