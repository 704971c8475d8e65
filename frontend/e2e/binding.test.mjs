// What a decision waits for before it binds, as six people see it: an agency that was not there endorses it on
// one page, then it binds on every screen, and a correction stands beside the original wherever it is shown.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, screenshot } from './browser.mjs';
import { startProduct } from './product.mjs';
import { seat, viewOf } from './six.mjs';

let browser;
let product;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const see = (person, text) => person.page.getByText(text).first().waitFor();
const press = (person, name) => person.page.getByRole('button', { name }).first().click();

test('an inquorate conclusion binds nobody until the agency that was missing endorses it', { timeout: 600_000 }, async () => {
  const table = await seat(
    browser,
    product,
    {
      chair: 'Chair of MAPaC',
      clerk: 'Clerk',
      adults: 'Member for adult social care',
      nhs: 'Member for the NHS', // who does not come
      presenter: 'Presenter',
      officer: 'Authorising officer of the NHS',
    },
    { phones: ['adults', 'presenter', 'officer'] },
  );
  const { chair, adults, officer } = table;
  await chair.page.getByRole('link', { name: /^Join.*MAPaC/ }).first().click();
  const meeting = chair.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
  const room = ['chair', 'clerk', 'adults', 'nhs', 'presenter'];
  await table.enter(meeting, ...room);
  const only = (names, shown) => Object.fromEntries(names.map((name) => [name, shown]));
  const inRoom = (shown, own = {}) => ({ ...only(room, shown), ...Object.fromEntries(Object.entries(own).map(([name, more]) => [name, { ...shown, ...more }])) });

  await table.step('the chair starts the meeting', () => press(chair, 'Start the meeting'), inRoom({ hears: 'The meeting has started' }));
  for (const [person, name] of [[chair, 'Dilys Marrow'], [adults, 'Grace Pell']]) {
    await table.step(`${name} is here`, () => press(person, /^I am here$/), inRoom({ hears: `${name} is here`, sees: 'Not quorate' }));
  }
  const number = (await chair.page.locator('.q-room__line-item', { hasText: 'Imran Nguyen' }).locator('.q-room__number').innerText()).trim();
  await table.step(
    'the chair opens the item',
    () => chair.page.locator('.q-room__line-item').filter({ hasText: 'Imran Nguyen' }).getByRole('button').click(),
    inRoom({ hears: `Item ${number} is open`, sees: ['Imran Nguyen', 'Not quorate', /NHS/] }),
  );
  const { item } = await viewOf(chair, meeting);

  // Only adult social care and the NHS are asked to pay.
  const propose = chair.page.locator('section[aria-labelledby="room-propose"]');
  await propose.getByLabel('Go on without quorum').waitFor();
  const weekly = propose.getByLabel(/, pounds a week$/);
  let pence = 0;
  for (const input of await weekly.all()) {
    pence += Math.round(Number((await input.inputValue()).replace(/[£,]/g, '') || 0) * 100);
    await input.fill('0');
  }
  const half = Math.floor(pence / 2);
  await propose.getByLabel('Adult social care, pounds a week').fill((half / 100).toFixed(2));
  await propose.getByLabel(/^NHS.*, pounds a week$/).fill(((pence - half) / 100).toFixed(2));
  await table.step(
    'the chair puts it to the vote without quorum',
    async () => {
      await propose.getByText('Go on without quorum').click();
      await propose.getByRole('button', { name: 'Open the vote' }).click();
    },
    inRoom(
      { hears: `Voting is open on item ${number}`, sees: ['Provisional:', '0 of 2 have voted'] },
      { adults: { sees: ['Provisional:', 'The vote is open: give the position of Adult social care'] }, nhs: { sees: 'You are not recorded as here' }, presenter: { hears: [], sees: 'Imran Nguyen', lacks: ['Provisional:', 'have voted'] } },
    ),
  );
  await table.step(
    'adult social care agrees',
    async () => {
      await adults.page.getByLabel('Agree', { exact: true }).check();
      await press(adults, 'Give this position');
    },
    inRoom({ hears: '1 of 2 agencies have voted', sees: '1 of 2 have voted', lacks: 'Agrees' }, { presenter: { hears: [], sees: 'Imran Nguyen', lacks: ['Agrees', 'have voted'] } }),
  );
  await table.step('the chair closes the vote', () => press(chair, /^Close the vote/), inRoom({ hears: 'Voting has closed', sees: ['Voting closed at', 'Agrees'] }, { presenter: { hears: [], sees: 'Imran Nguyen', lacks: 'Agrees' } }));

  const wrong = 'cannot wait for the NHS';
  const reasons = `Assessed need that ${wrong} to be here.`;
  const waits = { sees: ['Decision: Provisional', /^Provisional: needs endorsement by NHS continuing care/, reasons], lacks: 'binds since' };
  await table.step(
    'the chair concludes provisionally',
    async () => {
      await chair.page.getByLabel('Provisional', { exact: true }).check();
      await chair.page.getByLabel('Reasons').fill(reasons);
      await chair.page.getByLabel('Needs endorsement by').selectOption({ label: 'NHS continuing care' });
      await press(chair, 'Check the decision');
      await see(chair, /must endorse it/);
      await press(chair, /^Confirm the decision/);
    },
    inRoom({ hears: `Item ${number}: provisional`, ...waits }),
  );
  await screenshot(chair, 'binding-provisional');

  await table.step(
    'the officer opens what waits for them',
    async () => {
      await officer.page.reload();
      await officer.page.getByRole('link', { name: /^Endorse a decision for/ }).last().click(); // the demo has an earlier one
    },
    { ...inRoom(waits), officer: { sees: ['This binds nobody yet', 'Who voted how', reasons, 'Yes, I endorse it'] } },
  );
  await screenshot(officer, 'binding-answer');
  const decision = new URL(officer.page.url()).pathname;
  await table.step(
    'the officer refuses without a reason',
    async () => {
      await officer.page.getByLabel('No, I refuse').check();
      await press(officer, 'Record my answer');
    },
    { ...inRoom(waits), officer: { sees: 'Enter why it is refused' } },
  );
  const binds = { hears: `NHS continuing care has endorsed item ${number}`, sees: [/^Decided: binds since/, reasons] };
  await table.step(
    'the officer endorses it, and it binds',
    async () => {
      await officer.page.getByLabel('Yes, I endorse it').check();
      await press(officer, 'Record my answer');
    },
    { ...inRoom(binds), officer: { sees: 'Your answer is recorded.', lacks: 'This binds nobody yet' } },
  );

  // A correction stands beside the original, which stays, wherever the decision is shown.
  const right = 'cannot wait for a later meeting';
  await chair.page.getByRole('link', { name: 'Read the whole decision' }).click();
  await see(chair, 'Endorsed');
  await chair.page.getByText('Put a correction beside this decision').click();
  await chair.page.getByLabel('What does the record say that is wrong?').fill(wrong);
  await chair.page.getByLabel('What should it say?').fill(right);
  await press(chair, 'Add this correction');
  await see(chair, 'Enter how the mistake came about');
  await check(chair);
  const beside = { hears: `A correction was put beside the decision on item ${number}`, sees: [reasons, `“${wrong}” should say “${right}”`] };
  await table.step(
    'the chair corrects the record',
    async () => {
      await chair.page.getByLabel('How did the mistake come about?').fill('A slip of the pen.');
      await press(chair, 'Add this correction');
    },
    { ...inRoom(beside), chair: { sees: ['Corrected on', reasons, right, 'The original stands as it was confirmed.'] } },
  );
  await screenshot(chair, 'binding-corrected');
  const both = (original) => ({ sees: [original, right] });
  const places = [
    ['the decision', decision, both(reasons), ['chair', 'clerk', 'adults', 'nhs', 'presenter', 'officer']],
    ['the minutes', `/meetings/${meeting}/minutes`, both(reasons), ['chair', 'clerk', 'adults', 'nhs', 'presenter']],
    ['the register', '/decisions?forum=mapac&state=corrected', { sees: ['1 decision.', `“${wrong}” should say “${right}”`] }, ['chair', 'clerk', 'adults', 'nhs']],
    ['the case', `/cases/${item.reference}`, { sees: `“${wrong}” should say “${right}”` }, ['chair', 'clerk', 'adults', 'nhs', 'presenter']],
    ['the room, opened anew', `/meetings/${meeting}/room`, { sees: [reasons, `“${wrong}” should say “${right}”`] }, room],
  ];
  for (const [place, address, shown, readers] of places) await table.step(`they read ${place}`, () => table.open(address, ...readers), only(readers, shown));
  await table.hush();
  await table.leave();
});
