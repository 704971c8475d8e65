// A meeting that walks down eighty names, with nothing but the keyboard, six people following it each on their
// own screen: rated, written, saved on the way, an action that two people own, a referral, and no vote that
// nobody asked for. What is counted is key presses a name, because minutes are a machine's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, screenshot } from './browser.mjs';
import { focused, press, tabTo } from './keyboard.mjs';
import { signedIn, startProduct } from './product.mjs';
import { seat } from './six.mjs';

const names = 80;
let browser;
let product;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const rows = (person) => person.page.locator('.q-room__name');
const where = (person) => person.page.evaluate(() => document.activeElement?.id ?? '');
/** Waits until the focus is in the row of that place, in the part that ends so. */
const inRow = (person, place, part) =>
  person.page.waitForFunction(
    ([at, ending]) => {
      const row = document.querySelectorAll('.q-room__name')[at];
      return row?.contains(document.activeElement) && document.activeElement.id.endsWith(ending);
    },
    [place, part],
  );

/** The clerk brings the agenda of today's meeting of Central to eighty names, by the form on its page, and publishes it again. */
async function fillAgenda() {
  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = clerk;
  const meeting = (await page.getByRole('link', { name: /^Join.*Central/ }).first().getAttribute('href')).match(/meetings\/([0-9a-f-]{36})/)[1];
  const casesOn = (address, within) => page.goto(address).then(() => page.locator(`${within} a[href^="/cases/Q"]`).evaluateAll((links) => links.map((a) => a.getAttribute('href').split('/').at(-1))));
  const there = new Set(await casesOn(`/meetings/${meeting}/agenda/edit`, '#agenda'));
  const more = [];
  for (let at = 1; at <= 3; at++) {
    const found = (await casesOn(`/cases?locality=Central&page=${at}`, 'main tbody')).filter((number) => !there.has(number));
    more.push(...found);
  }
  for (const number of more) {
    if (there.size === names) break;
    const answer = await clerk.context.request.post(`/meetings/${meeting}/agenda/cases`, { form: { case_number: number, reason: 'The yearly look at everybody.' }, maxRedirects: 0 });
    if (answer.status() === 303) there.add(number); // else it was put over or taken off before
  }
  assert.equal(there.size, names, 'Central has eighty young people to walk down');
  await page.goto(`/meetings/${meeting}/agenda/publish`);
  const late = page.getByLabel('Why does it come late?');
  if (await late.count()) await late.fill('The yearly look at everybody.');
  await page.getByRole('button', { name: 'Publish version 2' }).click();
  await page.getByText('Agenda published as version 2.').waitFor();
  await clerk.context.close();
  return meeting;
}

test('a clerk walks down eighty names from the keyboard, everything is saved on the way, and six people follow', { timeout: 400_000 }, async () => {
  const meeting = await fillAgenda();
  const table = await seat(
    browser,
    product,
    {
      chair: 'Chair of the locality meetings',
      clerk: 'Clerk',
      adults: 'Member for adult social care',
      children: 'Member for children’s social care',
      education: 'Member for education',
      health: 'Member for the NHS',
    },
    { phones: ['adults', 'children', 'health'] },
  );
  const { chair, clerk } = table;
  await table.enter(meeting);
  await table.step('the chair starts the meeting', () => press(chair.page, /^Start the meeting/), {
    everybody: { hears: 'The meeting has started', sees: `0 of ${names} discussed`, lacks: ['Put it to the vote', 'State the outcome', 'Give this position'] }, // no vote that nobody asked for
  });
  const { page } = clerk;
  const { keyboard } = page;
  for (const person of table.everyone) assert.equal(await rows(person).count(), names, `${person.name} sees eighty names`);
  const numbers = await rows(clerk).locator('.q-room__number').allInnerTexts();

  // The shortcuts are in sight, and can be turned off (WCAG 2.1.4).
  await press(page, /^Keyboard shortcuts/);
  await page.getByRole('rowheader', { name: '↓ or j' }).waitFor();
  await check(clerk);
  await screenshot(clerk, 'list-keys');
  await press(page, /^Use keyboard shortcuts in the list/, 'Space');
  await tabTo(page, /^\d+ .*Q\d+/);
  const first = await where(clerk);
  for (const key of ['j', 'ArrowDown', 'r']) await keyboard.press(key);
  assert.equal(await where(clerk), first, 'the keys do nothing once they are off');
  await page.reload();
  await page.getByText('Connected', { exact: true }).waitFor();
  await press(page, /^Keyboard shortcuts/);
  assert.equal(await page.getByLabel('Use keyboard shortcuts in the list').isChecked(), false, 'it is remembered');
  await press(page, /^Use keyboard shortcuts in the list/, 'Space');
  await tabTo(page, /^\d+ .*Q\d+/);

  // The walk: of every four names one is rated and its next step written, one only rated, one written and one
  // only marked. The focus waits in each name, so nobody looks for where they are.
  let keys = 0;
  const key = async (name) => {
    keys++;
    await keyboard.press(name);
  };
  const onName = (place) =>
    page.waitForFunction((at) => document.querySelectorAll('.q-room__name')[at]?.contains(document.activeElement) && document.activeElement.id.startsWith('name-'), place);
  const said = (n) => `Ask the school about ${n}.`;
  const turns = [
    async (n) => {
      await key('a');
      await rows(clerk).nth(n).getByText('Amber', { exact: true }).waitFor();
      await key('s');
      await inRow(clerk, n, '-next_step');
      await keyboard.press('Control+A');
      await keyboard.type(said(n));
      await key('Escape');
      await onName(n);
      await key('ArrowDown');
    },
    async (n) => {
      await key('g');
      await rows(clerk).nth(n).getByText('Green', { exact: true }).waitFor();
      await key('ArrowDown');
    },
    async (n) => {
      await key('s');
      await inRow(clerk, n, '-next_step');
      await keyboard.press('Control+A');
      await keyboard.type(said(n));
      await key('Escape');
      await onName(n);
      await key('ArrowDown');
    },
    () => key('d'),
  ];
  const walked = Array.from({ length: names }, (_, n) => n);
  for (const person of table.everyone) person.heard.length = 0;
  for (const n of walked) {
    await onName(n);
    await turns[n % turns.length](n);
  }
  console.log(`# ${names} names with ${keys} key presses beside the words typed: ${(keys / names).toFixed(2)} a name`);
  assert.ok(keys <= 2.5 * names, `${keys} key presses for ${names} names`);

  // Everybody at the table has it all, and was told of each name once, in order: that it was discussed, or, by
  // the key that goes on to the next, that the next is open.
  const told = walked.map((n) => (n % turns.length === 3 && numbers[n + 1] ? `Item ${numbers[n + 1]} is open` : `Item ${numbers[n]} was discussed`));
  const discussed = (person) => person.heard.join('. ').split('. ').filter((words) => /(was discussed|is open)$/.test(words));
  for (const person of table.everyone) {
    for (const until = Date.now() + 8_000; discussed(person).length < names && Date.now() < until; ) await page.waitForTimeout(50);
    assert.deepEqual(discussed(person), told, `${person.name} is told of each name once`);
    person.heard.length = 0;
  }
  const last = walked.findLast((n) => n % 4 !== 1 && n % 4 !== 3);
  await table.step('the walk is at its end', () => keyboard.press('Home'), {
    everybody: { sees: [`${names} of ${names} discussed`, `Next: ${said(0)}`, `Next: ${said(last)}`], lacks: ['Put it to the vote', 'State the outcome', 'Give this position'] },
  });
  await screenshot(clerk, 'list-open');
  await inRow(clerk, 0, '');

  // What is to be mended keeps the walk where it is, with what was typed.
  await keyboard.press('t');
  await inRow(clerk, 0, '-text');
  await keyboard.type('Visit the family.');
  await tabTo(page, /^Who does it/);
  await keyboard.type('Hal');
  await tabTo(page, /^And with them/);
  await keyboard.type('Ines');
  await keyboard.press('Escape');
  await page.getByText('Enter when it is due').first().waitFor();
  await check(clerk);
  await screenshot(clerk, 'list-mend');
  await tabTo(page, /^Day$/);
  for (const part of ['11', '12', '2026']) {
    await keyboard.type(part);
    await keyboard.press('Tab');
  }
  await press(page, /^Refer to a panel/);
  await tabTo(page, /^Panel$/);
  await keyboard.type('Joint');
  await tabTo(page, /^Why$/);
  await keyboard.type('Two agencies would share the support.');
  // Every name is discussed by now, so there is nothing to turn to and nothing to tell.
  await table.step('an action is raised and the name referred', () => press(page, /^Save and next/), {
    everybody: { sees: ['1 action', /^Referred to Joint/, 'Hal Osmond, Ines Calloway'] },
  });
  await inRow(clerk, 1, '-worker');
  await keyboard.press('Escape');
  assert.match(await focused(page), /Q\d+/);

  // The keys inside a name: Enter saves and goes on to the same line of the next, and so does an arrow.
  await keyboard.press('s');
  for (const [n, on] of [[1, 'Enter'], [2, 'ArrowDown']]) {
    await inRow(clerk, n, '-next_step');
    await keyboard.press('Control+A');
    await keyboard.type(`Again: ${n}.`);
    await keyboard.press(on);
  }
  await inRow(clerk, 3, '-next_step');
  await table.step('two next steps are written one after the other', () => keyboard.press('Escape'), {
    everybody: { sees: ['Next: Again: 1.', 'Next: Again: 2.'] },
  });
  await table.hush();
  await page.reload();
  await page.getByText(`${names} of ${names} discussed`).waitFor();
  await rows(clerk).nth(0).getByText('Amber', { exact: true }).waitFor();
  await table.leave();
});
