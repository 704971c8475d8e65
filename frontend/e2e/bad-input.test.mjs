// What people get wrong, and what happens to them meanwhile: each is told in words they can act on, and
// nothing they typed is lost. The stale pages are of browsers without script, which nothing updates.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import { begin, section } from './asking.mjs';
import { axe, check, launch, screenshot, visit } from './browser.mjs';
import { upload } from './importing.mjs';
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
const press = (person, name, within = main(person)) => within.getByRole('button', { name }).first().click();
const follow = (person, name, within = main(person)) => within.getByRole('link', { name }).or(within.getByRole('button', { name })).first().click();
const roomSection = (person, id) => person.page.locator(`section[aria-labelledby="${id}"]`);
const refresh = (person) => person.page.getByRole('link', { name: 'Refresh' }).click();
const plain = { javaScriptEnabled: false };

async function join(person, forum) {
  await person.page.goto('/');
  await follow(person, new RegExp(`^Join of ${forum}`));
  await person.page.locator('.q-room').waitFor();
}

test('a wrong file says what it is and what to bring instead', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const workbook = await readFile(new URL('../../agendas/tracker/testdata/tracker-231.xlsx', import.meta.url));
  for (const [file, words] of [
    [{ name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 a letter') }, /PDF/],
    [{ name: 'tracker.csv', mimeType: 'text/csv', buffer: Buffer.alloc(0) }, /empty/i],
    [{ name: 'tracker.xlsx', mimeType: 'application/octet-stream', buffer: workbook.subarray(0, 9_000) }, /workbook|damaged|cannot be (read|opened)/i],
    [{ name: 'photo.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]) }, /workbook|picture|cannot be (read|opened)|not a tracker/i],
    [undefined, /choose|select/i],
  ]) {
    await upload(clerk, file);
    const problem = clerk.page.locator('.govuk-error-summary');
    await problem.waitFor();
    assert.match(await problem.innerText(), words, file?.name ?? 'no file');
    assert.match(await clerk.page.title(), /^Error: /);
    await check(clerk);
  }
  await screenshot(clerk, 'bad-file');
  await clerk.context.close();
});

test('a form sent after the session has ended survives signing in again', async () => {
  const presenter = await signedIn(browser, product, 'Presenter');
  await begin(presenter);
  await section(presenter, 'Needs and outcomes');
  const { page } = presenter;
  await page.getByLabel('What does the young person need?').fill('Someone awake through the night.\nAnd by day.');
  await page.getByLabel('What should be different for them?').fill('Their own front door.');
  presenter.allow(/./); // signed out: what the page asks in the background is refused, as it should be
  await presenter.context.clearCookies();
  await press(presenter, 'Save and finish later');
  await says(presenter, /nothing you typed is lost/);
  assert.deepEqual(await axe(page), []);
  await screenshot(presenter, 'bad-session');
  const card = page.locator('.q-card', { has: page.getByRole('heading', { name: 'Presenter', exact: true }) });
  await card.getByRole('button').click();
  await says(presenter, 'What you were sending has been kept');
  assert.deepEqual(await axe(page), []);
  await press(presenter, 'Send it now');
  await says(presenter, 'Saved: Needs and outcomes.');
  await section(presenter, 'Needs and outcomes');
  assert.equal(await page.getByLabel('What does the young person need?').inputValue(), 'Someone awake through the night.\nAnd by day.');
  assert.equal(await page.getByLabel('What should be different for them?').inputValue(), 'Their own front door.');
  await presenter.context.close();
});

test('of two clerks, the second is told that the first was quicker, and keeps what they typed', async () => {
  const [first, second] = [await signedIn(browser, product, 'Clerk'), await signedIn(browser, product, 'Clerk')];
  await visit(first, '/meetings?month=2026-12&forum=joint-solutions');
  await follow(first, /Joint solutions/, main(first).locator('table'));
  const meeting = new URL(first.page.url()).pathname;
  for (const clerk of [first, second]) await visit(clerk, `${meeting}/move`);
  await first.page.getByLabel('Venue').fill('Town Hall');
  await press(first, 'Move this meeting');
  await says(first, 'Town Hall');
  await second.page.getByLabel('Venue').fill('The old library');
  await press(second, 'Move this meeting');
  await second.page.getByText(/Somebody else|changed/).first().waitFor();
  await check(second);
  await screenshot(second, 'bad-stale');
  assert.equal(await second.page.getByLabel('Venue').inputValue(), 'The old library');
  await Promise.all([first, second].map((clerk) => clerk.context.close()));
});

test('a meeting cancelled under the people in its room says so by itself', async () => {
  const member = await signedIn(browser, product, 'Member for the NHS');
  const clerk = await signedIn(browser, product, 'Clerk');
  await join(member, 'Locality transition meeting Central');
  await member.page.getByText('Connected', { exact: true }).waitFor();
  await visit(clerk, new URL(member.page.url()).pathname.replace(/\/room$/, '/cancel'));
  await clerk.page.getByLabel('Why is it cancelled?').fill('The building is closed.');
  await press(clerk, 'Cancel this meeting');
  await says(clerk, 'This meeting is cancelled');
  await says(member, /This meeting was cancelled/);
  assert.equal(await member.page.getByRole('button', { name: 'I am here' }).count(), 0, 'nothing is offered any more');
  await check(member);
  await screenshot(member, 'bad-cancelled');
  await Promise.all([member, clerk].map((person) => person.context.close()));
});

test('who has no seat on a forum finds nothing of its meeting, agenda, room or cases', async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  await join(chair, 'Multi-agency');
  const room = new URL(chair.page.url()).pathname;
  const young = (await chair.page.locator('.q-room__line-item', { hasText: /Q\d+/ }).first().innerText()).match(/Q\d+/)[0];
  await chair.context.close();
  for (const role of ['Chair of the locality meetings', 'Board chair', 'Administrator', 'Auditor']) {
    const stranger = await signedIn(browser, product, role);
    const closed = [room, room.replace(/room$/, 'agenda')];
    if (role !== 'Chair of the locality meetings') closed.push(`/cases/${young}`); // whose locality it may be
    for (const address of closed) {
      const response = await stranger.page.goto(address);
      assert.ok([403, 404].includes(response.status()), `${role} at ${address}: ${response.status()}`);
      if (role === 'Chair of the locality meetings') assert.equal(response.status(), 404, 'whose doors look alike, whether or not there is something behind');
      assert.deepEqual(await axe(stranger.page), []);
    }
    if (role === 'Board chair') await screenshot(stranger, 'bad-not-found');
    await stranger.context.close();
  }
});

test('a second vote replaces the first, and a vote after the close or after leaving is refused in words', async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const nhs = await signedIn(browser, product, 'Member for the NHS', plain);
  const asc = await signedIn(browser, product, 'Member for adult social care', plain);
  const education = await signedIn(browser, product, 'Member for education', plain);
  for (const person of [chair, nhs, asc, education]) {
    await join(person, 'Multi-agency');
    await press(person, /^I am here$/);
  }
  await press(chair, 'Start the meeting');
  await press(chair, /^Open/, chair.page.locator('.q-room__line-item', { hasText: /Q\d+/ }).first());
  await press(chair, 'Open the vote', roomSection(chair, 'room-propose'));
  await says(chair, '0 of 3 have voted');

  // A vote from each of two windows is one vote: before the close the later replaces the earlier.
  await refresh(nhs);
  const other = { page: await nhs.context.newPage() };
  await other.page.goto(nhs.page.url());
  await nhs.page.getByLabel('Do not agree', { exact: true }).check();
  await nhs.page.getByLabel('Your reason').fill('The assessment is a year old');
  await press(nhs, 'Give this position');
  await says(nhs, /Recorded at/);
  await other.page.getByLabel('Agree', { exact: true }).check();
  await press(other, 'Give this position');
  await says(other, /Recorded at/);
  await says(chair, '1 of 3 have voted');

  // Whoever has left for the item has no vote in it.
  await refresh(education);
  await chair.page.getByText('Declare an interest in this item').click();
  const person = chair.page.getByLabel('Whose interest it is');
  await person.selectOption({ label: 'Jo Lacey' });
  await chair.page.getByLabel('Professional', { exact: true }).check();
  await chair.page.getByLabel('What the interest is').fill('Advises the provider.');
  await press(chair, 'Declare it and leave for this item');
  await says(chair, /Jo Lacey has left for this item/);
  await education.page.getByLabel('Agree with conditions', { exact: true }).check();
  await education.page.getByLabel('If you agree with conditions, the conditions').fill('Only in term time');
  await education.page.getByLabel('Your reason').fill('The price changes then');
  await press(education, 'Give this position');
  await education.page.getByText(/You have left for item \d+, so you cannot vote on it/).first().waitFor();
  await says(education, 'Only in term time');
  await follow(education, 'Go back to the room');
  await says(education, 'You have left for this item');
  assert.ok(!(await main(education).innerText()).includes('Recorded at'), 'a vote of somebody who had left was recorded');

  // A page opened before the close and sent after it.
  await refresh(asc);
  await asc.page.getByLabel('Agree with conditions', { exact: true }).check();
  await asc.page.getByLabel('If you agree with conditions, the conditions').fill('From the first of the month');
  await asc.page.getByLabel('Your reason').fill('The price changes then');
  await press(chair, /^Close the vote/);
  await roomSection(chair, 'room-vote').getByText('Agrees').first().waitFor();
  await press(asc, 'Give this position');
  await asc.page.getByText(/Voting has closed|vote (is|has) closed/i).first().waitFor();
  await says(asc, 'From the first of the month');
  await screenshot(asc, 'bad-vote-after-close');
  const vote = await roomSection(chair, 'room-vote').innerText();
  assert.equal(vote.match(/Agrees/g).length, 1, `only the NHS’s one position counts: ${vote}`);
  await check(chair);
});
