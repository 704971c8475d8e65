// Working badly connected. The line is really cut: a proxy of the test's own between the browser and the
// product goes silent, closes, or refuses sockets, and the real program is killed and started again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot } from './browser.mjs';
import { signedIn, startLine, startProduct } from './product.mjs';

let browser;
let product;
let line;
before(async () => {
  [product, browser, line] = await Promise.all([startProduct(), launch(), startLine()]);
});
after(async () => {
  await browser?.close();
  await line?.end();
  await product?.stop();
});

const section = (person, id) => person.page.locator(`section[aria-labelledby="${id}"]`);
const press = (person, name, within = person.page) => within.getByRole('button', { name }).first().click();
const see = (person, text, within = person.page) => within.getByText(text).first().waitFor();
const gone = (person, text) => person.page.getByText(text).first().waitFor({ state: 'detached' });
const connected = (person) => person.page.getByText('Connected', { exact: true }).waitFor();
const bar = (person) => person.page.locator('.q-room__status');
const note = (person) => person.page.locator('#room-note');
const within = async (ms, what) => {
  const began = Date.now();
  await what;
  assert.ok(Date.now() - began < ms, `${Date.now() - began} ms instead of under ${ms}`);
};
/** What a line that is down brings about on purpose. */
const badly = (person) => person.allow(/ERR_|WebSocket|answered (401|502)/);

let chair;
let clerk;
let education;
let meeting;

async function join(person) {
  await person.page.goto('/');
  await person.page.getByRole('link', { name: /^Join.*MAPaC/ }).first().click();
  await connected(person);
  return person.page.url().match(/meetings\/([0-9a-f-]{36})/)[1];
}

const line1 = (person, title) => person.page.locator('.q-room__line-item').filter({ hasText: title });
const turnTo = (title) => line1(chair, title).getByRole('button').click();

/** Raises an action in the form of the room, and leaves what was typed when it is not to be sent. */
async function action(person, text, { send }) {
  const form = section(person, 'room-actions').locator('details').filter({ hasText: 'Raise an action' }).last();
  if ((await form.getAttribute('open')) === null) await form.locator('summary').first().click();
  await person.page.locator('#action-text').fill(text);
  await person.page.locator('#action-owner_id').selectOption({ index: 1 });
  for (const [field, value] of [['action-due_on', '10'], ['action-due_on-month', '12'], ['action-due_on-year', '2026']]) await person.page.locator(`#${field}`).fill(value);
  if (send) await form.getByRole('button', { name: 'Raise the action' }).click();
}

test('a line that goes silent shows within seconds; what was typed is sent once, and a conflict is explained', { timeout: 180_000 }, async () => {
  chair = await signedIn(browser, product, 'Chair of MAPaC');
  clerk = await signedIn(browser, product, 'Clerk', { proxy: line.proxy });
  education = await signedIn(browser, product, 'Member for education', { viewport: phone });
  for (const person of [chair, clerk, education]) badly(person);
  for (const person of [chair, clerk, education]) meeting = await join(person);
  await press(chair, 'Start the meeting');
  for (const person of [chair, clerk, education]) await press(person, /^I am here$/);
  await turnTo('Imran Nguyen');
  await note(clerk).fill('The school was heard.');
  await see(clerk, /^Saved at/, section(clerk, 'room-notes'));
  await action(clerk, 'Ring the school', { send: true });
  await see(chair, 'Ring the school', section(chair, 'room-actions'));

  // Half-open: no side closes anything, and the browser believes itself online.
  line.freeze();
  await within(20_000, see(clerk, /^Connection lost/, bar(clerk)));
  assert.equal(await clerk.page.evaluate(() => navigator.onLine), true);
  await see(clerk, /^Votes and confirmations are not kept/, bar(clerk));
  await note(clerk).fill('The school was heard. It cannot start before January.');
  await see(clerk, /^Not saved yet: kept on this device/, section(clerk, 'room-notes'));
  await see(clerk, '1 not saved yet: kept on this device, sent when the line is back', bar(clerk));
  for (const text of ['Write to the college', 'Book the taxi']) {
    await action(clerk, text, { send: true });
    await see(clerk, text, section(clerk, 'room-kept'));
  }
  await see(clerk, '3 not saved yet: kept on this device, sent when the line is back', bar(clerk));
  const done = section(clerk, 'room-actions').locator('li').filter({ hasText: 'Ring the school' });
  await done.locator('summary').click();
  await done.getByLabel('What was done').fill('They were rung at noon.');
  await done.getByRole('button', { name: 'Mark as done' }).click();
  await see(clerk, '4 not saved yet', bar(clerk));
  await check(clerk);
  await screenshot(clerk, 'offline-kept');

  // Meanwhile the meeting moves on: the chair changes the notes, does the action, and turns to another item.
  const theirs = section(chair, 'room-actions').locator('li').filter({ hasText: 'Ring the school' });
  await theirs.locator('summary').click();
  await theirs.getByLabel('What was done').fill('Done by the chair.');
  await theirs.getByRole('button', { name: 'Mark as done' }).click();
  await see(chair, 'Done by the chair.');
  const answer = await chair.page.evaluate(async (address) => {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), 'text/html');
    const form = page.querySelector('form[action$="/note.write"]');
    form.querySelector('textarea').value = 'The chair wrote this.';
    return (await fetch(form.getAttribute('action'), { method: 'POST', body: new URLSearchParams(new FormData(form)) })).status;
  }, `/meetings/${meeting}/room`);
  assert.equal(answer, 200);
  await see(chair, 'The chair wrote this.');
  const number = (await section(chair, 'room-item').locator('.govuk-caption-l').first().innerText()).match(/\d+/)[0];
  await chair.page.getByRole('button', { name: new RegExp(`^Finish item ${number}`) }).click();
  await see(chair, 'No item is open');

  line.thaw();
  await within(20_000, connected(clerk));
  const kept = section(clerk, 'room-kept');
  await see(clerk, 'Not recorded: your words are kept here', kept);
  await see(clerk, /This action is already done/, kept);
  await see(clerk, 'They were rung at noon.', kept);
  await see(clerk, /is no longer open, and .* has changed its notes meanwhile/, kept);
  await see(clerk, 'The school was heard. It cannot start before January.', kept);
  await check(clerk);
  await screenshot(clerk, 'offline-conflict');
  for (const text of ['Write to the college', 'Book the taxi']) {
    await see(chair, text, section(chair, 'room-actions'));
    for (const person of [chair, clerk]) assert.equal(await section(person, 'room-actions').locator('li').filter({ hasText: text }).count(), 1, `${text} counts once`);
  }

  // Both are settled by their writer, and nothing is left.
  await press(clerk, new RegExp(`Put it into the notes of item ${number}`), kept);
  await gone(clerk, /has changed its notes meanwhile/);
  await press(clerk, /^Make it an action/, kept);
  await clerk.page.waitForFunction(() => document.activeElement?.id === 'action-text');
  assert.equal(await clerk.page.locator('#action-text').inputValue(), 'They were rung at noon.');
  await clerk.page.locator('#action-text').fill('');
  await kept.waitFor({ state: 'detached' });
  await turnTo('Imran Nguyen');
  await clerk.page.waitForFunction(() => document.querySelector('#room-note')?.value === 'The chair wrote this.\n\nThe school was heard. It cannot start before January.');
});

test('what was typed outlives a cut, a reload and a closed page', { timeout: 120_000 }, async () => {
  line.cut();
  await see(clerk, /^Connection lost/, bar(clerk));
  await action(clerk, 'Ask the landlord', { send: false });
  await section(clerk, 'room-actions').getByText('Somebody does it with them').waitFor();
  await action(clerk, 'Order the bed', { send: true });
  await see(clerk, '1 not saved yet', bar(clerk));
  await action(clerk, 'Ask the landlord', { send: false });
  await note(clerk).fill('The chair wrote this. And the landlord was asked.');
  await clerk.page.close();

  line.mend();
  clerk.page = await clerk.context.newPage();
  await clerk.page.goto(`/meetings/${meeting}/room`);
  await connected(clerk);
  await see(chair, 'Order the bed', section(chair, 'room-actions'));
  await see(chair, /And the landlord was asked/);
  assert.equal(await section(chair, 'room-actions').locator('li').filter({ hasText: 'Order the bed' }).count(), 1);
  const form = section(clerk, 'room-actions').locator('details').filter({ hasText: 'Raise an action' }).last();
  await form.locator('summary').first().click();
  await see(clerk, /^What you typed here before was not sent/, form);
  assert.equal(await clerk.page.locator('#action-text').inputValue(), 'Ask the landlord');
  assert.equal(await clerk.page.locator('#action-due_on-month').inputValue(), '12');
  await clerk.page.reload();
  await connected(clerk);
  await form.locator('summary').first().click();
  assert.equal(await clerk.page.locator('#action-text').inputValue(), 'Ask the landlord');
  await form.getByRole('button', { name: 'Raise the action' }).click();
  await see(chair, 'Ask the landlord', section(chair, 'room-actions'));
  await clerk.page.reload();
  await connected(clerk);
  await form.locator('summary').first().click();
  assert.equal(await clerk.page.locator('#action-text').inputValue(), '', 'what was recorded is no draft any more');
});

test('a vote given while the server is down is never sent by itself: it is asked for again', { timeout: 120_000 }, async () => {
  const propose = section(chair, 'room-propose');
  await propose.getByText('Go on without quorum').click();
  await propose.getByRole('button', { name: 'Open the vote' }).click();
  await see(education, 'The vote is open');
  await product.kill();
  await see(education, /^Connection lost/, bar(education));
  await education.page.getByLabel('Agree with conditions', { exact: true }).check();
  await education.page.getByLabel('Your conditions').fill('The timetable is agreed');
  await education.page.getByLabel('Your reason').fill('Two mornings are elsewhere');
  await press(education, 'Give this position');
  await see(education, /This is not recorded/);
  await product.start('2026-11-24T09:58');
  await within(30_000, connected(education));
  await see(education, 'You were offline: your vote is not recorded. Look at the item again, then vote.');
  await connected(chair);
  await see(chair, '0 of 3 have voted');
  await check(education);
  await screenshot(education, 'offline-vote-asked-again');

  // After a reload the position itself is asked for anew; the words are still there.
  await education.page.reload();
  await connected(education);
  await see(education, /^What you typed here before was not sent/);
  assert.equal(await education.page.getByLabel('Agree with conditions', { exact: true }).isChecked(), false);
  await education.page.getByLabel('Agree with conditions', { exact: true }).check();
  assert.equal(await education.page.getByLabel('Your reason').inputValue(), 'Two mornings are elsewhere');
  await press(education, 'Give this position');
  await see(education, /Recorded at/);
  await see(chair, '1 of 3 have voted');
});

/** Waits until a socket is open through the line. */
async function opened() {
  for (let tries = 0; line.tunnels() === 0 && tries < 400; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(line.tunnels() > 0, 'sockets are tried again');
}

test('where sockets are refused or do not last, the meeting goes on by asking', { timeout: 120_000 }, async () => {
  await connected(clerk);
  await opened();
  line.sockets = 'refused';
  line.cut();
  await see(clerk, /^Connection lost/, bar(clerk));
  line.mend();
  await within(20_000, connected(clerk));
  assert.equal(line.tunnels(), 0, 'nothing goes by socket');
  await note(clerk).fill('By asking again and again.');
  await within(6_000, see(clerk, /^Saved at/, section(clerk, 'room-notes')));
  await press(chair, /^Close the vote/);
  await within(5_000, see(clerk, /Agrees with conditions, on condition: The timetable is agreed/));

  // Later sockets are let through, and it changes over by itself.
  line.sockets = 'allowed';
  await opened();
  await connected(clerk);

  // A network that lets sockets open and kills each a second later must not make the page come and go for ever.
  line.sockets = 'die';
  line.cut();
  await see(clerk, /^Connection lost/, bar(clerk));
  line.mend();
  await connected(clerk);
  for (const words of ['Once.', 'Twice.', 'And again.']) {
    await note(clerk).fill(words);
    await within(12_000, see(chair, words));
  }
  line.sockets = 'allowed';
});

test('a session that ends is asked for in place, and nothing typed is lost', { timeout: 120_000 }, async () => {
  await product.kill();
  await see(clerk, /^Connection lost/, bar(clerk));
  await note(clerk).fill('Typed while the session ended.');
  await product.start('2026-11-24T11:30'); // more than an hour later: whoever was signed in has been idle too long
  const dialog = clerk.page.getByRole('dialog', { name: /^Sign in again/ });
  await within(30_000, dialog.waitFor());
  assert.equal(await section(clerk, 'room-item').isVisible(), false, 'nothing of the meeting is on the screen meanwhile');
  assert.ok(await dialog.evaluate((element) => element.contains(document.activeElement)), 'the dialog has the focus');
  await check(clerk);
  await screenshot(clerk, 'offline-sign-in-again');
  await dialog.getByRole('button', { name: 'Sign in and go on' }).click();
  await dialog.waitFor({ state: 'detached' });
  await connected(clerk);
  assert.equal(await note(clerk).inputValue(), 'Typed while the session ended.');
  await see(clerk, /^Saved at/, section(clerk, 'room-notes'));
  assert.equal(await clerk.page.evaluate(() => document.activeElement?.id), 'room-note');

  // Somebody else signs in on the same computer: the page stays locked, and sends nothing in their name.
  await chair.page.getByRole('dialog', { name: /^Sign in again/ }).waitFor();
  const other = await chair.context.newPage();
  await other.goto('/sign-in');
  await other.locator('.q-card', { has: other.getByRole('heading', { name: 'Administrator', exact: true }) }).getByRole('button').click();
  await other.getByRole('heading', { level: 1, name: /^Hello/ }).waitFor();
  await other.close();
  await chair.page.bringToFront();
  await chair.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await see(chair, /^Somebody else has signed in on this device/, chair.page.getByRole('dialog'));
  await chair.page.getByRole('button', { name: 'Sign in and go on' }).click();
  await connected(chair);
  await see(chair, 'Typed while the session ended.');
});
