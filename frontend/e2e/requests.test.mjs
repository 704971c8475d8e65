// Asking a panel for money, from the first page to the panel's agenda: written section by section and kept
// as it goes, sent back and answered, let in late, and the yearly uplift of many packages as one item.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { begin, keep, look, section, submit, typeDay, write } from './asking.mjs';
import { check, launch, screenshot, visit } from './browser.mjs';
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
const task = (person, title) => main(person).locator('.govuk-task-list__item', { hasText: title });
const address = (person) => new URL(person.page.url()).pathname.replace(/\/(edit|check).*/, '');

/** Somebody signed in whose browser runs no script. */
async function without(role) {
  const person = await signedIn(browser, product, role, { javaScriptEnabled: false });
  person.plain = true;
  return person;
}

test('a request without script is written, returned with a question, answered, let in late and tabled', async () => {
  const presenter = await without('Presenter');
  const { page } = presenter;
  const young = await begin(presenter);
  assert.match(await task(presenter, 'What is already owed').innerText(), /Not yet started/);
  await screenshot(presenter, 'requests-1-sections');
  await press(presenter, 'Check your answers');
  await says(presenter, 'Something is still missing');
  await look(presenter);
  await page.goBack();

  await section(presenter, 'Needs and outcomes');
  await page.getByLabel('What does the young person need?').fill('Someone awake at night.');
  await press(presenter, 'Save and finish later');
  assert.match(await task(presenter, 'Needs and outcomes').innerText(), /Incomplete/);
  await write(presenter, {
    lines: [
      { quantity: '37.5', unit: 'hours', price: '22.50', provider: 'Hazel House' },
      { kind: 'Education', price: '300', provider: 'Marlshire College' },
      { kind: 'Equipment', unit: 'items', price: '2,500', paid: 'Once' },
    ],
  });
  await section(presenter, 'What it costs');
  await says(presenter, '£1,143.75');
  await says(presenter, '£2,500');
  await screenshot(presenter, 'requests-2-costs');
  await press(presenter, 'Continue');
  await section(presenter, 'Who is asked to pay');
  await press(presenter, 'The NHS pays it all');
  await says(presenter, 'Nothing left to share');
  assert.equal(await page.getByLabel('NHS continuing care a week, in pounds').inputValue(), '1143.75');
  await page.getByLabel('Education and SEND a week, in pounds').fill('300.01');
  await page.getByLabel('NHS continuing care a week, in pounds').fill('843.74');
  await press(presenter, 'Save and continue');
  assert.match(await page.locator('.govuk-error-summary').innerText(), /high needs pays only for education, and the education lines come to £300 a week/);
  await screenshot(presenter, 'requests-3-split');
  await page.getByLabel('Education and SEND a week, in pounds').fill('300');
  await page.getByLabel('NHS continuing care a week, in pounds').fill('843.75');
  await keep(presenter);
  await submit(presenter, 'The placement gave notice on Friday.');
  await screenshot(presenter, 'requests-4-submitted');
  const request = address(presenter);

  const clerk = await without('Clerk');
  await clerk.page.goto(request);
  await says(clerk, 'Late – waits for an answer');
  await press(clerk, 'Send it back');
  assert.match(await clerk.page.locator('.govuk-error-summary').innerText(), /Choose the sections that lack something/);
  await clerk.page.getByRole('checkbox', { name: 'Options considered' }).check();
  await clerk.page.getByLabel('What is missing from “Options considered”?').fill('Was a shared house looked at?');
  await screenshot(clerk, 'requests-5-clerk');
  await press(clerk, 'Send it back');
  await says(clerk, 'Funding requests');

  await presenter.page.goto(`${request}/edit`);
  assert.match(await task(presenter, 'Options considered').innerText(), /Was a shared house looked at\?[\s\S]*Question to answer/);
  await screenshot(presenter, 'requests-6-returned');
  await section(presenter, 'Options considered');
  await press(presenter, 'Add another option');
  const third = page.locator('fieldset', { hasText: 'What is it?' }).nth(2);
  await third.getByLabel('What is it?').fill('A shared house');
  await third.getByLabel('Why is it proposed, or why not?').fill('No vacancy near the college.');
  await keep(presenter);
  await submit(presenter, 'The placement gave notice on Friday.');

  await clerk.page.goto(request);
  const changed = await clerk.page.locator('#changed').innerText();
  assert.match(changed, /Option 3[\s\S]*Nothing[\s\S]*A shared house: No vacancy near the college\./);
  assert.doesNotMatch(changed, /Needs and outcomes/, 'what stayed the same is not told');
  const offered = await clerk.page.getByLabel('Meeting').locator('option').allTextContents();
  assert.ok(!offered.some((words) => /24 November/.test(words)), `late for today until it is accepted: ${offered}`);
  await press(clerk, 'Accept it for this meeting');
  await says(clerk, 'Late – accepted');
  await look(clerk);
  await clerk.page.getByLabel('Meeting').selectOption({ index: 0 });
  assert.equal(await clerk.page.getByLabel('Why it comes late').inputValue(), 'The placement gave notice on Friday.');
  await press(clerk, 'Put it on this agenda');
  await says(clerk, 'Put on the agenda.');
  await presenter.page.goto('/requests');
  assert.match(await main(presenter).locator('#mine tr', { hasText: young }).first().innerText(), /Tabled/);
  await Promise.all([presenter, clerk].map((person) => person.context.close()));
});

test('a change shows what is paid now, and the demo’s other kinds read as they should', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await visit(clerk, '/requests');
  await screenshot(clerk, 'requests-7-inbox');
  for (const [kind, words] of [
    ['A change to a package', /Decided on .*: £850 more/],
    ['A package that has already begun', /The head of service on call/],
    ['The annual uplift of many packages', /4\.1%/],
  ]) {
    await visit(clerk, '/requests');
    await main(clerk).locator('#inbox tr', { hasText: kind }).getByRole('link').first().click();
    await says(clerk, words);
    await check(clerk);
    await screenshot(clerk, `requests-8-${kind.split(' ').at(-1)}`);
  }
  await clerk.context.close();
});

test('many packages go up as one request, pasted from a spreadsheet', async () => {
  const presenter = await signedIn(browser, product, 'Presenter');
  const { page } = presenter;
  await page.goto('/requests/new');
  const numbers = (await page.getByLabel('Which case is it for?').locator('option').allTextContents()).slice(-3).map((words) => words.match(/Q\d+/)[0]);
  await begin(presenter, { kind: 'The annual uplift of many packages' });
  await section(presenter, 'Why prices go up');
  await page.getByLabel('Why prices go up').fill('The National Living Wage.');
  await keep(presenter);
  await section(presenter, 'The packages');
  await page.getByLabel('Packages, a line each').fill(`${numbers[0]}\tHazel House\t£1,000.00\t4.5%\n${numbers[1]}\tHazel House\t2,00\t4%`);
  await press(presenter, 'Add these packages');
  assert.match(await page.locator('.govuk-error-summary').innerText(), /Line 2: enter the price of a week now/);
  await check(presenter);
  await page.getByLabel('Packages, a line each').fill(`${numbers[0]}\tHazel House\t£1,000.00\t4.5%\n${numbers[1]}\tHazel House\t2,000\t2,090.00`);
  await press(presenter, 'Add these packages');
  await says(presenter, '£135');
  await page.getByLabel('Case number').fill(numbers[2]);
  await page.getByLabel('Provider', { exact: true }).fill('Oak Lodge');
  await page.getByLabel('Price of a week now, in pounds').fill('500');
  await page.getByLabel('New price of a week in pounds, or the rise in percent').fill('2%');
  await press(presenter, 'Add this package');
  await says(presenter, '£145');
  await screenshot(presenter, 'requests-9-packages');
  await press(presenter, new RegExp(`^Remove ${numbers[2]}`));
  await says(presenter, '£135');
  await press(presenter, 'Continue');
  await section(presenter, 'Dates');
  await typeDay(presenter, 'When does it start?', [1, 4, 2027]);
  await keep(presenter);
  await section(presenter, 'Who is asked to pay');
  await page.getByLabel('Adult social care a week, in pounds').fill('135');
  await keep(presenter);
  await submit(presenter);
  await says(presenter, '£135 more');
  await screenshot(presenter, 'requests-10-uplift');
  await presenter.context.close();
});
