// `npm run bench` runs every scenario, `npm run bench -- NAME …` some; `--quick` small, `--rounds N` (default 5).
import { availability } from './availability.ts';
import { hotShow } from './hot-show.ts';
import { restart } from './restart.ts';

export interface BenchOptions {
  readonly rounds: number;
  readonly quick: boolean;
}

const scenarios: Record<string, (options: BenchOptions) => Promise<unknown>> = {
  show: () => import('./show.ts'),
  'hot-show': hotShow,
  availability,
  restart,
};

const words = process.argv.slice(2);
const quick = words.includes('--quick');
const at = words.indexOf('--rounds');
const rounds = at >= 0 ? Number(words.splice(at, 2)[1]) : quick ? 2 : 5;
const names = words.filter((word) => !word.startsWith('--'));
const unknown = names.find((name) => !(name in scenarios));
if (unknown !== undefined) {
  console.error(`There is no scenario ${unknown}; there are ${Object.keys(scenarios).join(', ')}.`);
  process.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(scenarios)) {
  console.error(`${name} …`);
  await scenarios[name]!({ rounds, quick });
}
