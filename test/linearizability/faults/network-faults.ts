// What happens between an engine and Postgres.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../recorder/chance.ts';
import type { TcpLine } from '../../support/tcp-line.ts';
import { always, anyOf, type Fault } from './fault.ts';

const onOneLine = (
  name: string,
  spoil: (line: TcpLine, chance: Chance) => void,
  [fromMs, toMs]: readonly [number, number] = [300, 2_500],
): Fault => ({
  name,
  forbidden: always,
  async strike({ lines, engines }, chance) {
    const line = anyOf(lines, chance);
    spoil(line, chance);
    await sleep(chance.between(fromMs, toMs));
    line.mend();
    for (const engine of engines) await engine.ready();
  },
});

export const cutLine = onOneLine('cut between engine and Postgres', (line) => line.cut());
const loseRequests = onOneLine('one-way cut, requests to Postgres lost', (line) => line.lose('there'));
export const loseAnswers = onOneLine('one-way cut, answers of Postgres lost', (line) => line.lose('back'));
const loseBoth = onOneLine('both ways lost, connections left open', (line) => line.lose('there', 'back'));
const stallLine = onOneLine('bytes held back, delivered late', (line, chance) =>
  line.stall(...chance.pick([['there'], ['back'], ['there', 'back']] as const)),
);
const slowLine = onOneLine('slow, delayed bytes', (line, chance) =>
  line.slow({ delayMs: chance.between(2, 40), pieceSizeMax: 16_384 }),
);
const splitLine = onOneLine('split bytes', (line, chance) =>
  line.slow({ delayMs: 0, pieceSizeMax: 1 + chance.below(40) }),
);

export const NETWORK_FAULTS = [cutLine, loseRequests, loseAnswers, loseBoth, stallLine, slowLine, splitLine];
