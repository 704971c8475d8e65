/**
 * Keeps what someone is typing when their session ends, their line drops or
 * their browser closes under them.
 *
 * On a form with data-module="unsaved" and a data-form name, the text areas
 * are kept in the browser's storage as they are typed, under the person
 * (data-person on body) and the form, for a week. Met again with other text in
 * it, the form offers the draft back; nothing is filled in unasked. Another
 * person on the same computer never meets it.
 *
 * A draft ends when it is thrown away, at sign-out, and when it was taken: the
 * page that answers the post, met signed in, shows that. A page that is met in
 * any other way (the post never arrived, and the person came back) shows
 * nothing, and neither does one that asks for a sign-in or says that it failed.
 */
export interface Draft {
  kept: string; // ISO instant
  sent: boolean;
  page?: string; // from which it was sent
  fields: Record<string, string>;
}

/** How a page came to be on the screen. */
export interface Arrival {
  signedIn: boolean;
  failed: boolean; // it says that something went wrong
  from: string; // the page whose link or form led here; '' for none
}

const prefix = 'quorate.draft.';
const keptFor = 7 * 24 * 60 * 60 * 1000;

/** How this page came to be on the screen. Coming back or looking again answers no form. */
export function arrived(): Arrival {
  const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const { person, failed } = document.body.dataset;
  const led = document.referrer.startsWith(location.origin) && (how === undefined || how.type === 'navigate');
  return { signedIn: person !== undefined, failed: failed !== undefined, from: led ? pathOf(document.referrer) : '' };
}

const pathOf = (address: string): string => {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
};

export function draftKey(person: string, form: string): string {
  return `${prefix}${person}.${form}`;
}

export function readDraft(store: Storage, key: string): Draft | null {
  try {
    const draft = JSON.parse(store.getItem(key) ?? 'null') as Draft | null;
    return draft && typeof draft.fields === 'object' ? draft : null;
  } catch {
    return null;
  }
}

function writeDraft(store: Storage, key: string, draft: Draft): void {
  try {
    store.setItem(key, JSON.stringify(draft));
  } catch {
    // A full or forbidden store costs the draft, never the typing.
  }
}

function draftKeys(store: Storage): string[] {
  const keys = Array.from({ length: store.length }, (_, i) => store.key(i) ?? '');
  return keys.filter((key) => key.startsWith(prefix));
}

/** Decides on every page what became of the drafts that were sent, and forgets the old ones. */
export function settleDrafts(store: Storage, arrival: Arrival): void {
  for (const key of draftKeys(store)) {
    const draft = readDraft(store, key);
    const answered = draft?.sent && draft.page === arrival.from;
    if (!draft || Date.now() - Date.parse(draft.kept) > keptFor || (answered && arrival.signedIn && !arrival.failed)) store.removeItem(key);
    else if (answered) writeDraft(store, key, { ...draft, sent: false });
  }
}

/** Removes every draft of everyone in this browser. */
export function forgetDrafts(store: Storage): void {
  for (const key of draftKeys(store)) store.removeItem(key);
}

export function forgetDraftsOnSignOut(root: HTMLElement): void {
  root.addEventListener('submit', () => forgetDrafts(localStorage));
}

export function offerDraft(root: HTMLElement): void {
  const person = document.body.dataset['person'];
  const form = root.dataset['form'];
  if (!(root instanceof HTMLFormElement) || !person || !form) return;

  const key = draftKey(person, form);
  const areas = [...root.querySelectorAll('textarea')].filter((area) => area.name !== '');
  const asServed = new Map(areas.map((area) => [area.name, area.value]));
  const draft = readDraft(localStorage, key);

  if (draft && areas.some((area) => differs(draft.fields[area.name], area.value))) {
    showOffer(root, areas, draft, () => localStorage.removeItem(key));
  } else {
    localStorage.removeItem(key);
  }

  root.addEventListener('input', () => {
    const changed = areas.filter((area) => area.value !== asServed.get(area.name));
    if (changed.length === 0) {
      localStorage.removeItem(key);
      return;
    }
    const fields = Object.fromEntries(changed.map((area) => [area.name, area.value]));
    writeDraft(localStorage, key, { kept: new Date().toISOString(), sent: false, fields });
  });

  root.addEventListener('submit', () => {
    const kept = readDraft(localStorage, key);
    if (kept) writeDraft(localStorage, key, { ...kept, sent: true, page: pathOf(location.href) });
  });
}

/**
 * On the page that sends a kept form again after signing in, marks the draft
 * with the same text as sent.
 */
export function resendDraft(root: HTMLElement): void {
  if (!(root instanceof HTMLFormElement)) return;
  root.addEventListener('submit', () => {
    const sending = new FormData(root);
    for (const key of draftKeys(localStorage)) {
      const draft = readDraft(localStorage, key);
      const same = draft && Object.entries(draft.fields).every(([name, text]) => lines(sending.get(name)) === lines(text));
      if (same) writeDraft(localStorage, key, { ...draft, sent: true, page: pathOf(location.href) });
    }
  });
}

// Forms are sent with CRLF where a text area holds LF.
function lines(text: FormDataEntryValue | null): string | null {
  return typeof text === 'string' ? text.replace(/\r\n?/g, '\n') : null;
}

function differs(kept: string | undefined, served: string): boolean {
  return kept !== undefined && kept.trim() !== '' && kept !== served;
}

function showOffer(root: HTMLElement, areas: HTMLTextAreaElement[], draft: Draft, throwAway: () => void): void {
  const offer = document.createElement('div');
  offer.className = 'q-alert q-alert--information';
  offer.setAttribute('role', 'region');
  offer.setAttribute('aria-label', 'Unsaved text');

  const words = document.createElement('p');
  words.className = 'govuk-body';
  words.textContent = `You typed something here ${when(draft.kept)} that was not saved.`;

  const group = document.createElement('div');
  group.className = 'govuk-button-group';
  const back = button('Put it back');
  const away = button('Throw it away');
  group.append(back, away);
  offer.append(words, group);
  root.prepend(offer);

  back.addEventListener('click', () => {
    for (const area of areas) {
      const text = draft.fields[area.name];
      if (text !== undefined) area.value = text;
    }
    offer.remove();
    areas[0]?.dispatchEvent(new Event('input', { bubbles: true }));
    areas.find((area) => draft.fields[area.name] !== undefined)?.focus();
  });
  away.addEventListener('click', () => {
    throwAway();
    offer.remove();
    areas[0]?.focus();
  });
}

function button(text: string): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'govuk-button govuk-button--secondary';
  made.textContent = text;
  return made;
}

function when(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime())
    ? 'earlier'
    : `at ${at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London' })}`;
}
