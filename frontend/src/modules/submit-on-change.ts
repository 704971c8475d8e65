/**
 * Sends the form when its select changes with the mouse or on a phone, and
 * leaves the keyboard alone: arrowing through a select must not move the page
 * (WCAG 3.2.2), so after a key the form waits for its button.
 */
export function submitOnChange(root: HTMLElement): void {
  if (!(root instanceof HTMLFormElement)) return;
  let byKeyboard = false;
  root.addEventListener('keydown', () => (byKeyboard = true));
  root.addEventListener('pointerdown', () => (byKeyboard = false));
  root.addEventListener('change', () => {
    if (!byKeyboard) root.requestSubmit();
  });
}
