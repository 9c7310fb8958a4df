// A payment provider that answers late and twice, and a till that captures before it confirms: what it captured must end as a
// booking or as a refund. The engine has no checkout yet; this proves that its verdicts can be relied on by one.
import type { Asking } from '../engine/front-door.ts';
import type { Chance } from '../kernel/chance.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Actor, Scheduler } from '../kernel/scheduler.ts';
import type { Correspondence, Letter, Verdict } from './correspondence.ts';
import { letterOf } from './correspondence.ts';

interface Payment {
  readonly reference: string;
  readonly showId: string;
  readonly letter: Letter;
  refunded: boolean;
}

export class Payments {
  /** By hold: each is paid once, however often somebody clicks. */
  readonly byHold = new Map<string, Payment>();
  readonly #post: Correspondence;
  readonly #parts: {
    readonly scheduler: Scheduler;
    readonly faults: Faults;
    readonly chance: Chance;
    readonly actor: Actor;
  };

  constructor(
    post: Correspondence,
    parts: { scheduler: Scheduler; faults: Faults; chance: Chance; actor: Actor },
  ) {
    this.#post = post;
    this.#parts = parts;
  }

  /** Captures, then confirms; gives the money back where that is refused for good. */
  async pay(holdId: string, asking: Asking): Promise<Letter> {
    const { chance, faults } = this.#parts;
    const known = this.byHold.get(holdId);
    if (known) {
      await this.#confirm(known);
      return known.letter;
    }
    const reference = `pay-${asking.id}`;
    const letter = letterOf({ ...asking, body: { ...asking.body, paymentReference: reference } });
    const payment: Payment = { reference, showId: asking.params['showId']!, letter, refunded: false };
    this.byHold.set(holdId, payment);
    await this.#wait(5 + 60 * chance.next());
    if (faults.strikes('paymentLate')) await this.#wait(3_000 * chance.next());
    if (faults.strikes('paymentTwice')) void this.#confirm(payment);
    await this.#confirm(payment);
    return letter;
  }

  async #confirm(payment: Payment): Promise<void> {
    this.settle(payment, await this.#post.send(payment.letter));
  }

  /** A refusal is for good where no earlier attempt may still be done; `atLast`: none can any more. */
  settle(payment: Payment, verdict: Verdict, atLast = false): void {
    const { letter } = payment;
    if (verdict === 'refused' && letter.answer === null && (atLast || !letter.open)) payment.refunded = true;
  }

  #wait(ms: number): Promise<void> {
    return this.#parts.scheduler.pause(ms, this.#parts.actor, 'pays');
  }
}
