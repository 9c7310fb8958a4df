// Containers start in any order: a role whose EventStoreDB is not there yet is alive, says so, and begins when it comes.
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStandIn } from '../support/eventstoredb/stand-in.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { startKafka } from '../support/servers/servers.ts';
import { temporaryFolder } from '../support/temp-folder.ts';
import { RoleProcess } from './role-process.ts';

const AWAY = /The event log does not answer.*EVENTSTORE_URL/;

let database: TestDatabase;
let kafka: RunningServer;
beforeAll(async () => {
  [database, kafka] = await Promise.all([createDatabase(), startKafka()]);
});
afterAll(() => Promise.all([database.drop(), kafka.stop()]));

/** Asks on one connection, as long as the process keeps it. */
function askerOf(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return (path: string) =>
    new Promise<{ status: number | undefined; said: string; again: boolean }>((resolve, reject) => {
      const asking = get({ agent, port, path }, (answer) => {
        const { reusedSocket } = asking;
        text(answer).then(
          (said) => resolve({ status: answer.statusCode, said, again: reusedSocket }),
          reject,
        );
      }).on('error', reject);
    });
}

test.each(['api', 'worker', 'relay', 'projector'])(
  '%s waits for its event log in sight, and begins when it comes',
  async (role) => {
    const [port, logPort] = (await freePorts(2)) as [number, number];
    const environment = {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: kafka.url,
      EVENTSTORE_URL: `esdb://somebody:a-secret@127.0.0.1:${logPort}?tls=false`,
      PORT: String(port),
      LOG_LEVEL: 'info',
      DEMO_DATA: 'off',
    };
    const waiting = await RoleProcess.start(role, environment, /Not ready yet/);
    const ask = askerOf(port);
    expect((await ask('/healthz')).status).toBe(200);
    const readyz = await ask('/readyz');
    expect(readyz.status).toBe(503);
    expect(readyz.said).toMatch(AWAY);

    const standIn = await startStandIn({ folder: temporaryFolder(), port: logPort });
    await expect.poll(() => waiting.said).toContain('Fairseat is ready');
    expect(await ask('/readyz')).toMatchObject({ status: 200, again: true });
    expect(waiting.said).not.toMatch(/a-secret|\\n +at /);
    expect(await waiting.end()).toBe(0);
    await standIn.stop();
  },
);
