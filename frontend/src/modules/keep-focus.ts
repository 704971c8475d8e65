import type { Mount } from './mount';

const key = 'quorate.focus';

/** The id of the button pressed on the page before, said once. */
export function takePressed(store: Storage): string | null {
  const pressed = store.getItem(key);
  store.removeItem(key);
  return pressed;
}

/**
 * Keeps the focus on the button that was pressed when its page comes back in a
 * new order, so that someone can press Up three times running. A button that
 * can no longer be pressed (the thing is first now) hands over to its
 * neighbour. Works on the element round the buttons; each needs an id that
 * stays with its thing.
 */
export function keepFocus(pressed: string | null): Mount {
  return (root) => {
    const buttons = [...root.querySelectorAll('button')];
    if (pressed && buttons.some((button) => button.id === pressed)) {
      const same = buttons.find((button) => button.id === pressed && !button.disabled);
      (same ?? buttons.find((button) => !button.disabled))?.focus();
    }
    root.addEventListener('click', (event) => {
      const button = (event.target as Element).closest('button');
      if (button?.id) sessionStorage.setItem(key, button.id);
    });
  };
}
