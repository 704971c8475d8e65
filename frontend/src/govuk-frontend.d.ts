// govuk-frontend ships no types; this declares what app.ts uses of it.
declare module 'govuk-frontend' {
  interface ComponentClass {
    new (root: HTMLElement, config?: Record<string, unknown>): unknown;
    readonly moduleName: string;
  }
  export const Button: ComponentClass;
  export const CharacterCount: ComponentClass;
  export const Checkboxes: ComponentClass;
  export const ErrorSummary: ComponentClass;
  export const NotificationBanner: ComponentClass;
  export const Radios: ComponentClass;
  export const ServiceNavigation: ComponentClass;
  export const SkipLink: ComponentClass;
  export function createAll(
    component: ComponentClass,
    config?: Record<string, unknown>,
    scope?: Document | Element,
  ): unknown[];
}
