// `npm run simulate -- --seeds N --from S`: runs seeds, prints what broke with the command that replays it, and shrinks the
// first failure to a short history. `--bug NAME` plants one of the bugs of planted-bugs.ts first, `--planted` looks for each.
import { parseArgs } from 'node:util';
import { wholeNumber } from '../support/whole-number.ts';
import { bugNamed, plant } from './plant.ts';

const { values } = parseArgs({
  options: {
    /** Of 1,000 wishes each: together two million commands. */
    seeds: { type: 'string', default: '1400' },
    from: { type: 'string', default: '1' },
    wishes: { type: 'string' },
    /** `booking`, or `distributed`: what carries the log to feed, views and index. */
    world: { type: 'string', default: 'booking' },
    bug: { type: 'string' },
    planted: { type: 'boolean', default: false },
    /** Ends at the first failure, and shrinks nothing. */
    'until-failure': { type: 'boolean', default: false },
    /** Prints the whole history of each seed. */
    tell: { type: 'boolean', default: false },
    counts: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

if (values.bug !== undefined) plant(bugNamed(values.bug));
// Hundreds of thousands of faults are made on purpose, and nobody reads where.
if (!values.tell) Error.stackTraceLimit = 0;

process.exitCode = values.planted ? await planted() : await seeds();

async function planted(): Promise<number> {
  const { lookForPlanted } = await import('./planted-report.ts');
  return lookForPlanted(values.json);
}

async function seeds(): Promise<number> {
  const { simulate } = await import('./command-line.ts');
  return simulate({
    ...values,
    seeds: wholeNumber('seeds', values.seeds),
    from: wholeNumber('from', values.from, 0),
    wishes: values.wishes === undefined ? undefined : wholeNumber('wishes', values.wishes),
  });
}
