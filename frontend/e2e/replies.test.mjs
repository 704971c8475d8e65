// Replies: people say whether they will come, on the meeting's page and by a link in an email, without
// script and without signing in; the clerk sees in time whether the meeting can decide anything.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertClean, check, launch, newPerson, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let product, browser;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const main = (person) => person.page.locator('main');
const says = (person, words) => person.page.getByText(words).first().waitFor();
const press = (person, name) => main(person).getByRole('button', { name }).click();
const coming = (person) => main(person).locator('#replies');
const row = (person, name) => coming(person).getByRole('row', { name: new RegExp(name) });

/** Opens the newest mail to somebody whose subject begins so, as soon as it has arrived. */
async function openMail(person, to, subject) {
  for (let tries = 0; tries < 60; tries++) {
    await person.page.goto(`/mailbox?to=${encodeURIComponent(to)}`);
    const mail = main(person).getByRole('link', { name: subject }).first();
    if (await mail.count()) {
      await mail.click();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.fail(`no mail to ${to} about ${subject}`);
}

test('replies by page and by link change the forecast, and the silent are chased', async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const doubt = main(clerk).locator('.q-needs__item', { hasText: /quorate/ }).filter({ hasText: 'MAPaC' }).first();
  await doubt.getByRole('link').click();
  await coming(clerk).getByText(/quorate:.*no one from health has replied/).first().waitFor();
  await check(clerk);
  await screenshot(clerk, 'replies-1-before');
  const meeting = new URL(clerk.page.url()).pathname;

  // The member for the NHS is asked on Home, and sends the deputy from the meeting's page.
  const nhs = await signedIn(browser, product, 'Member for the NHS', { viewport: phone });
  await main(nhs).getByRole('link', { name: /^Reply(: will you come to .*MAPaC| to \d+ meetings)/ }).first().waitFor();
  await visit(nhs, meeting);
  await press(nhs, 'Send my reply');
  await says(nhs, 'Choose whether you will come');
  await check(nhs);
  await nhs.page.getByLabel('No, I am sending my deputy, Uma Finch').check();
  await press(nhs, 'Send my reply');
  await says(nhs, 'You are sending your deputy, Uma Finch.');
  await check(nhs);
  await screenshot(nhs, 'replies-2-mine');
  await visit(clerk, meeting);
  await row(clerk, 'Kamal Reeve').getByText('Sends Uma Finch').waitFor();
  await row(clerk, 'Uma Finch').getByText('Sent as deputy').waitFor();
  assert.equal(await coming(clerk).getByText(/no one from health has replied/).count(), 0, 'health has replied');

  // One click writes to those who have not answered, and once a day is enough.
  await press(clerk, 'Chase those who have not answered');
  await says(clerk, /\d+ people who had not answered got an email with a link to reply/);
  await press(clerk, 'Chase those who have not answered');
  await says(clerk, /Nobody else was chased/);

  // The link works without script and without signing in; opening it changes nothing.
  const plain = await newPerson(browser, 'reader', { url: product.url, viewport: phone, javaScriptEnabled: false });
  await openMail(plain, 'lena.foss@example.org', /^Will you come\?/);
  await main(plain).locator('a[href*="/reply/"]').first().click();
  await main(plain).getByRole('heading', { level: 1, name: /Will you come\?/ }).waitFor();
  assert.doesNotMatch(await main(plain).innerText(), /Q\d{4}/, 'a case is named on a page anybody may open');
  const link = plain.page.url();
  await plain.page.reload();
  await screenshot(plain, 'replies-3-link');
  await press(plain, 'Send my reply');
  await says(plain, 'Choose whether you will come');
  await plain.page.getByLabel('No, I send my apologies').check();
  await press(plain, 'Send my reply');
  await says(plain, 'Thank you for your reply. You sent your apologies.');
  await plain.page.goto(link);
  await main(plain).getByRole('heading', { name: 'You have replied' }).waitFor();
  await main(plain).getByRole('link', { name: 'Sign in and reply' }).click();
  await plain.page.waitForURL(/\/sign-in\?next=.*reply/);
  await visit(clerk, meeting);
  await row(clerk, 'Lena Foss').getByText('Apologies').waitFor();
  await row(clerk, 'Lena Foss').getByText(/By email link/).waitFor();

  // The deputy was told, and cannot come either: the meeting can decide nothing, and says so.
  await openMail(plain, 'uma.finch@example.org', /^You are asked to come as deputy/);
  await main(plain).locator('a[href*="/reply/"]').first().click();
  await plain.page.getByLabel('No, I send my apologies').check();
  await press(plain, 'Send my reply');
  await says(plain, /You sent your apologies/);
  await visit(clerk, meeting);
  await coming(clerk).getByText(/Not quorate:.*health sends apologies/).first().waitFor();
  await screenshot(clerk, 'replies-4-not-quorate');

  // Somebody rings the clerk.
  await row(clerk, 'Kamal Reeve').getByRole('link', { name: /Record a reply/ }).click();
  await check(clerk);
  await clerk.page.getByLabel('They will come').check();
  await press(clerk, 'Record this reply');
  await says(clerk, 'Reply recorded.');
  await row(clerk, 'Kamal Reeve').getByText('Coming').waitFor();
  assert.equal(await row(clerk, 'Uma Finch').count(), 0, 'the deputy is still asked to come');
  for (const person of [clerk, nhs, plain]) assertClean(person);
});
