// One polite voice for the page: what happens close together is said together,
// and never more often than every three seconds. Only what cannot wait is said
// at once: "Voting has closed", "Connection lost".
const pause = 3_000;

export class Announcer {
  readonly #status: HTMLElement;
  readonly #alert: HTMLElement;
  readonly #later: (ms: number, then: () => void) => void;
  #said: string[] = [];
  #resting = false;

  constructor(status: HTMLElement, alert: HTMLElement, later: (ms: number, then: () => void) => void = setTimeoutLater) {
    this.#status = status;
    this.#alert = alert;
    this.#later = later;
  }

  /** Says a sentence when there is room for it; the same sentence waits once. */
  say(sentence: string): void {
    if (sentence === '' || this.#said.includes(sentence)) return;
    this.#said.push(sentence);
    if (!this.#resting) this.#speak();
  }

  /** Interrupts. */
  alert(sentence: string): void {
    this.#alert.textContent = '';
    this.#alert.textContent = sentence;
  }

  #speak(): void {
    if (this.#said.length === 0) return;
    this.#status.textContent = this.#said.join('. ');
    this.#said = [];
    this.#resting = true;
    this.#later(pause, () => {
      this.#resting = false;
      this.#speak();
    });
  }
}

const setTimeoutLater = (ms: number, then: () => void): void => void setTimeout(then, ms);
