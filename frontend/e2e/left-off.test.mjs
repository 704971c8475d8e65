// A clerk proves that nobody due is left off: who is not on the agenda and why, who is put over and what
// that would miss, and by which rules a published agenda was built.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, check, launch, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let browser;
let product;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const main = (person) => person.page.locator('main');
const press = (person, name) => main(person).getByRole('button', { name }).first().click();
const says = (person, words) => main(person).getByText(words).first().waitFor();

/** The first meeting of a forum whose agenda is not out. */
async function unpublished(person, forum) {
  await person.page.goto(`/forums/${forum}`);
  const hrefs = await person.page.$$eval('main a[href^="/meetings/"]', (links) => links.map((a) => a.getAttribute('href')).filter((href) => /^\/meetings\/[0-9a-f-]{36}$/.test(href)));
  for (const href of hrefs) {
    await person.page.goto(href);
    if (await person.page.getByText('The agenda has not been published.').count()) return href;
  }
  return assert.fail(`${forum} has no meeting whose agenda is not out`);
}

test('who is left off is named with the reason, who is put over with the next date and what it misses', { timeout: 60_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = clerk;
  const meeting = await unpublished(clerk, 'locality-central');
  await page.goto(`${meeting}/agenda/edit`);
  await press(clerk, 'Build the agenda');

  // The first will take most of the meeting, so that others who are pressing have to wait.
  const first = page.locator('#agenda tbody tr', { hasText: /Q\d+/ }).first();
  await first.getByLabel(/^Minutes for/).fill('150');
  await first.getByRole('button', { name: /^Set/ }).click();
  await press(clerk, 'Build it again');

  // There is no time for everybody: each waits for a named day, and a deadline before that day is told.
  const over = page.locator('#put-over tbody tr');
  await over.first().waitFor();
  for (const words of await over.locator('td, th').nth(2).allInnerTexts()) assert.match(words, /day \d+ \w+ 20\d\d|not called yet/, 'it says when it comes');
  const late = over.filter({ hasText: /After \d+ \w+ 20\d\d/ });
  const passes = await late.count();
  assert.ok(passes > 0, 'somebody’s date passes before the next meeting');
  const warning = passes === 1 ? '1 case put over has a date that passes before' : `${passes} cases put over have a date that passes before`;
  await says(clerk, new RegExp(warning));
  await check(clerk);
  await screenshot(clerk, 'left-off-put-over');
  const waiting = await over.count();
  const reference = (await late.first().innerText()).match(/Q\d+/)[0];

  // One is taken off by hand; the page that proves completeness names both, each with its own reason.
  const listed = page.locator('#agenda tbody tr', { hasText: /Q\d+/ });
  const off = (await listed.first().innerText()).match(/Q\d+/)[0];
  await listed.first().getByRole('link', { name: /^Take off/ }).click();
  await page.getByLabel('Why is it taken off?').fill('Moves to another county on Friday.');
  await press(clerk, 'Take it off');
  await main(clerk).getByRole('link', { name: 'Is anybody left off?' }).click();
  await page.getByRole('heading', { level: 1, name: 'Is anybody left off?' }).waitFor();
  const [, due, on, not] = (await main(clerk).innerText()).match(/(\d+) are due by .*?\. (\d+) are on this agenda, and (\d+) are not/);
  assert.equal(Number(due), Number(on) + Number(not), 'whoever is due is on it or named');
  const missing = page.locator('#missing tbody tr');
  assert.equal(await missing.count(), Number(not));
  assert.match(await missing.filter({ hasText: off }).innerText(), /Taken out: Moves to another county on Friday\./);
  assert.match(await missing.filter({ hasText: reference }).innerText(), /No time\. Comes to the meeting on \d+ \w+ 20\d\d\.\s+After \d+ \w+ 20\d\d/);
  for (const words of await missing.allInnerTexts()) assert.match(words, /Taken out:|No time\.|Due since the agenda was last built/, 'everybody has a reason');
  assert.match(await page.locator('#elsewhere').innerText(), /North[\s\S]*Locality transition meeting North/);
  await check(clerk);
  await screenshot(clerk, 'left-off');

  // Room is made for the one whose deadline it would miss.
  await page.goto(`${meeting}/agenda/edit`);
  await over.filter({ hasText: reference }).getByRole('button', { name: /^Make room/ }).click();
  await page.locator('#agenda tbody tr', { hasText: reference }).waitFor();
  await check(clerk);
  await page.goto(`${meeting}/agenda/completeness`);
  assert.equal(await page.locator('#missing tbody tr', { hasText: reference }).count(), 0, 'who is on the agenda is not left off');
  assert.ok(waiting > 1, 'others still wait');
  await clerk.context.close();
});

test('on a phone and without script the same can be read', { timeout: 60_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk', { viewport: phone, javaScriptEnabled: false });
  const meeting = await unpublished(clerk, 'locality-central');
  await clerk.page.goto(`${meeting}/agenda/edit`);
  if (await clerk.page.getByRole('button', { name: 'Build the agenda' }).count()) await press(clerk, 'Build the agenda');
  await says(clerk, 'No time for these');
  await main(clerk).getByRole('link', { name: 'Is anybody left off?' }).click();
  await says(clerk, /are due by/);
  assert.ok((await clerk.page.locator('body').evaluate((body) => body.scrollWidth)) <= phone.width, 'nothing is wider than the phone');
  await screenshot(clerk, 'left-off-phone');
  assertClean(clerk);
  await clerk.context.close();
});

test('a published agenda goes on showing the rules it was built by', { timeout: 60_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = clerk;
  await page.goto('/');
  await page.getByRole('link', { name: /^Read the agenda of Locality transition meeting Central/ }).first().click();
  const agenda = new URL(page.url()).pathname;
  assert.equal(await page.locator('.govuk-tag', { hasText: /^Late$/ }).count(), 0, 'the demo’s agenda was out in time');
  await main(clerk).getByRole('link', { name: /^The rules as they were/ }).click();
  await page.getByRole('heading', { level: 2, name: 'No support plan' }).waitFor();
  assert.doesNotMatch(await main(clerk).innerText(), /is in force now/);

  await visit(clerk, '/rules/no_support_plan');
  const days = page.getByLabel('Days of notice before that');
  const was = await days.inputValue();
  await days.fill('200');
  await press(clerk, 'Save as version 2');
  await says(clerk, 'Saved as version 2.');

  await visit(clerk, `${agenda}/rules`);
  const then = await page.getByRole('heading', { level: 2, name: 'No support plan' }).evaluate((heading) => {
    const words = [];
    for (let next = heading.nextElementSibling; next && next.tagName !== 'H2'; next = next.nextElementSibling) words.push(next.textContent);
    return words.join(' ').replace(/\s+/g, ' ');
  });
  assert.match(then, new RegExp(`Days of notice before that${was}\\D`), 'the days are those of then');
  assert.match(then, /Version 2 is in force now\./);
  await screenshot(clerk, 'left-off-rules-as-they-were');
  await clerk.context.close();
});
