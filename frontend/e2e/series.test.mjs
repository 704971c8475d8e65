// When a forum meets: dates seen before they are saved, drafts, a change of the following meetings that
// stops at what people have read, a meeting restored, and the bank holidays. A year of wrong dates would
// stand in everybody's diary.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot, visit } from './browser.mjs';
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
const follow = (person, name) => main(person).getByRole('link', { name }).or(main(person).getByRole('button', { name })).first().click();
const heading = (person, name) => person.page.getByRole('heading', { level: 1, name }).waitFor();
const typeDay = async (person, legend, [day, month, year], nth = 0) => {
  const group = person.page.getByRole('group', { name: legend, exact: true }).nth(nth);
  for (const [label, value] of [['Day', day], ['Month', month], ['Year', year]]) await group.getByLabel(label, { exact: true }).fill(String(value));
};
const days = async (person, table) => (await person.page.locator(`#${table} tbody tr th`).allInnerTexts()).map((text) => text.trim());

/** A forum of the demo that a clerk schedules, without its series. */
async function ended(person, name) {
  await visit(person, '/forums');
  await follow(person, name);
  const forum = person.page.url();
  await follow(person, /Change or end it/);
  await main(person).locator('summary', { hasText: 'End this series' }).first().click();
  await typeDay(person, 'Last day of the series', [24, 11, 2026]);
  await press(person, 'End this series');
  await says(person, /The series ends on 24 November 2026/);
  return forum;
}

test('dates with a pause are seen, saved as a draft, and published', async () => {
  const admin = await signedIn(browser, product, 'Administrator');
  const forum = await ended(admin, /^Joint solutions panel/);
  await visit(admin, `${forum}/schedule`);
  await admin.page.getByLabel('On certain days of the month').check();
  await admin.page.getByLabel('Every how many months?').fill('1');
  for (const nth of ['First', 'Second', 'Third', 'Fourth', 'Last']) await admin.page.getByLabel(nth, { exact: true }).setChecked(nth === 'Second' || nth === 'Fourth');
  await admin.page.getByLabel('On which day of the week?').selectOption('Monday');
  await admin.page.getByLabel('Start time').fill('25');
  await press(admin, 'See the dates first');
  await says(admin, 'There is a problem');
  await check(admin);
  await admin.page.getByLabel('Start time').fill('10am');
  await typeDay(admin, 'First day', [1, 12, 2026]);
  await typeDay(admin, 'First day of the pause', [1, 8, 2027]);
  await typeDay(admin, 'Last day of the pause', [31, 8, 2027]);
  await admin.page.getByLabel('Why?').first().fill('Summer');
  await admin.page.getByLabel('Every year').first().check();
  await press(admin, 'See the dates first');
  await says(admin, 'The dates: nothing is saved yet');
  await check(admin);
  await screenshot(admin, 'series-preview');
  const held = await days(admin, 'preview');
  assert.ok(held.includes('Tuesday 29 December 2026'), `the fourth Monday of December is a bank holiday: ${held}`);
  assert.ok(!held.some((day) => day.includes('August')), 'August is a pause');
  assert.match(await admin.page.locator('#left-out').innerText(), /9 August 2027\s+Pause: Summer/);

  await press(admin, 'Save as a draft');
  await says(admin, /saved as a draft/);
  await check(admin);
  await screenshot(admin, 'series-draft');
  const member = await signedIn(browser, product, 'Member for education', { viewport: phone });
  await visit(member, forum);
  assert.doesNotMatch(await main(member).innerText(), /Draft|14 December 2026/, 'a draft is shown to a member');
  await press(admin, 'Publish these dates');
  await says(admin, /meetings published/);
  await visit(member, `/meetings?month=2026-12&forum=${forum.split('/').at(-1)}`);
  await says(member, /14 December/);
});

test('this and the following meetings are changed, unless an agenda is published', { timeout: 120_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await visit(clerk, '/forums');
  await follow(clerk, /Locality transition meeting, North|Locality transition meeting North/);
  const forum = clerk.page.url();
  const month = (value) => visit(clerk, `/meetings?month=${value}&forum=${forum.split('/').at(-1)}`);
  const open = async (value) => {
    await month(value);
    await main(clerk).locator('table').getByRole('link', { name: /^Locality/ }).first().click();
  };
  await open('2027-03');
  const address = clerk.page.url();
  await follow(clerk, 'Change this and the following');
  await heading(clerk, /Change its dates/);
  await check(clerk);
  const choose = async () => {
    await clerk.page.getByLabel('On which day of the week?').selectOption('Thursday');
    await clerk.page.getByLabel('Start time').fill('2pm');
    await press(clerk, 'See what changes first');
  };
  await choose();
  await says(clerk, 'What changes: nothing is saved yet');
  await check(clerk);
  await screenshot(clerk, 'series-change');
  await press(clerk, 'Change these meetings');
  await says(clerk, /meetings? changed\./);
  await visit(clerk, address);
  await heading(clerk, /^Locality.* Thursday \d+ March 2027/s);
  await says(clerk, /2pm/);
  await open('2027-02');
  assert.doesNotMatch(await main(clerk).locator('h1').innerText(), /Thursday/, 'an earlier meeting moved');

  // The next but one has its agenda out: from there on nothing may be moved over its readers' heads.
  await open('2027-01');
  const published = clerk.page.url();
  await visit(clerk, `${published}/agenda/edit`);
  await press(clerk, /^(Build|Rebuild) the agenda|^Build/);
  await visit(clerk, `${published}/agenda/edit`);
  await press(clerk, 'Check and publish');
  await press(clerk, 'Publish the agenda');
  await visit(clerk, published);
  await follow(clerk, 'Change this and the following');
  await choose();
  await says(clerk, 'This cannot be changed');
  await says(clerk, /has a published agenda/);
  await check(clerk);
  assert.equal(await main(clerk).getByRole('button', { name: 'Change these meetings' }).count(), 0);

  // A cancelled meeting is held after all.
  await visit(clerk, address);
  await follow(clerk, 'Cancel this meeting');
  await clerk.page.getByLabel('Why is it cancelled?').fill('Half term.');
  await press(clerk, 'Cancel this meeting');
  await says(clerk, 'This meeting is cancelled');
  await follow(clerk, 'Restore this meeting');
  await check(clerk);
  await press(clerk, 'Restore this meeting');
  await says(clerk, /Meeting restored/);
  await follow(clerk, 'Move this meeting');
});

test('a one-off bank holiday shows what it touches before it is added', async () => {
  const admin = await signedIn(browser, product, 'Administrator');
  await visit(admin, '/meetings');
  await follow(admin, /^Bank holidays/);
  await heading(admin, 'Bank holidays');
  await check(admin);
  await typeDay(admin, 'Which day?', [8, 2, 2027]);
  await admin.page.getByLabel('What is it called?').fill('Day of mourning');
  await press(admin, 'See what it touches');
  await says(admin, 'What it touches: nothing is added yet');
  await check(admin);
  await screenshot(admin, 'holidays-effect');
  await press(admin, 'Add this day');
  await says(admin, /8 February 2027 added\./);
  await main(admin).getByRole('button', { name: /Remove Day of mourning/ }).click();
  await says(admin, /8 February 2027 removed\./);
  const member = await signedIn(browser, product, 'Member for education', { viewport: phone });
  await visit(member, '/holidays');
  assert.equal(await main(member).getByRole('button', { name: /Remove|Add/ }).count(), 0);
  await screenshot(member, 'holidays');
});

test('without script a clerk lists dates, sees them, saves them as a draft and throws it away', { timeout: 60_000 }, async () => {
  const admin = await signedIn(browser, product, 'Administrator', { javaScriptEnabled: false });
  await admin.page.goto('/forums');
  await follow(admin, /^Transitions panel/);
  await follow(admin, /Change or end it/);
  await follow(admin, 'Draft other dates to put in its place');
  await admin.page.getByLabel('On dates that I list').check();
  await admin.page.getByLabel('The dates, one on each line').fill('12 January 2027\nsoon\n');
  await press(admin, 'See the dates first');
  await says(admin, /“soon” is not a date/);
  await admin.page.getByLabel('The dates, one on each line').fill('Tue 12th January 2027\n9/3/2027\n2027-05-11\n');
  await press(admin, 'See the dates first');
  await says(admin, 'The dates: nothing is saved yet');
  assert.deepEqual(await days(admin, 'preview'), ['Tuesday 12 January 2027', 'Tuesday 9 March 2027', 'Tuesday 11 May 2027']);
  await press(admin, 'Save as a draft');
  await says(admin, /3 meetings saved as a draft/);
  await press(admin, 'Throw the draft away');
  await says(admin, 'The draft is thrown away.');
});
