// The steps of asking a panel for money, for the tests that need a request on their way.
//
//   const known = await begin(presenter, { kind: 'A new package', own: true });
//   await write(presenter, { lines: [{ price: '1,204.50' }] });
import { assertClean, check } from './browser.mjs';

/** Checks the page. Whoever browses without script says so with person.plain: the checker is one. */
export const look = (person) => (person.plain ? assertClean(person) : check(person));

const main = (person) => person.page.locator('main');
const press = (person, name) => main(person).getByRole('button', { name }).first().click();
const follow = (person, name) => main(person).getByRole('link', { name }).first().click();

/** Opens a section of the request from its list, and checks the page found there. */
export async function section(person, title) {
  await follow(person, title);
  await person.page.getByRole('heading', { level: 1, name: title }).waitFor();
  await look(person);
}

/** Saves a section and is back at the list. */
export async function keep(person) {
  await press(person, 'Save and continue');
  await person.page.getByRole('button', { name: 'Check your answers' }).waitFor();
}

/** Begins a request and is at its list of sections. case is a number, else the last of the reader's own. */
export async function begin(person, { kind = 'A new package', panel = /MAPaC/, case: number } = {}) {
  const { page } = person;
  await page.goto('/requests/new');
  await page.getByLabel(kind, { exact: true }).check();
  const own = page.getByLabel('Which case is it for?');
  const offered = await own.locator('option').allTextContents();
  const chosen = number ?? offered.at(-1).match(/Q\d+/)[0];
  if (kind !== 'The annual uplift of many packages') {
    if (offered.some((words) => words.startsWith(`${chosen} `))) await own.selectOption(chosen);
    else await page.getByLabel('Or another case, by its number').fill(chosen);
  }
  const panels = page.getByLabel('Panel to ask');
  await panels.selectOption(await panels.locator('option').filter({ hasText: panel }).first().getAttribute('value'));
  await press(person, 'Continue');
  await page.getByRole('button', { name: 'Check your answers' }).waitFor();
  return chosen;
}

/** Adds a line to the costs, from the page of the costs. */
export async function addLine(person, { kind = 'Care and support', quantity = '1', unit = 'weeks', price, paid = 'Every week', provider = '' }) {
  const { page } = person;
  await main(person).getByRole('button', { name: /^Add a(nother)? cost/ }).click();
  await page.getByLabel(kind, { exact: true }).check();
  if (provider) await page.getByLabel('Provider (optional)').fill(provider);
  await page.getByLabel('How many?').fill(quantity);
  await page.getByLabel('Of what?').selectOption({ label: unit });
  await page.getByLabel('Price of one, in pounds').fill(price);
  await page.getByLabel(paid, { exact: true }).check();
  await press(person, 'Save this cost');
  await page.getByRole('button', { name: 'Add another cost' }).waitFor();
}

/** Types a day into its three fields. */
export async function typeDay(person, legend, [day, month, year]) {
  const group = person.page.getByRole('group', { name: legend }).first();
  await group.getByLabel('Day').fill(String(day));
  await group.getByLabel('Month').fill(String(month));
  await group.getByLabel('Year').fill(String(year));
}

/** Writes every section but who is asked to pay, from the list of sections. */
export async function write(person, { need = 'Two people to help with every move, day and night.', outcomes = '“I want my own front door.”', lines, starts = [1, 2, 2027] }) {
  const { page } = person;
  await section(person, 'What is already owed');
  await page.getByLabel('EHCP section F (special educational provision)', { exact: true }).check();
  await page.getByLabel('What it says: EHCP section F').fill('A college place, with one-to-one support.');
  await keep(person);
  await section(person, 'Needs and outcomes');
  await page.getByLabel('What does the young person need?').fill(need);
  await page.getByLabel('What should be different for them?').fill(outcomes);
  await keep(person);
  await section(person, 'Options considered');
  const options = page.locator('fieldset', { hasText: 'What is it?' });
  for (const [at, what, why] of [[0, 'A flat with support', 'Near college and family.'], [1, 'At home with more respite', 'The carers’ assessment rules it out.']]) {
    await options.nth(at).getByLabel('What is it?').fill(what);
    await options.nth(at).getByLabel('Why is it proposed, or why not?').fill(why);
  }
  await page.getByLabel('Option 1', { exact: true }).check();
  await keep(person);
  await section(person, 'What it costs');
  for (const line of lines) await addLine(person, line);
  await look(person);
  await main(person).getByRole('button', { name: 'Continue' }).click();
  await section(person, 'The young person’s own contribution');
  await page.getByLabel('No', { exact: true }).check();
  await keep(person);
  await section(person, 'Dates');
  await typeDay(person, 'When does it start?', starts);
  await keep(person);
}

/** Checks the answers and submits; late says why it cannot wait, when the papers were due already. */
export async function submit(person, late = '') {
  const { page } = person;
  await main(person).getByRole('button', { name: 'Check your answers' }).click();
  await page.getByRole('heading', { level: 1, name: 'Check your answers' }).waitFor();
  await look(person);
  if (late) {
    await page.getByLabel('No, ask the clerk to take it late').check();
    await page.getByLabel('Why does it come late?').fill(late);
  } else if ((await page.getByLabel('Yes', { exact: true }).count()) > 0) {
    await page.getByLabel('Yes', { exact: true }).check();
  }
  await press(person, 'Submit to the panel');
  await page.getByText('Submitted to the panel.').waitFor();
  await look(person);
}
