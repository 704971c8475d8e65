// The import of a tracker as a clerk goes through it, for the tests that need one on their way.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';
import { check, visit } from './browser.mjs';

const heading = (person, name) => person.page.getByRole('heading', { level: 1, name }).waitFor();
const press = (person, name) => person.page.locator('main').getByRole('button', { name, exact: true }).click();

/** Chooses a file at the start of an import and sends it. Whatever comes next is checked. */
export async function upload(person, file) {
  await visit(person, '/tracker');
  await person.page.getByRole('button', { name: 'Start an import' }).click();
  await heading(person, 'Which file holds the tracker?');
  if (file) await person.page.getByLabel('Choose the tracker').setInputFiles(file);
  await press(person, 'Upload');
  await person.page.waitForLoadState();
  await check(person);
}

/** Brings a file whose columns and words are guessed rightly to its preview. */
export async function toPreview(person, file) {
  await upload(person, file);
  const title = await person.page.getByRole('heading', { level: 1 }).innerText();
  if (/Where are the headings\?/.test(title)) {
    await press(person, 'Continue');
    await heading(person, /What does each column hold\?/);
    await check(person);
    await press(person, 'Continue');
  }
  await heading(person, 'Check what this import would change');
  await check(person);
}

/** Confirms the import whose preview is shown. */
export async function confirm(person) {
  await press(person, 'Confirm the import');
  await heading(person, 'Tracker imported');
  await check(person);
}

/** The parts of a workbook that was downloaded, as text by their names. */
export async function workbookParts(download) {
  const file = await readFile(await download.path());
  const parts = {};
  let end = file.length - 22;
  while (file.readUInt32LE(end) !== 0x06054b50) end--;
  let at = file.readUInt32LE(end + 16);
  for (let n = file.readUInt16LE(end + 10); n > 0; n--) {
    assert.equal(file.readUInt32LE(at), 0x02014b50, 'a workbook is a zip archive');
    const [packed, name, extra, comment, local] = [file.readUInt32LE(at + 20), file.readUInt16LE(at + 28), file.readUInt16LE(at + 30), file.readUInt16LE(at + 32), file.readUInt32LE(at + 42)];
    const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const body = file.subarray(from, from + packed);
    parts[file.toString('utf8', at + 46, at + 46 + name)] = (file.readUInt16LE(at + 10) === 8 ? inflateRawSync(body) : body).toString('utf8');
    at += 46 + name + extra + comment;
  }
  return parts;
}
