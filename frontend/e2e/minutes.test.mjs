// Notes with one writer at a time, and minutes from a draft to a correct record that is locked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let browser;
let product;
let live; // the meeting that starts in ten minutes
let past; // the one whose minutes are to be written
const people = {};
const as = async (role, options) => (people[role] ??= await signedIn(browser, product, role, options));

before(async () => {
  product = await startProduct();
  browser = await launch();
  const clerk = await as('Clerk');
  live = await clerk.page.locator('main a[href$="/room"]', { hasText: 'MAPaC' }).first().getAttribute('href');
  live = live.replace('/room', '');
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const see = (person, text) => person.page.getByText(text).first().waitFor();
const press = (person, name) => person.page.getByRole('button', { name }).first().click();
const main = (person) => person.page.locator('main').innerText();
const note = (page) => page.getByLabel(/^Notes for item/);
const until = (page, words) => page.waitForFunction((w) => document.querySelector('#room-note')?.value === w, words);
const saved = (page) => page.locator('#room-note-state', { hasText: /^Saved at/ }).waitFor();

test('one writer at a time, who is asked and hands over', { timeout: 90_000 }, async () => {
  const [clerk, chair] = await Promise.all([as('Clerk'), as('Chair of MAPaC')]);
  await visit(chair, `${live}/room`);
  await press(chair, 'Start the meeting');
  await press(chair, /^I am here$/);
  await chair.page.locator('.q-room__line-item').first().getByRole('button', { name: /^Open/ }).click();
  await visit(clerk, `${live}/room`);
  await note(clerk.page).fill('The panel was welcomed.');
  await see(chair, 'Bryony Tate is writing.');
  await see(chair, 'The panel was welcomed.');
  assert.equal(await note(chair.page).count(), 0, 'two people type into one note');
  await press(chair, 'Ask to take over');
  await see(chair, /^You have asked to take over/);
  await see(clerk, 'Dilys Marrow asks to take over the notes');
  await note(clerk.page).fill('The panel was welcomed. Nobody was late.');
  await check(clerk);
  await screenshot(clerk, 'minutes-1-asked');
  await press(clerk, 'Hand over to Dilys Marrow');
  await until(chair.page, 'The panel was welcomed. Nobody was late.');
  await see(clerk, 'Dilys Marrow is writing.');
  await note(chair.page).fill('The panel was welcomed. Two people were late.');
  await saved(chair.page);
  await see(clerk, 'The panel was welcomed. Two people were late.');
});

test('two windows of one person lose nothing: both texts are shown, and both can be kept', { timeout: 60_000 }, async () => {
  const chair = await as('Chair of MAPaC');
  const second = await chair.context.newPage();
  await second.goto(`${live}/room`);
  await until(second, 'The panel was welcomed. Two people were late.');
  await note(chair.page).fill('From the first window.');
  await note(second).fill('From the second window.');
  const differs = (page) => page.getByText('These notes were changed while you wrote').waitFor().then(() => page);
  const page = await Promise.race([differs(chair.page), differs(second)]);
  assert.match(await page.locator('section[aria-labelledby="room-notes"]').innerText(), /They now say.*From the (first|second) window\./s);
  await screenshot({ ...chair, page }, 'minutes-2-two-windows');
  await page.getByRole('button', { name: 'Keep both' }).click();
  for (const each of [chair.page, second]) {
    await each.waitForFunction(() => /From the first window\.[^]*From the second window\.|From the second window\.[^]*From the first window\./.test(document.querySelector('#room-note')?.value));
  }
  await saved(page);
  await second.close();
});

test('earlier versions are read and put back; without script an older version never overwrites', { timeout: 60_000 }, async () => {
  const clerk = await as('Clerk');
  await clerk.page.getByRole('link', { name: /^Earlier versions/ }).click();
  await see(clerk, 'Earlier versions of the notes');
  assert.match(await main(clerk), /Bryony Tate.*The panel was welcomed\. Nobody was late\./s);
  await check(clerk);
  await screenshot(clerk, 'minutes-3-versions');

  const plain = await signedIn(browser, product, 'Clerk');
  await plain.context.route(/\.js$/, (route) => route.abort());
  plain.allow(/ERR_FAILED.*\.js$/);
  await plain.page.goto(`${live}/room`);
  await see(plain, 'Dilys Marrow is writing these notes now.');
  await press(clerk, /^Put this version back/);
  await see(clerk, 'The earlier version is put back, as a new one.');
  await note(plain.page).fill('Written without script.');
  await press(plain, 'Save the notes');
  await see(plain, 'Somebody changed these notes after you opened them');
  assert.equal(await note(plain.page).inputValue(), 'Written without script.', 'what was typed is gone');
  assert.match(await main(plain), /They now say \(Bryony Tate/);
  await press(plain, 'Save the notes');
  await see(plain, 'The notes are saved.');
  await plain.context.close();
});

test('minutes are worded, sent for comment, answered and made final, and one young person’s part is let go', { timeout: 120_000 }, async () => {
  const [clerk, member] = [await as('Clerk'), await as('Member for adult social care', { viewport: phone })];
  for (const month of ['2026-10', '2026-09', '2026-08', '2026-07']) {
    await clerk.page.goto(`/meetings?forum=mapac&month=${month}`);
    const links = await clerk.page.locator('main a[href^="/meetings/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')).filter((h) => /^\/meetings\/[0-9a-f-]{36}$/.test(h)));
    for (const link of links) {
      await clerk.page.goto(link);
      if (await clerk.page.getByRole('link', { name: 'Read the minutes and decisions' }).count()) past ??= link;
    }
    if (past) break;
  }
  assert.ok(past, 'the demo has a past meeting of MAPaC');
  await visit(clerk, past);
  await clerk.page.getByRole('link', { name: 'Read the minutes and decisions' }).click();
  await see(clerk, 'They have not been sent for comment yet.');
  const record = await main(clerk);
  for (const words of [/\d+\/26\. Item 1/, /Decision:/, /Who voted how/, /Dilys Marrow/, /to the end/]) assert.match(record, words);
  await check(clerk);
  await screenshot(clerk, 'minutes-4-draft');

  await clerk.page.getByRole('link', { name: /^Change the wording/ }).nth(1).click();
  await clerk.page.getByLabel('Wording of the minute').fill('The panel heard the NHS.');
  await press(clerk, 'Save the wording');
  await see(clerk, 'The wording is saved.');
  await check(clerk);
  await screenshot(clerk, 'minutes-5-wording');
  await clerk.page.getByRole('link', { name: 'Back to the minutes' }).click();
  await press(clerk, 'Send the minutes for comment');
  await see(clerk, /^Minutes sent for comment\. \d+ people got an email/);

  await visit(member, `${past}/minutes`);
  await screenshot(member, 'minutes-6-member-phone');
  await member.page.getByRole('link', { name: /^Comment on item/ }).nth(1).click();
  await member.page.getByLabel('What is not right, or missing?').fill('The family was heard too.');
  await press(member, 'Send the comment');
  await see(member, 'Your comment is with the clerk and the chair.');
  await check(member);

  await visit(clerk, `${past}/minutes`);
  await see(clerk, /^1 comment waits for an answer\./);
  await clerk.page.getByRole('link', { name: /answer 1 comment/ }).click();
  await clerk.page.getByLabel('What became of this comment?').fill('Added.');
  await screenshot(clerk, 'minutes-7-comment');
  await press(clerk, /^Answer/);
  await see(clerk, 'The comment is answered.');
  await visit(clerk, `${past}/minutes`);
  await press(clerk, 'Make the minutes final');
  await see(clerk, /^The minutes are final\./);
  await check(clerk);

  for (const [ending, kind] of [['pdf', 'application/pdf'], ['docx', 'wordprocessingml'], ['html', 'text/html']]) {
    const answer = await clerk.context.request.get(`${past}/minutes.${ending}`);
    assert.equal(answer.status(), 200, ending);
    assert.match(answer.headers()['content-type'], new RegExp(kind));
  }
  await clerk.page.getByRole('link', { name: /^This young person’s part alone/ }).first().click();
  await see(clerk, 'What was taken out');
  await clerk.page.getByLabel('Also leave out').fill('continuing care');
  await press(clerk, 'Look at it with these choices');
  await check(clerk);
  await screenshot(clerk, 'minutes-8-extract');
  await press(clerk, 'Let it go');
  await see(clerk, 'It can be downloaded now, by you and by the forum’s members.');
  const extract = clerk.page.url();
  const answer = await member.context.request.get(`${extract}.docx`);
  assert.equal(answer.status(), 200);
  await visit(member, new URL(extract).pathname);
  await screenshot(member, 'minutes-9-extract-phone');
});

test('the next meeting approves them as a correct record, and they are locked', { timeout: 60_000 }, async () => {
  const [clerk, chair] = [await as('Clerk'), await as('Chair of MAPaC')];
  await visit(chair, `${live}/room`);
  const about = chair.page.locator('.q-room__line-item', { hasText: /minutes/i });
  if (await about.count()) await about.first().getByRole('button', { name: /^Open/ }).click();
  await see(chair, /^Minutes of /);
  await chair.page.getByLabel(/^Corrections to the minutes of/).fill('Kamal Reeve left at 2:30pm.');
  await check(chair);
  await screenshot(chair, 'minutes-10-approve');
  await press(chair, 'Approve as a correct record');
  await see(chair, /^Approved as a correct record\./);
  await visit(clerk, `${past}/minutes`);
  const record = await main(clerk);
  assert.match(record, /They are locked: nothing in them changes any more\./);
  assert.match(record, /Corrected when they were approved.*Kamal Reeve left at 2:30pm\./s);
  assert.equal(await clerk.page.getByRole('link', { name: /^(Change the wording|Put a correction)/ }).count(), 0);
  await check(clerk);
  await screenshot(clerk, 'minutes-11-locked');
});
