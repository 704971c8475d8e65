// The meeting as this page shows it: what the line brings, put where the
// screens read it, and what people do, sent down the line.
import type { Announcer } from './announcer';
import { Connection, type Line, type World, browser } from './connection';
import { newId } from './ids';
import type { Outbox } from './outbox';
import { applied, type Commands, type CommandType, type Frame, type Problem, type Uuid, type View, type Written } from './protocol';
import { timeOf } from './when';

const alertAfter = 2_000; // a line back within this is not worth an interruption

/** What was written down for this person and waits for their answer. */
const waiting = (view: Partial<View>): Written[] => view.me?.written ?? [];

export class Room {
  view = $state.raw<View>() as View;
  line = $state<Line>('connecting');
  lineWords = $state('Connecting');
  waiting = $state(0);
  saved = $state(''); // "Saved at 10:42am"
  now = $state(Date.now()); // the server's time, for counting against plan; moves each half minute

  readonly outbox: Outbox;
  readonly page: Uuid = newId(); // this page among those the person has open
  readonly #announcer: Announcer;
  readonly #connection: Connection;
  readonly #world: World;
  readonly #unknown = new Map<string, Uuid>(); // what was done and perhaps recorded, by what it said
  #offset = 0;
  #cancelAlert: (() => void) | null = null;

  constructor(address: string, first: Frame, outbox: Outbox, announcer: Announcer, world: World = browser) {
    this.view = first.sections as View;
    this.outbox = outbox;
    this.#announcer = announcer;
    this.#world = world;
    this.#connection = new Connection(address, first.seq, outbox, this, world);
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

  /**
   * Does one thing in the meeting; null when it is recorded, else why not. Said again word for word
   * after a line that dropped before the answer, it keeps its id, so that it cannot count twice.
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
    this.saved = `Saved at ${timeOf(new Date(this.#world.now() + this.#offset))}`;
    return null;
  }

  // What the line brings.

  frame(frame: Frame): void {
    const before = this.view.vote;
    const known = waiting(this.view);
    this.view = applied(this.view, frame);
    const vote = this.view.vote;
    if (before?.open && vote?.id === before.id && !vote.open && (this.view as Partial<View>).meeting?.method !== 'spoken') this.#announcer.alert('Voting has closed');
    else this.#announcer.say(frame.says);
    const fresh = waiting(this.view).filter((w) => !known.some((k) => k.ballot_id === w.ballot_id));
    for (const w of fresh) this.#announcer.say(`Your position on item ${w.number} was written down: ${w.words}. Confirm or dispute it`);
  }

  lineChanged(line: Line, words: string): void {
    const was = this.line;
    this.line = line;
    this.lineWords = words;
    this.#cancelAlert?.();
    this.#cancelAlert = null;
    if (line === 'connected') {
      if (was === 'reconnecting' || was === 'offline') this.#announcer.say('Connected again');
    } else if (line === 'ended') {
      this.#announcer.alert(words);
    } else if (was === 'connected') {
      this.#cancelAlert = this.#world.later(alertAfter, () => this.#announcer.alert('Connection lost'));
    }
  }

  waitingChanged(count: number): void {
    this.waiting = count;
  }

  clock(serverNow: Date): void {
    this.#offset = serverNow.getTime() - this.#world.now();
    this.now = serverNow.getTime();
  }
}
