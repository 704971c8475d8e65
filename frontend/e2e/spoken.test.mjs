// Positions that are spoken: the chair states the outcome, the clerk writes down what each member says, and
// members confirm or dispute it on their own screens, in the meeting or the day after. The big screen beside
// it all names nobody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot } from './browser.mjs';
import { press, tabTo } from './keyboard.mjs';
import { signedIn, startProduct } from './product.mjs';
import { seat } from './six.mjs';

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

test('spoken positions are confirmed and disputed, and nothing is reopened', { timeout: 600_000 }, async () => {
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
  const { chair, clerk, children, education, health } = table;
  const room = table.everyone;
  const meeting = await join(chair, 'Central');
  await table.enter(meeting);
  await table.step('the chair starts the meeting', () => press(chair.page, /^Start the meeting/), { everybody: { hears: 'The meeting has started' } });
  await table.step(
    'six people say that they are here',
    async () => {
      for (const person of room) {
        await press(person.page, /^I am here$/);
        await person.page.getByText('You are not recorded as here').waitFor({ state: 'detached' });
      }
    },
    {
      everybody: {
        hears: 'Petra Lunn is here. Bryony Tate is here. Grace Pell is here. Ivan Thorne is here. Jo Lacey is here. Kamal Reeve is here',
        sees: [/^6 of \d+ are here/, 'Quorate'],
        lacks: ['State the outcome', 'Put it to the vote'],
      },
      chair: { sees: 'Names' },
    },
  );
  const wall = await putUp(clerk, meeting);
  await see(wall, 'No item is open');

  // No votes in a walk down a list, unless the chair asks for one.
  const name = (await chair.page.locator('.q-room__name strong').first().innerText()).trim();
  const item = (await chair.page.locator('.q-room__name .q-room__number').first().innerText()).trim();
  await table.step(
    'the chair puts a name to the vote',
    async () => {
      await tabTo(chair.page, /^\d+ .*Q\d+/);
      await chair.page.keyboard.press('v');
      await chair.page.waitForFunction(() => document.activeElement?.id.startsWith('propose-outcome'));
    },
    { everybody: { hears: `Item ${item} is open`, sees: [name, 'Open now'], lacks: 'State the outcome' }, chair: { lacks: [], sees: 'State the outcome' } },
  );
  await screenshot(chair, 'spoken-state');
  const concluded = 'Ask the college for a place from January.';
  await table.step(
    'the chair states the outcome',
    async () => {
      await tabTo(chair.page, /^What was concluded/);
      await chair.page.keyboard.type(concluded);
      await press(chair.page, /^State this outcome/);
    },
    {
      everybody: { hears: `The chair has stated the outcome of item ${item}`, sees: ['The chair has stated the outcome', concluded, /^0 of \d+ positions are recorded$/], lacks: ['Give this position', 'Another position'] },
      chair: { sees: /^Go on with \d+ positions missing/ },
      clerk: { sees: 'Another position', lacks: 'Give this position' },
    },
  );
  const of = Number((await chair.page.getByText(/^0 of \d+ positions are recorded$/).innerText()).match(/of (\d+)/)[1]);
  await see(wall, 'Outcome stated: Agreed');
  await see(wall, `0 of ${of} positions are recorded`);
  await namesNobody(wall, name);
  await check(wall);
  await screenshot(wall, 'spoken-screen');

  const recorded = (n) => `${n} of ${of} positions are recorded on item ${item}`;
  const yours = (said) => `Your position on item ${item} was written down: ${said}. Confirm or dispute it`;
  for (const [n, who, person] of [[1, 'Petra Lunn', chair], [2, 'Ivan Thorne', children], [3, 'Jo Lacey', education]]) {
    await table.step(`the clerk writes down what ${who} said`, () => press(clerk.page, new RegExp(`^Agrees, ${who}`)), {
      everybody: { hears: recorded(n), sees: [`${n} of ${of} positions are recorded`, 'Spoken; written down by Bryony Tate'] },
      [person.name]: { hears: [recorded(n), yours('Agrees')], sees: ['Written down for you', 'That is what I said', `Written down for you: confirm or dispute it`] },
    });
  }
  await table.step(
    'the clerk writes down a condition',
    async () => {
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
    },
    {
      everybody: { hears: recorded(4), sees: 'Agrees with conditions, on condition: A nurse is named. Reason: Epilepsy' },
      health: { hears: [recorded(4), yours('Agrees with conditions')], sees: ['Written down for you', 'A nurse is named'] },
    },
  );
  await see(wall, `4 of ${of} positions are recorded`);
  await screenshot(children, 'spoken-written');

  // Each says whether it is so, and nobody else's page asks anything.
  await table.step('one confirms it', () => press(children.page, /^That is what I said, on item/), {
    everybody: { sees: 'Confirmed on 24 November 2026' },
    children: { sees: 'Confirmed on 24 November 2026', lacks: 'Written down for you: confirm or dispute it' },
  });
  await press(education.page, /^That is not what I said, on item/);
  await press(education.page, /^Dispute it/);
  await see(education, 'Enter what you said');
  await check(education);
  const said = 'I agreed until the review, no longer.';
  await table.step(
    'one disputes it',
    async () => {
      await tabTo(education.page, /^What you said/);
      await education.page.keyboard.type(said);
      await press(education.page, /^Dispute it/);
    },
    {
      everybody: { hears: `A position recorded on item ${item} is disputed`, sees: [`Disputed on 24 November 2026: “${said}”`, `4 of ${of} positions are recorded`] },
      education: { hears: `A position recorded on item ${item} is disputed`, sees: `Disputed on 24 November 2026: “${said}”`, lacks: 'Written down for you: confirm or dispute it' },
    },
  );
  await screenshot(clerk, 'spoken-dispute');
  await table.step('the chair says that the positions are complete', () => press(chair.page, /^Go on with \d+ positions? missing|^The positions are complete/), {
    everybody: { hears: `The positions on item ${item} are recorded`, sees: ['The positions', 'The positions were complete at', said] },
    chair: { sees: ['Record the decision', 'Agreed'] },
  });
  await see(wall, /^Carried: \d for, 0 against/);
  await screenshot(chair, 'spoken-closed');
  await namesNobody(wall, name);

  // The day after, from an e-mail that says nothing of the case.
  await table.step('the chair finishes the name', () => press(chair.page, /^Finish item/), { everybody: { hears: `Item ${item} is finished`, lacks: 'The positions were complete at' } });
  await table.step('the chair closes the meeting', () => press(chair.page, /^Close the meeting/), {
    everybody: { hears: 'The meeting has closed', sees: 'Closed' },
    health: { hears: 'The meeting has closed', sees: ['Closed', 'Written down for you'] },
  });
  await table.hush();
  for (const person of room) person.allow(/./);
  await product.end();
  await table.leave();
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
