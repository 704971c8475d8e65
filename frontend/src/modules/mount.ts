/** Starts one enhancement on one element. */
export type Mount = (root: HTMLElement) => void;

/**
 * Starts each module on the elements whose data-module names it. One that
 * fails leaves its element as the server rendered it, and the others run.
 */
export function mountAll(modules: Record<string, Mount>, scope: ParentNode = document): void {
  for (const root of scope.querySelectorAll<HTMLElement>('[data-module]')) {
    for (const name of (root.dataset['module'] ?? '').split(/\s+/)) {
      const mount = modules[name];
      if (!mount) continue;
      try {
        mount(root);
      } catch (error) {
        console.error(`${name} could not start`, error);
      }
    }
  }
}
