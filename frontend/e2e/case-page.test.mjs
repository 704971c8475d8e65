// A chair opens a case with a family waiting: what the young person says, where they must not be found,
// what they can decide, and who told them that a meeting discusses them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot, visit } from './browser.mjs';
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

const main = (person) => person.page.locator('main').innerText();
const press = async (person, name) => {
  await person.page.getByRole('button', { name, exact: true }).click();
  await person.page.waitForLoadState();
};

/** The addresses of the cases whose row in the list holds this. */
async function casesListed(person) {
  await visit(person, '/cases');
  return person.page.locator('main tbody th a').evaluateAll((links) => links.map((a) => a.getAttribute('href')));
}

/** The first case whose page says this. */
async function caseThat(person, says) {
  for (const href of await casesListed(person)) {
    await person.page.goto(href);
    if (says.test(await main(person))) return href;
  }
  assert.fail(`no case says ${says}`);
}

const date = async (person, name, [day, month, year]) => {
  for (const [part, value] of Object.entries({ day, month, year })) await person.page.locator(`[name="${name}-${part}"]`).fill(value);
};

test('views that are missing stand in red until somebody records them, in the young person’s words', async () => {
  const clerk = await signedIn(browser, product, 'Clerk', { viewport: phone });
  const address = await caseThat(clerk, /own views are not on record/);
  assert.equal(await clerk.page.getByRole('region', { name: /^Error: This young person’s own views are not on record/ }).count(), 1);
  await check(clerk);
  await screenshot(clerk, 'case-no-views');
  await clerk.page.getByRole('button', { name: 'Record their views' }).click();
  await press(clerk, 'Save their views');
  assert.match(await clerk.page.title(), /^Error: /);
  assert.match(await clerk.page.getByRole('alert').innerText(), /Enter the date they were heard[\s\S]*Choose how they were heard[\s\S]*Enter what they said/);
  await date(clerk, 'heard_on', ['2', '11', '2026']);
  await clerk.page.getByLabel('Through an advocate').check();
  await clerk.page.getByLabel('What did they say?').fill('I want a dog.\nI do not want to share a room.');
  await clerk.page.getByLabel('Yes', { exact: true }).check();
  await clerk.page.getByLabel('Will come to part of it').check();
  await press(clerk, 'Save their views');
  assert.match(await clerk.page.getByRole('alert').innerText(), /Enter who spoke or wrote for them/);
  assert.match(await clerk.page.getByLabel('What did they say?').inputValue(), /I want a dog/, 'what was typed is kept');
  await check(clerk);
  await clerk.page.locator('[name="who_advocate"]').fill('Ms Obi, advocate');
  await screenshot(clerk, 'case-record-views');
  await press(clerk, 'Save their views');
  assert.match(await main(clerk), /Last heard on 2 November 2026/);
  assert.match(await main(clerk), /Through an advocate: Ms Obi, advocate[\s\S]*In their own words[\s\S]*I want a dog/);
  assert.doesNotMatch(await main(clerk), /not on record/);
  assert.ok(clerk.page.url().includes(address));
  await check(clerk);

  await clerk.page.getByRole('button', { name: 'Record capacity for a decision' }).click();
  await clerk.page.getByLabel('Which decision?').fill('Whether to share their health record');
  await clerk.page.getByLabel('Can make this decision', { exact: true }).check();
  await date(clerk, 'judged_on', ['3', '11', '2026']);
  await clerk.page.getByLabel('Who judged it?').fill('Dr Lane, GP');
  await check(clerk);
  await press(clerk, 'Save');
  assert.match(await clerk.page.locator('#capacity-judged').innerText(), /Whether to share their health record[\s\S]*Can make this decision[\s\S]*3 November 2026, by Dr Lane, GP/);
  assert.doesNotMatch(await main(clerk), /has capacity/i);
  await check(clerk);
  await clerk.context.close();
});

test('a long case page says what is on it, and every link leads there by the keyboard', async () => {
  const clerk = await signedIn(browser, product, 'Clerk', { javaScriptEnabled: false });
  await clerk.page.goto('/cases');
  await clerk.page.goto(await clerk.page.locator('main tbody th a').first().getAttribute('href'));
  const links = clerk.page.getByRole('navigation', { name: 'On this page' }).getByRole('link');
  assert.ok((await links.count()) >= 9);
  for (const link of await links.all()) {
    const title = await link.innerText();
    await link.focus();
    await clerk.page.keyboard.press('Enter');
    const heading = clerk.page.locator(new URL(clerk.page.url()).hash);
    assert.equal(await heading.innerText(), title);
    assert.match(await heading.evaluate((element) => element.tagName), /^H2$/);
  }
  await clerk.context.close();
});

test('a protected address shows itself to nobody who has not said why', async () => {
  const chair = await signedIn(browser, product, 'Chair of MAPaC');
  const address = await caseThat(chair, /Protected address: tell nobody/);
  assert.match(await main(chair), /Placement\s+Protected\. Ask to see it/);
  assert.match(await main(chair), /School or college\s+Protected\. Ask to see it/);
  await screenshot(chair, 'case-protected');
  const shown = chair.page.locator('summary', { hasText: 'Show where they live and study' });
  await shown.focus();
  await chair.page.keyboard.press('Enter');
  await chair.page.keyboard.press('Tab');
  assert.equal(await chair.page.evaluate(() => document.activeElement.name), 'why_address');
  await chair.page.keyboard.press('Enter');
  await chair.page.waitForURL(/\/address$/);
  await chair.page.waitForLoadState();
  assert.match(await chair.page.getByRole('alert').innerText(), /Enter why you need to see it/);
  await chair.page.getByLabel('Why do you need to see it?').fill('To plan the journey to the meeting');
  await chair.page.keyboard.press('Enter');
  await chair.page.getByText('You asked to see it, and that is recorded').waitFor();
  assert.doesNotMatch(await main(chair), /Protected\. Ask to see it/);
  assert.equal(new URL(chair.page.url()).search, '');
  await check(chair);
  await visit(chair, address);
  assert.match(await main(chair), /Placement\s+Protected\. Ask to see it/, 'it is hidden again');

  await caseThat(chair, /Court on \d+ \w+ 20\d\d: (to be )?tabled before it/);
  assert.match(await main(chair), /Section 117[\s\S]*Interpreter/);
  await screenshot(chair, 'case-court');
  await chair.context.close();
});

test('a case added by hand asks who told the young person, and the agenda shows what is missing', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  await visit(clerk, '/meetings');
  const addresses = await clerk.page.locator('main a[href^="/meetings/"]').evaluateAll((links) => links.map((a) => a.getAttribute('href')).filter((href) => /^\/meetings\/[0-9a-f-]{36}$/.test(href)));
  let builder;
  for (const address of addresses) {
    const answer = await clerk.page.goto(`${address}/agenda/edit`);
    if (answer.ok() && (await clerk.page.getByLabel('Case number').count()) && /Multi-agency placement/.test(await main(clerk))) builder = `${address}/agenda/edit`;
    if (builder) break;
  }
  assert.ok(builder, 'a meeting whose agenda can be built');
  const first = (await casesListed(clerk)).pop(); // of any locality: the panel follows all
  await visit(clerk, builder);
  await clerk.page.getByLabel('Case number').fill(first.split('/').pop());
  await clerk.page.getByLabel(/^Why it (is on the agenda|comes late)/).fill('To hear how it goes.');
  await press(clerk, 'Add this case');
  await clerk.page.getByRole('heading', { level: 1, name: /Telling .+ about this meeting/ }).waitFor();
  await check(clerk);
  await screenshot(clerk, 'tabling');
  await clerk.page.getByRole('link', { name: 'Not now' }).click();
  assert.match(await main(clerk), /Not yet recorded: who told/);
  await clerk.page.getByRole('link', { name: /^Record who told them about/ }).last().click();
  await clerk.page.getByLabel('Neither was told').check();
  await clerk.page.getByLabel('Consent', { exact: true }).check();
  await press(clerk, 'Save');
  assert.match(await clerk.page.getByRole('alert').innerText(), /Enter why neither was told[\s\S]*Nobody who was not told has consented/);
  await clerk.page.getByLabel('The young person', { exact: true }).check();
  await clerk.page.getByLabel('Who told them?').fill('Orla Finch, social worker');
  await date(clerk, 'told_on', ['20', '11', '2026']);
  await clerk.page.getByLabel('They object to it').check();
  await clerk.page.getByLabel('Their views or objection').fill('Not while my old school is there.');
  await clerk.page.getByLabel('Public task or legal duty').check();
  await press(clerk, 'Save');
  assert.match(await main(clerk), /Objects to being discussed\s+Not while my old school is there/);
  assert.match(await main(clerk), /Told on 20 November 2026 by Orla Finch, social worker/);
  await check(clerk);
  await screenshot(clerk, 'tabling-recorded');
  await clerk.context.close();
});
