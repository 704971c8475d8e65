/** Opens the page again every two seconds while it says that something is being made. */
export function lookAgain(root: HTMLElement): void {
  const link = root.querySelector<HTMLAnchorElement>('a[href]');
  if (!link) return;
  setTimeout(() => location.replace(link.href), 2000);
}
