// What a person typed and the server has not yet acknowledged. It waits in the
// browser's own storage, under the person and the meeting, so that neither a
// dropped line nor a closed browser loses a word; it goes at acknowledgement and
// at sign-out. Another person on the same computer never meets it.
//
//   sent.ID         a command nobody has acknowledged: it is sent when the line is back
//   refused.ID      one that waited and was then refused: its words stay until their person has settled them
//   draft.FORM|FIELD   what stands in a field of a form that has not been sent
//   own.FIELD.PAGE  a text that several pages may hold open: each page's own
import type { CommandMessage, Uuid } from './protocol';

const prefix = 'quorate.room.';
const keptFor = 7 * 24 * 60 * 60 * 1000;

interface Kept {
  at: number;
  command?: CommandMessage;
  why?: string;
  text?: string;
  label?: string;
  base?: number;
  left?: boolean;
  about?: Uuid | undefined; // the item that was open when it was typed
}

/** A command that waited and was refused: what it said, and why. */
export interface Refused {
  command: CommandMessage;
  why: string;
}

/** What was typed into a form and not sent. */
export interface Draft {
  form: string;
  field: string;
  label: string; // of the field; '' for what is no text: a day, a choice
  text: string;
}

/** What somebody typed in a page that is gone, and the version it was built on. */
export interface Leftover {
  text: string;
  base: number;
}

// A page that holds a draft says so again this often; one that has not for twice as long is gone.
export const draftAgain = 5_000;

export class Outbox {
  readonly #store: Storage;
  readonly #prefix: string;
  readonly #now: () => number;
  /** The item that is open: what is typed meanwhile is about it. */
  open: Uuid | undefined;

  constructor(store: Storage, person: Uuid, meeting: Uuid, now: () => number = Date.now) {
    this.#store = store;
    this.#prefix = `${prefix}${person}.${meeting}.`;
    this.#now = now;
    this.#forgetOld();
  }

  /** Keeps a command until it is acknowledged. */
  keep(command: CommandMessage): void {
    this.#write(`sent.${command.id}`, { at: this.#now(), command, about: this.open });
  }

  acknowledged(id: Uuid): void {
    this.#store.removeItem(`${this.#prefix}sent.${id}`);
  }

  /** The commands nobody acknowledged, in the order they were made. */
  unacknowledged(): CommandMessage[] {
    return this.#all('sent.')
      .sort((a, b) => a.at - b.at || (a.command!.id < b.command!.id ? -1 : 1))
      .map((kept) => kept.command!);
  }

  /** Keeps what was refused after it had waited, with why, until its person has settled it. */
  refuse(command: CommandMessage, why: string): void {
    const about = this.#read(`${this.#prefix}sent.${command.id}`)?.about;
    this.#write(`refused.${command.id}`, { at: this.#now(), command, why, about });
    this.acknowledged(command.id);
  }

  refused(): Refused[] {
    return this.#all('refused.')
      .sort((a, b) => a.at - b.at)
      .map((kept) => ({ command: kept.command!, why: kept.why ?? '' }));
  }

  settled(id: Uuid): void {
    this.#store.removeItem(`${this.#prefix}refused.${id}`);
  }

  /** Keeps what stands in a field of a form that has not been sent: form "decide.ITEM", field "decide-reasons". */
  draft(form: string, field: string, text: string, label = ''): void {
    const key = `draft.${form}|${field}`;
    if (text === '') this.#store.removeItem(this.#prefix + key);
    else this.#write(key, { at: this.#now(), text, label, about: this.open });
  }

  drafted(form: string, field: string): string {
    return this.#read(`${this.#prefix}draft.${form}|${field}`)?.text ?? '';
  }

  /** Every draft of this meeting. */
  drafts(): Draft[] {
    const start = `${this.#prefix}draft.`;
    return roomKeys(this.#store)
      .filter((key) => key.startsWith(start))
      .map((key) => {
        const [form = '', field = ''] = key.slice(start.length).split('|');
        const kept = this.#read(key);
        return { form, field, label: kept?.label ?? '', text: kept?.text ?? '' };
      });
  }

  /** Forgets what was typed into a form: it was recorded, or thrown away. */
  forget(form: string): void {
    for (const key of roomKeys(this.#store)) if (key.startsWith(`${this.#prefix}draft.${form}|`)) this.#store.removeItem(key);
  }

  /**
   * Forgets all that was typed about an item and not recorded, and what was typed of anything while it was
   * open: its person has left for it. That they leave is not forgotten.
   */
  forgetAbout(item: Uuid): void {
    for (const key of roomKeys(this.#store)) {
      if (!key.startsWith(this.#prefix)) continue;
      const kept = this.#read(key);
      if (kept?.command?.type.startsWith('interest.')) continue;
      if (kept?.about === item || key.includes(item) || JSON.stringify(kept?.command ?? '').includes(item)) this.#store.removeItem(key);
    }
  }

  /**
   * Keeps what one page has typed into a text that other pages of this person may hold open too, beside
   * theirs; '' when nothing of it waits. Two windows never write over each other's words.
   */
  draftOf(field: string, page: Uuid, text: string, base = 0): void {
    const key = `own.${field}.${page}`;
    if (text === '') this.#store.removeItem(this.#prefix + key);
    else this.#write(key, { at: this.#now(), text, base, about: this.open });
  }

  /** Says that this page goes: the next one takes up at once what it had typed. */
  leave(page: Uuid): void {
    for (const key of roomKeys(this.#store)) {
      const kept = key.startsWith(`${this.#prefix}own.`) && key.endsWith(page) ? this.#read(key) : null;
      if (kept) this.#write(key.slice(this.#prefix.length), { ...kept, left: true });
    }
  }

  /** Takes one text that a page which is gone, or this one before, had typed; null when there is none. */
  takeLeftover(field: string, page: Uuid): Leftover | null {
    for (const key of roomKeys(this.#store)) {
      if (!key.startsWith(`${this.#prefix}own.${field}.`)) continue;
      const kept = this.#read(key);
      if (!kept || !this.#isGone(key, page)) continue;
      this.#store.removeItem(key);
      return { text: kept.text ?? '', base: kept.base ?? 0 };
    }
    return null;
  }

  /** The fields of which a page that is gone, or this one, has left a text behind. */
  leftovers(page: Uuid): string[] {
    const start = `${this.#prefix}own.`;
    const gone = roomKeys(this.#store).filter((key) => key.startsWith(start) && this.#isGone(key, page));
    return [...new Set(gone.map((key) => key.slice(start.length, key.lastIndexOf('.'))))];
  }

  #isGone(key: string, page: Uuid): boolean {
    const kept = this.#read(key);
    return kept !== null && (key.endsWith(page) || kept.left === true || this.#now() - kept.at > 2 * draftAgain);
  }

  #write(key: string, kept: Kept): void {
    try {
      this.#store.setItem(this.#prefix + key, JSON.stringify(kept));
    } catch {
      // A full or forbidden store costs the second copy, never the typing.
    }
  }

  #read(key: string): Kept | null {
    try {
      const kept = JSON.parse(this.#store.getItem(key) ?? 'null') as Kept | null;
      return kept && typeof kept.at === 'number' ? kept : null;
    } catch {
      return null;
    }
  }

  #all(kind: string): Kept[] {
    return roomKeys(this.#store)
      .filter((key) => key.startsWith(this.#prefix + kind))
      .map((key) => this.#read(key))
      .filter((kept) => kept?.command !== undefined) as Kept[];
  }

  #forgetOld(): void {
    for (const key of roomKeys(this.#store)) {
      const kept = this.#read(key);
      if (!kept || this.#now() - kept.at > keptFor) this.#store.removeItem(key);
    }
  }
}

function roomKeys(store: Storage): string[] {
  const keys = Array.from({ length: store.length }, (_, i) => store.key(i) ?? '');
  return keys.filter((key) => key.startsWith(prefix));
}

/** Removes everything of every meeting and person: for sign-out. */
export function forgetRooms(store: Storage): void {
  for (const key of roomKeys(store)) store.removeItem(key);
}
