// The stand-in for EventStoreDB as a process of its own, for tests that kill it and for a first try without a server:
//   main.ts --folder DIR [--port N] [--nodes N]
// prints its connection string, then READY, and runs until SIGTERM. A parent process may plan faults by message.
import { parseArgs } from 'node:util';
import type { StandInFault } from './faults.ts';
import { startStandIn } from './stand-in.ts';

/** What a parent process may ask for. */
export interface Request {
  readonly plan?: readonly StandInFault[];
  readonly elect?: number;
}

/** What it is told each time. */
export interface Reply {
  readonly pending: number;
}

const USAGE = 'npm run eventstore:stand-in -- [--folder DIR] [--port N] [--nodes N]';

const values = asked();
if (values.help === true) {
  console.log(USAGE);
  process.exit(0);
}
const standIn = await startStandIn({
  folder: values.folder,
  port: Number(values.port),
  nodes: Number(values.nodes),
});
process.on('message', ({ plan = [], elect }: Request) => {
  standIn.faults.plan(...plan);
  if (elect !== undefined) standIn.elect(elect);
  process.send?.({ pending: standIn.faults.pending } satisfies Reply);
});
const stop = () => void standIn.stop().then(() => process.exit(0));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
process.once('disconnect', stop); // whoever started it has gone
console.log('# a stand-in for EventStoreDB, not EventStoreDB');
console.log(`EVENTSTORE_URL=${standIn.url}`);
console.log('READY');

function asked() {
  try {
    return parseArgs({
      options: {
        folder: { type: 'string', default: './data/eventstore-stand-in' },
        port: { type: 'string', default: '0' },
        nodes: { type: 'string', default: '1' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return process.exit(2);
  }
}
