// Everybody outside the engine: carries out the wishes of the script, each at its time, and remembers what was sent.
import type { Chance } from '../kernel/chance.ts';
import type { Faults } from '../kernel/faults.ts';
import { EPOCH_MS } from '../kernel/process-clock.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { Referee } from '../referee/referee.ts';
import { askingOf, iso, OFFICE, scheduling, type PlacedShow } from './asking.ts';
import { letterOf, type Correspondence, type Letter } from './correspondence.ts';
import { Payments } from './payments.ts';
import type { Wish } from './script.ts';
import type { SimulatedProcess } from '../engine/simulated-process.ts';

/** So far back one remembers what one has asked for. */
const REMEMBERED_MAX = 60;

interface Parts {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly post: Correspondence;
  readonly referee: Referee;
  readonly shows: PlacedShow[];
  readonly processes: () => readonly SimulatedProcess[];
}

export class People {
  readonly letters: Letter[] = [];
  readonly payments: Payments;
  readonly #parts: Parts;
  /** Letters that were answered. */
  readonly #recent: Letter[] = [];
  /** Wishes being carried out. */
  busy = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { post, scheduler, faults, chance } = parts;
    this.payments = new Payments(post, { scheduler, faults, chance, actor: post.actor });
  }

  /** Puts every wish on the calendar. */
  plan(wishes: readonly Wish[], fromMs: number): void {
    const { scheduler, post } = this.#parts;
    for (const wish of wishes)
      scheduler.after(
        fromMs + wish.atMs - scheduler.nowMs,
        post.actor,
        wish.kind,
        () => void this.#follow(wish),
      );
  }

  async #follow(wish: Wish): Promise<void> {
    this.busy += 1;
    await this.#carryOut(wish);
    this.busy -= 1;
  }

  async #carryOut(wish: Wish): Promise<void> {
    const { shows, referee, scheduler } = this.#parts;
    const show = shows[wish.show % shows.length]!;
    const model = referee.shows.get(show.showId);
    const scene = { show, model, nowMs: scheduler.nowMs };
    switch (wish.kind) {
      case 'again':
        return this.#again(wish);
      case 'reuse':
        return this.#reuse(wish);
      case 'extend':
        return this.#extend(wish, show);
      case 'schedule':
        return this.#schedule(wish, show);
      case 'confirm':
      case 'confirmAtEnd':
        return this.#confirm(wish, show);
      default:
        await this.#send(letterOf(askingOf(wish, scene)));
    }
  }

  async #send(letter: Letter, options = {}): Promise<void> {
    this.letters.push(letter);
    await this.#parts.post.send(letter, options);
    this.#remember(letter);
  }

  #remember(letter: Letter): void {
    if (!letter.keyed || letter.reuses) return;
    this.#recent.push(letter);
    if (this.#recent.length > REMEMBERED_MAX) this.#recent.shift();
  }

  /** A customer that was answered sends the very same again. */
  async #again({ n }: Wish): Promise<void> {
    const letter = this.#recent[n % Math.max(1, this.#recent.length)];
    if (letter) await this.#parts.post.send(letter, { attempts: 1 });
  }

  async #reuse({ id, n }: Wish): Promise<void> {
    const done = this.#recent.filter(
      ({ answer, asking }) => answer !== null && asking.operation === 'holdSeats',
    );
    const first = done[n % Math.max(1, done.length)];
    if (!first) return;
    const body = { ...first.asking.body, seats: ['A-1', 'B-1'], areas: undefined, bestAvailable: undefined };
    await this.#send(letterOf({ ...first.asking, id, body }, true));
  }

  async #confirm(wish: Wish, show: PlacedShow): Promise<void> {
    const { scheduler, referee } = this.#parts;
    const model = referee.shows.get(show.showId);
    const asking = askingOf(wish, { show, model, nowMs: scheduler.nowMs });
    const hold = model?.holds.get(asking.params['holdId']!);
    const owned = hold?.clientId === asking.principal.clientId;
    if (hold && costs(hold.id)) {
      if (!owned) return;
      const letter = await this.payments.pay(hold.id, asking);
      if (!this.letters.includes(letter)) this.letters.push(letter);
      return this.#remember(letter);
    }
    const atOnce = wish.kind === 'confirmAtEnd' && hold !== undefined;
    if (atOnce) await this.#until(hold.untilMs - EPOCH_MS);
    await this.#send(letterOf(asking), { atOnce });
  }

  async #until(atMs: number): Promise<void> {
    const { scheduler, post } = this.#parts;
    const inMs = atMs - scheduler.nowMs;
    if (inMs > 0 && inMs < 10_000) await scheduler.pause(inMs, post.actor, 'waits for the end of a hold');
  }

  async #schedule(wish: Wish, show: PlacedShow): Promise<void> {
    const { shows, scheduler } = this.#parts;
    const eventId = shows[wish.n % shows.length]!.eventId;
    const draft = scheduling({ ...show, eventId }, scheduler.nowMs, wish.n);
    const letter = letterOf({
      ...draft,
      id: wish.id,
      principal: OFFICE,
      params: { eventId },
      headers: { 'idempotency-key': wish.id },
    });
    await this.#send(letter);
    const made = (letter.answer?.body as { show?: { id: string } } | undefined)?.show;
    if (made) shows.push({ ...show, showId: made.id, eventId });
  }

  /** As a checkout does while a payment is in flight; it has no route. */
  #extend({ id, n }: Wish, { showId }: PlacedShow): void {
    const { referee, processes, chance } = this.#parts;
    const live = referee.shows.get(showId)?.live ?? [];
    const hold = live[n % Math.max(1, live.length)];
    const running = processes().filter(({ serving }) => serving);
    if (!hold || running.length === 0) return;
    const { pipeline, shows } = chance.pick(running);
    const until = iso(hold.untilMs + 300 + (n % 900));
    const context = {
      commandId: extensionId(id),
      requestHash: 'extension',
      actor: 'system:checkout',
      correlationId: id,
    };
    const command = { kind: 'ExtendHold', holdId: hold.id, until } as const;
    // Nobody waits for it: it never ends, if the process dies.
    pipeline.execute(shows, showId, command, context, () => null).catch(() => {});
  }
}

/** Some holds are for nothing; whether one is paid for is a matter of the hold, not of who confirms it. */
const costs = (holdId: string): boolean => holdId.charCodeAt(0) % 3 === 0;

const extensionId = (id: string): string => `00000000-0000-5000-8000-${id.slice(1).padStart(12, '0')}`;
