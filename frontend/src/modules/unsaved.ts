/**
 * Keeps what someone is typing when their session ends under them.
 *
 * On a form with data-module="unsaved" and a data-form name, the text areas
 * are kept in the tab's session storage as they are typed, under the person
 * (data-person on body) and the form. Met again with other text in it, the
 * form offers the draft back; nothing is filled in unasked. Another person on
 * the same computer never meets it.
 *
 * A draft ends when it is thrown away, at sign-out, and when it was sent: the
 * next page met signed in shows that the server took the post, while one met
 * signed out shows that it did not, and the draft lives on.
 */
export interface Draft {
  kept: string; // ISO instant
  sent: boolean;
  fields: Record<string, string>;
}

const prefix = 'quorate.draft.';

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

/** Decides on every page what became of the drafts that were sent. */
export function settleDrafts(store: Storage, signedIn: boolean): void {
  for (const key of draftKeys(store)) {
    const draft = readDraft(store, key);
    if (!draft || (draft.sent && signedIn)) store.removeItem(key);
    else if (draft.sent) writeDraft(store, key, { ...draft, sent: false });
  }
}

/** Removes every draft of everyone in this tab. */
export function forgetDrafts(store: Storage): void {
  for (const key of draftKeys(store)) store.removeItem(key);
}

export function forgetDraftsOnSignOut(root: HTMLElement): void {
  root.addEventListener('submit', () => forgetDrafts(sessionStorage));
}

export function offerDraft(root: HTMLElement): void {
  const person = document.body.dataset['person'];
  const form = root.dataset['form'];
  if (!(root instanceof HTMLFormElement) || !person || !form) return;

  const key = draftKey(person, form);
  const areas = [...root.querySelectorAll('textarea')].filter((area) => area.name !== '');
  const asServed = new Map(areas.map((area) => [area.name, area.value]));
  const draft = readDraft(sessionStorage, key);

  if (draft && areas.some((area) => differs(draft.fields[area.name], area.value))) {
    showOffer(root, areas, draft, () => sessionStorage.removeItem(key));
  } else {
    sessionStorage.removeItem(key);
  }

  root.addEventListener('input', () => {
    const changed = areas.filter((area) => area.value !== asServed.get(area.name));
    if (changed.length === 0) {
      sessionStorage.removeItem(key);
      return;
    }
    const fields = Object.fromEntries(changed.map((area) => [area.name, area.value]));
    writeDraft(sessionStorage, key, { kept: new Date().toISOString(), sent: false, fields });
  });

  root.addEventListener('submit', () => {
    const kept = readDraft(sessionStorage, key);
    if (kept) writeDraft(sessionStorage, key, { ...kept, sent: true });
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
    for (const key of draftKeys(sessionStorage)) {
      const draft = readDraft(sessionStorage, key);
      const same = draft && Object.entries(draft.fields).every(([name, text]) => lines(sending.get(name)) === lines(text));
      if (same) writeDraft(sessionStorage, key, { ...draft, sent: true });
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
