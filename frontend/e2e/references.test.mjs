// A clerk settles who is the same person as whom: a changed reference, a merge, and both undone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let browser;
let product;
before(async () => {
  product = await startProduct();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const button = (person, name) => person.page.getByRole('button', { name });
const main = (person) => person.page.locator('main').innerText();

/** The numbers of two cases, and the first one's page. */
async function twoCases(clerk) {
  await visit(clerk, '/cases');
  const links = await clerk.page.getByRole('link', { name: /^Q\d+$/ }).allInnerTexts();
  const numbers = links.length > 1 ? links : [...(await main(clerk)).matchAll(/Q\d+/g)].map((m) => m[0]);
  return [numbers[0], numbers[1]];
}

for (const options of [{}, { javaScriptEnabled: false }]) {
  const scripted = options.javaScriptEnabled !== false;
  test(`a reference changes and changes back, ${scripted ? 'with' : 'without'} JavaScript`, async () => {
    const clerk = await signedIn(browser, product, 'Clerk', options);
    clerk.allow(/422/); // a form that is not filled in
    const look = async () => {
      if (scripted) await check(clerk); // axe is itself a script
    };
    await clerk.page.goto('/cases');
    const [number] = (await main(clerk)).match(/Q\d+/);
    await clerk.page.goto(`/cases/${number}`);
    await clerk.page.getByRole('link', { name: 'References and merges' }).click();
    await look();
    await button(clerk, 'Change the reference').click();
    assert.match(await clerk.page.title(), /^Error: /);
    assert.match(await main(clerk), /Enter the reference the tracker uses now/);
    await look();
    await clerk.page.getByLabel('New reference').fill('adults 900001');
    await button(clerk, 'Change the reference').click();
    assert.match(await main(clerk), /became ADULTS 900001/);
    assert.doesNotMatch(clerk.page.url(), /900001/);
    await look();
    await button(clerk, /Undo this change/).click();
    assert.match(await main(clerk), /Undone by/);
    await look();
    await clerk.context.close();
  });
}

test('an NHS number is typed, refused when it is wrong or somebody else’s, and withdrawn', async () => {
  const clerk = await signedIn(browser, product, 'Clerk', { viewport: phone });
  clerk.allow(/422/); // a wrong number
  const [first, second] = await twoCases(clerk);
  const form = async (number) => {
    await visit(clerk, `/cases/${number}`);
    await clerk.page.getByRole('link', { name: 'References and merges' }).click();
    await clerk.page.getByRole('link', { name: 'Change the NHS number, UPN or a service’s reference' }).click();
    await clerk.page.waitForLoadState();
  };
  const type = async (number) => {
    await clerk.page.getByLabel('NHS number').fill(number);
    await button(clerk, 'Save the references').click();
    await clerk.page.waitForLoadState();
  };
  await form(first);
  await check(clerk);
  await type('943 476 5918');
  assert.match(await clerk.page.getByRole('alert').innerText(), /its last digit does not match the others/);
  assert.equal(await clerk.page.getByLabel('NHS number').inputValue(), '943 476 5918', 'what was typed is kept');
  await check(clerk);
  await type('943 476 5919');
  assert.match(await main(clerk), /NHS number\s+943 476 5919/);
  assert.doesNotMatch(new URL(clerk.page.url()).pathname, /943/);

  await form(second);
  await type('9434765919');
  assert.match(await clerk.page.getByRole('alert').innerText(), new RegExp(`${first} holds this NHS number. If the two are one person, merge the cases`));
  await check(clerk);
  await screenshot(clerk, 'numbers-taken');
  await button(clerk, new RegExp(`Compare and merge.*${first}`)).click();
  await clerk.page.getByRole('heading', { level: 1, name: 'Are they one person?' }).waitFor();

  await form(first);
  await type('');
  assert.match(await main(clerk), /NHS number\s+Not known/);
  await clerk.context.close();
});

test('two cases are compared, merged, and made two again', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  clerk.allow(/422/); // a number that is no case’s
  const [kept, gone] = await twoCases(clerk);
  await visit(clerk, `/cases/${kept}/references`);
  await clerk.page.getByLabel('Number of the other case').fill('Q1');
  await button(clerk, 'Compare the two').click();
  assert.match(await main(clerk), /There is no case with this number that you may see/);
  await clerk.page.getByLabel('Number of the other case').fill(gone);
  await button(clerk, 'Compare the two').click();
  await clerk.page.getByRole('heading', { level: 1, name: 'Are they one person?' }).waitFor();
  await check(clerk);
  await screenshot(clerk, 'merge');
  await clerk.page.setViewportSize(phone);
  await check(clerk);
  await screenshot(clerk, 'merge-phone');
  await clerk.page.getByRole('radio', { name: new RegExp(`^${kept}, `) }).check();
  await button(clerk, 'They are one person: merge them').click();
  assert.match(await main(clerk), new RegExp(`${gone} was merged into this case`));
  await check(clerk);
  await screenshot(clerk, 'references-phone');

  await visit(clerk, `/cases/${gone}`);
  assert.match(clerk.page.url(), new RegExp(`/cases/${kept}$`));
  assert.match(await main(clerk), new RegExp(`${gone} was merged into this case`));

  await visit(clerk, `/cases/${kept}/references`);
  await clerk.page.locator('summary', { hasText: `Undo the merge of ${gone}` }).click();
  await button(clerk, /^Undo the merge/).click();
  assert.match(await main(clerk), /Undone by/);
  await check(clerk);
  await visit(clerk, `/cases/${gone}`);
  assert.match(clerk.page.url(), new RegExp(`/cases/${gone}$`));
  await clerk.context.close();
});

test('a row that may be somebody held is put beside them', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const [number] = await twoCases(clerk);
  await visit(clerk, `/cases/${number}`);
  const bar = await main(clerk);
  const [, day, month, year] = bar.match(/Date of birth\s+(\d+) (\w+) (\d{4})/);
  const name = (await clerk.page.locator('.q-identity__name').innerText()).trim();
  const surname = name.split(' ').at(-1);
  const forename = name.slice(0, -surname.length).trim();
  const file = { name: 'moved.csv', mimeType: 'text/csv', buffer: Buffer.from(`Ref,Forename,Surname,DoB\nADULT77,${forename},${surname},${day} ${month} ${year}\n`) };
  await visit(clerk, '/tracker/imports/new');
  await clerk.page.locator('input[type=file]').setInputFiles(file);
  await button(clerk, /^(Upload|Continue)/).first().click();
  const sideBySide = clerk.page.getByRole('link', { name: 'Look at them side by side' });
  const onwards = clerk.page.locator('main').getByRole('button', { name: /^(Continue|Read)/ });
  for (let step = 0; step < 4; step++) { // the questions about the file, as they are guessed
    await sideBySide.or(onwards).first().waitFor();
    if (await sideBySide.isVisible()) break;
    await onwards.first().click();
    await clerk.page.waitForLoadState();
  }
  await clerk.page.getByRole('link', { name: 'Look at them side by side' }).click();
  await check(clerk);
  assert.match(await main(clerk), /Both have the same name and date of birth/);
  await screenshot(clerk, 'maybe-same');
  await button(clerk, /Same person: changed reference/).first().click();
  assert.match(await main(clerk), /Nobody is left to settle/);
  await check(clerk);
  await visit(clerk, `/cases/${number}/references`);
  assert.match(await main(clerk), /became ADULT77/);
  await clerk.context.close();
});
