// Positions that are spoken: the chair states the outcome, the clerk writes down what each member says, and
// members confirm or dispute it on their own screens, in the meeting or the day after. The big screen beside
// it all names nobody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot } from './browser.mjs';
import { heardOnce, listen, press, tabTo } from './keyboard.mjs';
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

const see = (person, text) => person.page.getByText(text).first().waitFor();
const section = (person, id) => person.page.locator(`section[aria-labelledby="${id}"]`);

/** The room of the meeting somebody can join on Home. */
async function join(person, forum) {
  await person.page.goto('/');
  await person.page.getByRole('link', { name: new RegExp(`^Join.*${forum}`) }).first().click();
  await person.page.getByText('Connected', { exact: true }).waitFor();
  await listen(person.page);
  return person.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
}

/** The big screen, as somebody puts it up beside their room. */
async function putUp(person, meeting) {
  const wall = { ...person, page: await person.context.newPage() };
  await wall.page.goto(`/meetings/${meeting}/screen`);
  await wall.page.locator('.q-screen').waitFor();
  return wall;
}

const everybody = ['Petra', 'Lunn', 'Bryony', 'Tate', 'Ivan', 'Thorne', 'Jo Lacey', 'Grace', 'Pell', 'Kamal', 'Reeve', 'Hal Osmond', 'Wyn', 'Parrish', 'Dilys', 'Marrow'];
async function namesNobody(wall, alsoNot) {
  const html = await wall.page.content();
  for (const name of [...everybody, alsoNot]) assert.ok(!html.includes(name), `the big screen says ${name}`);
}

test('spoken positions are confirmed and disputed, and nothing is reopened', { timeout: 240_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of the locality meetings');
  const clerk = await signedIn(browser, product, 'Clerk');
  const children = await signedIn(browser, product, 'Member for children’s social care', { viewport: phone });
  const education = await signedIn(browser, product, 'Member for education');
  const health = await signedIn(browser, product, 'Member for the NHS');
  const room = [chair, clerk, children, education, health];
  let meeting;
  for (const person of room) meeting = await join(person, 'Central');
  await press(chair.page, /^Start the meeting/);
  for (const person of room) {
    await press(person.page, /^I am here$/);
    await person.page.getByText('You are not recorded as here').waitFor({ state: 'detached' });
  }
  const wall = await putUp(clerk, meeting);
  await see(wall, 'No item is open');

  // No votes in a walk down a list, unless the chair asks for one.
  assert.equal(await section(chair, 'room-propose').count(), 0);
  const name = (await chair.page.locator('.q-room__name strong').first().innerText()).trim();
  await tabTo(chair.page, /^\d+ .*Q\d+/);
  await chair.page.keyboard.press('v');
  await section(chair, 'room-propose').waitFor();
  await chair.page.waitForFunction(() => document.activeElement?.id.startsWith('propose-outcome'));
  await tabTo(chair.page, /^What was concluded/);
  await chair.page.keyboard.type('Ask the college for a place from January.');
  await check(chair);
  await screenshot(chair, 'spoken-state');
  await press(chair.page, /^State this outcome/);
  const item = (await chair.page.locator('.q-room__name--open .q-room__number').first().innerText()).trim();
  for (const person of room) await heardOnce(person.page, `The chair has stated the outcome of item ${item}`);
  await see(wall, 'Outcome stated: Agreed');
  await see(wall, /0 of \d+ positions are recorded/);
  await namesNobody(wall, name);
  await check(wall);
  await screenshot(wall, 'spoken-screen');

  for (const who of ['Petra Lunn', 'Ivan Thorne', 'Jo Lacey']) {
    await press(clerk.page, new RegExp(`^Agrees, ${who}`));
    await clerk.page.getByRole('row', { name: new RegExp(`^${who}`) }).getByText('Spoken; written down by Bryony Tate').waitFor();
  }
  await tabTo(clerk.page, /^Another position of Kamal Reeve/);
  await clerk.page.keyboard.press('Enter');
  await tabTo(clerk.page, /^Agrees/);
  await clerk.page.keyboard.press('ArrowDown');
  await tabTo(clerk.page, /^The conditions/);
  await clerk.page.keyboard.type('A nurse is named');
  await tabTo(clerk.page, /^The reason they gave/);
  await clerk.page.keyboard.type('Epilepsy');
  await check(clerk);
  await screenshot(clerk, 'spoken-record');
  await press(clerk.page, /^Record it/);
  await see(wall, /4 of \d+ positions are recorded/);

  // Each is told what was written down, and says whether it is so.
  await heardOnce(children.page, `Your position on item ${item} was written down: Agrees. Confirm or dispute it`);
  await check(children);
  await screenshot(children, 'spoken-written');
  await press(children.page, /^That is what I said, on item/);
  await section(children, 'room-written').waitFor({ state: 'detached' });
  await press(education.page, /^That is not what I said, on item/);
  await press(education.page, /^Dispute it/);
  await see(education, 'Enter what you said');
  await check(education);
  await tabTo(education.page, /^What you said/);
  await education.page.keyboard.type('I agreed until the review, no longer.');
  await screenshot(education, 'spoken-dispute');
  await press(education.page, /^Dispute it/);
  await section(education, 'room-written').waitFor({ state: 'detached' });
  for (const person of [chair, clerk]) await heardOnce(person.page, `A position recorded on item ${item} is disputed`);
  await see(clerk, /Disputed on 24 November 2026: “I agreed until the review, no longer\.”/);
  await press(chair.page, /^The positions are complete/);
  await see(wall, /^Carried: \d for, 0 against/);
  await heardOnce(children.page, `The positions on item ${item} are recorded`);
  await section(chair, 'room-decide').waitFor();
  await chair.page.getByLabel('Agreed with conditions', { exact: true }).or(chair.page.getByLabel('Agreed', { exact: true })).first().waitFor();
  await screenshot(chair, 'spoken-closed');
  await namesNobody(wall, name);

  // The day after, from an e-mail that says nothing of the case.
  await press(chair.page, /^Finish item/);
  await press(chair.page, /^Close the meeting/);
  await see(chair, 'Closed');
  for (const person of room) person.allow(/./);
  await product.end();
  await Promise.all(room.map((person) => person.context.close()));
  await product.start('2026-11-25T09:00');
  const later = await signedIn(browser, product, 'Member for the NHS', { viewport: phone });
  const mail = `${product.url}/mailbox`;
  for (const until = Date.now() + 20_000; ; ) {
    await later.page.goto(mail);
    if (await later.page.getByText(/^Is this what you said\?/).first().isVisible()) break;
    assert.ok(Date.now() < until, 'the e-mail never came');
  }
  await later.page.goto('/');
  await later.page.getByRole('link', { name: 'Confirm or dispute what was written down for you' }).first().click();
  await see(later, 'A nurse is named');
  await check(later);
  await screenshot(later, 'spoken-page');
  await press(later.page, /^Yes, I confirm it/, 'ArrowDown');
  await press(later.page, /^Save your answer/);
  await see(later, 'Enter what you said');
  await check(later);
  await tabTo(later.page, /^What did you say\?/);
  await later.page.keyboard.type('I asked for an epilepsy nurse.');
  await press(later.page, /^Save your answer/);
  await see(later, 'Your answer is recorded.');
  await see(later, /You dispute it: “I asked for an epilepsy nurse\.”/);
  await check(later);
  const keeper = await signedIn(browser, product, 'Clerk');
  await keeper.page.getByRole('link', { name: 'Read a dispute about a recorded position' }).last().click(); // the demo has an earlier one
  await see(keeper, /Disputed on 25 November 2026: “I asked for an epilepsy nurse\.”/);
  await see(keeper, /Confirmed on 24 November 2026/);
  await check(keeper);
  await screenshot(keeper, 'spoken-minutes');
});

test('the clerk records the vote of a member whose line is down, who is told and may vote after all', { timeout: 180_000 }, async () => {
  await product.stop(); // the panel of the demo has met
  product = await startProduct();
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const clerk = await signedIn(browser, product, 'Clerk');
  const education = await signedIn(browser, product, 'Member for education', { viewport: phone });
  const adults = await signedIn(browser, product, 'Member for adult social care');
  const room = [chair, clerk, education, adults];
  let meeting;
  for (const person of room) meeting = await join(person, 'MAPaC');
  const start = chair.page.getByRole('button', { name: /^Start the meeting/ });
  if (await start.count()) await start.first().click();
  for (const person of room) {
    const here = person.page.getByRole('button', { name: /^I am here$/ });
    if (await here.count()) await here.first().click();
  }
  await chair.page.locator('.q-room__line-item').filter({ hasText: 'Imran Nguyen' }).getByRole('button').click();
  const propose = section(chair, 'room-propose');
  await propose.waitFor();
  const unquorate = propose.getByText('Go on without quorum');
  if (await unquorate.count()) await unquorate.click();
  await propose.getByRole('button', { name: 'Open the vote' }).click();
  await see(education, 'The vote is open');

  await press(clerk.page, /^Record it for them of Education/);
  await tabTo(clerk.page, /^Agrees/);
  await clerk.page.keyboard.press('Space');
  await check(clerk);
  await screenshot(clerk, 'spoken-line-down');
  await press(clerk.page, /^Record it$/);
  await see(education, 'Written down for you');
  await see(education, /Written down for you by Bryony Tate/);
  await check(education);
  await screenshot(education, 'spoken-told');
  const wall = await putUp(chair, meeting);
  await see(wall, /1 of \d have voted/);
  await namesNobody(wall, 'Imran');
  await check(wall);
  await screenshot(wall, 'spoken-screen-devices');
  await press(education.page, /^Change your position/);
  await education.page.getByLabel('Do not agree', { exact: true }).check();
  await education.page.getByLabel('Your reason').fill('The share is not ours to pay.');
  await press(education.page, /^Give this position/);
  await section(education, 'room-written').waitFor({ state: 'detached' });
  await see(education, /Recorded at/);
});
