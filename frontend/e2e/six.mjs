// People around one table, each in a browser of their own, and all of them looked at after every step: what
// each one's page shows and must not show, what each one's screen reader was told and how often, whether axe
// finds fault with it, and whether it fits a phone.
//
//   const table = await seat(browser, product, { chair: 'Chair of MAPaC', presenter: 'Presenter' }, { phones: ['presenter'] });
//   await table.step('the chair moves to deliberation', () => press(table.chair.page, /^Move to deliberation/), {
//     everybody: { hears: 'Deliberation on item 5' },
//     presenter: { hears: 'Item 5 is deliberated in private from here', sees: 'The panel is deliberating in private', lacks: [name] },
//   });
//
// What is said of everybody holds for each person for whom the same is not said anew.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { assertClean, check, desktop, phone } from './browser.mjs';
import { signedIn } from './product.mjs';

const list = (one) => (one === undefined ? [] : [one].flat());

/** Signs these people in by the cards of their roles, and begins to listen to what each of them is told. */
export async function seat(browser, product, cast, { phones = [], ...options } = {}) {
  const people = {};
  for (const [name, role] of Object.entries(cast)) {
    const person = await signedIn(browser, product, role, { ...(phones.includes(name) ? { viewport: phone } : {}), ...options[name] });
    person.context.setDefaultTimeout(30_000); // so many pages at once are slow on a small machine
    people[name] = { ...person, name };
    await listenTo(people[name]);
  }
  return tableOf(people);
}

/** Keeps what both live regions say, on whatever page this person opens from now on. */
async function listenTo(person) {
  person.heard = [];
  await person.context.exposeBinding('toldAloud', ({ page }, words) => page === person.page && person.heard.push(words));
  await person.context.addInitScript(() =>
    addEventListener('DOMContentLoaded', () => {
      for (const id of ['live-status', 'live-alert']) {
        const region = document.getElementById(id);
        if (region) new MutationObserver(() => region.textContent && window.toldAloud(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
      }
    }),
  );
}

function tableOf(people) {
  const all = Object.entries(people);
  const seen = new Set();
  return {
    ...people,
    everyone: all.map(([, person]) => person),
    /** Everybody, or those who are named, at the meeting's room. */
    async enter(meeting, ...names) {
      const who = names.length > 0 ? names.map((name) => people[name]) : Object.values(people);
      await Promise.all(
        who.map(async ({ page }) => {
          await page.goto(`/meetings/${meeting}/room`);
          await page.getByText('Connected', { exact: true }).waitFor();
        }),
      );
    },
    /** Everybody, or those who are named, at an address whose page does not move by itself. */
    open: (address, ...names) => Promise.all((names.length > 0 ? names.map((name) => people[name]) : Object.values(people)).map(({ page }) => page.goto(address))),
    /** Does one thing, then looks at everybody. */
    async step(what, act, { everybody = {}, ...own } = {}) {
      for (const name of Object.keys(own)) assert.ok(people[name], `${what}: nobody here is called ${name}`);
      await act();
      await Promise.all(
        all.map(async ([name, person]) => {
          try {
            await look(person, { ...everybody, ...own[name] }, seen);
          } catch (error) {
            await person.page.screenshot({ path: fileURLToPath(new URL(`./screenshots/broken-${name}.png`, import.meta.url)), fullPage: true });
            error.message = `${name}, after “${what}”: ${error.message}`;
            throw error;
          }
        }),
      );
    },
    /** Nothing more is told to anybody once the voice has had its rest: no sentence comes twice, or late. */
    async hush(ms = 3_200) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      for (const [name, person] of all) assert.deepEqual(person.heard, [], `${name} is told something more`);
    },
    leave: () => Promise.all(all.map(([, person]) => person.context.close())),
  };
}

const known = ['sees', 'lacks', 'hears'];

async function look(person, shown, seen) {
  for (const key of Object.keys(shown)) assert.ok(known.includes(key), `what is ${key}?`);
  for (const words of list(shown.sees)) await person.page.getByText(words).filter({ visible: true }).first().waitFor();
  for (const words of list(shown.lacks)) await without(person, words);
  await hears(person, shown.hears instanceof RegExp ? shown.hears : list(shown.hears).join('. '));
  await fits(person);
  await isClean(person, seen);
}

/** The words are nowhere in the page: not hidden, not in an attribute, not in what the page was made from. */
async function without({ page }, words) {
  await page.waitForFunction((text) => !document.documentElement.outerHTML.includes(text), words).catch(() => {
    throw new Error(`the page still holds “${words}”`);
  });
}

/** Both regions have told just this since the last step. What was said close together is told together. */
async function hears(person, expected) {
  const until = Date.now() + 15_000; // the voice rests three seconds between two sentences
  const told = () => person.heard.join('. ');
  const enough = () => (expected instanceof RegExp ? expected.test(told()) : told().length >= expected.length);
  while (!enough() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  if (expected instanceof RegExp) assert.match(told(), expected, 'what the screen reader is told');
  else assert.equal(told(), expected, 'what the screen reader is told');
  person.heard.length = 0;
}

/** Nothing is wider than a phone. */
async function fits({ page }) {
  const own = page.viewportSize();
  if (own.width !== phone.width) await page.setViewportSize(phone);
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  if (own.width !== phone.width) await page.setViewportSize(own ?? desktop);
  assert.ok(wide <= room, `the page scrolls sideways at ${phone.width} pixels: ${wide} in ${room}`);
}

/** axe, unless it has seen a page built like this one at this table: other words alone break nothing. */
async function isClean(person, seen) {
  const built = await person.page.evaluate(() => innerWidth + document.body.outerHTML.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '').replace(/>[^<]+</g, '>…<'));
  if (!seen.has(built)) await check(person);
  else assertClean(person);
  seen.add(built);
}

/** What somebody's browser is sent of the meeting: the whole of their view, as the long poll gives it. */
export const viewOf = ({ page }, meeting) =>
  page.evaluate(async (address) => {
    const frames = await (await fetch(address)).json();
    return frames.find((frame) => frame.type === 'frame').sections;
  }, `/live/meetings/${meeting}/frames`);

/** Sends a command past the page, and returns what it is answered. */
export const send = ({ page }, meeting, command, data) =>
  page.evaluate(
    async ([address, message]) => (await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(message) })).json(),
    [`/live/meetings/${meeting}/commands`, { type: 'command', id: crypto.randomUUID(), command, data }],
  );
