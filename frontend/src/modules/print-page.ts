/** Shows a button that the server hides because it needs a script, and prints the page. */
export function printPage(root: HTMLElement): void {
  root.hidden = false;
  root.addEventListener('click', () => window.print());
}
