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

// What pages have been looked at, by what they are built of. Many pages of many roles are drawn alike:
// every one is opened, and each that shows something new is checked and kept as a picture.
const built = new Set();

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
    const person = await signedIn(browser, product, role);
    const found = [];
    const places = await links(person.page, '.govuk-service-navigation a, .q-demo a, footer a');
    assert.ok(places.length >= 4, `${role} has somewhere to go: ${places}`);

    const seen = new Set();
    const shapes = new Set();
    const below = new Set();
    for (const address of new Set(['/', ...places])) {
      seen.add(address);
      await look(person, address, found, `pages-${slug(role)}-${slug(address) || 'home'}`);
      for (const link of await links(person.page, 'main a')) below.add(link);
    }
    for (const address of below) {
      if (seen.has(address)) continue;
      const shape = shapeOf(address);
      if (shapes.has(shape) || file.test(address)) {
        const answer = await person.page.request.get(address);
        if (!answer.ok()) found.push(`${answer.status()}: ${address}`);
      } else {
        await look(person, address, found, `pages-${slug(shape)}`);
      }
      shapes.add(shape);
    }
    found.push(...person.problems);
    await person.context.close();
    assert.deepEqual(found, []);
  });
}

const file = /(\.(ics|csv|xlsx|pdf|docx)(\?.*)?|\/html)$/;

/** Opens an address and notes what is wrong with it. */
async function look(person, address, found, picture) {
  const response = await person.page.goto(address, { waitUntil: 'load' });
  if (response.status() !== 200) found.push(`${response.status()}: ${address}`);
  if ((await person.page.getByRole('heading', { level: 1 }).count()) !== 1) found.push(`${address}: not one main heading`);
  const parts = await person.page.evaluate(() => [
    ...new Set([...document.body.querySelectorAll('*')].map((e) => `${e.parentElement.localName}.${e.parentElement.className}>${e.localName}.${e.getAttribute('class')}[${e.type ?? ''}]`)),
  ]);
  if (parts.every((part) => built.has(part))) return;
  parts.forEach((part) => built.add(part));
  found.push(...(await axe(person.page)).map((violation) => `${address}: ${violation}`));
  await screenshot(person, picture);
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
