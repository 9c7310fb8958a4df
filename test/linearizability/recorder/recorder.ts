// Writes down what clients ask and hear. An attempt without a verdict is sent again under the same key, as a good front end
// would; now and then its client walks away instead, and the attempt stays open for good.
import type { Answer, Attempt, Request, Wish } from '../history.ts';
import type { Chance } from './chance.ts';

/** Nobody listened: nothing was asked, so nothing can have happened. */
export const UNSENT = { kind: 'unsent' } as const;
export type Unsent = typeof UNSENT;

export interface RecorderParts {
  /** Sends one attempt; never rejects. */
  readonly send: (request: Request) => Promise<Answer | Unsent>;
  /** ms since the recording began. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly chance: Chance;
}

const WALKS_AWAY = 0.1;
const FIRST_PAUSE_MS = 30;
const PAUSE_MS_MAX = 1_000;
const ATTEMPTS_MAX = 60;

export class Recorder {
  readonly attempts: Attempt[] = [];
  readonly #parts: RecorderParts;
  #wishes = 0;
  #requests = 0;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** The last answer: unknown only when the client has given up. */
  async ask(client: number, showId: string, asked: Wish): Promise<Answer> {
    this.#wishes += 1;
    const wish = this.#wishes;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#send({ wish, client, showId, asked, requestId: this.#nextId() });
      if (answer.kind !== 'unsent') {
        const settled = answer.kind !== 'unknown' || asked.does.startsWith('read-');
        if (settled || this.#parts.chance.happens(WALKS_AWAY)) return answer;
      }
      if (attempt >= ATTEMPTS_MAX) return { kind: 'unknown', why: 'given up' };
      await this.#parts.sleep(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), PAUSE_MS_MAX));
    }
  }

  async #send(request: Omit<Request, 'calledAt'>): Promise<Answer | Unsent> {
    const asked: Request = { ...request, calledAt: this.#parts.now() };
    const answer = await this.#parts.send(asked);
    if (answer.kind === 'unsent') return answer;
    const returnedAt = answer.kind === 'unknown' ? null : this.#parts.now();
    this.attempts.push({ ...asked, returnedAt, answer });
    return answer;
  }

  #nextId(): string {
    this.#requests += 1;
    return `request-${this.#requests}`;
  }
}
