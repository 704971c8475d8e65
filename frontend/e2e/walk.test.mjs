// The walk: everything Quorate is for, once through, by people in browsers of their own. A partnership
// sets up a forum, brings in its tracker, agrees an agenda, decides who pays, walks down a locality's
// names, and hears from its board what to do about what is stuck. Nothing here takes a short cut: every
// step is a page somebody opens and a button somebody presses.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertClean, check, launch, newPerson, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startLine, startProduct } from './product.mjs';

const tracker = (name) => fileURLToPath(new URL(`../../agendas/tracker/testdata/${name}`, import.meta.url));
const pictures = fileURLToPath(new URL('./pictures/', import.meta.url));

let product, browser, line;
const people = {};
const known = {}; // what one step learns and a later one needs

before(async () => {
  [product, browser, line] = await Promise.all([startProduct(), launch(), startLine()]);
});

after(async () => {
  await browser?.close();
  await line?.end();
  await product?.stop();
});

// The steps are one story: after one has failed, the rest would only repeat it.
let broken = '';
function step(name, walk) {
  test(name, async () => {
    assert.equal(broken, '', `not walked, because “${broken}” failed`);
    broken = name;
    try {
      await walk();
    } catch (error) {
      for (const [role, { page }] of Object.entries(people)) await page.screenshot({ path: path.join(pictures, '../screenshots', `broken-${role}.png`), fullPage: true });
      throw error;
    }
    broken = '';
  });
}

/** The person of a role, signed in by their card, once. */
async function as(role, options) {
  people[role] ??= await signedIn(browser, product, role, options);
  return people[role];
}

const main = (person) => person.page.locator('main');
const press = (person, name, within = main(person)) => within.getByRole('button', { name }).first().click();
const follow = (person, name, within = main(person)) => within.getByRole('link', { name }).or(within.getByRole('button', { name })).first().click();
const heading = (person, name) => person.page.getByRole('heading', { name }).first().waitFor();

/** Selects the option whose words match. */
async function choose(person, label, words, within = person.page) {
  const list = within.getByLabel(label).first();
  const value = await list.locator('option').filter({ hasText: words }).first().getAttribute('value');
  await list.selectOption(value);
}

/** Types a day into its three fields. */
async function typeDay(person, legend, [day, month, year], within = person.page) {
  const group = within.getByRole('group', { name: legend }).first();
  await group.getByLabel('Day').fill(String(day));
  await group.getByLabel('Month').fill(String(month));
  await group.getByLabel('Year').fill(String(year));
}

/** Waits until somebody's page says this, by itself. */
const says = (person, words) => main(person).getByText(words).first().waitFor();

/** What the summary list says beside a key. */
const fact = (person, key) =>
  person.page.locator('.govuk-summary-list__row', { has: person.page.locator('dt', { hasText: new RegExp(`^\\s*${key}\\s*$`) }) }).locator('dd').first().innerText();

step('1. an administrator makes a forum from a template and gives it a clerk', async () => {
  const admin = await as('Administrator');
  await visit(admin, '/forums');
  await screenshot(admin, 'walk-01-forums');
  await follow(admin, 'Create a forum');
  await check(admin);
  await screenshot(admin, 'walk-02-templates');
  await follow(admin, 'Complex cases panel');
  await check(admin);
  await choose(admin, 'What it cannot solve goes to', 'Strategic transitions board');
  await press(admin, 'Create this forum');
  await heading(admin, 'Complex cases panel');
  await check(admin);
  await screenshot(admin, 'walk-03-forum');
  for (const [seat, person] of [['Clerk', /Bryony Tate/], ['Joint chair, social care', /Dilys Marrow/]]) {
    await follow(admin, new RegExp(`^Change the seat ${seat}`));
    await choose(admin, 'Person', person);
    await press(admin, 'Put them in this seat');
    await says(admin, person);
    await check(admin);
    if (seat === 'Clerk') await screenshot(admin, 'walk-04-seat');
    await visit(admin, admin.page.url().replace(/\/seats.*/, ''));
  }
  known.forum = admin.page.url();
});

step('2. its meetings of the next twelve months are scheduled; the clerk moves one and cancels one', async () => {
  const clerk = await as('Clerk', { proxy: line.proxy });
  await visit(clerk, known.forum);
  await follow(clerk, 'Schedule its meetings');
  await check(clerk);
  await clerk.page.getByLabel('Start time').fill('10am');
  await typeDay(clerk, 'First day', [1, 12, 2026]);
  await clerk.page.getByLabel('Venue').fill('County Hall, room 6');
  await press(clerk, 'See the dates first');
  const dates = clerk.page.locator('#preview tbody tr');
  await dates.first().waitFor();
  assert.ok((await dates.count()) >= 11 && (await dates.count()) <= 13, `a monthly forum meets ${await dates.count()} times in twelve months`);
  await check(clerk);
  await screenshot(clerk, 'walk-05-schedule');
  await press(clerk, 'Schedule these meetings');
  await heading(clerk, 'Complex cases panel');
  await follow(clerk, /See all its meetings/);
  await check(clerk);

  const month = (value) => visit(clerk, `/meetings?month=${value}&forum=${known.forum.split('/').at(-1)}`);
  await month('2027-01');
  await follow(clerk, 'Complex cases panel', clerk.page.locator('main table'));
  await follow(clerk, 'Move this meeting');
  await check(clerk);
  await typeDay(clerk, 'Day', [21, 1, 2027]);
  await press(clerk, 'Move this meeting');
  await heading(clerk, 'Thursday 21 January 2027');
  await check(clerk);
  await screenshot(clerk, 'walk-06-moved');

  await month('2027-02');
  await follow(clerk, 'Complex cases panel', clerk.page.locator('main table'));
  await follow(clerk, 'Cancel this meeting');
  await check(clerk);
  await press(clerk, 'Cancel this meeting');
  await clerk.page.getByRole('alert').getByText(/reason|why/i).first().waitFor();
  await clerk.page.getByLabel('Why is it cancelled?').fill('Half-term: too few members can come.');
  await press(clerk, 'Cancel this meeting');
  await says(clerk, 'This meeting is cancelled');
  await check(clerk);
  await screenshot(clerk, 'walk-07-cancelled');
});

step('3. the clerk imports the clean tracker and the office’s workbook; a second time changes nothing', async () => {
  const clerk = await as('Clerk');
  for (const [file, rows, name] of [
    ['tracker-385.csv', 385, 'csv'],
    ['tracker-231.xlsx', 231, 'xlsx'],
  ]) {
    for (const again of [false, true]) {
      await visit(clerk, '/tracker');
      await clerk.page.getByLabel('Choose the tracker').setInputFiles(tracker(file));
      await press(clerk, 'Upload and compare');
      await heading(clerk, 'Check what this import would change');
      await check(clerk);
      const count = async (key) => Number((await fact(clerk, key)).replace(/,/g, '').match(/^\d+/)?.[0] ?? 0);
      const [fresh, changed, same, left] = [await count('New'), await count('Changed'), await count('Unchanged'), await count('Rows left out')];
      if (again) assert.deepEqual([fresh, changed, same], [0, 0, rows], `${file} again`);
      else assert.equal(fresh + changed + same, rows, `${file}: every row that is not left out (${left}) is counted once`);
      if (!again && name === 'xlsx') assert.match(await main(clerk).innerText(), /row \d+|Row/i, 'warnings say which row');
      await screenshot(clerk, `walk-08-import-${name}${again ? '-again' : ''}`);
      await press(clerk, again ? 'Abandon it' : 'Confirm the import');
      await heading(clerk, again ? /^Tracker$|Import abandoned/ : 'Tracker imported');
      await check(clerk);
    }
  }
});

step('4. the clerk builds a locality’s agenda, each case with its reason, puts it in order and publishes it', async () => {
  const clerk = await as('Clerk');
  await visit(clerk, '/meetings?month=2026-12&forum=locality-central');
  await follow(clerk, 'Locality transition meeting Central', clerk.page.locator('main table'));
  known.nextCentral = new URL(clerk.page.url()).pathname;
  await follow(clerk, 'Build the agenda');
  await check(clerk);
  await press(clerk, 'Build the agenda');
  const rows = clerk.page.locator('#agenda tbody tr');
  await rows.nth(5).waitFor();
  await check(clerk);
  await screenshot(clerk, 'walk-09-builder');
  const reasons = await rows.filter({ has: clerk.page.locator('a[href^="/cases/"]') }).allInnerTexts();
  assert.ok(reasons.length >= 5, 'the rules list cases');
  for (const words of reasons) {
    assert.match(words, /\d{1,2} [A-Z][a-z]+ \d{4}/, `a reason has its date: ${words}`);
    assert.match(words, /Act|Regulations|Framework|policy|protocol|practice|Code|procedure|standard/i, `and its law or policy: ${words}`);
  }
  assert.ok(reasons.some((words) => /\d+ days/.test(words)), 'with the days left');

  // A case keeps its place when pinned, and one comes off with a reason.
  const cases = rows.filter({ has: clerk.page.locator('a[href^="/cases/"]') });
  const [second, third] = await Promise.all([1, 2].map((n) => cases.nth(n).locator('a[href^="/cases/"]').first().innerText().then((text) => text.trim())));
  const row = (reference) => rows.filter({ hasText: reference });
  await press(clerk, /^Pin/, row(second));
  await row(second).getByText('Pinned').waitFor();
  await follow(clerk, /^Take off/, row(third));
  await check(clerk);
  await press(clerk, 'Take it off');
  await clerk.page.getByRole('alert').waitFor();
  await check(clerk);
  await clerk.page.getByLabel('Why is it taken off?').fill('The family has asked for January.');
  await press(clerk, 'Take it off');
  await clerk.page.locator('#removed').getByText('The family has asked for January.').waitFor();

  const order = () => cases.locator('a[href^="/cases/"]:first-of-type').allInnerTexts().then((all) => all.map((text) => text.trim()).filter((text) => /^Q/.test(text)));
  const beforeMove = await order();
  await press(clerk, /^Up/, row(second));
  await clerk.page.waitForFunction(
    ([reference, at]) => [...document.querySelectorAll('#agenda a[href^="/cases/"]')].findIndex((a) => a.textContent.trim() === reference) < at,
    [second, beforeMove.indexOf(second)],
  );
  const focused = await clerk.page.evaluate(() => document.activeElement?.textContent?.replace(/\s+/g, ' ').trim() ?? '');
  assert.match(focused, /^(Up|Down)/, 'the focus stays on the moved item’s button');
  assert.ok(focused.includes(second), `and it is still ${second}’s: ${focused}`);
  await press(clerk, /^Down/, row(second));
  await clerk.page.waitForFunction(
    ([reference, at]) => [...document.querySelectorAll('#agenda a[href^="/cases/"]')].findIndex((a) => a.textContent.trim() === reference) === at,
    [second, beforeMove.indexOf(second)],
  );
  await check(clerk);
  await screenshot(clerk, 'walk-10-ordered');

  await press(clerk, 'Publish the agenda');
  await says(clerk, /version 1/i);
  await visit(clerk, `${known.nextCentral}/agenda`);
  await screenshot(clerk, 'walk-11-agenda');
  await clerk.page.emulateMedia({ media: 'print' });
  assert.equal(await clerk.page.getByRole('button', { name: 'Sign out' }).isVisible(), false, 'paper carries no navigation');
  await screenshot(clerk, 'walk-12-agenda-printed');
  await clerk.page.emulateMedia({ media: null });
});

step('5. a presenter asks for money: a penny out is said plainly, then it goes to the panel', async () => {
  const presenter = await as('Presenter');
  await visit(presenter, '/requests');
  await follow(presenter, 'Ask for funding');
  await check(presenter);
  await screenshot(presenter, 'walk-13-request-form');
  const mine = await presenter.page.locator('details li').allTextContents();
  known.case = mine.at(-1).match(/Q\d+/)[0];
  known.young = mine.at(-1).match(/Q\d+ (.*), born/)[1];
  const { page } = presenter;
  await page.getByLabel('Case number').fill(known.case);
  await choose(presenter, 'Panel to ask', /MAPaC/);
  await page.getByLabel('What does the young person need?').fill('Two people to help with every move, day and night.');
  await page.getByLabel('What should be different for them?').fill('“I want my own front door and to finish my course.”');
  await page.getByLabel('Which options were considered').fill('Staying at home with more respite: the carers’ assessment rules it out.');
  await page.getByLabel('What is already owed to them in law?').fill('EHCP sections F and G.');
  await page.getByLabel('Weekly cost, in pounds').fill('1,204.51');
  await typeDay(presenter, 'When does it start?', [1, 2, 2027]);
  await page.getByLabel('Adult social care a week, in pounds').fill('802.25');
  await page.getByLabel('NHS continuing care a week, in pounds').fill('402.25');
  await press(presenter, 'Submit to the panel');
  const problem = page.getByRole('alert');
  await problem.waitFor();
  assert.match(await problem.innerText(), /£0\.01/, 'the penny is named');
  assert.match(await page.title(), /^Error: /);
  assert.equal(await page.getByLabel('Weekly cost, in pounds').inputValue(), '1,204.51', 'what was typed is kept');
  assert.equal(await page.getByLabel('What should be different for them?').inputValue(), '“I want my own front door and to finish my course.”');
  assert.equal(await page.getByLabel('NHS continuing care a week, in pounds').inputValue(), '402.25');
  await check(presenter);
  await screenshot(presenter, 'walk-14-a-penny-out');
  await page.getByLabel('NHS continuing care a week, in pounds').fill('402.26');
  await press(presenter, 'Submit to the panel');
  await heading(presenter, `Funding for ${known.case}`);
  await check(presenter);
  await screenshot(presenter, 'walk-15-request');
  known.request = new URL(page.url()).pathname;
  known.reference = (await main(presenter).innerText()).match(/R\d+/)[0];

  const clerk = await as('Clerk');
  await visit(clerk, '/requests');
  await screenshot(clerk, 'walk-16-requests');
  await follow(clerk, known.reference);
  await check(clerk);
  await choose(clerk, 'Meeting', /24 November/);
  await clerk.page.getByLabel('Why it comes late').fill('The placement gave notice on Friday.');
  await press(clerk, 'Put it on this agenda');
  await says(clerk, 'Tabled');
  await check(clerk);
  await visit(clerk, '/');
  await follow(clerk, /^Read the agenda of Multi-agency/);
  known.meeting = new URL(clerk.page.url()).pathname.replace('/agenda', '');
  await visit(clerk, `${known.meeting}/agenda/edit`);
  await press(clerk, 'Publish version 2');
  await says(clerk, /version 2/);
  await visit(clerk, `${known.meeting}/agenda`);
  await says(clerk, 'The placement gave notice on Friday.');
  await screenshot(clerk, 'walk-17-agenda-2');
});
