// What every browser test stands on: people in browsers of their own, each page they visit checked
// for accessibility, and nothing wrong in its console.
//
//   const browser = await launch();
//   const chair = await newPerson(browser, 'chair');
//   await visit(chair, '/meetings');
//   await screenshot(chair, 'meetings');
//   await browser.close();
//
// QUORATE_E2E_URL says where the server is, QUORATE_CHROMIUM where the browser is.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = path.dirname(fileURLToPath(import.meta.url));
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const desktop = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };

/** Where the server under test is. */
export function baseURL() {
  const url = process.env.QUORATE_E2E_URL;
  assert.ok(url, 'set QUORATE_E2E_URL to the address of the server to test');
  return url;
}

/** Starts Chromium, without a word to the network. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.QUORATE_CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: [
      '--headless',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
}

/**
 * Someone with a browser of their own: cookies, storage and line are nobody else's.
 * person.problems gathers what went wrong; person.allow(/pattern/) says what a test brings about
 * on purpose (a line that is cut, a page that answers 422).
 */
export async function newPerson(browser, name, { viewport = desktop, url, ...options } = {}) {
  const context = await browser.newContext({
    baseURL: url ?? baseURL(),
    viewport,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const person = {
    name,
    context,
    page: await context.newPage(),
    problems: [],
    allowed: [],
    allow(pattern) {
      person.allowed.push(pattern);
    },
  };
  context.on('page', (page) => listen(person, page));
  listen(person, person.page);
  return person;
}

function listen(person, page) {
  const note = (problem) => person.problems.push(problem);
  page.on('pageerror', (error) => note(`script error: ${error.message}`));
  page.on('console', (message) => {
    // The browser's own line about a failed answer is told better below.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      note(`console: ${message.text()}`);
    }
  });
  page.on('response', (response) => {
    const asked = response.request();
    const expected = asked.isNavigationRequest() && response.status() < 500;
    if (response.status() >= 400 && !expected) note(`answered ${response.status()}: ${asked.method()} ${asked.url()}`);
  });
  page.on('requestfailed', (asked) => {
    const why = asked.failure()?.errorText ?? '';
    if (why !== 'net::ERR_ABORTED') note(`no answer (${why}): ${asked.method()} ${asked.url()}`);
  });
}

/** Goes to an address and checks the page found there. */
export async function visit(person, address, { status = 200 } = {}) {
  const response = await person.page.goto(address, { waitUntil: 'load' });
  assert.equal(response?.status(), status, `${person.name} at ${address}`);
  await check(person);
  return response;
}

/** Fails on any accessibility violation of the page as it now is, and on anything wrong so far. */
export async function check(person) {
  const { page } = person;
  const where = `${person.name} at ${page.url()}`;
  const violations = await axe(page);
  assert.deepEqual(violations, [], `accessibility of ${where}`);
  assertClean(person, where);
}

/** Fails if a console error, a refused style or script, or a failed answer was seen. */
export function assertClean(person, where = person.page.url()) {
  const unexpected = person.problems.filter((problem) => !person.allowed.some((pattern) => pattern.test(problem)));
  assert.deepEqual(unexpected, [], `problems of ${person.name}, ${where}`);
}

/** What axe finds against WCAG 2.2 A and AA, in a line each. */
export async function axe(page) {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const found = await window.axe.run(document, {
      runOnly: { type: 'tag', values: tags },
      rules: { 'target-size': { enabled: true } },
      resultTypes: ['violations'],
    });
    // GOV.UK's radios tell screen readers that a choice opens more questions with aria-expanded,
    // tested with people who use them; ARIA does not list it for a radio. Nothing else is let by.
    const meant = (rule, node) =>
      rule === 'aria-allowed-attr' &&
      node.all.every(({ data }) => data.values.length === 1 && data.values[0].startsWith('aria-expanded=')) &&
      document.querySelector(node.target[0])?.matches('.govuk-radios__input[aria-controls^="conditional-"]');
    return found.violations.flatMap((violation) =>
      violation.nodes.filter((node) => !meant(violation.id, node)).map((node) => `${violation.id}: ${violation.help}: ${node.target.join(' ')}: ${node.html.slice(0, 160)}`),
    );
  });
}

/**
 * Keeps a picture of the page at desktop and phone width below e2e/screenshots, and fails if the
 * page must be scrolled sideways at either or at 320 pixels (WCAG 1.4.10).
 */
export async function screenshot(person, name) {
  const { page } = person;
  const folder = path.join(here, 'screenshots');
  await mkdir(folder, { recursive: true });
  const before = page.viewportSize();
  for (const viewport of [desktop, phone, { width: 320, height: 640 }]) {
    await page.setViewportSize(viewport);
    const sideways = await page.evaluate(() => {
      const root = document.documentElement;
      return root.scrollWidth > root.clientWidth ? `${root.scrollWidth} in ${root.clientWidth}` : '';
    });
    assert.equal(sideways, '', `${name} scrolls sideways at ${viewport.width} pixels`);
    if (viewport.width !== 320) {
      await page.screenshot({ path: path.join(folder, `${name}-${viewport.width}.png`), fullPage: true });
    }
  }
  if (before) await page.setViewportSize(before);
}
