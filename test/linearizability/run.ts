// One scenario from the first process to the last question.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inquire, type Findings } from './aftermath/inquiry.ts';
import { smallDisk } from './faults/disk-faults.ts';
import { saveHistory } from './history.ts';
import { Chance } from './recorder/chance.ts';
import { Recording, type Recorded } from './recorder/recording.ts';
import type { Scenario } from './scenarios.ts';
import { FailpointRound } from './world/failpoint-round.ts';
import { FAILPOINTS } from './world/failpoints.ts';
import { openWorld } from './world/world.ts';

export interface RunOptions {
  readonly operations: number;
  readonly seed: number;
  readonly secondsMax: number;
  /** Where the history of a failure is kept. */
  readonly keepIn: string;
}

export interface RunReport extends Findings {
  readonly scenario: string;
  readonly requests: number;
  readonly struck: Recorded['struck'];
  /** What this machine does not permit, with the reason. */
  readonly notRun: readonly string[];
  readonly seconds: number;
  /** The history's file, when something is wrong. */
  readonly kept: string | null;
}

const CLIENTS = 64;
/** Little WAL, so that a small disk holds it and fills soon. */
const SMALL_WAL = { max_wal_size: '64MB', min_wal_size: '32MB' };

export async function runScenario(scenario: Scenario, options: RunOptions): Promise<RunReport> {
  const began = performance.now();
  const notRun = scenario.faults.flatMap((fault) => {
    const reason = fault.forbidden();
    return reason === null ? [] : [`${fault.name}: not run: ${reason}`];
  });
  const disk = scenario.smallDisk === true && notRun.length === 0 ? smallDisk() : null;
  try {
    const [{ history, struck, missed }, findings] = await recordAndInquire(scenario, options, disk?.folder);
    const complaints = [
      ...missed.map((what) => `did not happen often enough: ${what}`),
      ...findings.complaints,
    ];
    const kept = complaints.length === 0 ? null : keep({ ...history, logOrder: findings.logOrder }, options);
    const seconds = (performance.now() - began) / 1000;
    const requests = history.attempts.length;
    return { ...findings, scenario: scenario.name, requests, struck, notRun, seconds, kept, complaints };
  } finally {
    disk?.free();
  }
}

async function recordAndInquire(
  scenario: Scenario,
  { operations, seed, secondsMax }: RunOptions,
  dataDir: string | undefined,
): Promise<[Recorded, Findings]> {
  const chance = new Chance(seed);
  const failpoints = scenario.failpoints === true ? Object.keys(FAILPOINTS) : [];
  const round = new FailpointRound(failpoints, chance);
  const world = await openWorld({
    engines: scenario.engines,
    failpoint: () => round.next(),
    ...(dataDir !== undefined && { dataDir, postgresSettings: SMALL_WAL }),
  });
  try {
    const recording = new Recording(scenario, world, chance, {
      operations,
      clients: CLIENTS,
      secondsMax,
      failpoints,
    });
    const recorded = await recording.record();
    return [recorded, await inquire(recorded.history, world)];
  } finally {
    await world.stop();
  }
}

function keep(history: Recorded['history'], { keepIn, seed }: RunOptions): string {
  mkdirSync(keepIn, { recursive: true });
  const file = join(keepIn, `${history.name.replaceAll(/\W+/g, '-')}-${seed}.ndjson`);
  saveHistory(file, history);
  return file;
}

/** A few lines for people. */
export function reportText(report: RunReport): string {
  const { verdict, answers, struck } = report;
  const strikes = Object.entries(struck).map(([name, times]) => `${name} × ${times}`);
  return [
    `${report.complaints.length === 0 ? 'ok    ' : 'FAILED'} ${report.scenario}: ${report.requests} requests in ${report.seconds.toFixed(0)} s; struck: ${strikes.join(', ') || 'nothing'}`,
    `       ${verdict.operations} operations in ${verdict.parts} parts judged in ${verdict.ms} ms; ${answers.acknowledged} acknowledged, ${answers.refused} refused, unknown: ${answers.unknown.done} done and ${answers.unknown.notDone} not`,
    `       ${report.events} events; ${report.revisionsBalanced} revisions balanced, ${report.mapsCompared} maps compared, ${report.viewsRebuilt} views rebuilt`,
    ...report.notRun.map((what) => `       ${what}`),
    ...report.complaints.slice(0, 10).map((complaint) => `       ${complaint}`),
    ...(report.complaints.length > 10 ? [`       … and ${report.complaints.length - 10} more`] : []),
    ...(report.kept === null
      ? []
      : [`       the history is kept: npm run histories -- --check ${report.kept}`]),
  ].join('\n');
}

/** What is kept of all of them: totals, and a row for each. */
export function summaryOf(reports: readonly RunReport[], seed: number) {
  const sum = (of: (report: RunReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  return {
    histories: reports.length,
    requests: sum(({ requests }) => requests),
    operations: sum(({ verdict }) => verdict.operations),
    failed: reports.filter(({ complaints }) => complaints.length > 0).length,
    strikes: sum(({ struck }) => Object.values(struck).reduce((total, times) => total + times, 0)),
    secondsOfJudging: seconds(sum(({ verdict }) => verdict.ms)),
    seed,
    scenarios: reports.map(({ scenario, requests, struck, verdict, answers, ...rest }) => ({
      scenario,
      requests,
      struck: Object.entries(struck)
        .map(([name, times]) => `${name} × ${times}`)
        .join('; '),
      operations: verdict.operations,
      secondsOfJudging: seconds(verdict.ms),
      acknowledged: answers.acknowledged,
      refused: answers.refused,
      unknownDone: answers.unknown.done,
      unknownNotDone: answers.unknown.notDone,
      events: rest.events,
      revisionsBalanced: rest.revisionsBalanced,
      notRun: rest.notRun.join('; '),
      complaints: rest.complaints.length,
    })),
  };
}
