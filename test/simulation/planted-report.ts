// `npm run simulate -- --planted`: every planted bug is looked for, seed after seed, each in processes of its own; what is
// found, and where, as a table that evidence keeps.
import { FEED_BUGS, PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts';
import { reportOf } from './run-simulate.ts';

const SEEDS_MAX = 1_000;
const WISHES = '300';

export interface PlantedReport {
  readonly planted: number;
  readonly found: number;
  readonly bugs: readonly {
    readonly bug: string;
    readonly planted: string;
    readonly seed: number | null;
    readonly broken: string;
  }[];
}

/** Exit code: 0 where all of them were found. */
export async function lookForPlanted(json: boolean): Promise<number> {
  const bugs: PlantedReport['bugs'][number][] = [];
  for (const bug of PLANTED_BUGS) bugs.push(await lookFor(bug, ['--wishes', WISHES]));
  for (const bug of FEED_BUGS) bugs.push(await lookFor(bug, ['--world', 'distributed']));
  const found = bugs.filter(({ seed }) => seed !== null).length;
  const report: PlantedReport = { planted: bugs.length, found, bugs };
  if (json) console.log(JSON.stringify(report));
  else for (const { bug, seed, broken } of bugs) console.log(`${bug}: ${seed ?? 'NOT FOUND'} ${broken}`);
  return found === bugs.length ? 0 : 1;
}

async function lookFor({ name, says }: PlantedBug, world: readonly string[]) {
  const args = [...world, '--bug', name, '--seeds', String(SEEDS_MAX), '--until-failure'];
  const [failure] = (await reportOf(args)).failures;
  console.error(`${name}: ${failure ? `seed ${failure.seed}` : 'not found'}`);
  return { bug: name, planted: says, seed: failure?.seed ?? null, broken: failure?.what.slice(0, 100) ?? '' };
}
