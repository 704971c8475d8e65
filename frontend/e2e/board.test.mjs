// The board: what came back to it is asked about and replied to, answered by a delegate in a member's name, and
// the answer is on the forum's blocker; its clerk keeps recommendations, plans and the yearly report.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch, phone, screenshot, visit } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let browser;
let product;
before(async () => {
  [product, browser] = await Promise.all([startProduct(), launch()]);
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const day = async (page, name, [d, m, y]) => {
  await page.locator(`[name="${name}-day"]`).fill(d);
  await page.locator(`[name="${name}-month"]`).fill(m);
  await page.locator(`[name="${name}-year"]`).fill(y);
};

test('what came back is asked about, replied to and answered by a delegate; the forum reads it', { timeout: 120_000 }, async () => {
  const chair = await signedIn(browser, product, 'Board chair');
  const { page } = chair;
  await visit(chair, '/board');
  await page.getByRole('heading', { name: 'For the board to answer' }).waitFor();
  const waiting = page.locator('#waiting');
  await waiting.getByText('Back: the last answer had no effect by its date').waitFor();
  await page.locator('#answered').getByText('Came back to the board').first().waitFor();
  await screenshot(chair, 'board');

  // A question first, on a phone.
  await waiting.getByRole('link', { name: /^B\d/ }).click();
  const escalation = new URL(page.url()).pathname;
  await page.getByText('The board answered this before').waitFor();
  await page.setViewportSize(phone);
  await page.getByText('Ask for more before the board answers').click();
  await page.getByRole('button', { name: 'Ask the forum' }).click();
  await page.getByRole('alert').getByRole('link', { name: 'Enter what the board needs to know' }).waitFor();
  await page.getByLabel('What does the board need to know?').fill('How many places would two schemes hold?');
  await day(page, 'reply_by', ['4', '12', '2026']);
  await page.getByRole('button', { name: 'Ask the forum' }).click();
  await page.getByText('The forum is being asked.').waitFor();
  await check(chair);
  await screenshot(chair, 'escalation-asked-phone');

  // A delegate, named for a time.
  await visit(chair, '/board');
  await page.getByRole('link', { name: 'Delegates' }).click();
  await page.getByLabel('Who may answer in your name?').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Name this delegate' }).click();
  await page.getByRole('alert').getByRole('link', { name: 'Enter the last day on which they may answer' }).waitFor();
  await page.getByLabel('Who may answer in your name?').selectOption({ label: (await page.locator('select[name=delegate] option').allTextContents()).find((o) => o.startsWith('Bryony Tate')) });
  await day(page, 'until', ['18', '12', '2026']);
  await page.getByRole('button', { name: 'Name this delegate' }).click();
  await page.getByText('May answer now').waitFor();
  await check(chair);
  await screenshot(chair, 'delegates-phone');
  await page.setViewportSize({ width: 1280, height: 900 });

  // The forum reads the question on its blocker and replies; a case number is refused.
  const forum = await signedIn(browser, product, 'Chair of the locality meetings');
  await visit(forum, '/blockers');
  await forum.page.getByRole('link', { name: /No suitable housing: Supported living for wheelchair users/ }).click();
  await forum.page.getByRole('link', { name: 'Reply to the board, or say what became of its answer' }).click();
  await forum.page.getByText('How many places would two schemes hold?').first().waitFor();
  await forum.page.getByLabel('Your reply').fill('Eight, as for Q1042');
  await forum.page.getByRole('button', { name: 'Reply to the board' }).click();
  await forum.page.getByRole('alert').getByRole('link', { name: /^Take out Q1042/ }).waitFor();
  assert.equal(await forum.page.getByLabel('Your reply').inputValue(), 'Eight, as for Q1042');
  await forum.page.getByLabel('Your reply').fill('Eight.');
  await forum.page.getByRole('button', { name: 'Reply to the board' }).click();
  await forum.page.getByText('The board has your reply.').waitFor();
  await check(forum);
  await screenshot(forum, 'dealings');

  // The delegate answers in the chair's name.
  const delegate = await signedIn(browser, product, 'Clerk');
  await visit(delegate, escalation);
  await delegate.page.getByText('You answer for Sunita Grove.').waitFor();
  await delegate.page.getByLabel('It gives a direction').check();
  await delegate.page.getByLabel('What does the board direct?').fill('Take both schemes for a year.');
  await delegate.page.getByLabel('Who is to do it?').selectOption({ index: 2 });
  await day(delegate.page, 'act_by', ['29', '1', '2027']);
  await delegate.page.getByRole('button', { name: 'Answer', exact: true }).click();
  await delegate.page.getByText('by Bryony Tate for Sunita Grove').first().waitFor();
  await check(delegate);
  await screenshot(delegate, 'escalation-answered');

  await forum.page.reload();
  await forum.page.getByText('Take both schemes for a year.').first().waitFor();
  await forum.page.getByLabel('Not yet').check();
  await forum.page.getByLabel('What was done, or how far is it?').fill('One lease is signed.');
  await forum.page.getByRole('button', { name: 'Tell the board' }).click();
  await forum.page.getByText('The board sees it, and on its next agenda.').waitFor();
  await visit(chair, escalation);
  await page.getByText('One lease is signed.').first().waitFor();

  for (const person of [chair, forum, delegate]) await person.context.close();
});

test('its clerk keeps recommendations, plans and the yearly report', { timeout: 120_000 }, async () => {
  const clerk = await signedIn(browser, product, 'Clerk');
  const { page } = clerk;
  await visit(clerk, '/board');
  await page.getByRole('link', { name: 'Recommendations', exact: true }).click();
  await page.locator('#recommendations').getByText(/^Response overdue \d+ days?$/).waitFor();
  await check(clerk);
  await screenshot(clerk, 'recommendations');
  const file = await page.request.get(await page.getByRole('link', { name: 'Download them as an Excel workbook' }).getAttribute('href'));
  assert.equal(file.status(), 200);
  await page.getByLabel('State', { exact: true }).selectOption('response_late');
  await page.getByRole('button', { name: /^Apply/ }).click();
  assert.equal(await page.locator('#recommendations tbody tr').count(), 1);

  await page.getByRole('button', { name: 'Add a recommendation' }).click();
  await page.getByRole('button', { name: 'Add this recommendation' }).click();
  await page.getByRole('alert').getByRole('link', { name: 'Enter what is recommended' }).waitFor();
  await page.getByLabel('An inspection').check();
  await page.getByLabel('Which one?').fill('Area inspection');
  await page.getByLabel('What is recommended?').fill('Tell families who decides.');
  await page.getByLabel('Who is it made to?').fill('Every panel');
  await page.getByLabel('Who responds for them?').selectOption({ index: 2 });
  await day(page, 'made_on', ['2', '11', '2026']);
  await day(page, 'response_due', ['11', '12', '2026']);
  await page.getByRole('button', { name: 'Add this recommendation' }).click();
  await page.getByText(/^Recommendation R\d+ added\./).waitFor();
  await page.getByLabel('Accepted in part').check();
  await page.getByRole('button', { name: 'Record the response' }).click();
  await page.getByRole('alert').getByRole('link', { name: 'Enter the reason' }).waitFor();
  await page.getByLabel(/^Because/).fill('By letter only.');
  await day(page, 'due_on', ['26', '2', '2027']);
  await page.getByRole('button', { name: 'Record the response' }).click();
  await day(page, 'done_on', ['23', '11', '2026']);
  await page.getByLabel('What shows it?').fill('The new letters.');
  await page.getByRole('button', { name: 'Record it as done' }).click();
  await page.getByText('Recorded as done.').waitFor();
  await check(clerk);
  await page.setViewportSize(phone);
  await screenshot(clerk, 'recommendation-phone');

  await visit(clerk, '/board/strategic-board/forward-plan');
  await page.getByLabel('What comes to the board?').fill('Report of the area inspection');
  await page.getByLabel('In which month?').selectOption('2027-02-01');
  await page.getByRole('button', { name: 'Add it to the plan' }).click();
  await page.getByText('Report of the area inspection').waitFor();
  await check(clerk);
  await screenshot(clerk, 'forward-plan-phone');
  await page.getByRole('button', { name: 'Take off Report of the area inspection' }).click();
  await page.getByText('It is off the plan.').waitFor();

  await visit(clerk, '/board/strategic-board/delivery-plan');
  await page.getByRole('link', { name: 'Every referral by 16½' }).click();
  await page.getByLabel('Under way').check();
  await page.getByLabel('What has been done, or why does it change?').fill('Schools are told each term.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Schools are told each term.').first().waitFor();
  await check(clerk);
  await page.setViewportSize({ width: 1280, height: 900 });
  await visit(clerk, '/board/strategic-board/delivery-plan');
  await check(clerk);
  await screenshot(clerk, 'delivery-plan');

  await page.getByRole('link', { name: 'Yearly reports' }).click();
  await page.getByRole('link', { name: '2026 to 2027' }).click();
  await page.getByText('This is how it stands on 24 November 2026.').waitFor();
  await check(clerk);
  await screenshot(clerk, 'yearly-report');
  const word = await page.request.get(await page.getByRole('link', { name: 'Download it for Word' }).getAttribute('href'));
  assert.equal(word.status(), 200);
  assert.match(word.headers()['content-type'], /wordprocessingml/);
  assert.equal(await page.getByRole('button', { name: 'Issue this report' }).count(), 0, 'a year that runs is not issued');
  await clerk.context.close();
});
