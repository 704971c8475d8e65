// What the tests of this folder share: a world in which time, the network and chance obey.
import type { Listener, Line, Socket, World } from './connection';
import type { CommandMessage, Frame, Problem, ServerMessage } from './protocol';

export class FakeSocket implements Socket {
  readonly sent: string[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(readonly url: string) {}

  send(text: string): void {
    if (this.closed) throw new Error('sent on a closed socket');
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
  }

  opens(): void {
    this.onopen?.();
  }
  says(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  breaks(): void {
    this.closed = true;
    this.onclose?.();
  }
  /** The commands sent, read again. */
  commands(): { id: string; command: string; data: unknown }[] {
    return this.sent.map((text) => JSON.parse(text) as { id: string; command: string; data: unknown });
  }
}

interface Request {
  url: string;
  body: unknown; // of a JSON request
  sent: unknown; // as it was given
  answer: (status: number, body: unknown) => void;
  fail: () => void;
}

export class FakeWorld implements World {
  readonly sockets: FakeSocket[] = [];
  readonly requests: Request[] = [];
  isOnline = true;
  isVisible = false; // a page that is not on the screen says nothing by itself
  time = 1_000_000;
  #timers: { at: number; then: () => void; cancelled: boolean }[] = [];

  socket(url: string): Socket {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket;
  }
  fetch(url: string, init?: RequestInit): Promise<Response> {
    return new Promise((resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      this.requests.push({
        url,
        sent: init?.body,
        body: typeof init?.body === 'string' ? JSON.parse(init.body) : null,
        answer: (status, body) => resolve(new Response(body === null ? null : JSON.stringify(body), { status })),
        fail: () => reject(new Error('network')),
      });
    });
  }
  later(ms: number, then: () => void): () => void {
    const timer = { at: this.time + ms, then, cancelled: false };
    this.#timers.push(timer);
    return () => (timer.cancelled = true);
  }
  random(): number {
    return 0;
  }
  online(): boolean {
    return this.isOnline;
  }
  visible(): boolean {
    return this.isVisible;
  }
  now(): number {
    return this.time;
  }

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }
  /** Lets time pass, and runs what falls due in its order. */
  passes(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = this.#timers.filter((t) => !t.cancelled && t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.splice(this.#timers.indexOf(due), 1);
      this.time = due.at;
      due.then();
    }
    this.time = end;
  }
}

/** Lets promises that are already settled be noticed. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

export class Heard implements Listener {
  frames: Frame[] = [];
  lines: [Line, string][] = [];
  count = 0;
  late: [string, Problem | null][] = [];

  frame(frame: Frame): void {
    this.frames.push(frame);
  }
  lineChanged(line: Line, words: string): void {
    this.lines.push([line, words]);
  }
  waitingChanged(waiting: CommandMessage[]): void {
    this.count = waiting.length;
  }
  answeredLate(message: CommandMessage, problem: Problem | null): void {
    this.late.push([message.command, problem]);
  }
  clock(): void {}
}

export function frameAt(seq: number, more: Partial<Frame> = {}): Frame {
  return { type: 'frame', seq, says: '', whole: true, catching_up: false, sections: {}, ...more };
}
