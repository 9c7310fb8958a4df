// The EventStoreDB a suite runs on: the real one of EVENTSTORE_URL, else a stand-in of its own. Says which.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteServer } from '../servers/report.ts';
import { startStandIn } from './stand-in.ts';
import { VERSION } from './stand-in-node.ts';

export interface EventStoreUnderTest {
  readonly url: string;
  readonly isStandIn: boolean;
  stop(): Promise<void>;
}

let said = false;

/** Call `stop` in `afterAll`. */
export async function startEventStore(): Promise<EventStoreUnderTest> {
  const real = process.env['EVENTSTORE_URL'];
  if (!said) console.log(real ? 'EventStoreDB: the server of EVENTSTORE_URL' : STAND_IN);
  said = true;
  noteServer({
    name: 'EventStoreDB',
    version: real ? '(not asked)' : VERSION,
    origin: real ? 'given by EVENTSTORE_URL' : 'a STAND-IN that speaks its protocol',
  });
  if (real) return { url: real, isStandIn: false, stop: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'fairseat eventstore '));
  const standIn = await startStandIn({ folder });
  return {
    url: standIn.url,
    isStandIn: true,
    async stop() {
      await standIn.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const STAND_IN = `EventStoreDB: a stand-in that speaks the protocol of ${VERSION}, as EVENTSTORE_URL is not set`;
