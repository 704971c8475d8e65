// The walk: everything Quorate is for, once through, by people in browsers of their own. A partnership
// sets up a forum, brings in its tracker, agrees an agenda, decides who pays, walks down a locality's
// names, and hears from its board what to do about what is stuck. Nothing here takes a short cut: every
// step is a page somebody opens and a button somebody presses.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { begin, keep, section as openSection, submit, write } from './asking.mjs';
import { assertClean, check, launch, phone, screenshot, visit } from './browser.mjs';
import { toPreview } from './importing.mjs';
import { signedIn, startLine, startProduct } from './product.mjs';

const tracker = (name) => fileURLToPath(new URL(`../../agendas/tracker/testdata/${name}`, import.meta.url));
const screenshots = fileURLToPath(new URL('./screenshots/', import.meta.url));
// The README's two pictures are taken again only when asked for, so that a test changes nothing in the checkout.
const pictures = process.env.QUORATE_PICTURES ? fileURLToPath(new URL('./pictures/', import.meta.url)) : screenshots;

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
      for (const [role, { page }] of Object.entries(people)) await page.screenshot({ path: path.join(screenshots, `broken-${role}.png`), fullPage: true });
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
  await typeDay(clerk, 'Day', [22, 1, 2027]);
  await press(clerk, 'Move this meeting');
  await heading(clerk, 'Friday 22 January 2027');
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
    ['tracker-231.xlsx', 231, 'xlsx'],
    ['tracker-385.csv', 385, 'csv'], // last, because these are the people the demo’s meetings are about
  ]) {
    for (const again of [false, true]) {
      await toPreview(clerk, tracker(file));
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

  await press(clerk, 'Check and publish');
  await check(clerk);
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
  const { page } = presenter;
  known.case = await begin(presenter);
  await check(presenter);
  await write(presenter, { lines: [{ price: '1,204.51' }] });
  await openSection(presenter, 'Who is asked to pay');
  await page.getByLabel('Adult social care a week, in pounds').fill('802.25');
  await page.getByLabel('NHS continuing care a week, in pounds').fill('402.25');
  await press(presenter, 'Save and continue');
  const problem = page.getByRole('alert');
  await problem.waitFor();
  assert.match(await problem.innerText(), /Shares come to £1,204.50 a week; the cost is £1,204.51. Add 1p/, 'the penny is named');
  assert.match(await page.title(), /^Error: /);
  assert.equal(await page.getByLabel('NHS continuing care a week, in pounds').inputValue(), '402.25', 'what was typed is kept');
  await check(presenter);
  await screenshot(presenter, 'walk-14-a-penny-out');
  await page.getByLabel('NHS continuing care a week, in pounds').fill('402.26');
  await keep(presenter);
  await submit(presenter, 'The placement gave notice on Friday.');
  await heading(presenter, `Funding for ${known.case}`);
  await screenshot(presenter, 'walk-15-request');
  known.request = new URL(page.url()).pathname;
  known.reference = (await main(presenter).innerText()).match(/R\d+/)[0];

  const clerk = await as('Clerk');
  await visit(clerk, '/requests');
  await screenshot(clerk, 'walk-16-requests');
  await follow(clerk, known.reference);
  await check(clerk);
  await press(clerk, 'Accept it for this meeting');
  await says(clerk, 'Late – accepted');
  await check(clerk);
  await choose(clerk, 'Meeting', /24 November/);
  assert.equal(await clerk.page.getByLabel('Why it comes late').inputValue(), 'The placement gave notice on Friday.', 'as the presenter said');
  await press(clerk, 'Put it on this agenda');
  await says(clerk, 'Put on the agenda.');
  await check(clerk);
  await visit(clerk, known.request);
  await says(clerk, 'Tabled');
  await check(clerk);
  await visit(clerk, '/');
  await follow(clerk, /^Read the agenda of Multi-agency/);
  known.meeting = new URL(clerk.page.url()).pathname.replace('/agenda', '');
  await visit(clerk, `${known.meeting}/agenda/edit`);
  await press(clerk, 'Check and publish');
  await check(clerk);
  const late = clerk.page.getByLabel('Why does it come late?');
  if (await late.count()) await late.fill('A placement gave notice on Friday.');
  await press(clerk, 'Publish version 2');
  await says(clerk, /version 2/i);
  await visit(clerk, `${known.meeting}/agenda`);
  await says(clerk, 'The placement gave notice on Friday.');
  await screenshot(clerk, 'walk-17-agenda-2');
});

/** Joins a meeting from Home, and is connected. */
async function join(person, forum) {
  await visit(person, '/');
  await follow(person, new RegExp(`^Join of ${forum}`));
  await person.page.getByText('Connected', { exact: true }).waitFor();
  await person.page.evaluate(() => (window.neverReloaded = true));
}

const item = (person) => person.page.locator('section[aria-labelledby="room-item"]');
const section = (person, id) => person.page.locator(`section[aria-labelledby="${id}"]`);

async function give(person, position) {
  await person.page.getByLabel(position, { exact: true }).check();
  await press(person, 'Give this position');
  await says(person, /Recorded at/);
}

step('6. the funding panel decides who pays, each step on every screen at once', async () => {
  const [chair, clerk, asc, presenter] = await Promise.all([as('Chair of MAPaC'), as('Clerk'), as('Member for adult social care'), as('Presenter')]);
  const nhs = await as('Member for the NHS', { viewport: phone });
  const csc = await as('Member for children’s social care');
  const room = [chair, clerk, asc, nhs, csc];
  for (const person of [...room, presenter]) await join(person, 'Multi-agency');
  known.room = new URL(chair.page.url()).pathname;

  // Who is here, and whether that is enough.
  await section(clerk, 'room-quorum').getByText('Not quorate').waitFor();
  await press(chair, 'Start the meeting');
  await Promise.all(room.map((person) => says(person, 'No item is open')));
  for (const person of [chair, asc, nhs, csc]) await press(person, 'I am here');
  await press(clerk, /^Here.*Jo Lacey/);
  await Promise.all(room.map((person) => says(person, /^5 of \d+ are here/)));
  await section(chair, 'room-quorum').getByText('Quorate', { exact: true }).waitFor();
  await check(chair);
  await screenshot(clerk, 'walk-18-room-attendance');

  // Someone who has an interest leaves for that item, and only for that item.
  const first = chair.page.locator('.q-room__line-item', { hasText: /Q\d+/ }).first();
  const young = (await first.locator('.q-room__title').innerText()).replace(/\s*Q\d+.*/s, '').trim();
  await press(chair, /^Open/, first);
  await Promise.all(room.map((person) => item(person).getByRole('heading', { name: young }).waitFor()));
  await csc.page.getByText('Declare an interest in this item').click();
  await check(csc);
  await csc.page.getByLabel('Family').check();
  await csc.page.getByLabel('What the interest is').fill('My sister works for the provider.');
  await press(csc, 'Declare it and leave for this item');
  await item(csc).getByRole('heading', { name: /You have left for this item/ }).waitFor();
  await says(chair, 'Ivan Thorne has left for this item');
  assert.ok(!(await csc.page.content()).includes(young), 'what they left for is nowhere in their page');
  await check(csc);
  await screenshot(csc, 'walk-19-left-for-the-item');

  // The item of the walk’s own request: the vote is open, and positions are unseen until it closes.
  const ours = chair.page.locator('.q-room__line-item', { hasText: known.case });
  known.young = (await ours.locator('.q-room__title').innerText()).replace(/\s*Q\d+.*/s, '').trim();
  await press(chair, /^Open/, ours);
  await Promise.all(room.map((person) => item(person).getByRole('heading', { name: known.young }).waitFor()));
  await item(presenter).getByRole('heading', { name: known.young }).waitFor();
  await check(presenter);
  await screenshot(presenter, 'walk-20-presenter');
  await screenshot(chair, 'walk-21-chair-item');
  const propose = section(chair, 'room-propose');
  await typeDay(chair, 'Review on', [3, 5, 2027], propose);
  await press(chair, 'Open the vote', propose);
  await Promise.all(room.map((person) => says(person, 'The vote is open')));
  await check(nhs);
  await nhs.page.getByText(/^The vote is open: give the position/).click();
  await nhs.page.getByLabel('Agree', { exact: true }).check();
  await nhs.page.screenshot({ path: path.join(pictures, 'room-member-phone.png') });
  await screenshot(nhs, 'walk-22-member-vote');
  await give(nhs, 'Agree');
  await Promise.all(room.map((person) => says(person, '1 of 2 have voted')));
  for (const person of [chair, clerk, asc, csc]) assert.doesNotMatch(await main(person).innerText(), /Agrees/, `${person.name} sees a position before the close`);
  await check(chair);
  await screenshot(chair, 'walk-23-chair-vote');
  await chair.page.evaluate(() => window.scrollTo(0, 0));
  await chair.page.screenshot({ path: path.join(pictures, 'room-chair.png'), clip: { x: 0, y: 0, width: 1280, height: 1080 }, fullPage: true });
  await give(asc, 'Agree');
  await says(chair, '2 of 2 have voted');
  await press(chair, 'Close the vote');
  await Promise.all(room.map((person) => section(person, 'room-vote').getByText('Agrees').nth(1).waitFor()));
  for (const person of room) {
    const split = (await main(person).locator('table', { hasText: 'Total' }).first().innerText()).replace(/\s+/g, ' ');
    assert.match(split, /Adult social care £802\.25 .* NHS continuing care £402\.26 .* Total £1,204\.51/, `${person.name} sees the split to the penny`);
  }
  await check(nhs);
  await screenshot(nhs, 'walk-24-member-closed');

  // The decision is looked at before it is final.
  const decide = section(chair, 'room-decide');
  await decide.getByLabel('Agreed with conditions').check();
  await decide.getByLabel('Reasons').fill('Assessed need: two people for every move. No cheaper option keeps the course.');
  await press(chair, 'Add a condition', decide);
  await decide.getByLabel('Condition 1', { exact: true }).last().fill('The provider’s staffing plan is seen');
  await typeDay(chair, 'Evidence due', [1, 3, 2027], decide);
  await decide.getByLabel('Who shows condition 1').selectOption({ index: 1 });
  await typeDay(chair, 'Review on', [3, 5, 2027], decide);
  await decide.getByLabel(/assessor’s expertise/).check();
  await check(chair);
  await screenshot(chair, 'walk-25-decision');
  await press(chair, 'Check the decision', decide);
  await says(chair, 'Check the decision before it is final');
  await check(chair);
  await screenshot(chair, 'walk-26-decision-check');
  await press(chair, /^Confirm the decision/);
  await Promise.all(room.map((person) => says(person, /^Decision: Agreed with conditions/)));
  for (const person of room) assert.match(await section(person, 'room-decided').innerText(), /3 May 2027/, `${person.name} sees the review date`);
  await check(nhs);
  await screenshot(nhs, 'walk-27-member-decided');

  // The clerk writes, and an action is raised.
  await clerk.page.getByLabel(/^Notes for item/).fill('The family was asked twice.');
  await says(asc, 'The family was asked twice.');
  const actions = section(clerk, 'room-actions');
  await actions.getByText(/^Raise an action/).click();
  await actions.getByLabel('What is to be done').fill('Send the staffing plan to commissioning.');
  await choose(clerk, 'Who does it', /Grace Pell/, actions);
  await typeDay(clerk, 'By when', [4, 12, 2026], actions);
  await check(clerk);
  await screenshot(clerk, 'walk-28-clerk');
  await press(clerk, /^Raise/, actions);
  await Promise.all(room.map((person) => section(person, 'room-actions').getByText('Send the staffing plan to commissioning.').waitFor()));
});

step('6b. a line that is cut loses nothing, and comes back by itself', async () => {
  const [chair, clerk, asc] = await Promise.all([as('Chair of MAPaC'), as('Clerk'), as('Member for adult social care')]);
  clerk.allow(/no answer \(net::ERR|WebSocket connection to|answered 50\d: .*\/live\//);
  line.cut();
  await says(clerk, /Connection lost/);
  await clerk.page.getByLabel(/^Notes for item/).fill('The family was asked twice. Written while the line was down.');
  await says(clerk, /1 not saved yet/);
  await check(clerk);
  await screenshot(clerk, 'walk-29-line-cut');
  // Meanwhile the meeting goes on.
  await press(chair, 'Finish item', section(chair, 'room-next'));
  await says(chair, 'No item is open');
  line.mend();
  await clerk.page.getByText('Connected', { exact: true }).waitFor();
  await says(clerk, 'No item is open');
  assert.equal(await clerk.page.evaluate(() => window.neverReloaded), true, 'the page was not loaded again');
  await press(chair, /^Open/, chair.page.locator('.q-room__line-item', { hasText: known.case }));
  await says(asc, 'Written while the line was down.');
  await clerk.page.waitForFunction(() => document.querySelector('#room-note')?.value.includes('Written while the line was down.'));
  await check(clerk);
});

/** Presses Tab until what has the focus is called this. */
async function tabTo(page, name) {
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press('Tab');
    const called = await page.evaluate(() => {
      const at = document.activeElement;
      const label = at?.labels?.[0]?.textContent ?? at?.getAttribute('aria-label') ?? at?.textContent ?? '';
      return label.replace(/\s+/g, ' ').trim();
    });
    if (name.test(called)) return;
  }
  assert.fail(`Tab never came to ${name}`);
}

step('7. a locality meeting walks down its names with nothing but the keyboard', async () => {
  const [chair, clerk] = await Promise.all([as('Chair of the locality meetings'), as('Clerk')]);
  await join(clerk, 'Locality transition meeting Central');
  await visit(chair, '/');
  const { page } = chair;
  const { keyboard } = page;
  await tabTo(page, /^Join of Locality transition meeting Central/);
  await keyboard.press('Enter');
  await page.getByText('Connected', { exact: true }).waitFor();
  await tabTo(page, /^Start the meeting/);
  await keyboard.press('Enter');
  await says(clerk, /of 180 minutes gone|minutes gone/);
  await tabTo(page, /^I am here$/);
  await keyboard.press('Enter');
  await says(clerk, /^1 of \d+ are here/);

  const rows = (person) => person.page.locator('.q-room__name');
  const name = (await rows(chair).nth(1).locator('strong').first().innerText()).trim();
  await tabTo(page, /^\d+ .*Q\d+/);
  for (const key of ['ArrowDown', 'j', 'k']) await keyboard.press(key);
  await keyboard.press('Enter');
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '');
  await page.waitForFunction(() => document.activeElement?.id.endsWith('-worker'));
  await check(chair);
  await keyboard.press('Control+A');
  await keyboard.type('Jo Marsh');
  await keyboard.press('Tab');
  await keyboard.press('ArrowRight'); // from “Not rated”, or what it was, to the next rating
  await tabTo(page, /^Next step/);
  await keyboard.press('Control+A');
  await keyboard.type('Visit the college with the family.');
  await tabTo(page, /^Raise an action/);
  await keyboard.press('Enter');
  await tabTo(page, /^What is to be done/);
  await keyboard.type('Book the college visit.');
  await keyboard.press('Tab');
  await keyboard.type('Hal');
  await keyboard.press('Tab');
  await keyboard.type('Ines'); // two do it together
  for (const part of ['11', '12', '2026']) {
    await keyboard.press('Tab');
    await keyboard.type(part);
  }
  await tabTo(page, /^Refer to a panel/);
  await keyboard.press('Enter');
  await keyboard.press('Tab');
  await keyboard.type('Joint');
  await keyboard.press('Tab');
  await keyboard.type('Two agencies would share the support.');
  await check(chair);
  await screenshot(chair, 'walk-30-list-edit');
  const was = await focused();
  await tabTo(page, /^Save and next/);
  await keyboard.press('Enter');
  await page.waitForFunction((before) => document.activeElement?.id.endsWith('-worker') && !document.activeElement.id.startsWith(before), was.slice(0, 40));
  const line = rows(clerk).filter({ hasText: name }).first();
  for (const words of ['Worker: Jo Marsh', 'Next: Visit the college with the family.', '1 action', /Referred to Joint/, 'Discussed']) await line.getByText(words).first().waitFor();
  await keyboard.press('Escape');
  assert.match(await focused(), /^name-/, 'the focus goes back to the name');
  await check(clerk);
  await screenshot(clerk, 'walk-31-list');
});

/** Opens a page again and again until it says this: what it waits for happens in the background. */
async function eventually(person, address, words) {
  const until = Date.now() + 30_000;
  do {
    await person.page.goto(address);
    if (await main(person).getByText(words).first().isVisible()) return check(person);
  } while (Date.now() < until);
  assert.fail(`${address} never said ${words}:\n${await main(person).innerText()}`);
}

/** Lets weeks pass: the product is stopped and started on a later day. Everybody must sign in again. */
async function later(day) {
  await Promise.all(Object.values(people).map((person) => person.context.close()));
  for (const role of Object.keys(people)) delete people[role];
  await product.end();
  await product.start(day);
}

step('8. what is stuck is raised from its item, and rises by rule when its time is up', async () => {
  let chair = await as('Chair of MAPaC');
  await follow(chair, /^Raise a blocker/);
  await check(chair);
  await chair.page.getByLabel('Funding dispute').check();
  await chair.page.getByLabel('Theme').fill('Waking nights');
  await chair.page.getByLabel('What is needed to free it?').fill('A commissioner to say who buys waking nights from April.');
  await chair.page.getByLabel('Details for this forum').fill('Both heads of service have been asked twice.');
  await choose(chair, 'Who owns it?', /Lena Foss/);
  await screenshot(chair, 'walk-32-raise');
  await press(chair, 'Raise this blocker');
  await heading(chair, /Blocker B\d+/);
  await check(chair);
  await screenshot(chair, 'walk-33-blocker');
  known.blocker = new URL(chair.page.url()).pathname;
  known.name = (await chair.page.getByRole('heading', { level: 1 }).innerText()).match(/B\d+/)[0];

  await later('2026-12-23T09:50');
  chair = await as('Chair of MAPaC');
  await eventually(chair, known.blocker, /28 days|Rose|rose|went up/);
  await screenshot(chair, 'walk-34-risen');
  await follow(chair, 'Move to another level');
  await check(chair);
  await chair.page.getByLabel('Strategic transitions board').check();
  await chair.page.getByLabel('Why does it move?').fill('The placement starts in six weeks.');
  await press(chair, 'Move this blocker');
  await says(chair, /Strategic transitions board/);
  await check(chair);
});

step('9. the board is told without a name, and its answer stands on the forum’s next agenda', async () => {
  await later('2027-01-04T09:50');
  const board = await as('Board chair');
  await eventually(board, '/mailbox?to=sunita.grove%40example.org', /digest of 4 January 2027/);
  await screenshot(board, 'walk-35-mailbox');
  await board.page.locator('#mail').getByRole('link', { name: /digest of 4 January 2027/ }).first().click();
  await heading(board, /./);
  await check(board);
  await screenshot(board, 'walk-36-digest-mail');
  const mail = await main(board).innerText();
  await assertNamesNobody(mail, 'the digest e-mail');
  const links = await main(board).getByRole('link').evaluateAll((all) => all.map((a) => a.href).filter((href) => /\/board\//.test(href)));
  assert.ok(links.length > 0, `the digest leads somewhere: ${mail}`);
  await visit(board, links[0]);
  await screenshot(board, 'walk-37-digest');
  await assertNamesNobody(await main(board).innerText(), 'the digest’s page');
  const escalation = main(board).getByRole('link', { name: new RegExp(known.name) });
  if ((await escalation.count()) === 0) await follow(board, /See what stands before the board now/);
  await escalation.first().click();
  await heading(board, `Escalation ${known.name}`);
  await check(board);
  await screenshot(board, 'walk-38-escalation');
  await assertNamesNobody(await main(board).innerText(), 'the escalation');
  await board.page.getByLabel('It gives a direction').check();
  await press(board, 'Answer');
  await board.page.getByRole('alert').waitFor();
  await check(board);
  await board.page.getByLabel('What does the board direct?').fill('Commissioning buys waking nights from 1 April.');
  await choose(board, 'Who is to do it?', /Lena Foss/);
  await typeDay(board, 'By when?', [29, 1, 2027]);
  await press(board, 'Answer');
  await says(board, 'Commissioning buys waking nights from 1 April.');
  await check(board);
  await screenshot(board, 'walk-39-answered');

  const clerk = await as('Clerk');
  await visit(clerk, '/meetings?month=2027-01&forum=mapac');
  await follow(clerk, /Multi-agency/, clerk.page.locator('main table'));
  await follow(clerk, 'Build the agenda');
  await press(clerk, 'Build the agenda');
  const answered = clerk.page.locator('#agenda tbody tr', { hasText: 'Commissioning buys waking nights from 1 April.' });
  await answered.waitFor();
  assert.match(await answered.innerText(), new RegExp(`${known.case}[^]*Strategic transitions board answered`));
  await check(clerk);
  await screenshot(clerk, 'walk-40-answer-on-agenda');
});

/** A board never reads who somebody is: no name of the tracker, no reference of it, no case number. */
async function assertNamesNobody(text, where) {
  const [, ...lines] = (await readFile(tracker('tracker-385.csv'), 'utf8')).trim().split(/\r?\n/);
  const cases = lines.map((line) => line.split(','));
  for (const [reference, forename, surname] of cases) {
    assert.ok(!text.includes(reference), `${where} holds the reference ${reference}`);
    assert.ok(!text.includes(`${forename} ${surname}`), `${where} names ${forename} ${surname}`);
  }
  assert.doesNotMatch(text, /\bQ\d{4}\b/, `${where} holds a case number`);
}

step('nobody’s browser met an error nobody expected', async () => {
  for (const person of Object.values(people)) assertClean(person);
});
