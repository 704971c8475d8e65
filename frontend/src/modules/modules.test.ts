import { expect, test, vi } from 'vitest';
import { keepFocus, takePressed } from './keep-focus';
import { mountAll } from './mount';
import { printPage } from './print-page';
import { submitOnChange } from './submit-on-change';

test('modules are mounted where they are named, and one that fails stops no other', () => {
  document.body.innerHTML = '<p data-module="broken sound"></p><p data-module="govuk-button"></p>';
  const sound = vi.fn();
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  mountAll({
    broken: () => {
      throw new Error('no');
    },
    sound,
  });
  expect(sound).toHaveBeenCalledExactlyOnceWith(document.querySelector('p'));
  expect(told).toHaveBeenCalledOnce();
});

test('a select changed with the mouse sends its form, one changed by keys waits for the button', () => {
  document.body.innerHTML = '<form><select><option>Chair</option><option>Clerk</option></select></form>';
  const form = document.querySelector('form')!;
  const select = form.querySelector('select')!;
  const sent = vi.spyOn(form, 'requestSubmit').mockImplementation(() => {});
  submitOnChange(form);

  select.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
  select.dispatchEvent(new Event('change', { bubbles: true }));
  expect(sent).not.toHaveBeenCalled();

  select.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  select.dispatchEvent(new Event('change', { bubbles: true }));
  expect(sent).toHaveBeenCalledOnce();
});

test('the print button appears with script and prints', () => {
  document.body.innerHTML = '<button hidden>Print this page</button>';
  const button = document.querySelector('button')!;
  const print = vi.fn();
  vi.stubGlobal('print', print);
  printPage(button);
  expect(button.hidden).toBe(false);
  button.click();
  expect(print).toHaveBeenCalledOnce();
});

test('the focus stays with what was moved, and goes to the neighbour at the end of the list', () => {
  const page = (upDisabled: boolean): HTMLElement => {
    document.body.innerHTML = `
      <span id="other"><button id="move-up-b">Up</button><button id="move-down-b">Down</button></span>
      <span id="moved"><button id="move-up-a" ${upDisabled ? 'disabled' : ''}>Up</button><button id="move-down-a">Down</button></span>`;
    const mount = keepFocus(takePressed(sessionStorage));
    for (const span of document.querySelectorAll('span')) mount(span);
    return document.getElementById('move-up-a')!;
  };
  sessionStorage.clear();
  page(false).click();
  expect(document.activeElement).toBe(document.body);

  const second = page(false);
  expect(document.activeElement).toBe(second);
  second.click();

  page(true);
  expect(document.activeElement?.id).toBe('move-down-a');

  page(false);
  expect(document.activeElement).toBe(document.body);
});
