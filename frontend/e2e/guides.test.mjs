// The chair's and the clerk's guide: found from help, from the room and from a meeting's page, with pictures
// that are there, and on two sheets of A4 each. The board member's: found from the board's page, on one.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { check, launch, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let browser;
let product;
let folder;
before(async () => {
  [product, browser, folder] = await Promise.all([startProduct(), launch(), mkdtemp(path.join(os.tmpdir(), 'q-guides-'))]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
  await rm(folder, { recursive: true, force: true });
});

for (const [role, title] of [['Chair of MAPaC', 'The chair’s guide'], ['Clerk', 'The clerk’s guide']]) {
  test(`${title} is read on any screen and printed on two pages`, { timeout: 60_000 }, async () => {
    const person = await signedIn(browser, product, role);
    const { page } = person;
    await visit(person, '/help');
    await page.locator('main').getByRole('link', { name: title }).click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await check(person);
    const blurred = await page.locator('main img').evaluateAll((pictures) =>
      pictures.filter((p) => !p.complete || p.naturalWidth < 1.5 * p.width || !p.alt || !p.getAttribute('width') || !p.getAttribute('height')).map((p) => p.src));
    assert.deepEqual(blurred, [], 'pictures that are missing, coarse or say nothing');
    assert.ok((await page.locator('main img').count()) >= 5);
    await screenshot(person, `guide-${role === 'Clerk' ? 'clerk' : 'chair'}`);

    const file = path.join(folder, `${role}.pdf`);
    await writeFile(file, await page.pdf({ format: 'A4', preferCSSPageSize: true, printBackground: true }));
    const { stdout } = await promisify(execFile)('pdfinfo', [file]);
    assert.match(stdout, /^Pages:\s+2$/m);
    assert.match(stdout, /^Page size:\s+59[45]\.?\d* x 84[12]\.?\d* pts \(A4\)$/m);

    // From the meeting's page and from its room.
    await page.goto('/');
    await page.getByRole('link', { name: /^Join.*MAPaC/ }).first().click();
    await page.getByText('Connected', { exact: true }).waitFor();
    const [guide] = await Promise.all([person.context.waitForEvent('page'), page.getByRole('link', { name: title }).click()]);
    await guide.getByRole('heading', { level: 1, name: title }).waitFor();
    await guide.close();
    await visit(person, new URL(page.url()).pathname.replace('/room', ''));
    await page.getByRole('link', { name: title }).waitFor();
    await person.context.close();
  });
}

test('The board member’s guide is read on any screen and printed on one page', { timeout: 60_000 }, async () => {
  const person = await signedIn(browser, product, 'Board chair');
  const { page } = person;
  await visit(person, '/board');
  await page.getByRole('link', { name: 'The board member’s guide' }).click();
  await page.getByRole('heading', { level: 1, name: 'The board member’s guide' }).waitFor();
  await check(person);
  await screenshot(person, 'guide-board');
  const file = path.join(folder, 'board.pdf');
  await writeFile(file, await page.pdf({ format: 'A4', preferCSSPageSize: true, printBackground: true }));
  const { stdout } = await promisify(execFile)('pdfinfo', [file]);
  assert.match(stdout, /^Pages:\s+1$/m);
  assert.match(stdout, /^Page size:\s+59[45]\.?\d* x 84[12]\.?\d* pts \(A4\)$/m);
  await person.context.close();
});

test('a member is not sent to a guide that is not theirs', { timeout: 30_000 }, async () => {
  const member = await signedIn(browser, product, 'Member for the NHS');
  await member.page.getByRole('link', { name: /^Join.*MAPaC/ }).first().click();
  await member.page.getByText('Connected', { exact: true }).waitFor();
  assert.equal(await member.page.getByRole('link', { name: /guide/ }).count(), 0);
});
