// Containers start in any order: a role whose EventStoreDB is not there yet is alive, says so, and begins when it comes.
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
    const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    expect((await ask('/healthz')).status).toBe(200);
    const readyz = await ask('/readyz');
    expect(readyz.status).toBe(503);
    expect(await readyz.text()).toMatch(AWAY);

    const standIn = await startStandIn({ folder: temporaryFolder(), port: logPort });
    await expect.poll(() => waiting.said).toContain('Fairseat is ready');
    expect((await ask('/readyz')).status).toBe(200);
    expect(waiting.said).not.toMatch(/a-secret|\\n +at /);
    expect(await waiting.end()).toBe(0);
    await standIn.stop();
  },
);
