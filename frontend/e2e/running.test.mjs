// Running a meeting: the deputy takes over, a pause, an adjournment to another day, and what follows from it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startLine, startProduct } from './product.mjs';
import { seat } from './six.mjs';

let browser;
let product;
let line; // the chair's own
before(async () => {
  [product, browser, line] = await Promise.all([startProduct(), launch(), startLine()]);
});
after(async () => {
  await browser?.close();
  await line?.end();
  await product?.stop();
});

const see = (person, text) => person.page.getByText(text).first().waitFor();
const press = (person, name, within = person.page) => within.getByRole('button', { name }).first().click();
const section = (person, id) => person.page.locator(`section[aria-labelledby="${id}"]`);
const next = (person) => section(person, 'room-next');
const big = (person) => next(person).locator('.q-room__big');

/** Waits until the chair's big button says this. */
const nextIs = (person, words) => big(person).filter({ hasText: words }).waitFor();

let meeting;
const young = 'Imran Nguyen';

test('the deputy is given the chair, takes it when the chair’s line dies, and everybody sees whose it is', { timeout: 400_000 }, async () => {
  const table = await seat(
    browser,
    product,
    {
      chair: 'Chair of MAPaC',
      deputy: 'Deputy chair of MAPaC',
      clerk: 'Clerk',
      adults: 'Member for adult social care',
      education: 'Member for education',
      nhs: 'Member for the NHS',
    },
    { phones: ['deputy', 'adults', 'nhs'], chair: { proxy: line.proxy } },
  );
  const { chair, deputy, adults } = table;
  await chair.page.getByRole('link', { name: /^Join.*MAPaC/ }).first().click();
  meeting = chair.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
  await table.enter(meeting);
  await table.step('the chair starts the meeting', () => press(chair, 'Start the meeting'), {
    everybody: { hears: 'The meeting has started' },
    chair: { sees: ['Your next step', 'Record who is here'] },
    deputy: { sees: ['Dilys Marrow is in the chair', 'Take the chair'], lacks: 'Your next step' },
  });
  await table.step('the clerk records who is here', async () => {
    for (const name of ['Dilys Marrow', 'Femi Alder', 'Bryony Tate', 'Grace Pell', 'Jo Lacey', 'Kamal Reeve']) {
      await press(table.clerk, new RegExp(`^Here.*${name}`));
      await table.clerk.page.getByRole('button', { name: new RegExp(`^Has left.*${name}`) }).waitFor();
    }
  }, {
    everybody: { hears: 'Dilys Marrow is here. Femi Alder is here. Bryony Tate is here. Grace Pell is here. Jo Lacey is here. Kamal Reeve is here', sees: /^6 of \d+ are here/, lacks: 'You are not recorded as here' },
    chair: { sees: [/^Open item 1/, /^\d+ minutes (ahead|behind): \d+ minutes of items/] },
  });
  // A member says for themselves that they go on by video, that they leave, and that they are back.
  const mine = section(adults, 'room-people').locator('li', { hasText: 'Grace Pell' });
  await table.step('a member goes on by video', () => press(adults, 'By video', mine), { everybody: { hears: 'Grace Pell has joined remotely', sees: /^Here by video or phone since/ } });
  await table.step('and leaves', () => press(adults, 'I am leaving', mine), { everybody: { hears: 'Grace Pell has left', sees: /^Left at/ }, adults: { sees: 'You are not recorded as here' } });
  await table.step('and is back', () => press(adults, /^I am here$/), { everybody: { hears: 'Grace Pell has come back', sees: /^6 of \d+ are here/ } });

  const about = await chair.page.locator('.q-room__line-item', { hasText: young }).locator('.q-room__number').innerText();
  await table.step('the chair puts an item to the vote', async () => {
    await press(chair, /^Open/, chair.page.locator('.q-room__line-item', { hasText: young }));
    await press(chair, 'Open the vote', section(chair, 'room-propose'));
  }, {
    everybody: { hears: [`Item ${about} is open`, `Voting is open on item ${about}`], sees: [young, 'The vote is open'] },
    chair: { sees: /^Close the vote with 3 positions missing/ },
  });

  const inTheChair = { sees: ['Your next step', /^Close the vote with \d positions? missing/], lacks: 'is in the chair' };
  const notInTheChair = (name) => ({ sees: [`${name} is in the chair`, 'Take the chair'], lacks: ['Your next step', 'Close the vote', 'Finish item'] });
  await table.step('the chair hands over while the vote is open', async () => {
    await chair.page.getByText('Pause, hand over or adjourn').click();
    await press(chair, 'Hand over the chair');
    await see(chair, 'Select who takes the chair');
    await chair.page.getByLabel('Who takes the chair').selectOption({ label: 'Femi Alder' });
    await press(chair, 'Hand over the chair');
  }, {
    everybody: { hears: 'Femi Alder takes the chair from Dilys Marrow', sees: 'The vote is open', lacks: 'Your next step' },
    deputy: inTheChair,
    chair: notInTheChair('Femi Alder'),
  });
  await screenshot(deputy, 'running-deputy');
  await table.step('a member votes', async () => {
    await adults.page.getByLabel('Agree', { exact: true }).check();
    await press(adults, 'Give this position');
  }, { everybody: { hears: '1 of 3 agencies have voted', sees: '1 of 3 have voted' }, deputy: { sees: /^1 of 3 have voted\. Not yet: /, lacks: 'Agrees' } });
  await table.step('the chair takes it back', () => press(chair, 'Take the chair'), {
    everybody: { hears: 'Dilys Marrow takes the chair', lacks: 'Your next step' },
    chair: inTheChair,
    deputy: notInTheChair('Dilys Marrow'),
  });

  // The chair's line dies. Nobody else is stopped by it.
  chair.allow(/no answer \(net::ERR|WebSocket connection to|answered 50\d: .*\/live\//);
  await table.step('the chair’s line dies', () => line.cut(), { everybody: { sees: 'Connected' }, chair: { hears: 'Connection lost', sees: 'Connection lost. Connecting again.' } });
  await table.step('the deputy takes the chair', () => press(deputy, 'Take the chair'), {
    everybody: { hears: 'Femi Alder takes the chair' },
    deputy: { hears: 'Femi Alder takes the chair', ...inTheChair },
    chair: { hears: [], sees: 'Connection lost. Connecting again.' },
  });
  await table.step('the deputy goes on', () => press(deputy, /^Close the vote/), {
    everybody: { hears: 'Voting has closed', sees: 'Voting closed at' },
    deputy: { hears: 'Voting has closed', sees: 'Check and confirm the decision' },
    chair: { hears: [], sees: 'Connection lost. Connecting again.', lacks: 'Voting closed at' },
  });
  await table.step('the chair is back, and is not in the chair', () => line.mend(), {
    chair: { hears: /Connected again/, sees: ['Connected', 'Femi Alder is in the chair', 'Voting closed at'], lacks: ['Your next step', 'Check and confirm the decision'] },
    deputy: { sees: ['Your next step', 'Check and confirm the decision'] },
  });
  await table.step('the deputy hands back', async () => {
    await deputy.page.getByText('Pause, hand over or adjourn').click();
    await deputy.page.getByLabel('Who takes the chair').selectOption({ label: 'Dilys Marrow' });
    await press(deputy, 'Hand over the chair');
  }, {
    everybody: { hears: 'Dilys Marrow takes the chair from Femi Alder', lacks: 'Your next step' },
    chair: { sees: ['Your next step', 'Check and confirm the decision'], lacks: [] },
    deputy: { sees: 'Dilys Marrow is in the chair' },
  });
  await table.hush();
  await table.leave();
});

test('a meeting is paused, adjourned to another day, and goes on then, by forms alone', { timeout: 180_000 }, async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  chair.allow(/ERR_FAILED.*\.js$/);
  await chair.context.route(/\.js$/, (route) => route.abort());
  const adults = await signedIn(browser, product, 'Member for adult social care', { viewport: phone });
  await visit(chair, `/meetings/${meeting}/room`);
  await visit(adults, `/meetings/${meeting}/room`);
  await see(adults, /^Connected$/);
  const stop = async () => {
    if (!(await chair.page.getByRole('button', { name: 'Adjourn the meeting' }).isVisible())) await chair.page.getByText('Pause, hand over or adjourn').click();
  };
  await stop();
  await chair.page.getByLabel('What everybody is told').fill('Back at 11am');
  await press(chair, 'Pause the meeting');
  await see(chair, 'Go on with the meeting');
  await see(adults, /^Paused since .*: Back at 11am/);
  await check(adults);
  await screenshot(adults, 'running-paused');
  await screenshot(chair, 'running-paused-chair');
  await press(chair, 'Go on with the meeting');
  await see(chair, 'The meeting goes on.');

  await stop();
  await chair.page.getByLabel('The time it goes on').fill('2pm');
  await press(chair, 'Adjourn the meeting');
  await see(chair, 'There is a problem');
  await see(chair, 'Enter why the meeting is adjourned');
  await see(chair, /^Enter the day on which it goes on/);
  await check(chair);
  await chair.page.getByLabel('Why the meeting is adjourned').fill('A fire alarm');
  const day = chair.page.getByRole('group', { name: 'The day it goes on' });
  for (const [part, value] of [['Day', '28'], ['Month', '11'], ['Year', '2026']]) await day.getByLabel(part).fill(value);
  await press(chair, 'Adjourn the meeting');
  await see(chair, /Saturday 28 November 2026 is not a working day/);
  assert.equal(await chair.page.getByLabel('Why the meeting is adjourned').inputValue(), 'A fire alarm', 'what was typed stays');
  await screenshot(chair, 'running-adjourn');
  await day.getByLabel('Day').fill('26');
  await press(chair, 'Adjourn the meeting');
  await see(chair, 'The meeting is adjourned until Thursday 26 November 2026, 2pm.');
  await see(adults, 'Adjourned until Thursday 26 November 2026, 2pm');
  await check(chair);
  await screenshot(adults, 'running-adjourned');
  await visit(chair, `/meetings/${meeting}`);
  await see(chair, 'First sat on');
  await screenshot(chair, 'running-adjourned-meeting');

  await product.end();
  adults.allow(/.*/);
  await product.start('2026-11-26T13:55');
  const again = await signedIn(browser, product, 'Chair of MAPaC');
  await visit(again, `/meetings/${meeting}/room`);
  await see(again, /^Connected$/);
  await press(again, 'Start the meeting again');
  await nextIs(again, 'Record who is here');
  await press(again, /^I am here$/);
  await nextIs(again, /^Open item/);
  await press(again, /^Open/, again.page.locator('.q-room__line-item').filter({ hasText: young }));
  await nextIs(again, 'Check and confirm the decision');
  await press(again, 'Close the meeting');
  await see(again, 'The meeting has closed.');
  await visit(again, `/meetings/${meeting}/minutes`);
  await see(again, 'The course of the meeting');
  await see(again, /The meeting is adjourned until Thursday 26 November 2026, 2pm\. A fire alarm/);
  await see(again, /Femi Alder takes the chair/);
  await screenshot(again, 'running-minutes');
});
