// The meeting as this page shows it: what the line brings, put where the
// screens read it, and what people do, sent down the line.
import type { Announcer } from './announcer';
import { Connection, type Line, type World, browser } from './connection';
import { newId } from './ids';
import { late, said } from './kept';
import { draftAgain, type Outbox, type Refused } from './outbox';
import {
  applied,
  type Bye,
  type CommandMessage,
  type Commands,
  type CommandType,
  type Frame,
  type ItemLine,
  type Note,
  type Problem,
  type Uuid,
  type View,
  type Written,
} from './protocol';
import { timeOf } from './when';

const alertAfter = 2_000; // a line back within this is not worth an interruption

/** What was written down for this person and waits for their answer. */
const waiting = (view: Partial<View>): Written[] => view.me?.written ?? [];

/** The lines of the agenda that are closed to this person now and were not before, or the other way round. */
const turned = (was: Partial<View>, is: Partial<View>): ItemLine[] =>
  (is.items ?? []).filter((line) => was.items?.some((before) => before.id === line.id && Boolean(before.hidden) !== Boolean(line.hidden)));

export class Room {
  view = $state.raw<View>() as View;
  line = $state<Line>('connecting');
  lineWords = $state('Connecting');
  waiting = $state.raw<CommandMessage[]>([]); // on their way, or kept until the line is back
  noteUnsaved = $state(false); // the notes on the screen hold words that no version has
  refused = $state.raw<Refused[]>([]); // kept, sent late and refused: their words wait for their person
  savedLate = $state.raw<string[]>([]); // what was saved after its item was over
  signedOut = $state(false); // the person is asked to sign in again
  denied = $state(false); // they have no part in the meeting any more
  toAction = $state(''); // words to become an action
  shownNow = $state(0); // moves when a form comes or goes
  saved = $state(''); // "Saved at 10:42am"
  now = $state(Date.now()); // the server's time, for counting against plan; moves each half minute

  readonly outbox: Outbox;
  readonly demo: boolean;
  readonly typedHere = new Set<string>();
  readonly shown = new Map<string, number>();
  readonly page: Uuid = newId(); // this page among those the person has open
  readonly #announcer: Announcer;
  readonly #connection: Connection;
  readonly #world: World;
  readonly #unknown = new Map<string, Uuid>(); // what was done and perhaps recorded, by what it said
  readonly #written = new Map<Uuid, Note>(); // this page's own latest notes, which a frame may be behind
  readonly #left = new Set<Uuid>(); // items that are closed to this person
  #sendingNotes: Promise<unknown> = Promise.resolve();
  #offset = 0;
  #cancelAlert: (() => void) | null = null;

  constructor(address: string, first: Frame, outbox: Outbox, announcer: Announcer, world: World = browser, demo = false) {
    this.view = first.sections as View;
    this.outbox = outbox;
    this.demo = demo;
    this.refused = outbox.refused();
    this.#announcer = announcer;
    this.#world = world;
    this.#connection = new Connection(address, first.seq, outbox, this, world, this.view.me?.person_id ?? '');
  }

  start(): void {
    this.#connection.start();
    const tick = (): void => {
      this.now = this.#world.now() + this.#offset;
      this.#world.later(30_000, tick);
    };
    tick();
  }

  /** What the server's clock shows now, in milliseconds. */
  time(): number {
    return this.#world.now() + this.#offset;
  }

  /** Says something that is for this person alone, when there is room for it. */
  tell(sentence: string): void {
    this.#announcer.say(sentence);
  }

  stop(): void {
    this.outbox.leave(this.page);
    this.#connection.stop();
  }

  networkChanged(): void {
    this.#connection.networkChanged();
  }

  visibilityChanged(): void {
    this.#connection.visibilityChanged();
  }

  get connected(): boolean {
    return this.line === 'connected';
  }

  shownChanged(): void {
    this.shownNow++;
  }

  /** Whether something about an item waits for the line. */
  waitsFor(item: Uuid): boolean {
    return this.line !== 'connected' && this.waiting.some((command) => said(command, this.view).item === item);
  }

  /**
   * Does one thing in the meeting; null when it is recorded, or kept until the line is back, else why
   * not. Said again word for word after a line that dropped before the answer, it keeps its id, so that
   * it cannot count twice.
   */
  async do<C extends CommandType>(command: C, data: Commands[C]): Promise<Problem | null> {
    const words = command + JSON.stringify(data);
    const id = this.#unknown.get(words) ?? newId();
    const outcome = await this.#connection.send(command, data, id);
    if ('problem' in outcome) {
      if (outcome.problem.kind === 'unavailable') this.#unknown.set(words, id);
      return outcome.problem;
    }
    this.#unknown.delete(words);
    if ('seq' in outcome) this.#savedNow();
    return null;
  }

  #savedNow(): void {
    this.saved = `Saved at ${timeOf(new Date(this.time()))}`;
  }

  // What was typed while the line was down.

  /** Saves a note; its field keeps the words until it is. */
  writeNote(data: Commands['note.write']): Promise<Problem | null> {
    const sending = this.do('note.write', data).then((problem) => {
      const { me } = this.view;
      if (!problem) this.#written.set(data.item_id, { id: data.note_id, item_id: data.item_id, version: data.base_version + 1, text: data.text.trim(), author: me.name, at: '' });
      return problem;
    });
    this.#sendingNotes = sending;
    return sending;
  }

  /** The newest version of an item's notes that this page knows. */
  noteOf(item: Uuid): Note | undefined {
    const [shown, own] = [this.view.notes.find((note) => note.item_id === item), this.#written.get(item)];
    return own && own.version > (shown?.version ?? 0) ? own : shown;
  }

  /** Notes of items that are no longer open, typed while the line was down: they are saved, or it is said why not. */
  async saveLeftNotes(): Promise<void> {
    await this.#sendingNotes;
    const fields = this.outbox.leftovers(this.page);
    const { me, items } = this.view;
    if (fields.length === 0 || !this.connected || !(me.clerk || me.chair)) return;
    for (const field of fields) {
      const item = field.replace(/^note\./, '');
      const line = items.find((one) => one.id === item);
      if (!line || this.view.item?.id === item) continue; // its own field takes it up
      const left = this.outbox.takeLeftover(field, this.page);
      if (!left || left.text.trim() === '') continue;
      const note = this.noteOf(item);
      const what = late(left, note, me.name);
      if (what === 'saved') continue;
      const data = { note_id: note?.id ?? newId(), item_id: item, base_version: what === 'differs' ? left.base : what.save, text: left.text };
      const problem: Problem | null =
        what === 'differs'
          ? { kind: 'stale', sentence: `Item ${line.number} is no longer open, and ${note?.author ?? 'somebody'} has changed its notes meanwhile.`, fields: [] }
          : await this.writeNote(data);
      if (!problem) {
        this.savedLate = [...this.savedLate, `Item ${line.number} is no longer open. The notes you had typed for it are saved.`];
      } else if (problem.kind === 'unavailable') {
        this.outbox.draftOf(field, this.page, left.text, left.base); // when the line is back
      } else {
        this.#refuse({ type: 'command', id: newId(), command: 'note.write', data }, problem.sentence);
      }
    }
  }

  #refuse(command: CommandMessage, why: string): void {
    this.outbox.refuse(command, why);
    this.refused = this.outbox.refused();
    this.#announcer.say('Something you typed while the line was down is not recorded. It is kept on this page');
  }

  settle(refused: Refused): void {
    this.outbox.settled(refused.command.id);
    this.refused = this.outbox.refused();
  }

  sawSaved(sentence: string): void {
    this.savedLate = this.savedLate.filter((one) => one !== sentence);
  }

  forget(form: string): void {
    this.outbox.forget(form);
    this.shownChanged();
  }

  async sendAgain(refused: Refused): Promise<Problem | null> {
    const { command, data } = refused.command;
    const problem = await this.do(command, data);
    if (!problem) this.settle(refused);
    return problem;
  }

  /** Puts what was refused below what an item's notes say now. */
  async putIntoNotes(refused: Refused, item: Uuid): Promise<Problem | null> {
    const note = this.noteOf(item);
    const words = said(refused.command, this.view).text.trim();
    const text = note ? `${note.text}\n\n${words}` : words;
    const problem = await this.writeNote({ note_id: note?.id ?? newId(), item_id: item, base_version: note?.version ?? 0, text });
    if (!problem) this.settle(refused);
    return problem;
  }

  makeAction(refused: Refused, text: string): void {
    this.toAction = text;
    this.settle(refused);
  }

  // The session.

  /** Signs the person of this page in again, and nobody else; '' when the meeting goes on, else what is wrong. */
  async signInAgain(email: string, password: string): Promise<string> {
    const fields = new URLSearchParams({ person: this.view.me.person_id, email, password });
    try {
      const response = await this.#world.fetch(this.demo ? '/demo/sign-in' : '/sign-in', { method: 'POST', headers: { Accept: 'application/json' }, body: fields });
      if (response.ok) {
        this.#connection.resume();
        return '';
      }
      const answer = (await response.json()) as { sentence?: string };
      return answer.sentence || 'You could not be signed in. Try again.';
    } catch {
      return 'Quorate cannot be reached just now. Try again when you are connected.';
    }
  }

  // What the line brings.

  frame(frame: Frame): void {
    const was = this.view;
    const before = was.vote;
    const known = waiting(was);
    this.view = applied(was, frame);
    this.outbox.open = this.view.item?.id;
    const vote = this.view.vote;
    for (const line of this.view.items ?? []) {
      if (!line.hidden || this.#left.has(line.id)) continue;
      this.#left.add(line.id);
      this.outbox.forgetAbout(line.id);
    }
    if (before?.open && vote?.id === before.id && !vote.open && (this.view as Partial<View>).meeting?.method !== 'spoken') this.#announcer.alert('Voting has closed');
    else this.#announcer.say(frame.says);
    // What closes an item to one person alone is told to the others as what happened; to them, as what it means.
    if (!frame.says) for (const line of turned(was, this.view)) this.#announcer.say(`Item ${line.number}: ${line.hidden || 'you can see it again'}`);
    const fresh = waiting(this.view).filter((w) => !known.some((k) => k.ballot_id === w.ballot_id));
    for (const w of fresh) this.#announcer.say(`Your position on item ${w.number} was written down: ${w.words}. Confirm or dispute it`);
  }

  lineChanged(line: Line, words: string, why?: Bye['reason']): void {
    const was = this.line;
    this.line = line;
    this.lineWords = words;
    if (line === 'connected') this.signedOut = this.denied = false;
    else if (line === 'ended') [this.signedOut, this.denied] = [why === 'signed_out', why === 'denied'];
    if (line === 'connected' || line === 'ended') { // a try that failed is no news: the line is still lost
      this.#cancelAlert?.();
      this.#cancelAlert = null;
    }
    if (line === 'connected') {
      if (was === 'reconnecting' || was === 'offline') this.#announcer.say('Connected again');
      // At once what this page and pages that said goodbye had typed, then that of pages that could not.
      for (const wait of [0, 3 * draftAgain]) this.#world.later(wait, () => void this.saveLeftNotes());
    } else if (line === 'ended') {
      this.#announcer.alert(words);
    } else if (was === 'connected') {
      this.#cancelAlert = this.#world.later(alertAfter, () => this.#announcer.alert('Connection lost'));
    }
  }

  waitingChanged(waiting: CommandMessage[]): void {
    this.waiting = waiting;
  }

  answeredLate(message: CommandMessage, problem: Problem | null): void {
    if (problem) this.#refuse(message, problem.sentence);
    else this.#savedNow();
  }

  clock(serverNow: Date): void {
    this.#offset = serverNow.getTime() - this.#world.now();
    this.now = serverNow.getTime();
  }
}
