// @vitest-environment node
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { NodePackageImporter, compile } from 'sass';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

const { css } = compile(path.join(root, 'src/app.scss'), {
  importers: [new NodePackageImporter(path.join(root, 'package.json'))],
  logger: { warn() {}, debug() {} },
});

function files(folder: string, ending: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(root, folder, name));
}

// GOV.UK names these and gives them no rule of their own; the room's are where its modifiers and its tests take hold.
const unstyled = ['q-room', 'q-room__line', 'q-room__who', 'govuk-radios', 'govuk-checkboxes', 'govuk-table__head', 'govuk-table__body', 'govuk-table__foot', 'govuk-table__row'];

// Only parts of govuk-frontend are taken: a class of a part that is not would
// leave its element bare, and nothing else would say so.
test('every class that pages use is in the stylesheet', () => {
  const styled = new Set([...css.matchAll(/\.((?:govuk|q)-(?:[\w-]|\\!)+)/g)].map(([, name]) => name!.replace('\\', '')));
  const pages = [...files('govuk', '.templ'), ...files('views', '.templ'), ...files('src', '.svelte')];
  expect(pages.length).toBeGreaterThan(10);

  const bare = new Set<string>();
  for (const page of pages) {
    const text = readFileSync(page, 'utf8');
    const own = new Set([...text.matchAll(/\.(q-[\w-]+)/g)].map(([, name]) => name));
    for (const [, classes] of text.matchAll(/class(?:="|=\{[^}]*?["`]|=\{ "|=\{ (?:with|sized)\(")([^"`{]*)["`{]/g)) {
      for (const name of classes!.split(/\s+/)) {
        if (!/^(govuk|q)-/.test(name) || name.endsWith('-') || name.startsWith('govuk-js-')) continue;
        if (!styled.has(name) && !own.has(name) && !unstyled.includes(name)) bare.add(`${name} in ${path.relative(root, page)}`);
      }
    }
  }
  expect([...bare]).toEqual([]);
});

test('nothing of the government’s own identity is in the stylesheet', () => {
  expect(css).not.toMatch(/GDS Transport|crest|#1d70b8/i);
  expect(css).not.toMatch(/url\(/);
});
