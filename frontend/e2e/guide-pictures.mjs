// Takes the pictures of the chair's and the clerk's guide from the demo, where nobody is real, and writes
// them to public/help with their sizes. `make pictures` takes all, `node e2e/guide-pictures.mjs locality` those
// of one meeting. Look at each before it is committed.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

const folder = fileURLToPath(new URL('../public/help/', import.meta.url));
const sizesFile = fileURLToPath(new URL('../views/help/pictures.json', import.meta.url));

// Narrow enough to be read on a phone, dense enough for paper, and light.
const density = 1.5;
const narrow = { viewport: { width: 560, height: 900 }, deviceScaleFactor: density };
const wall = { viewport: { width: 1280, height: 720 } };
const margin = 14;

const browser = await launch();
const sizes = JSON.parse(await readFile(sizesFile, 'utf8'));

const section = (person, id) => person.page.locator(`section[aria-labelledby="${id}"]`);
const press = (person, name, within = person.page) => within.getByRole('button', { name }).first().click();
const see = (person, text) => person.page.getByText(text).first().waitFor();

/** Keeps what is round these parts of the page, no higher than asked. */
async function keep(person, name, parts, { highest = Infinity } = {}) {
  const { page } = person;
  await page.evaluate(() => document.activeElement?.blur());
  const boxes = await Promise.all([parts].flat().map((part) => part.evaluate((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left: left + scrollX, top: top + scrollY, right: right + scrollX, bottom: bottom + scrollY };
  })));
  const [left, top] = [Math.min(...boxes.map((b) => b.left)) - margin, Math.min(...boxes.map((b) => b.top)) - margin];
  const [right, bottom] = [Math.max(...boxes.map((b) => b.right)) + margin, Math.max(...boxes.map((b) => b.bottom)) + margin];
  const clip = { x: Math.max(0, Math.floor(left)), y: Math.max(0, Math.floor(top)), width: 0, height: 0 };
  clip.width = Math.ceil(Math.min(page.viewportSize().width, right)) - clip.x;
  clip.height = Math.min(highest, Math.ceil(bottom) - clip.y);
  await save(name, await page.screenshot({ fullPage: true, clip }), clip);
}

/** WebP is half the weight of PNG, and the browser writes it. */
async function save(name, png, { width, height }) {
  const page = await browser.newPage();
  const webp = await page.evaluate(
    async ([source, w, h]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${source}`;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
      canvas.getContext('2d').drawImage(image, 0, 0, w, h);
      return canvas.toDataURL('image/webp', 0.75).split(',')[1];
    },
    [png.toString('base64'), Math.ceil(width * density), Math.ceil(height * density)],
  );
  await page.close();
  const bytes = Buffer.from(webp, 'base64');
  await writeFile(`${folder}${name}.webp`, bytes);
  sizes[name] = [width, height];
  console.log(`${name}: ${width} × ${height}, ${Math.round(bytes.length / 1000)} kB`);
}

/** The room of the meeting somebody can join on Home. */
async function join(product, role, forum, options = narrow) {
  const person = await signedIn(browser, product, role, options);
  await person.page.getByRole('link', { name: new RegExp(`^Join.*${forum}`) }).first().click();
  await see(person, /^Connected$/);
  return person;
}

async function panel() {
  const product = await startProduct();
  try {
    const chair = await join(product, 'Chair of MAPaC', 'MAPaC');
    const clerk = await join(product, 'Clerk', 'MAPaC');
    const adults = await join(product, 'Member for adult social care', 'MAPaC');
    await press(chair, 'Start the meeting');
    for (const person of [chair, clerk, adults]) await press(person, /^I am here$/);
    await see(chair, /^3 of \d+ are here/);
    await press(chair, /^Open/, chair.page.locator('.q-room__line-item').filter({ hasText: 'Imran Nguyen' }));
    await section(chair, 'room-propose').waitFor();
    await keep(chair, 'chair-quorum', section(chair, 'room-quorum'));

    const education = await join(product, 'Member for education', 'MAPaC');
    const nhs = await join(product, 'Member for the NHS', 'MAPaC');
    for (const person of [education, nhs]) await press(person, /^I am here$/);
    await see(clerk, /^5 of \d+ are here/);
    await keep(clerk, 'clerk-here', section(clerk, 'room-people'), { highest: 408 });

    // The split, with something left to share.
    const split = section(chair, 'room-propose').locator('fieldset.govuk-fieldset').filter({ hasText: 'Who pays what each week' });
    const weekly = split.getByLabel('Adult social care, pounds a week');
    const asked = Number((await weekly.inputValue()).replace(/,/g, ''));
    await weekly.fill((asked - 46.2).toFixed(2));
    await see(chair, /^£46\.20 still to share/);
    await keep(chair, 'chair-split', [split.getByRole('group', { name: 'Education and SEND' }), split.locator('.q-room__left')]);
    await weekly.fill(asked.toFixed(2));
    await press(chair, 'Open the vote', section(chair, 'room-propose'));

    await see(adults, 'The vote is open');
    await adults.page.getByLabel('Agree', { exact: true }).check();
    await press(adults, 'Give this position');
    await see(chair, /^1 of \d have voted\. Not yet: /);
    await keep(chair, 'chair-next', section(chair, 'room-next'), { highest: 330 });

    const screen = await signedIn(browser, product, 'Clerk', wall);
    await screen.page.goto(`${new URL(clerk.page.url()).pathname.replace('/room', '')}/screen`);
    await see(screen, /1 of \d have voted/);
    await save('clerk-screen', await screen.page.screenshot(), { width: 640, height: 360 });

    for (const person of [education, nhs]) {
      await person.page.getByLabel('Agree', { exact: true }).check();
      await press(person, 'Give this position');
      await see(person, /Recorded at/);
    }
    await press(chair, /^Close the vote/);
    await section(chair, 'room-decide').waitFor();
    const vote = section(chair, 'room-vote');
    await keep(chair, 'chair-positions', [vote.locator('tbody').last().locator('tr').nth(1), vote.getByText('Every funder consents to its own share', { exact: true })]);

    await chair.page.getByLabel('Agreed', { exact: true }).check();
    await chair.page.getByLabel('Reasons').fill('Assessed need for two people at night.');
    await press(chair, 'Check the decision');
    await chair.page.getByRole('heading', { name: 'Check the decision before it is final' }).waitFor();
    const shares = section(chair, 'room-decide').locator('.govuk-summary-list__row').filter({ hasText: 'Adult social care' });
    await keep(chair, 'chair-check', [shares, chair.page.getByRole('button', { name: /^Confirm the decision/ })]);

    // Notes, asked for by the chair.
    await clerk.page.getByLabel(/^Notes for item/).fill('Imran’s worker told the panel what he wants: to stay near his college. Education asked how travel is arranged.');
    await clerk.page.locator('#room-note-state', { hasText: /^Saved at/ }).waitFor();
    await press(chair, 'Ask to take over');
    await see(clerk, /asks to take over the notes$/);
    await keep(clerk, 'clerk-notes', section(clerk, 'room-notes'));

    // Minutes of the meeting before, out for comment.
    await openMinutes(clerk);
    await press(clerk, 'Send the minutes for comment');
    await see(clerk, /^Minutes sent for comment/);
    await clerk.page.reload();
    const main = clerk.page.locator('main');
    await keep(clerk, 'clerk-minutes', [main.locator('h1'), main.getByRole('button', { name: 'Make the minutes final' })]);
  } finally {
    await product.stop();
  }
}

/** Opens the minutes of the panel that wait to be written. */
async function openMinutes(clerk) {
  for (const month of ['2026-11', '2026-10', '2026-09', '2026-08']) {
    await clerk.page.goto(`/meetings?forum=mapac&month=${month}`);
    const meetings = await clerk.page.locator('main a[href^="/meetings/"]').evaluateAll((links) => links.map((a) => a.getAttribute('href')).filter((to) => /^\/meetings\/[0-9a-f-]{36}$/.test(to)));
    for (const meeting of meetings) {
      await clerk.page.goto(`${meeting}/minutes`);
      if (await clerk.page.getByRole('button', { name: 'Send the minutes for comment' }).count()) return;
    }
  }
  throw new Error('no meeting of the demo has minutes to write');
}

async function locality() {
  const product = await startProduct();
  try {
    const chair = await join(product, 'Chair of the locality meetings', 'Central');
    const clerk = await join(product, 'Clerk', 'Central');
    await press(chair, 'Start the meeting');
    for (const role of ['Member for children’s social care', 'Member for education', 'Member for the NHS']) {
      const member = await join(product, role, 'Central');
      await press(member, /^I am here$/);
    }
    for (const person of [chair, clerk]) await press(person, /^I am here$/);

    const rows = clerk.page.locator('.q-room__name');
    for (const [row, key, next] of [[0, 'r', 'Ask the college for a place from January.'], [1, 'a', 'Book the pathway plan review.']]) {
      await rows.nth(row).locator('.q-room__name-button').focus();
      await clerk.page.keyboard.press(key);
      await rows.nth(row).getByText(key === 'r' ? 'Red' : 'Amber', { exact: true }).waitFor();
      await clerk.page.keyboard.press('s');
      await clerk.page.keyboard.press('Control+A');
      await clerk.page.keyboard.type(next);
      await clerk.page.keyboard.press('Escape');
      await rows.nth(row).getByText(`Next: ${next}`).waitFor();
    }
    await rows.nth(2).locator('.q-room__name-button').focus();
    await clerk.page.keyboard.press('s');
    await rows.nth(2).locator('.q-room__edit').waitFor();
    await keep(clerk, 'clerk-list', [rows.nth(0), rows.nth(2)], { highest: 512 });
    await clerk.page.keyboard.press('Escape');

    const name = chair.page.locator('.q-room__name-button').first();
    await name.focus();
    await chair.page.keyboard.press('v');
    await section(chair, 'room-propose').waitFor();
    await chair.page.getByLabel(/^What was concluded/).fill('Ask the college for a place from January.');
    await press(chair, /^State this outcome/);
    const table = section(clerk, 'room-vote').locator('table').last();
    await table.waitFor();
    for (let given = 1; given <= 2; given++) {
      await press(clerk, /^Agrees/, table);
      await see(clerk, new RegExp(`^${given} of \\d+ positions are recorded`));
    }
    await keep(clerk, 'clerk-spoken', table, { highest: 460 });
  } finally {
    await product.stop();
  }
}

const meetings = { panel, locality };
const asked = process.argv.slice(2);
await mkdir(folder, { recursive: true });
try {
  for (const name of asked.length > 0 ? asked : Object.keys(meetings)) await meetings[name]();
} finally {
  await browser.close();
}
const lines = Object.entries(sizes).map(([name, size]) => `  ${JSON.stringify(name)}: ${JSON.stringify(size)}`);
await writeFile(sizesFile, `{\n${lines.sort().join(',\n')}\n}\n`);
