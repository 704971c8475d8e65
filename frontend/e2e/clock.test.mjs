// The demo works whenever somebody starts it: late on a Sunday, on Christmas Day and on the one day in
// four years that calendars forget. Its live meetings begin in ten minutes, whatever the date.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check, launch } from './browser.mjs';
import { signedIn, startProduct } from './product.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const [when, clock, begins] of [
  ['five to midnight on a Sunday', '2026-11-22T23:55', 'Monday 23 November 2026, 12:05am'],
  ['Christmas Day', '2026-12-25T14:00', 'Friday 25 December 2026, 2:10pm'],
  ['29 February', '2028-02-29T09:00', 'Tuesday 29 February 2028, 9:10am'],
]) {
  test(`the demo started at ${when} has a meeting to join in ten minutes`, async () => {
    const product = await startProduct({ clock });
    try {
      const chair = await signedIn(browser, product, 'Chair of MAPaC');
      const meeting = chair.page.locator('main li', { hasText: begins }).filter({ hasText: 'MAPaC' });
      await meeting.first().waitFor();
      await check(chair);
      await meeting.getByRole('link', { name: /^Join/ }).first().click();
      await chair.page.getByText('Connected', { exact: true }).waitFor();
      await chair.page.getByRole('button', { name: 'Start the meeting' }).click();
      await chair.page.getByRole('button', { name: 'I am here', exact: true }).click();
      await chair.page.getByRole('button', { name: /^Open item 1/ }).first().waitFor();
      await check(chair);
      await chair.context.close();
      assert.doesNotMatch(product.output, /level=ERROR/, 'nothing went wrong behind the pages');
    } finally {
      await product.stop();
    }
  });
}
