// What cannot wait for a meeting: a vote by correspondence, with who has opened it, a reminder, the close and
// the decision; a chair's action; and both on the next agenda for ratification by themselves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, check, launch, screenshot, visit } from './browser.mjs';
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
const press = (person, name) => person.page.locator('main').getByRole('button', { name }).first().click();
const follow = (person, name) => person.page.locator('main').getByRole('link', { name }).first().click();
const row = (person, name) => person.page.locator('#answers tr').filter({ hasText: name });

test('a vote by correspondence and a chair’s action come to the next agenda for ratification', { timeout: 600_000 }, async () => {
  let table, clerk, chair, adults, nhs;
  const arrive = async () => {
    table = await seat(
      browser,
      product,
      {
        clerk: 'Clerk',
        chair: 'Chair of MAPaC',
        adults: 'Member for adult social care',
        nhs: 'Member for the NHS',
        education: 'Member for education',
        children: 'Member for children’s social care',
      },
      { phones: ['adults', 'nhs', 'children'] },
    );
    ({ clerk, chair, adults, nhs } = table);
  };
  await arrive();

  await visit(clerk, '/forums/mapac');
  await follow(clerk, /^Urgent business between meetings/);
  await check(clerk);
  await screenshot(clerk, 'between-forum');
  await follow(clerk, /^Decide R\d+ between meetings/);
  assert.equal(await clerk.page.getByRole('button', { name: 'Begin a chair’s action' }).count(), 0, 'a clerk decides nothing as chair');
  await press(clerk, 'Open the vote by correspondence');
  await see(clerk, 'Enter why it cannot wait for the next meeting');
  await check(clerk);
  const why = 'The night staff stop on Friday.';
  await clerk.page.getByLabel('Why can it not wait for the next meeting?').fill(why);
  const closes = clerk.page.getByRole('group', { name: 'On which day does voting close?' });
  for (const [part, value] of [['Day', '29'], ['Month', '11'], ['Year', '2026']]) await closes.getByLabel(part, { exact: true }).fill(value);
  await press(clerk, 'Open the vote by correspondence');
  await see(clerk, /Voting must close on a working day/);
  await closes.getByLabel('Day', { exact: true }).fill('30');
  await screenshot(clerk, 'between-ask');
  await press(clerk, 'Open the vote by correspondence');
  await see(clerk, 'The vote by correspondence is open');
  await screenshot(clerk, 'between-clerk');
  const address = new URL(clerk.page.url()).pathname;

  // Nobody is there together, so each opens the page; how anybody answers is for nobody's eyes before the close.
  const unseen = ['Agrees', 'Who is asked, and who has opened it'];
  const askedOf = (agency) => ({ sees: [why, `The position of ${agency}`, 'Give this position'], lacks: unseen });
  await table.step('each opens it', () => table.open(address), {
    everybody: { sees: why, lacks: 'Agrees' },
    chair: { sees: [why, 'Who is asked, and who has opened it', /^It closes by itself/], lacks: ['Agrees', 'Give this position'] },
    adults: askedOf('Adult social care'),
    nhs: askedOf('NHS continuing care'),
    education: askedOf('Education and SEND'),
    children: { sees: [why, 'I have read it', 'Your agency is not asked to pay'], lacks: [...unseen, 'Give this position'] },
  });
  await screenshot(nhs, 'between-member');
  await visit(clerk, address);
  assert.match(await row(clerk, 'The position of NHS').textContent(), /Kamal Reeve[^]*24 November 2026[^]*Not yet/);
  assert.match(await row(clerk, 'Lena Foss').textContent(), /Not opened/);

  await table.step(
    'the NHS agrees',
    async () => {
      await nhs.page.getByLabel('Agree', { exact: true }).check();
      await press(nhs, 'Give this position');
      await see(nhs, 'Your position is recorded.');
      await table.open(address);
    },
    {
      everybody: { sees: /^1 of 3 have voted/, lacks: 'Agrees' },
      chair: { sees: [/^It closes by itself/, /^1 of 3 have voted/], lacks: 'Agrees' },
      nhs: { sees: /Recorded at/, lacks: unseen },
      adults: askedOf('Adult social care'),
      education: askedOf('Education and SEND'),
    },
  );
  assert.match(await row(clerk, 'The position of NHS').textContent(), /Answered[^]*No/);

  // Two working days before it closes, whoever has not answered is reminded, and nobody else.
  await table.leave();
  await product.end();
  await product.start('2026-11-26T08:30');
  await arrive(); // two days later everybody signs in again
  for (let tries = 0; tries < 60; tries++) {
    await clerk.page.goto(address);
    if (/Once/.test(await row(clerk, 'The position of Adult social care').textContent())) break;
    await clerk.page.waitForTimeout(500);
  }
  await table.step('two days have gone by', () => table.open(address), {
    everybody: { sees: why, lacks: 'Agrees' },
    adults: askedOf('Adult social care'),
    education: askedOf('Education and SEND'),
    nhs: { sees: /Recorded at/, lacks: unseen },
  });
  for (const [who, reminded] of [['The position of Adult social care', 'Once'], ['The position of Education', 'Once'], ['The position of NHS', 'No']]) {
    assert.match(await row(clerk, who).textContent(), new RegExp(`${reminded}$`), who);
  }
  await screenshot(clerk, 'between-reminded');

  // The same page answers without script.
  const plain = await signedIn(browser, product, 'Member for adult social care', { javaScriptEnabled: false });
  await table.step(
    'adult social care agrees, without script',
    async () => {
      await plain.page.goto(address);
      await plain.page.getByLabel('Agree', { exact: true }).check();
      await press(plain, 'Give this position');
      await see(plain, 'Your position is recorded.');
      assertClean(plain);
      await table.open(address);
    },
    { everybody: { sees: /^2 of 3 have voted/, lacks: 'Agrees' }, adults: { sees: /Recorded at/, lacks: unseen }, education: askedOf('Education and SEND') },
  );
  await plain.context.close();
  await table.step(
    'education agrees',
    async () => {
      await table.education.page.getByLabel('Agree', { exact: true }).check();
      await press(table.education, 'Give this position');
      await see(table.education, 'Your position is recorded.');
      await table.open(address);
    },
    { everybody: { sees: /^3 of 3 have voted/, lacks: 'Agrees' }, education: { sees: /Recorded at/, lacks: unseen } },
  );
  // Whoever decides and is not asked to pay says that they have read it, for the quorum.
  await table.step(
    'children’s social care has read it',
    async () => {
      await press(table.children, 'I have read it');
      await see(table.children, 'You have said that you read this');
      await table.open(address);
    },
    { everybody: { sees: why, lacks: 'Agrees' }, chair: { sees: 'Every answer that is needed is in. You can close the vote now.', lacks: 'Agrees' }, children: { sees: 'You count towards the quorum.', lacks: unseen } },
  );
  await table.step(
    'the chair closes the vote',
    async () => {
      await press(chair, 'Close the vote');
      await see(chair, 'Every funder consents to its own share');
      await table.open(address);
    },
    { everybody: { sees: ['Agrees', 'Every funder consents to its own share'], lacks: 'Give this position' }, chair: { sees: ['Agrees', 'Check the decision'] } },
  );
  await table.step(
    'the chair decides',
    async () => {
      await chair.page.getByLabel('Agreed', { exact: true }).check();
      await chair.page.getByLabel('Reasons').fill('Assessed need that could not wait.');
      await check(chair);
      await screenshot(chair, 'between-decide');
      await press(chair, 'Check the decision');
      await press(chair, /^Confirm the decision/);
      await see(chair, 'The decision is confirmed.');
      await table.open(address);
    },
    { everybody: { sees: ['Decision: Agreed', 'Assessed need that could not wait.', /The next meeting is asked to ratify it/] } },
  );
  await screenshot(chair, 'between-decided');

  // A chair's action commits nobody's money: each funder endorses its own share.
  await visit(chair, '/forums/mapac/between');
  await follow(chair, /^Decide R\d+ between meetings/);
  await chair.page.getByLabel('Why can it not wait, even for a vote by correspondence?').fill('The placement closes tonight.');
  await check(chair);
  await press(chair, 'Begin a chair’s action');
  await see(chair, /You decide this alone/);
  await check(chair);
  await chair.page.getByLabel('Provisional', { exact: true }).check();
  await chair.page.getByLabel('Reasons').fill('Assessed need, and nowhere to sleep.');
  await screenshot(chair, 'between-action');
  await press(chair, 'Check the decision');
  await press(chair, /^Confirm the decision/);
  await see(chair, /Provisional: needs endorsement by/);
  await check(chair);

  // Both come to the next agenda by themselves.
  await visit(clerk, '/meetings?forum=mapac&month=2026-12');
  await check(clerk);
  const next = await clerk.page.locator('main a').evaluateAll((links) => links.map((link) => link.getAttribute('href')).find((to) => /^\/meetings\/[0-9a-f-]{36}$/.test(to)));
  await visit(clerk, `${next}/agenda/edit`);
  await press(clerk, 'Build the agenda');
  await see(clerk, /Ratify: vote by correspondence of 26 November 2026/);
  await see(clerk, /Ratify: chair’s action of 26 November 2026/);
  await see(clerk, /Why it could not wait: The night staff stop on Friday/);
  await check(clerk);
  await screenshot(clerk, 'between-agenda');
});
