// What is typed into a form is kept on this device until it is recorded: a line that drops, a reload or a
// closed browser loses no word. A form keeps for its fields; what is given anew each time, such as a
// position, is not kept, and the words beside it are.
import { getContext, setContext } from 'svelte';
import type { Outbox } from '../outbox';

/** What the forms of a page share. */
export interface Keeping {
  readonly outbox: Outbox;
  readonly typedHere: Set<string>; // drafts of this page itself, by form: nothing to be told of when they are met again
  readonly shown: Map<string, number>; // the forms on the screen
  readonly connected: boolean;
  shownChanged(): void;
}

const keeping = Symbol('keeping');
const keeper = Symbol('keeper');

export const keepFor = (room: Keeping): void => void setContext(keeping, room);
export const kept = (): Keeping | undefined => getContext<Keeping | undefined>(keeping);

/** A form's own part of it, for its fields. */
export class Keeper {
  readonly form: string;
  readonly #keeping: Keeping;
  #before: (() => void)[] = []; // puts back what stood in each field

  constructor(room: Keeping, form: string) {
    this.form = form;
    this.#keeping = room;
    setContext(keeper, this);
  }

  /** Whether something of an earlier page waits here. */
  get fromBefore(): boolean {
    return !this.#keeping.typedHere.has(this.form) && this.#keeping.outbox.drafts().some((draft) => draft.form === this.form);
  }

  /** Puts into a field what was typed there before. */
  restore(field: string, now: string, put: (text: string) => void): void {
    const text = this.#keeping.outbox.drafted(this.form, field);
    if (text === '' || text === now) return;
    put(text);
    this.#before.push(() => put(now));
  }

  write(field: string, text: string, label = ''): void {
    this.#keeping.typedHere.add(this.form);
    this.#keeping.outbox.draft(this.form, field, text, label);
  }

  /** It was recorded. */
  forget(): void {
    this.#before = [];
    this.#keeping.outbox.forget(this.form);
  }

  /** Its person throws it away: the fields are as they were. */
  throwAway(): void {
    for (const put of this.#before) put();
    this.forget();
  }
}

export const formKeeper = (): Keeper | undefined => getContext<Keeper | undefined>(keeper);
