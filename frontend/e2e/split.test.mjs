// Who is asked to pay which share: pounds and percent fill each other in while somebody types, and what is
// left is said; without script a button does the same, to the same penny.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addLine, begin, keep, section } from './asking.mjs';
import { check, launch, phone, screenshot } from './browser.mjs';
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

test('pounds and percent are linked while typing, and what is saved is what was shown', { timeout: 60_000 }, async () => {
  const presenter = await signedIn(browser, product, 'Presenter');
  const { page } = presenter;
  await begin(presenter);
  await section(presenter, 'What it costs');
  await addLine(presenter, { price: '1,000.01' });
  await page.locator('main').getByRole('button', { name: 'Continue' }).click();
  const request = page.url();
  await section(presenter, 'Who is asked to pay');
  const split = page.url();
  const field = (agency, what) => page.getByLabel(`${agency} ${what}`, { exact: true });
  const weekly = (agency) => field(agency, 'a week, in pounds');
  const percent = (agency) => field(agency, 'percent');
  const left = page.locator('#left-to-share');
  const [adults, health] = ['Adult social care', 'NHS continuing care'];

  // Where all is paid each week, as most is.
  await percent(adults).fill('50');
  assert.equal(await weekly(adults).inputValue(), '500', 'parts of a penny are nobody’s until all is shared');
  assert.equal(await left.innerText(), '50%; £500.01 a week left to share');

  await page.goto(request);
  await section(presenter, 'What it costs');
  await addLine(presenter, { kind: 'Equipment', unit: 'items', price: '50', paid: 'Once' });
  await page.locator('main').getByRole('button', { name: 'Continue' }).click();
  await section(presenter, 'Who is asked to pay');

  await weekly(adults).fill('500');
  assert.equal(await percent(adults).inputValue(), '50');
  await weekly(health).fill('453.81');
  assert.equal(await left.innerText(), '£46.20 a week left to share; £50 of the one-off cost left to share');
  await page.locator('#left-to-share-says', { hasText: '£46.20 a week left to share' }).waitFor({ state: 'attached' });
  await check(presenter);
  await screenshot(presenter, 'split-pounds');

  await percent(adults).fill('33.33');
  assert.ok(await page.getByLabel('In percent', { exact: true }).isChecked(), 'what is typed last is what is meant');
  await percent(health).fill('66.67');
  const shown = [await weekly(adults).inputValue(), await weekly(health).inputValue(), await field(adults, 'once, in pounds').inputValue(), await field(health, 'once, in pounds').inputValue()];
  assert.deepEqual(shown, ['333.30', '666.71', '16.67', '33.33'], 'to the penny, the larger remainder first');
  assert.equal(await left.innerText(), 'Nothing left to share');
  await percent(health).fill('70');
  assert.equal(await left.innerText(), '3.33% too much');
  await percent(health).fill('half');
  assert.ok(await left.isHidden(), 'nothing is said of what cannot be read');
  await percent(health).fill('66.67');
  await page.setViewportSize(phone);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
  await screenshot(presenter, 'split-phone');
  await keep(presenter);
  await page.goto(split);
  assert.deepEqual([await weekly(adults).inputValue(), await weekly(health).inputValue()], shown.slice(0, 2), 'what was shown is what was saved');

  // Without script the button works out the same.
  const plain = await signedIn(browser, product, 'Presenter', { javaScriptEnabled: false });
  await plain.page.goto(split);
  await plain.page.getByLabel('In percent', { exact: true }).check();
  await plain.page.getByLabel(`${adults} percent`, { exact: true }).fill('33.33');
  await plain.page.getByLabel(`${health} percent`, { exact: true }).fill('61.67');
  await plain.page.getByRole('button', { name: 'Work out what is left to share' }).click();
  assert.equal(await plain.page.getByLabel(`${adults} a week, in pounds`, { exact: true }).inputValue(), '333.30');
  assert.match(await plain.page.locator('#left-to-share').innerText(), /^5%; £50\.01 a week left to share; £2\.50 of the one-off cost left to share$/);
  await Promise.all([presenter, plain].map((person) => person.context.close()));
});
