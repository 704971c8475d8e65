// Finding a date: the clerk asks about some dates, people answer by the link in their email without
// signing in and without script, the clerk sees which dates would be quorate and chooses one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, newPerson, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let product, browser;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const plain = { javaScriptEnabled: false };
const main = (person) => person.page.locator('main');
const press = (person, name) => main(person).getByRole('button', { name }).first().click();
const says = (person, words) => main(person).getByText(words).first().waitFor();

/** The link in the newest mail about dates to an address, once it has come. */
async function linkFor(reader, email) {
  for (let tries = 0; tries < 60; tries++) {
    await reader.page.goto(`/mailbox?to=${encodeURIComponent(email)}`);
    const mail = reader.page.getByRole('link', { name: /^When can you meet\?/ }).first();
    if (await mail.count()) {
      await mail.click();
      const text = await main(reader).innerText();
      const link = /\/when\/[A-Z2-7]{26}/.exec(text);
      assert.ok(link, `the mail to ${email} holds no link:\n${text}`);
      return link[0];
    }
    await reader.page.waitForTimeout(250);
  }
  assert.fail(`no mail about dates came to ${email}`);
}

async function typeDate(person, row, day, month, year, start) {
  const field = (name) => person.page.locator(`[name="slot_${row}_${name}"]`);
  await field('starts_on-day').fill(day);
  await field('starts_on-month').fill(month);
  await field('starts_on-year').fill(year);
  await field('start_time').fill(start);
}

test('a date is asked for, answered by link and chosen', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await visit(clerk, '/forums');
  await main(clerk).getByRole('link', { name: /MAPaC/ }).first().click();
  await main(clerk).getByRole('button', { name: /^Find a date/ }).click();
  await main(clerk).getByRole('button', { name: /^Find a date/ }).click();
  await says(clerk, 'Days that fit this forum');
  await check(clerk);
  await screenshot(clerk, 'dates-propose');

  // One date is too few; what was typed is still there.
  await typeDate(clerk, 1, '8', '12', '2026', '10am');
  await clerk.page.getByLabel('Venue (optional)').fill('Committee room 4');
  await press(clerk, 'Ask these people');
  await says(clerk, 'There is a problem');
  assert.equal(await clerk.page.locator('[name="slot_1_start_time"]').inputValue(), '10am');
  await typeDate(clerk, 2, '9', '12', '2026', '2pm');
  await press(clerk, 'Check for clashes');
  await main(clerk).getByText(/Some dates clash|Nothing is against/).first().waitFor();
  await check(clerk);
  const known = clerk.page.getByLabel('I know about the clashes above');
  if (await known.count()) await known.check();
  await press(clerk, 'Ask these people');
  await says(clerk, /Answers are taken until/);
  await check(clerk);
  const poll = new URL(clerk.page.url()).pathname;

  // Two people who sit on MAPaC, one with a laptop and one with a phone, neither with script nor signed in.
  const reader = await newPerson(browser, 'somebody with a mailbox', { url: product.url });
  const members = await main(clerk).locator('#people tbody th').allInnerTexts();
  const asked = {};
  for (const [name, viewport] of [['Grace Pell', undefined], ['Kamal Reeve', phone]]) {
    assert.ok(members.includes(name), `${name} is not asked: ${members}`);
    const link = await linkFor(reader, `${name.toLowerCase().replace(' ', '.')}@example.org`);
    const person = await newPerson(browser, name, { url: product.url, ...plain, ...(viewport && { viewport }) });
    await person.page.goto(link);
    const groups = main(person).locator('fieldset');
    assert.equal(await groups.count(), 2);
    await press(person, 'Save my answers');
    await says(person, 'There is a problem');
    await groups.nth(0).getByLabel('Yes', { exact: true }).check();
    await groups.nth(1).getByLabel(name === 'Grace Pell' ? 'If need be' : 'No', { exact: true }).check();
    await main(person).getByLabel(/Anything the clerk should know/).fill('From 10:15, please.');
    await press(person, 'Save my answers');
    await says(person, 'Your answers are saved');
    asked[name] = { person, link };
  }
  // The same pages with script, for axe and at 320 pixels.
  await visit(reader, asked['Grace Pell'].link);
  await screenshot(reader, 'dates-answer');

  await visit(clerk, poll);
  await says(clerk, /2 of \d+ people have answered/);
  const best = main(clerk).locator('#dates tbody tr').first();
  assert.match(await best.innerText(), /Tuesday 8 December 2026, 10am/);
  assert.match(await main(clerk).locator('#people tbody tr', { hasText: 'Kamal Reeve' }).innerText(), /Yes[\s\S]*No[\s\S]*From 10:15/);
  await screenshot(clerk, 'dates-poll');

  // A third says yes as a signed-in member: now it is quorate.
  const education = await signedIn(browser, product, 'Member for education');
  await main(education).getByRole('link', { name: /^Say which dates suit you/ }).click();
  await check(education);
  const groups = main(education).locator('fieldset');
  await groups.nth(0).getByLabel('Yes', { exact: true }).check();
  await groups.nth(1).getByLabel('No', { exact: true }).check();
  await press(education, 'Save my answers');
  await says(education, 'Your answers are saved');

  await visit(clerk, poll);
  assert.match(await main(clerk).locator('#dates tbody tr').first().innerText(), /Quorate/);
  await main(clerk).getByRole('link', { name: /^Choose Tuesday 8 December/ }).click();
  await says(clerk, 'Quorum by the answers');
  await check(clerk);
  await screenshot(clerk, 'dates-choose');
  const against = clerk.page.getByLabel('I know what is against this date');
  if (await against.count()) await against.check();
  await press(clerk, 'Choose this date and call the meeting');
  await says(clerk, /Meeting called for Tuesday 8 December 2026, 10am/);
  assert.match(await main(clerk).innerText(), /Committee room 4/);
  await check(clerk);

  // The links have ended, and say so.
  const { person, link } = asked['Kamal Reeve'];
  await person.page.goto(link);
  await says(person, /A date has been chosen/);
  await visit(clerk, poll);
  await says(clerk, 'The date is chosen');
  await visit(clerk, '/dates');
  await says(clerk, 'Date chosen');
});
