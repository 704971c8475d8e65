// The one line between a meeting's page and the server: a socket, or a long
// poll where sockets are blocked. It comes back by itself, sends again what may
// be sent again, and never lets a vote or a confirmation wait.
import {
  assertNever,
  carriesWords,
  isServerMessage,
  mayBeSentAgain,
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

/** What became of a command. */
export type Outcome = { seq: number } | { problem: Problem };

export interface Listener {
  frame(frame: Frame): void;
  lineChanged(line: Line, words: string): void;
  waitingChanged(count: number): void;
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
  now(): number;
}

export const quietLimit = 40_000; // without a beat for so long, the line is lost
const answerLimit = 20_000; // a command unanswered for so long means the same
const shortestWait = 500;
const longestWait = 10_000;
const trySocketsAgain = 60_000;
const failuresBeforePolling = 2;
const freshFor = 60_000; // a click acts within a minute or not at all

interface Unanswered {
  message: CommandMessage;
  madeAt: number;
  settle: (outcome: Outcome) => void;
  onTheLine: boolean;
}

export class Connection {
  readonly #address: string;
  readonly #world: World;
  readonly #listener: Listener;
  readonly #outbox: Outbox;
  readonly #unanswered = new Map<Uuid, Unanswered>();

  #seq: number;
  #line: Line = 'connecting';
  #socket: Socket | null = null;
  #poll: AbortController | null = null;
  #trial: Socket | null = null; // while polling: whether a socket would do after all
  #failures = 0; // sockets in a row that brought no frame
  #attempts = 0; // since the line was last good
  #heard = false; // a frame came on this socket
  #cancelRetry: (() => void) | null = null;
  #cancelQuiet: (() => void) | null = null;
  #cancelSocketTrial: (() => void) | null = null;

  /** address is the meeting's, without scheme: "/live/meetings/…". seq is what the page shows. */
  constructor(address: string, seq: number, outbox: Outbox, listener: Listener, world: World = browser) {
    this.#address = address;
    this.#seq = seq;
    this.#outbox = outbox;
    this.#listener = listener;
    this.#world = world;
    for (const message of outbox.unacknowledged()) {
      this.#unanswered.set(message.id, { message, madeAt: world.now(), settle: () => undefined, onTheLine: false });
    }
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

  /**
   * Sends one command, and says what became of it. What a person typed waits
   * for the line; a vote, a position or a confirmation does not, and neither
   * does running the meeting: a click must not act minutes after it was made.
   */
  send<C extends CommandType>(command: C, data: Commands[C], id: Uuid = newId()): Promise<Outcome> {
    const message: CommandMessage = { type: 'command', id, command, data };
    if (!carriesWords(command) && this.#line !== 'connected') {
      return Promise.resolve({ problem: notRecorded(command, 'You are not connected.') });
    }
    if (carriesWords(command)) this.#outbox.keep(message);
    return new Promise((settle) => {
      this.#unanswered.set(id, { message, madeAt: this.#world.now(), settle, onTheLine: false });
      this.#countWaiting();
      if (this.#line === 'connected') this.#transmit(id);
    });
  }

  #connect(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    if (this.#failures >= failuresBeforePolling) {
      void this.#pollForFrames();
      return;
    }
    this.#adopt(this.#world.socket(`${this.#address}?after=${this.#seq}`));
  }

  /** Makes a socket the line. */
  #adopt(socket: Socket): void {
    this.#heard = false;
    this.#socket = socket;
    socket.onopen = () => this.#listenFor(quietLimit);
    socket.onmessage = (event) => {
      const message = typeof event.data === 'string' ? readMessage(event.data) : null;
      if (message && socket === this.#socket) this.#receive(message);
    };
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      if (!this.#heard) this.#failures++;
      this.#lost();
    };
  }

  #receive(message: ServerMessage): void {
    if (this.#socket) this.#listenFor(quietLimit);
    switch (message.type) {
      case 'frame':
        this.#heard = true;
        if (this.#socket) this.#failures = 0;
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
    this.#settle((unanswered) => !carriesWords(unanswered.message.command) && this.#world.now() - unanswered.madeAt > freshFor);
    for (const [id, unanswered] of this.#unanswered) {
      if (!unanswered.onTheLine) this.#transmit(id);
    }
  }

  /** The line has gone by itself: say so, settle what must not wait, and come back. */
  #lost(): void {
    this.#drop();
    if (this.#line === 'ended') return;
    if (!this.#world.online()) {
      this.#say('offline', 'You are offline. What you type is kept here until the line is back.');
    } else if (this.#line !== 'connecting' || this.#attempts > 0) {
      this.#say('reconnecting', 'Connection lost. Connecting again.');
    }
    this.#settleWhatMustNotWait();
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
        this.#settleWhatMustNotWait();
        this.#comeBack(bye.retry_ms * (1 + this.#world.random()));
        return;
      case 'signed_out':
      case 'denied':
      case 'cancelled':
      case 'unreadable':
        this.#say('ended', bye.sentence);
        this.#settleWhatMustNotWait();
        return;
      default:
        assertNever(bye.reason);
    }
  }

  /** Lets go of socket and poll without a word. */
  #drop(): void {
    this.#cancelRetry?.();
    this.#cancelQuiet?.();
    this.#cancelSocketTrial?.();
    this.#cancelRetry = this.#cancelQuiet = this.#cancelSocketTrial = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#poll?.abort();
    this.#poll = null;
    this.#trial?.close();
    this.#trial = null;
    for (const unanswered of this.#unanswered.values()) unanswered.onTheLine = false;
  }

  #listenFor(ms: number): void {
    this.#cancelQuiet?.();
    this.#cancelQuiet = this.#world.later(ms, () => this.#lost());
  }

  #transmit(id: Uuid): void {
    const unanswered = this.#unanswered.get(id);
    if (!unanswered) return;
    unanswered.onTheLine = true;
    if (this.#socket) {
      this.#socket.send(JSON.stringify(unanswered.message));
      this.#listenFor(answerLimit);
    } else {
      void this.#post(unanswered);
    }
  }

  #answered(reply: Reply): void {
    const unanswered = this.#unanswered.get(reply.id);
    if (!unanswered) return;
    this.#unanswered.delete(reply.id);
    this.#outbox.acknowledged(reply.id);
    this.#countWaiting();
    unanswered.settle(reply.error ? { problem: reply.error } : { seq: reply.seq ?? this.#seq });
  }

  #settleWhatMustNotWait(): void {
    this.#settle((unanswered) => !mayBeSentAgain(unanswered.message.command));
  }

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
    this.#listener.waitingChanged(this.#unanswered.size);
  }

  #say(line: Line, words: string): void {
    this.#line = line;
    this.#listener.lineChanged(line, words);
  }

  // The long poll.

  async #pollForFrames(): Promise<void> {
    const poll = new AbortController();
    this.#poll = poll;
    this.#cancelSocketTrial = this.#world.later(trySocketsAgain, () => this.#trySocket());
    let after = ''; // the first answer is the whole view, whatever happened while nobody listened
    while (!poll.signal.aborted) {
      try {
        const response = await this.#world.fetch(`${this.#address}/frames${after}`, { signal: poll.signal });
        const answer: unknown = await response.json();
        if (poll.signal.aborted) return;
        if (!response.ok) {
          this.#refused(response.status, answer);
          return;
        }
        for (const message of answer as unknown[]) {
          if (isServerMessage(message) && !poll.signal.aborted) this.#receive(message);
        }
        after = `?after=${this.#seq}`;
      } catch {
        if (!poll.signal.aborted) this.#lost();
        return;
      }
    }
  }

  /** Tries a socket beside a poll that works, and changes over once the socket speaks. */
  #trySocket(): void {
    const socket = this.#world.socket(`${this.#address}?after=${this.#seq}`);
    this.#trial = socket;
    socket.onmessage = (event) => {
      if (socket !== this.#trial) return;
      this.#trial = null;
      this.#drop();
      this.#adopt(socket);
      this.#line = 'reconnecting'; // until this first message is read, so that what waits is sent on the socket
      socket.onmessage?.(event);
    };
    socket.onclose = () => {
      if (socket !== this.#trial) return;
      this.#trial = null;
      this.#cancelSocketTrial = this.#world.later(trySocketsAgain, () => this.#trySocket());
    };
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
    try {
      const response = await this.#world.fetch(`${this.#address}/commands`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(unanswered.message),
      });
      const reply: unknown = await response.json();
      if (isServerMessage(reply) && reply.type === 'reply') this.#answered({ ...reply, id: unanswered.message.id });
      else this.#lost();
    } catch {
      this.#lost();
    }
  }
}

function notRecorded(command: CommandType, why: string): Problem {
  const sentence = mayBeSentAgain(command)
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
  now: Date.now,
};
