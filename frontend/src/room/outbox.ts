// What a person typed and the server has not yet acknowledged. It waits in the
// browser's own storage, under the person and the meeting, so that neither a
// dropped line nor a closed tab loses a word; it goes at acknowledgement and at
// sign-out. Another person on the same computer never meets it.
import type { CommandMessage, Uuid } from './protocol';

const prefix = 'quorate.room.';
const keptFor = 7 * 24 * 60 * 60 * 1000;

interface Kept {
  at: number;
  command?: CommandMessage;
  text?: string;
}

export class Outbox {
  readonly #store: Storage;
  readonly #prefix: string;
  readonly #now: () => number;

  constructor(store: Storage, person: Uuid, meeting: Uuid, now: () => number = Date.now) {
    this.#store = store;
    this.#prefix = `${prefix}${person}.${meeting}.`;
    this.#now = now;
    this.#forgetOld();
  }

  /** Keeps a command until it is acknowledged. */
  keep(command: CommandMessage): void {
    this.#write(`sent.${command.id}`, { at: this.#now(), command });
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

  /** Keeps what stands in a field that has not been sent: "note", "decision.reasons". */
  draft(field: string, text: string): void {
    if (text === '') this.#store.removeItem(`${this.#prefix}draft.${field}`);
    else this.#write(`draft.${field}`, { at: this.#now(), text });
  }

  drafted(field: string): string {
    return this.#read(`${this.#prefix}draft.${field}`)?.text ?? '';
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
