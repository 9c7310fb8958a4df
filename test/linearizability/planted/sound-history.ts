// Sound histories without a server: the customers of the recorder in virtual time, before a plain shop, on a line that
// delays everything, and loses requests and answers.
import { VirtualClock } from '../../support/virtual-clock.ts';
import type { Answer, History, Request, ShowOnSale } from '../history.ts';
import { Chance } from '../recorder/chance.ts';
import { serveCustomer } from '../recorder/customers.ts';
import { Recorder } from '../recorder/recorder.ts';
import { PlainShop } from './plain-shop.ts';

export interface SoundHistoryOptions {
  readonly seed: number;
  readonly requests: number;
  readonly clients?: number;
  readonly seats?: number;
  /** Share of the requests, and of the answers, that are lost. */
  readonly lost?: number;
  readonly places?: number;
}

const DELAY_MS_MAX = 5;
const TIME_OUT_MS = 20;
/** So that some customers are too late. */
const HOLD_TTL_MS = 60;

export async function soundHistory(options: SoundHistoryOptions): Promise<History> {
  const { seed, requests, clients = 8, seats = 6, lost = 0.01, places = 3 } = options;
  const clock = new VirtualClock(0);
  const chance = new Chance(seed);
  const show: ShowOnSale = {
    id: `show-${seed}`.padEnd(36, '0'),
    seats: Array.from({ length: seats }, (_, i) => `A-${i + 1}`),
    places,
  };
  const shop = new PlainShop(show, HOLD_TTL_MS);
  const travel = () => clock.sleep(chance.between(0, DELAY_MS_MAX));
  const send = async ({ wish, asked }: Request): Promise<Answer> => {
    await travel();
    const arrives = !chance.happens(lost);
    const answer = arrives ? shop.do(wish, asked, clock.now()) : null;
    const returns = !chance.happens(lost);
    if (answer === null || !returns) {
      await clock.sleep(TIME_OUT_MS);
      return { kind: 'unknown', why: 'time-out' };
    }
    await travel();
    return answer;
  };
  const recorder = new Recorder({ send, now: () => clock.now(), sleep: (ms) => clock.sleep(ms), chance });
  const client = async (n: number): Promise<void> => {
    while (recorder.attempts.length < requests)
      await serveCustomer({
        chance,
        show: () => show,
        ask: (showId, asked) => recorder.ask(n, showId, asked),
        pause: (ms) => clock.sleep(ms),
      });
  };
  let over = false;
  const all = Promise.all(Array.from({ length: clients }, (_, n) => client(n))).then(() => (over = true));
  while (!over) await clock.pass(10);
  await all;
  return {
    name: `sound ${seed}`,
    beganAt: 0,
    clockIsTrue: true,
    shows: [show],
    attempts: recorder.attempts,
    logOrder: shop.order,
  };
}
