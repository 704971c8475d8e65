// What climbed to the board is answered in the board's meeting: confirmed by its chair, on the record of the
// meeting, and home with the forum that asked, its blocker and its next agenda. Nobody answers it twice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let browser;
let product;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const direction = 'Commissioning signs the two leases before the new year.';
const nextMeeting = async (page, forum) => {
  await page.goto(`/forums/${forum}`);
  return page.locator('a[href^="/meetings/"]').first().getAttribute('href');
};

test('a board answers in its meeting what climbed to it, and the forum has the answer', { timeout: 180_000 }, async () => {
  const keeper = await signedIn(browser, product, 'Clerk');
  const meeting = await nextMeeting(keeper.page, 'strategic-board');
  await visit(keeper, `${meeting}/agenda/edit`);
  await keeper.page.getByRole('button', { name: 'Build the agenda' }).click();
  await keeper.page.getByText(/^Agenda built/).waitFor();
  await keeper.page.getByRole('button', { name: 'Check and publish' }).click();
  const late = keeper.page.getByLabel('Why does it come late?');
  if (await late.count()) await late.fill('It came back to the board this week.');
  await keeper.page.getByRole('button', { name: 'Publish the agenda' }).click();
  await keeper.page.getByText('Agenda published as version 1.').waitFor();

  await keeper.context.close();

  // The day comes; the table gathers.
  await product.end();
  await product.start('2026-11-26T13:58');
  const chair = await signedIn(browser, product, 'Board chair');
  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = chair;
  await visit(chair, '/board');
  const escalation = await page.locator('#waiting').getByRole('link', { name: /^B\d/ }).first().getAttribute('href');
  await page.goto(`${meeting}/room`);
  await page.getByRole('button', { name: /^Start the meeting/ }).click();
  await page.getByRole('button', { name: 'I am here', exact: true }).click();
  await clerk.page.goto(`${meeting}/room`);
  for (const director of ['Tamsin Ashby', 'Edwin Marsh', 'Priti Lowe']) {
    await clerk.page.getByRole('button', { name: new RegExp(`^Here.*${director}`) }).click();
    await clerk.page.getByRole('button', { name: new RegExp(`^Has left.*${director}`) }).waitFor();
  }
  const step = page.locator('.q-room__next .q-room__big');
  for (let at = 0; !/^Check and confirm/.test((await step.textContent()) ?? ''); at++) {
    assert.ok(at < 12, 'the chair never comes to the board’s answer');
    const now = await step.textContent();
    await step.click();
    await page.waitForFunction((was) => document.querySelector('.q-room__next .q-room__big')?.textContent.match(/Delivering/) === null && document.querySelector('.q-room__next .q-room__big').textContent !== was, now);
  }
  await page.getByRole('heading', { name: 'Record the board’s answer' }).waitFor();
  await check(chair);

  // On a phone: what is missing is asked for, what is typed stays, and all of it is looked at before it is final.
  await page.setViewportSize(phone);
  await page.getByLabel('Agreed, with a direction').check();
  await page.getByLabel('What does the board direct?').fill(direction);
  await page.getByLabel('Who is to do it?').selectOption({ label: 'Lena Foss' });
  await screenshot(chair, 'board-room-answer-phone');
  await page.getByRole('button', { name: 'Check the board’s answer', exact: true }).click();
  await page.getByRole('button', { name: 'Confirm the board’s answer', exact: true }).click();
  await page.getByRole('alert').getByText('Enter the date by which it is to be done').first().waitFor();
  assert.equal(await page.getByLabel('What does the board direct?').inputValue(), direction);
  const by = page.getByRole('group', { name: 'By when?' });
  for (const [name, value] of [['Day', '18'], ['Month', '12'], ['Year', '2026']]) await by.getByLabel(name).fill(value);
  await page.getByRole('button', { name: 'Check the board’s answer', exact: true }).click();
  await page.getByText('18 December 2026').first().waitFor();
  await check(chair);
  await screenshot(chair, 'board-room-check-phone');
  await page.getByRole('button', { name: 'Confirm the board’s answer', exact: true }).click();
  await page.getByRole('heading', { name: 'Decision: Agreed' }).waitFor();
  await page.getByText(direction).first().waitFor();
  await page.setViewportSize({ width: 1280, height: 900 });
  await check(chair);
  await screenshot(chair, 'board-room-answered');

  // Its page has the answer, and asks for none any more.
  await visit(chair, escalation);
  await page.getByText(direction).first().waitFor();
  assert.equal(await page.getByRole('button', { name: 'Answer', exact: true }).count(), 0);
  await check(chair);

  // The forum that asked reads it on its blocker, in the inbox and on its next agenda.
  const forum = await signedIn(browser, product, 'Chair of the locality meetings');
  await visit(forum, '/inbox');
  await forum.page.getByText(/board.*answer|answer.*board/i).first().waitFor();
  await check(forum);
  await screenshot(forum, 'board-answer-inbox');
  await visit(forum, '/blockers');
  await forum.page.getByRole('link', { name: /No suitable housing: Supported living for wheelchair users/ }).click();
  await forum.page.getByText(direction).first().waitFor();
  await check(forum);
  await Promise.all([chair, forum, clerk].map((person) => person.context.close()));
});
