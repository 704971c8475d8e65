// One item of a funding panel as eight people see it, each on their own screen, one of them on two: presented,
// questioned, deliberated in private, voted on, its split changed after consent, an interest declared in the
// middle of a vote, and decided. The chair and one member touch no mouse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, screenshot, visit } from './browser.mjs';
import { arrowTo, press, tabTo, write } from './keyboard.mjs';
import { signedIn, startProduct } from './product.mjs';
import { seat, send, viewOf } from './six.mjs';

let browser;
let product;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const young = 'Imran Nguyen';
const click = (person, name) => person.page.getByRole('button', { name }).first().click();
const pounds = (pence) => (pence / 100).toFixed(2);

/** The clerk asks somebody who supports the young person to join the item. */
async function askSupporter() {
  const clerk = await signedIn(browser, product, 'Clerk');
  await clerk.page.getByRole('link', { name: /^Read the agenda.*MAPaC/ }).first().click();
  const meeting = clerk.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
  await visit(clerk, `/meetings/${meeting}/agenda/edit`);
  await clerk.page.locator('#agenda tbody tr', { hasText: young }).first().getByRole('link', { name: /^Guests/ }).click();
  await clerk.page.getByLabel('Who is asked').selectOption({ label: 'Robin Vale, Young people and families' });
  await click(clerk, 'Ask them to join this item');
  await clerk.page.getByText('They are asked to join this item.').waitFor();
  await clerk.context.close();
  return meeting;
}

/** The administrator gives the practice supervisor of the localities a seat from which she observes. */
async function seatObserver() {
  const admin = await signedIn(browser, product, 'Administrator');
  const { page } = admin;
  await page.goto('/forums/mapac/seats/new');
  await page.getByLabel('What is the seat called?').fill('Observer');
  await page.getByLabel('Which agency does it belong to?').selectOption({ label: 'Adult social care' });
  await page.getByLabel('Member', { exact: true }).check();
  await page.getByLabel('In attendance', { exact: true }).check();
  await click(admin, 'Add this seat');
  await page.getByText('Seat added.').waitFor();
  await page.getByRole('link', { name: /^Change the seat Observer/ }).click();
  await page.getByLabel('Person').selectOption(await page.getByLabel('Person').locator('option', { hasText: 'Petra Lunn' }).getAttribute('value'));
  await click(admin, 'Put them in this seat');
  await page.getByText('Seat filled.').waitFor();
  await admin.context.close();
}

test('an item from its opening to its decision: each sees what is theirs and nothing else', { timeout: 600_000 }, async () => {
  await seatObserver();
  const meeting = await askSupporter();
  const table = await seat(
    browser,
    product,
    {
      chair: 'Chair of MAPaC',
      clerk: 'Clerk',
      adults: 'Member for adult social care',
      education: 'Member for education',
      nhs: 'Member for the NHS',
      nhsPhone: 'Member for the NHS',
      presenter: 'Presenter',
      supporter: 'Young person or supporter',
      observer: 'Chair of the locality meetings',
    },
    { phones: ['adults', 'nhsPhone', 'presenter', 'supporter'] },
  );
  const { chair, clerk, adults, education, nhs, nhsPhone, presenter, supporter, observer } = table;
  await table.enter(meeting);

  await table.step('the chair starts the meeting', () => press(chair.page, /^Start the meeting$/), {
    everybody: { hears: 'The meeting has started', sees: 'No item is open' },
    chair: { sees: 'Record who is here' },
  });
  await table.step(
    'five people say that they are here',
    async () => {
      for (const person of [chair, adults, education, nhs, supporter]) {
        if (person === chair || person === education) await press(person.page, /^I am here$/);
        else await click(person, /^I am here$/);
        await person.page.getByText('You are not recorded as here').waitFor({ state: 'detached' });
      }
    },
    {
      everybody: { hears: 'Dilys Marrow is here. Grace Pell is here. Jo Lacey is here. Kamal Reeve is here. Robin Vale is here', sees: [/^5 of \d+ are here/, 'Robin Vale'] },
      nhsPhone: { lacks: 'You are not recorded as here' }, // said on the other device
      observer: { sees: 'You are observing' },
    },
  );

  // Out of order, to the item that has its presenter and its young person’s supporter here.
  const number = (await chair.page.locator('.q-room__line-item', { hasText: young }).locator('.q-room__number').innerText()).trim();
  const about = `item ${number}`;
  await table.step('the chair opens the item', () => press(chair.page, new RegExp(`^Open, ${about}, ${young}$`)), {
    everybody: { hears: `Item ${number} is open`, sees: [young, 'Presenting'] },
    chair: { sees: 'Move to questions' },
    adults: { sees: [young, 'The split that is asked for'] },
    supporter: { sees: 'You are here for your own item.', lacks: 'The split that is asked for' },
  });
  const { item } = await viewOf(chair, meeting);
  const ofTheItem = [young, item.reference, item.request.need, item.request.exposure];
  assert.ok(ofTheItem.every((words) => words.length > 4), `there is something to keep from people: ${ofTheItem}`);

  await table.step('the chair moves to questions', () => press(chair.page, /^Move to questions$/), {
    everybody: { hears: `Questions on ${about}`, sees: 'Questions' },
    chair: { sees: 'In private: presenters and observers are out until it is over.' },
  });
  const out = { hears: `Item ${number} is deliberated in private from here`, sees: ['The panel is deliberating in private', 'You are out until it has finished.'], lacks: ofTheItem };
  await table.step('the panel deliberates in private', () => chair.page.keyboard.press('Enter'), { // the focus stayed on the one button
    everybody: { hears: `Deliberation on ${about}`, sees: [young, 'Deliberation, in private'] },
    chair: { sees: 'Out for the deliberation' },
    presenter: out,
    supporter: out,
    observer: out,
  });
  for (const person of [presenter, supporter, observer]) {
    const sent = JSON.stringify(await viewOf(person, meeting));
    for (const words of ofTheItem) assert.ok(!sent.includes(words), `${person.name} is sent “${words}”`);
  }
  await screenshot(presenter, 'panel-out');
  await screenshot(chair, 'panel-deliberation');
  await table.step('those who are out open the page anew', () => Promise.all([presenter, supporter, observer].map(({ page }) => page.reload())), {
    presenter: { ...out, hears: [] },
    supporter: { ...out, hears: [] },
    observer: { ...out, hears: [] },
  });

  // What the clerk writes meanwhile is for the table.
  const noted = 'The panel weighs two nights against one.';
  await table.step('the clerk writes a note', () => clerk.page.getByLabel(/^Notes for item/).fill(noted), {
    adults: { sees: noted },
    education: { sees: noted },
    nhs: { sees: noted },
    nhsPhone: { sees: noted },
    presenter: { lacks: [...ofTheItem, noted] },
    supporter: { lacks: [...ofTheItem, noted] },
    observer: { lacks: [...ofTheItem, noted] },
  });

  const nothing = { sees: 'The panel is deliberating in private', lacks: [...ofTheItem, noted, 'voted', 'Agrees'] };
  const outside = { presenter: nothing, supporter: nothing, observer: nothing };
  const asked = (agency) => ({ sees: ['The vote is open', `The vote is open: give the position of ${agency}`] });
  await table.step(
    'the chair opens the vote on the split that is asked for',
    async () => {
      await press(chair.page, /^Open the vote$/); // leads to the proposal, the next of that name sends it
      await press(chair.page, /^Open the vote$/);
    },
    {
      everybody: { hears: `Voting is open on ${about}`, sees: ['The vote is open', '0 of 3 have voted'] },
      chair: { hears: `Voting is open on ${about}`, sees: [/^0 of 3 have voted\. Not yet: /, /^Close the vote with 3 positions missing/] },
      adults: asked('Adult social care'),
      education: asked('Education and SEND'),
      nhs: asked('NHS continuing care'),
      nhsPhone: asked('NHS continuing care'),
      ...quiet(outside),
    },
  );

  const give = async ({ page }) => {
    await page.getByLabel('Agree', { exact: true }).check();
    await page.getByRole('button', { name: 'Give this position' }).click();
  };
  const giveByKey = async ({ page }) => {
    await tabTo(page, /^Agree$/);
    await page.keyboard.press('Space');
    await press(page, /^Give this position$/);
  };
  const voted = (n, of, ...given) => ({
    everybody: { hears: `${n} of ${of} agencies have voted`, sees: `${n} of ${of} have voted`, lacks: 'Agrees' },
    ...Object.fromEntries(given.map((name) => [name, { sees: /Recorded at/, lacks: 'Agrees' }])),
    ...quiet(outside),
  });
  await table.step('adult social care gives its position', () => give(adults), voted(1, 3, 'adults'));
  await table.step('the NHS gives its position on one of two devices', () => give(nhs), voted(2, 3, 'nhs', 'nhsPhone'));
  await table.step('education gives its position from the keyboard', () => giveByKey(education), {
    ...voted(3, 3, 'education'),
    chair: { sees: /^Close the vote$/, lacks: 'Agrees' },
  });
  const closed = { hears: 'Voting has closed', sees: ['Voting closed at', 'Agrees', 'Every funder consents to its own share'] };
  await table.step('the chair closes the vote', () => press(chair.page, /^Close the vote$/), { everybody: closed, ...quiet(outside) });

  // Ten pounds go from education to adult social care: the NHS, whose share is the same, is not asked again.
  const weekly = (name) => item.request.split.find((share) => share.agency.startsWith(name)).weekly_pence;
  await table.step(
    'the split is changed, and consent is asked again',
    async () => {
      await press(chair.page, /^Vote again$/);
      await write(chair.page, /^Adult social care, pounds a week$/, pounds(weekly('Adult') + 1000));
      await write(chair.page, /^Education and SEND, pounds a week$/, pounds(weekly('Education') - 1000));
      await press(chair.page, /^Open the vote$/);
    },
    {
      everybody: { hears: `Voting is open again on ${about}`, sees: ['The vote is open (run 2)', '1 of 3 have voted', 'Carried over from run 1; share unchanged'] },
      adults: asked('Adult social care'),
      education: asked('Education and SEND'),
      nhs: { sees: /Recorded at/, lacks: 'give the position of' },
      nhsPhone: { sees: /Recorded at/, lacks: 'give the position of' },
      ...quiet(outside),
    },
  );
  await screenshot(education, 'panel-again');
  await table.step('adult social care consents to what it pays now', () => give(adults), voted(2, 3, 'adults'));

  // Leaving for the item closes it at once wherever the member has it open.
  const theirs = await viewOf(nhs, meeting);
  const mine = theirs.me.positions[0];
  const left = {
    hears: `Item ${number}: You have left for this item`,
    sees: 'You have left for this item',
    lacks: [...ofTheItem, noted, 'The vote is open', 'have voted'],
  };
  await table.step(
    'the NHS member declares an interest',
    async () => {
      await nhs.page.getByText('Declare an interest in this item').click();
      await nhs.page.getByLabel('Family', { exact: true }).check();
      await nhs.page.getByLabel('What the interest is').fill('My cousin works there');
      await click(nhs, 'Declare it and leave for this item');
    },
    {
      everybody: { hears: `Kamal Reeve has left for ${about}`, sees: 'Left for this item', lacks: 'My cousin works there' },
      chair: { sees: [/^An interest waits for your answer/, 'My cousin works there'], lacks: [] },
      clerk: { sees: 'My cousin works there', lacks: [] },
      nhs: left,
      nhsPhone: left,
      ...quiet(outside),
    },
  );
  await screenshot(nhsPhone, 'panel-left');
  for (const device of [nhs, nhsPhone]) {
    device.allow(/answered (403|404|409)/);
    const sent = await viewOf(device, meeting);
    assert.ok(sent.item.hidden && sent.vote === null && sent.me.positions.length === 0 && sent.notes.length === 0, 'no item, ballot or notes are sent');
    const refused = await send(device, meeting, 'ballot.cast', { vote_id: theirs.vote.id, seat_id: mine.seat_id, position: 'consent', condition: '', reason: '' });
    assert.match(refused.error.sentence, new RegExp(`You have left for ${about}`), 'a ballot sent past the page counts for nothing');
    for (const address of [`/meetings/${meeting}/room`, `/meetings/${meeting}/agenda`, `/meetings/${meeting}/pack.html`, `/requests/${item.request.id}`, `/meetings/${meeting}/minutes`]) {
      const page = await (await device.context.request.get(address)).text();
      for (const words of [young, item.reference, item.request.exposure, noted]) assert.ok(!page.includes(words), `${device.name}: ${address} holds “${words}”`);
    }
  }

  await table.step(
    'education agrees with a condition, from the keyboard',
    async () => {
      await tabTo(education.page, /^Agree$/);
      await arrowTo(education.page, /^Agree with conditions$/);
      await write(education.page, /^Your conditions/, 'The timetable is agreed with the school');
      await write(education.page, /^Your reason/, 'Two mornings are at another site');
      await press(education.page, /^Give this position$/);
    },
    {
      everybody: { hears: '2 of 3 agencies have voted', lacks: ['Agrees', 'The timetable is agreed'] },
      education: { sees: [/Recorded at/, 'The timetable is agreed with the school'], lacks: [] },
      nhs: { hears: [], lacks: [...ofTheItem, 'voted'] },
      nhsPhone: { hears: [], lacks: [...ofTheItem, 'voted'] },
      ...quiet(outside),
    },
  );
  const away = { nhs: { hears: [], sees: 'You have left for this item', lacks: [...ofTheItem, 'Agrees'] }, nhsPhone: { hears: [], sees: 'You have left for this item', lacks: [...ofTheItem, 'Agrees'] } };
  await table.step('the chair closes the vote with one position missing', () => press(chair.page, /^Close the vote with 1 position missing$/), {
    everybody: { hears: 'Voting has closed', sees: ['Agrees with conditions, on condition: The timetable is agreed with the school. Reason: Two mornings are at another site', /no consent was given for NHS/] },
    ...away,
    ...quiet(outside),
  });
  await screenshot(chair, 'panel-result');

  const missing = 'Whether the NHS consents, from somebody without an interest.';
  await table.step(
    'the chair decides, from the keyboard',
    async () => {
      const { page } = chair;
      await press(page, /^Check and confirm the decision$/);
      await tabTo(page, /^(Agreed|Deferred|Not agreed|Provisional)/);
      await arrowTo(page, /^Deferred$/);
      await write(page, /^Reasons/, 'The need is agreed; one share is not.');
      await write(page, /^What is missing/, missing);
      await press(page, /^Check the decision$/);
      await page.getByText('Check the decision before it is final').waitFor();
      await press(page, /^Confirm the decision$/);
    },
    { everybody: { hears: `Item ${number}: deferred`, sees: ['Decision: Deferred', missing] }, ...away, ...quiet(outside) },
  );
  await table.step('the chair finishes the item', () => press(chair.page, new RegExp(`^Finish ${about}$`)), {
    everybody: { hears: `Item ${number} is finished`, sees: ['No item is open', 'Deferred'] },
    presenter: { hears: `Item ${number} is finished`, sees: [young, 'Deferred'], lacks: ['Agrees', noted] },
    observer: { hears: `Item ${number} is finished`, sees: [young, 'Deferred'], lacks: ['Agrees', noted] },
    supporter: { hears: 'You no longer have a part in this meeting.', sees: 'You no longer have a part in this meeting.', lacks: [...ofTheItem, noted] },
    nhs: { hears: [], sees: 'You have left for this item', lacks: [...ofTheItem, missing] },
    nhsPhone: { hears: [], sees: 'You have left for this item', lacks: [...ofTheItem, missing] },
  });
  await table.hush();
  await table.leave();
});

/** The same, and nothing is told: what the table does is not for those who are out. */
function quiet(people) {
  return Object.fromEntries(Object.entries(people).map(([name, shown]) => [name, { ...shown, hears: [] }]));
}
