// `npm run simulate -- --seeds N --from S`
import { scriptOf } from './people/script.ts';
import { run } from './world.ts';
const args = process.argv.slice(2);
const arg = (name: string, or: number) => {
  const i = args.indexOf(name);
  return i < 0 ? or : Number(args[i + 1]);
};
const from = arg('--from', 1),
  seeds = arg('--seeds', 10),
  commands = arg('--commands', 1000);
const total = new Map<string, number>();
let steps = 0,
  failures = 0;
const t0 = performance.now();
for (let seed = from; seed < from + seeds; seed++) {
  const r = await run(scriptOf(seed, commands), { tell: args.includes('--tell') });
  steps += r.steps;
  for (const [k, n] of r.counts) total.set(k, (total.get(k) ?? 0) + n);
  if (args.includes('--tell')) console.log(r.lines.join('\n'));
  if (args.includes('--digest')) console.log(seed, r.digest);
  if (r.violation) {
    failures++;
    console.log(`seed ${seed}: ${r.violation.invariant} ${r.violation.message}`);
  }
}
const s = (performance.now() - t0) / 1000;
console.log({
  seeds,
  failures,
  seconds: s.toFixed(1),
  perSeed: ((s * 1000) / seeds).toFixed(1) + ' ms',
  commandsPerS: Math.round((seeds * commands) / s),
  steps: Math.round(steps / seeds),
});
if (args.includes('--counts')) console.log(Object.fromEntries([...total].sort()));
