// Everyone's way about: each role follows every place its navigation offers and every link on those
// pages. A dead link or a page that cannot be read by everyone costs somebody their place at the table.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, launch, screenshot } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let product, browser;

before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

const roles = [
  'Chair of MAPaC',
  'Clerk',
  'Member for the NHS',
  'Member for adult social care',
  'Member for children’s social care',
  'Member for education',
  'Presenter',
  'Chair of the locality meetings',
  'Board chair',
  'Administrator',
  'Auditor',
];

for (const role of roles) {
  test(`${role}: every place and every page one step from it opens, and anyone can read it`, async () => {
    const person = await signedIn(browser, product, role, { acceptDownloads: true });
    const found = [];
    const seen = new Set(['/sign-out']);
    const shapes = new Map();
    const places = await links(person.page, '.govuk-service-navigation a, .q-mailbox a, footer a');
    assert.ok(places.length >= 4, `${role} has somewhere to go: ${places}`);

    let below = [];
    for (const address of new Set(['/', ...places])) {
      seen.add(address);
      await look(person, address, found);
      below.push(...(await links(person.page, 'main a')));
      await screenshot(person, `pages-${slug(role)}-${slug(address) || 'home'}`);
    }
    for (const address of new Set(below)) {
      if (seen.has(address)) continue;
      seen.add(address);
      // Pages of one shape are drawn by one template: the first is looked at, the others must answer.
      const shape = shapeOf(address);
      const times = (shapes.get(shape) ?? 0) + 1;
      shapes.set(shape, times);
      if (times > 1 || /\.(ics|csv|xlsx)$|\/html$/.test(address.split('?')[0])) {
        const answer = await person.page.request.get(address);
        if (!answer.ok()) found.push(`${answer.status()}: ${address}`);
        continue;
      }
      await look(person, address, found);
      await screenshot(person, `pages-${slug(role)}-${slug(shape)}`);
    }
    found.push(...person.problems);
    await person.context.close();
    assert.deepEqual(found, []);
  });
}

/** Opens an address and notes what is wrong with it. */
async function look(person, address, found) {
  const response = await person.page.goto(address, { waitUntil: 'load' });
  if (response.status() !== 200) found.push(`${response.status()}: ${address}`);
  found.push(...(await axe(person.page)).map((violation) => `${address}: ${violation}`));
  if ((await person.page.getByRole('heading', { level: 1 }).count()) !== 1) found.push(`${address}: not one main heading`);
}

/** Where the links lead, within the product. */
function links(page, selector) {
  return page.locator(selector).evaluateAll((all) =>
    all
      .filter((a) => a.href && a.origin === location.origin && !a.getAttribute('href').startsWith('#'))
      .map((a) => a.pathname + a.search),
  );
}

/** The address without what differs from one thing to the next. */
function shapeOf(address) {
  return address
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
    .replace(/\bQ\d+\b/g, 'case')
    .replace(/=[^&]*/g, '');
}

const slug = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
