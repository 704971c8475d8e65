// The one line between a meeting's page and the server: a socket, or a long
// poll where sockets are blocked or do not last. It notices within seconds that
// nothing comes any more, comes back by itself, sends again what may be sent
// again, and never lets a vote or a confirmation wait.
import {
  afterWaiting,
  assertNever,
  isServerMessage,
  mayBeSentAgain,
  mayWait,
  readMessage,
  type Bye,
  type CommandMessage,
  type Commands,
  type CommandType,
  type Frame,
  type Problem,
  type Reply,
  type ServerMessage,
  type Uuid,
} from './protocol';
import { newId } from './ids';
import type { Outbox } from './outbox';

/** connected, reconnecting and offline mend themselves; ended needs the person. */
export type Line = 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'ended';

/** What became of a command. Kept: it waits on this device, and the listener hears later. */
export type Outcome = { seq: number } | { problem: Problem } | { kept: true };

export interface Listener {
  frame(frame: Frame): void;
  /** why says how the line ended, where it has. */
  lineChanged(line: Line, words: string, why?: Bye['reason']): void;
  /** What is on its way, and what waits for the line. */
  waitingChanged(waiting: CommandMessage[]): void;
  /** Something that waited was answered: recorded, or refused with why. */
  answeredLate(message: CommandMessage, problem: Problem | null): void;
  clock(serverNow: Date): void;
}

/** The part of WebSocket that is used. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
}

/** The world outside, so that tests can bring their own. */
export interface World {
  socket(url: string): Socket;
  fetch(url: string, init?: RequestInit): Promise<Response>;
  later(ms: number, then: () => void): () => void;
  random(): number;
  online(): boolean;
  visible(): boolean; // the page is on the screen, not behind another
  now(): number;
}

export const quietLimit = 12_000; // beats come every 5 s: without one for so long, the line is lost
const openLimit = 8_000; // a socket that takes longer to open will not
const pollLimit = 16_000; // a poll is answered within 10 s
const answerLimit = 20_000; // a command unanswered for so long means that the line is lost
const shortestWait = 500;
const longestWait = 10_000;
const failuresBeforePolling = 2;
const steadyAfter = 10_000; // a socket that lasts so long works; one that does not counts as a failure
const firstTrial = 5_000; // while polling, a socket is tried again: soon, then more and more rarely
const longestTrial = 600_000;
const freshFor = 60_000; // a click acts within a minute or not at all
const askAgain = 5_000; // what waited and could not be recorded just now is sent again
const sayHereEvery = 60_000;

interface Unanswered {
  message: CommandMessage;
  madeAt: number;
  kept: boolean; // nobody waits for the answer: the listener is told
  settle: (outcome: Outcome) => void;
  onTheLine: boolean;
  cancelLimit: (() => void) | null;
}

export class Connection {
  readonly #address: string;
  readonly #person: Uuid | '';
  readonly #world: World;
  readonly #listener: Listener;
  readonly #outbox: Outbox;
  readonly #unanswered = new Map<Uuid, Unanswered>();

  #seq: number;
  #line: Line = 'connecting';
  #why: Bye['reason'] | undefined; // how the line ended
  #socket: Socket | null = null;
  #poll: AbortController | null = null;
  #trial: Socket | null = null; // while polling: whether a socket would do after all
  #trialWait = firstTrial;
  #failures = 0; // sockets in a row that brought no frame, or did not last
  #attempts = 0; // since the line was last good
  #heardAt = 0; // when the first frame came on this socket; 0: none has
  #cancelRetry: (() => void) | null = null;
  #cancelQuiet: (() => void) | null = null;
  #cancelTrial: (() => void) | null = null;
  #cancelHere: (() => void) | null = null;

  /**
   * address is the meeting's, without scheme: "/live/meetings/…". seq is what the page shows. person is
   * whose page it is: the server lets nobody else speak through it.
   */
  constructor(address: string, seq: number, outbox: Outbox, listener: Listener, world: World = browser, person: Uuid | '' = '') {
    this.#address = address;
    this.#seq = seq;
    this.#outbox = outbox;
    this.#listener = listener;
    this.#world = world;
    this.#person = person;
    for (const message of outbox.unacknowledged()) this.#await(afterWaiting(message), true);
  }

  get line(): Line {
    return this.#line;
  }

  start(): void {
    this.#countWaiting();
    this.#connect();
  }

  /** Ends the line for good: the page is going. */
  stop(): void {
    this.#drop();
    this.#line = 'ended';
  }

  /** Goes on after the person has signed in again. */
  resume(): void {
    if (this.#line !== 'ended' || this.#why !== 'signed_out') return;
    this.#attempts = this.#failures = 0;
    this.#say('connecting', 'Connecting');
    this.#connect();
  }

  /** The browser says the network is back, or gone. */
  networkChanged(): void {
    if (this.#line === 'ended') return;
    if (!this.#world.online()) {
      this.#lost();
    } else if (this.#line !== 'connected') {
      this.#attempts = 0;
      this.#drop();
      this.#connect();
    }
  }

  /** The page came to the front, or went behind another. */
  visibilityChanged(): void {
    if (!this.#world.visible()) return;
    this.#sayHere();
    if (this.#line === 'reconnecting' || this.#line === 'offline') this.networkChanged();
    else this.resume(); // they may have signed in again in another tab
  }

  /**
   * Sends one command, and says what became of it. What was typed of actions and names waits for the
   * line; a vote, a position or a confirmation does not, and neither does running the meeting: a click
   * must not act minutes after it was made.
   */
  send<C extends CommandType>(command: C, data: Commands[C], id: Uuid = newId()): Promise<Outcome> {
    const message: CommandMessage = { type: 'command', id, command, data };
    const connected = this.#line === 'connected';
    if (!mayWait(command)) {
      if (!connected) return Promise.resolve({ problem: notRecorded(command, 'You are not connected.') });
    } else {
      this.#outbox.keep(message);
      if (!connected) {
        this.#await(afterWaiting(message), true);
        this.#countWaiting();
        return Promise.resolve({ kept: true });
      }
    }
    return new Promise((settle) => {
      this.#await(message, false, settle);
      this.#countWaiting();
      this.#transmit(id);
    });
  }

  #await(message: CommandMessage, kept: boolean, settle: (outcome: Outcome) => void = () => undefined): void {
    this.#unanswered.set(message.id, { message, madeAt: this.#world.now(), kept, settle, onTheLine: false, cancelLimit: null });
  }

  /** The address of a socket, a poll or a command. */
  #at(path: string, asked: Record<string, string> = {}): string {
    const query = new URLSearchParams({ ...asked, ...(this.#person && { person: this.#person }) }).toString();
    return `${this.#address}${path}${query && `?${query}`}`;
  }

  #connect(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    if (this.#failures >= failuresBeforePolling) {
      void this.#pollForFrames();
      return;
    }
    this.#adopt(this.#world.socket(this.#at('', { after: String(this.#seq) })));
    this.#listenFor(openLimit);
  }

  /** Makes a socket the line. */
  #adopt(socket: Socket): void {
    this.#heardAt = 0;
    this.#socket = socket;
    socket.onopen = () => this.#listenFor(quietLimit);
    socket.onmessage = (event) => {
      const message = typeof event.data === 'string' ? readMessage(event.data) : null;
      if (message && socket === this.#socket) this.#receive(message);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#lost();
    };
  }

  #receive(message: ServerMessage): void {
    if (this.#socket) this.#listenFor(quietLimit);
    switch (message.type) {
      case 'frame':
        this.#heardAt ||= this.#world.now();
        this.#seq = message.seq;
        this.#listener.frame(message);
        this.#good();
        return;
      case 'reply':
        this.#answered(message);
        return;
      case 'beat':
        this.#listener.clock(new Date(message.now));
        return;
      case 'bye':
        this.#farewell(message);
        return;
      default:
        assertNever(message);
    }
  }

  #good(): void {
    if (this.#line === 'connected') return;
    this.#attempts = 0;
    this.#say('connected', 'Connected');
    this.#settle(this.#tooOld);
    for (const [id, unanswered] of this.#unanswered) {
      if (!unanswered.onTheLine) this.#transmit(id);
    }
    this.#keepSayingHere();
  }

  /** The line has gone by itself: say so, settle what must not wait, and come back. */
  #lost(): void {
    if (this.#line === 'ended') return;
    if (this.#socket) {
      const steady = this.#heardAt > 0 && this.#world.now() - this.#heardAt >= steadyAfter;
      this.#failures = steady ? 0 : this.#failures + 1;
      if (steady) this.#trialWait = firstTrial;
    }
    this.#drop();
    if (!this.#world.online()) {
      this.#say('offline', 'You are offline. What you type is kept here until the line is back.');
    } else if (this.#line !== 'connecting' || this.#attempts > 0) {
      this.#say('reconnecting', 'Connection lost. Connecting again.');
    }
    this.#settleWhatDoesNotWait();
    this.#settle(this.#tooOld);
    const doubling = Math.min(shortestWait * 2 ** this.#attempts++, longestWait);
    this.#comeBack(doubling * (1 + this.#world.random() / 3));
  }

  #comeBack(wait: number): void {
    this.#cancelRetry?.();
    this.#cancelRetry = this.#world.later(wait, () => this.#connect());
  }

  #farewell(bye: Bye): void {
    this.#drop();
    switch (bye.reason) {
      case 'restart':
      case 'slow':
        this.#say('reconnecting', bye.sentence);
        this.#settleWhatDoesNotWait();
        this.#comeBack(bye.retry_ms * (1 + this.#world.random()));
        return;
      case 'signed_out':
      case 'denied':
      case 'cancelled':
      case 'unreadable':
        this.#say('ended', bye.sentence, bye.reason);
        this.#settleWhatDoesNotWait();
        return;
      default:
        assertNever(bye.reason);
    }
  }

  /** Lets go of socket and poll without a word. */
  #drop(): void {
    for (const cancel of [this.#cancelRetry, this.#cancelQuiet, this.#cancelTrial, this.#cancelHere]) cancel?.();
    this.#cancelRetry = this.#cancelQuiet = this.#cancelTrial = this.#cancelHere = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#poll?.abort();
    this.#poll = null;
    this.#trial?.close();
    this.#trial = null;
    for (const unanswered of this.#unanswered.values()) {
      unanswered.onTheLine = false;
      unanswered.cancelLimit?.();
    }
  }

  #listenFor(ms: number): void {
    this.#cancelQuiet?.();
    this.#cancelQuiet = this.#world.later(ms, () => this.#lost());
  }

  /** Whoever has the meeting on the screen takes part, and stays signed in. */
  #sayHere(): void {
    if (this.#socket && this.#line === 'connected' && this.#world.visible()) this.#socket.send('{"type":"here"}');
  }

  #keepSayingHere(): void {
    this.#cancelHere?.();
    this.#sayHere();
    this.#cancelHere = this.#world.later(sayHereEvery, () => this.#keepSayingHere());
  }

  #transmit(id: Uuid): void {
    const unanswered = this.#unanswered.get(id);
    if (!unanswered) return;
    unanswered.onTheLine = true;
    unanswered.cancelLimit?.();
    unanswered.cancelLimit = this.#world.later(answerLimit, () => this.#lost());
    if (this.#socket) this.#socket.send(JSON.stringify(unanswered.message));
    else void this.#post(unanswered);
  }

  #answered(reply: Reply): void {
    const unanswered = this.#unanswered.get(reply.id);
    if (!unanswered) return;
    unanswered.cancelLimit?.();
    if (reply.error?.kind === 'signed_out') {
      this.#farewell({ type: 'bye', reason: 'signed_out', sentence: reply.error.sentence, retry_ms: 0 });
      return;
    }
    if (unanswered.kept && (reply.error?.kind === 'unavailable' || reply.error?.kind === 'too_many')) {
      unanswered.onTheLine = false;
      this.#world.later(askAgain, () => {
        if (this.#line === 'connected' && !unanswered.onTheLine) this.#transmit(reply.id);
      });
      return;
    }
    this.#unanswered.delete(reply.id);
    if (unanswered.kept && reply.error) this.#outbox.refuse(unanswered.message, reply.error.sentence);
    else this.#outbox.acknowledged(reply.id);
    this.#countWaiting();
    if (unanswered.kept) this.#listener.answeredLate(unanswered.message, reply.error ?? null);
    else unanswered.settle(reply.error ? { problem: reply.error } : { seq: reply.seq ?? this.#seq });
  }

  /** Of what is unanswered, some is kept until the line is back; the rest is answered as not recorded. */
  #settleWhatDoesNotWait(): void {
    for (const unanswered of this.#unanswered.values()) {
      if (unanswered.kept || !mayWait(unanswered.message.command)) continue;
      unanswered.message = afterWaiting(unanswered.message);
      unanswered.kept = true;
      this.#outbox.keep(unanswered.message);
      unanswered.settle({ kept: true });
    }
    this.#settle(({ kept, message }) => !kept && (message.command === 'note.write' || !mayBeSentAgain(message.command)));
  }

  readonly #tooOld = (unanswered: Unanswered): boolean => !unanswered.kept && this.#world.now() - unanswered.madeAt > freshFor;

  /** Answers, as not recorded, those whose time has passed. */
  #settle(passed: (unanswered: Unanswered) => boolean): void {
    for (const [id, unanswered] of this.#unanswered) {
      if (!passed(unanswered)) continue;
      this.#unanswered.delete(id);
      unanswered.settle({ problem: notRecorded(unanswered.message.command, 'The line dropped before Quorate answered.') });
    }
    this.#countWaiting();
  }

  #countWaiting(): void {
    this.#listener.waitingChanged([...this.#unanswered.values()].map((unanswered) => unanswered.message));
  }

  #say(line: Line, words: string, why?: Bye['reason']): void {
    this.#line = line;
    this.#why = why;
    this.#listener.lineChanged(line, words, why);
  }

  // The long poll.

  async #pollForFrames(): Promise<void> {
    const poll = new AbortController();
    this.#poll = poll;
    this.#tryLater();
    let after: Record<string, string> = {}; // the first answer is the whole view, whatever happened while nobody listened
    while (!poll.signal.aborted) {
      this.#listenFor(pollLimit);
      try {
        const here: Record<string, string> = this.#world.visible() ? { here: '1' } : {};
        const response = await this.#world.fetch(this.#at('/frames', { ...after, ...here }), { signal: poll.signal });
        const answer: unknown = await response.json();
        if (poll.signal.aborted) return;
        if (!response.ok) {
          this.#refused(response.status, answer);
          return;
        }
        for (const message of answer as unknown[]) {
          if (isServerMessage(message) && !poll.signal.aborted) this.#receive(message);
        }
        after = { after: String(this.#seq) };
      } catch {
        if (!poll.signal.aborted) this.#lost();
        return;
      }
    }
  }

  #tryLater(): void {
    this.#cancelTrial = this.#world.later(this.#trialWait, () => this.#trySocket());
    this.#trialWait = Math.min(this.#trialWait * 4, longestTrial);
  }

  /** Tries a socket beside a poll that works, and changes over once the socket speaks. */
  #trySocket(): void {
    const socket = this.#world.socket(this.#at('', { after: String(this.#seq) }));
    this.#trial = socket;
    socket.onmessage = (event) => {
      if (socket !== this.#trial) return;
      this.#trial = null;
      this.#drop();
      this.#adopt(socket);
      this.#line = 'reconnecting'; // until this first message is read, so that what waits is sent on the socket
      socket.onmessage?.(event);
    };
    const failed = (): void => {
      if (socket !== this.#trial) return;
      this.#cancelTrial?.();
      this.#trial = null;
      socket.close();
      this.#tryLater();
    };
    socket.onclose = failed;
    this.#cancelTrial = this.#world.later(openLimit, failed);
  }

  #refused(status: number, answer: unknown): void {
    const sentence = (answer as Reply | null)?.error?.sentence ?? 'Connection lost.';
    switch (status) {
      case 401:
        this.#farewell({ type: 'bye', reason: 'signed_out', sentence, retry_ms: 0 });
        return;
      case 403:
      case 404:
        this.#farewell({ type: 'bye', reason: 'denied', sentence, retry_ms: 0 });
        return;
      default:
        this.#lost();
    }
  }

  async #post(unanswered: Unanswered): Promise<void> {
    const poll = this.#poll;
    try {
      const response = await this.#world.fetch(this.#at('/commands'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(unanswered.message),
        ...(poll && { signal: poll.signal }),
      });
      const reply: unknown = await response.json();
      if (poll?.signal.aborted) return;
      if (isServerMessage(reply) && reply.type === 'reply') this.#answered({ ...reply, id: unanswered.message.id });
      else this.#lost();
    } catch {
      if (!poll?.signal.aborted) this.#lost();
    }
  }
}

function notRecorded(command: CommandType, why: string): Problem {
  const sentence =
    command === 'note.write'
      ? 'Not saved yet: your words are kept on this device and saved when the line is back.'
      : mayBeSentAgain(command)
        ? `${why} Nothing was done. Try again when the line is back.`
        : `${why} This is not recorded. Look at what is shown when the line is back, and if it is still needed do it again.`;
  return { kind: 'unavailable', sentence, fields: [] };
}

/** The world as a browser has it. */
export const browser: World = {
  socket: (url) => new WebSocket(new URL(url, location.href.replace(/^http/, 'ws'))) as unknown as Socket,
  fetch: (url, init) => fetch(url, init),
  later: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  online: () => navigator.onLine,
  visible: () => document.visibilityState === 'visible',
  now: Date.now,
};
