// An agenda goes out, changes and goes out again; its readers see what is new; the clerk sees who has
// opened it; and everybody carries a pack of their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, screenshot, visit } from './browser.mjs';
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

const press = (person, name) => person.page.getByRole('button', { name }).first().click();
const main = (person) => person.page.locator('main').innerText();
const file = async (person, address) => {
  const answer = await person.page.request.get(address);
  assert.equal(answer.status(), 200, address);
  return { type: answer.headers()['content-type'], name: answer.headers()['content-disposition'], content: await answer.body() };
};

test('publish, change, publish again: what is new, who has opened it, and the pack in three forms', { timeout: 150_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await visit(clerk, '/forums/mapac');
  const meetings = await clerk.page.$$eval('main a[href^="/meetings/"]', (links) => links.map((a) => a.getAttribute('href')).filter((href) => /^\/meetings\/[0-9a-f-]{36}$/.test(href)));
  let meeting;
  for (const href of meetings) {
    await clerk.page.goto(href);
    if (await clerk.page.getByText('The agenda has not been published.').count()) {
      meeting = href;
      break;
    }
  }
  assert.ok(meeting, 'MAPaC has a meeting whose agenda is not out');

  // The preview says what will go out; nothing is out until it is confirmed.
  await visit(clerk, `${meeting}/agenda/edit`);
  await press(clerk, 'Build the agenda');
  await press(clerk, 'Check and publish');
  await clerk.page.getByRole('heading', { level: 1, name: 'Check the agenda before you publish it' }).waitFor();
  await check(clerk);
  await screenshot(clerk, 'packs-1-preview');
  const late = clerk.page.getByLabel('Why does it come late?');
  if (await late.count()) await late.fill('Two papers came yesterday.');
  await press(clerk, 'Publish the agenda');
  await clerk.page.getByText('Agenda published as version 1.').waitFor();

  const member = await signedIn(browser, product, 'Member for the NHS');
  await visit(member, `${meeting}/agenda`);
  assert.doesNotMatch(await main(member), /New since you last read/);

  // The clerk takes one off and gives another more time.
  await visit(clerk, `${meeting}/agenda/edit`);
  const rows = clerk.page.locator('#agenda tbody tr');
  await rows.nth(2).getByRole('link', { name: /^Take off/ }).click();
  await clerk.page.getByLabel('Why is it taken off?').fill('The minutes are not written yet.');
  await press(clerk, 'Take it off');
  await rows.nth(0).getByLabel(/^Minutes for/).fill('17');
  await rows.nth(0).getByRole('button', { name: /^Set/ }).click();
  await press(clerk, 'Check and publish version 2');
  const changes = await main(clerk);
  assert.match(changes, /Item 3: Taken off\. The minutes are not written yet\./);
  assert.match(changes, /Item 1, .*: Changed\. 17 minutes\. It was \d+\./);
  await check(clerk);
  await screenshot(clerk, 'packs-2-changes');
  await press(clerk, 'Publish version 2');
  await clerk.page.getByText('Agenda published as version 2.').waitFor();

  // Who has opened it: the member has version 1 only, and is reminded.
  await visit(clerk, `${meeting}/agenda/readers`);
  assert.match(await clerk.page.locator('#readers tr', { hasText: 'Kamal Reeve' }).innerText(), /Not the latest.*Version 1/s);
  await screenshot(clerk, 'packs-3-readers');
  await press(clerk, 'Remind those who have not opened it');
  await clerk.page.getByText(/people are reminded by email\./).waitFor();
  await check(clerk);

  // The member sees what is new since they last read, however often they look.
  for (const look of [1, 2]) {
    await visit(member, `${meeting}/agenda`);
    const text = await main(member);
    assert.match(text, /New since you last read it, which was version 1/, `look ${look}`);
    assert.equal(await member.page.locator('#agenda .govuk-tag', { hasText: 'New since you last read' }).count(), 2);
  }
  await screenshot(member, 'packs-4-new');
  await visit(clerk, `${meeting}/agenda/readers`);
  assert.doesNotMatch(await clerk.page.locator('#readers tr', { hasText: 'Kamal Reeve' }).innerText(), /Not the latest|Not yet/);
  await visit(member, `${meeting}/agenda/versions`);
  assert.match(await main(member), /Version 2[\s\S]*Taken off[\s\S]*Version 1/);

  // The pack: the web page and Word are there at once, the PDF in a moment.
  await visit(member, `${meeting}/agenda`);
  await member.page.getByRole('link', { name: /^PDF/ }).click();
  await check(member);
  const page = await file(member, `${meeting}/pack.html?version=2`);
  assert.match(page.content.toString(), /OFFICIAL-SENSITIVE[\s\S]*Who is coming[\s\S]*3\. Taken off/);
  await visit(member, `${meeting}/pack.html?version=2`);
  await screenshot(member, 'packs-5-page');
  const word = await file(member, `${meeting}/pack.docx?version=2`);
  assert.match(word.type, /wordprocessingml/);
  assert.equal(word.content.subarray(0, 2).toString(), 'PK');
  await visit(member, `${meeting}/pack?version=2`);
  await press(member, 'Make the PDF');
  await check(member);
  const link = member.page.getByRole('link', { name: /^Download the PDF/ });
  await link.waitFor({ timeout: 60_000 });
  await check(member);
  await screenshot(member, 'packs-6-made');
  const pdf = await file(member, await link.getAttribute('href'));
  assert.equal(pdf.content.subarray(0, 5).toString(), '%PDF-');
  assert.match(pdf.name, /agenda-pack-\d{4}-\d\d-\d\d-version-2\.pdf/);

  // Without script the page is asked again by a button.
  const plain = await signedIn(browser, product, 'Chair of MAPaC', { javaScriptEnabled: false });
  await plain.page.goto(`${meeting}/pack`);
  await press(plain, 'Make the PDF');
  for (let n = 0; n < 30 && !(await plain.page.getByRole('link', { name: /^Download the PDF/ }).count()); n++) {
    await plain.page.waitForTimeout(1000);
    await press(plain, 'Look again');
  }
  assert.equal(await plain.page.getByRole('link', { name: /^Download the PDF/ }).count(), 1);
});
