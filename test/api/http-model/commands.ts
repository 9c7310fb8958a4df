// The commands of the model: the steps of a naive show's history over HTTP, and what only HTTP has: a request sent again, sent
// twice at once, with another body, by somebody else, to another process. Each says in English what it did.
import fc from 'fast-check';
import { expect } from 'vitest';
import { step, type Step } from '../../domain/show/naive-steps.ts';
import { MINUTE } from '../../domain/show/show-spec.ts';
import {
  again,
  carryOut,
  expectBooking,
  expectEntry,
  expectHold,
  expectKeyReused,
  expectPage,
  follow,
  type Model,
} from './judge.ts';
import type { RealShow } from './real-show.ts';
import { pick, requestOf } from './requests.ts';

/** Says what is done, does it, and gives what came of it. */
type Doing = (model: Model, real: RealShow, say: (said: string) => void) => Promise<string>;

class HttpCommand implements fc.AsyncCommand<Model, RealShow> {
  readonly #doing: Doing;
  #said: string;

  constructor(drawn: string, doing: Doing) {
    this.#said = drawn;
    this.#doing = doing;
  }

  check = (): boolean => true;

  async run(model: Model, real: RealShow): Promise<void> {
    model.naive.now = real.clock.now();
    let said = '';
    const outcome = await this.#doing(model, real, (what) => (this.#said = said = what));
    this.#said = said ? `${said}: ${outcome}` : outcome;
  }

  /** What it did the last time that it was run. */
  toString(): string {
    return `\n  ${this.#said}`;
  }
}

export const commandOf = (one: Step, copies = 1): HttpCommand =>
  new HttpCommand(JSON.stringify(one), async (model, real, say) => {
    const request = requestOf(one, model);
    if (!request) return byItself(one, model, real);
    say(`${request.said}${copies > 1 ? ', twice at once' : ''}`);
    return carryOut(model, real, request, copies);
  });

async function byItself(one: Step, model: Model, real: RealShow): Promise<string> {
  const { clock } = real;
  if (one.kind === 'extend') return look(model, real, one.nth);
  if (one.kind === 'wait') clock.nowMs += Math.round(one.minutes * MINUTE);
  if (one.kind === 'waitFor') clock.nowMs = Math.max(clock.nowMs, nextMoment(model, one.nth) - one.shortByMs);
  model.naive.now = clock.now();
  return `it is ${new Date(clock.now()).toISOString()}`;
}

/** When something happens by itself: a hold is over, sales open or close. */
function nextMoment({ naive: { holds, opensAt, closesAt, now } }: Model, nth: number): number {
  const live = [...holds.values()].filter(({ status }) => status === 'live').map(({ until }) => until);
  const ahead = [...live, opensAt, closesAt].filter((ms) => ms > now && ms < now + 60 * MINUTE);
  return ahead[nth % Math.max(1, ahead.length)] ?? now;
}

/** Reading is the first to notice what has lapsed meanwhile. */
async function look(model: Model, real: RealShow, nth: number): Promise<string> {
  const { naive, bookings } = model;
  const ids = [pick(naive.holds.keys(), nth), pick(naive.entries.keys(), nth), pick(bookings.values(), nth)];
  await real.get(`/holds/${ids[0]}`);
  await follow(model, real, () => []);
  await expectHold(model, real, ids[0]!);
  await expectEntry(model, real, ids[1]!);
  await expectBooking(model, real, ids[2]!);
  await expectPage(model, real);
  return `hold ${ids[0]} and entry ${ids[1]} are looked at`;
}

/** Everything there is, at the end of a history. */
export async function lookAtAll(model: Model, real: RealShow): Promise<void> {
  await look(model, real, 0);
  for (const id of model.naive.holds.keys()) await expectHold(model, real, id);
  for (const id of model.naive.entries.keys()) await expectEntry(model, real, id);
  for (const id of model.bookings.values()) await expectBooking(model, real, id);
}

const sendAgain = (nth: number, changed: boolean): HttpCommand =>
  new HttpCommand(`a request again: ${nth}`, async (model, real, say) => {
    const asked = model.asked[nth % Math.max(1, model.asked.length)];
    if (!asked) return 'nothing was asked yet';
    const isReused = changed && asked.made !== null;
    say(`again${isReused ? ' with another body' : ''}, ${asked.request.said}`);
    return isReused ? expectKeyReused(model, real, asked) : again(model, real, asked);
  });

const byStranger = (nth: number): HttpCommand =>
  new HttpCommand(`a stranger: ${nth}`, async (model, real, say) => {
    const { naive, bookings } = model;
    const hold = pick(naive.holds.keys(), nth);
    const entry = pick(naive.entries.keys(), nth);
    const tries = [
      ['GET', `/holds/${hold}`, 'HoldNotFound'],
      ['DELETE', `/holds/${hold}`, 'HoldNotFound'],
      ['POST', `/holds/${hold}/confirm`, 'HoldNotFound'],
      ['GET', `/bookings/${pick(bookings.values(), nth)}`, 'BookingNotFound'],
      ['GET', `/waitlist/${entry}`, 'EntryNotFound'],
      ['DELETE', `/waitlist/${entry}`, 'EntryNotFound'],
    ] as const;
    const [method, path, code] = tries[nth % tries.length]!;
    say(`a stranger tries ${method} ${path}`);
    const { status, body } = await real.sendAsStranger(
      method,
      path,
      method === 'POST' ? 'key-of-theirs' : null,
    );
    await follow(model, real, () => []);
    expect([status, body.code]).toEqual([404, code]);
    return String(status);
  });

const changeProcess = (): HttpCommand =>
  new HttpCommand('another process', (_model, real) => {
    real.changeProcess();
    return Promise.resolve('from now on the other process is asked');
  });

const nth = fc.nat(60);

export const COMMANDS: fc.Arbitrary<HttpCommand>[] = [
  ...Array.from({ length: 12 }, () => step.map((one) => commandOf(one))),
  step.map((one) => commandOf(one, 2)),
  nth.map((n) => sendAgain(n, false)),
  nth.map((n) => sendAgain(n, true)),
  nth.map(byStranger),
  fc.constant(null).map(changeProcess),
];
