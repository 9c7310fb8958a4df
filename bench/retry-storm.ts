// Everybody presses the button five times: each hold is sent five times with the same Idempotency-Key, at about the same
// moment. No hold may be there twice, and answers may not come much slower than to first attempts.
import type { Scenario } from './harness/bench.ts';
import { checkHolds, holdRequests, parties } from './harness/booking.ts';
import { makeHall, makeShow, untilProjected } from './harness/hall.ts';
import { metered } from './harness/metered.ts';
import { startEngine, startPostgres } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';
import { spread } from './harness/spread.ts';

const CONNECTIONS = 128;
const ATTEMPTS = 5;

export const retryStorm: Scenario = {
  what: 'each hold sent five times at once',
  bothDisks: true,
  async run(bench) {
    const postgres = await startPostgres(bench.disk);
    const engine = await startEngine(await postgres.database('engine'));
    try {
      const hall = await makeHall(engine.url, bench.quick ? 1_000 : 20_000);
      const wanted = parties(hall.seatIds, 1);
      const side = (name: string, attempts: number): Side => ({
        name,
        async run(round) {
          const showId = await makeShow(engine.url, hall);
          await untilProjected(engine.url);
          const once = holdRequests(`/v1/shows/${showId}/holds`, wanted, `${attempts}-${round}`);
          const requests = once.flatMap((text) => Array.from({ length: attempts }, () => text));
          const { measured, statuses, byStatus } = await metered(
            { server: engine, postgres, settle: () => untilProjected(engine.url) },
            { url: engine.url, connections: CONNECTIONS, requests },
          );
          if (byStatus['201'] !== requests.length)
            throw new Error(`every attempt has the same answer, 201, but: ${JSON.stringify(byStatus)}`);
          const firsts = statuses.filter((_, n) => n % attempts === 0);
          await checkHolds(engine.url, showId, wanted, firsts);
          return measured;
        },
      });
      await race(bench, {
        title: `Retry storm: ${wanted.length.toLocaleString('en')} holds, each sent ${ATTEMPTS} × at once`,
        unit: 'answers/s',
        sides: [side('fairseat, sent 5 ×', ATTEMPTS), side('fairseat, sent once', 1)],
        asked: { 'fairseat, sent once': 0.8 },
      });
      // The check of each round throws at the first.
      bench.report.figure({
        title: 'Retry storm',
        what: `holds that are there twice, of ${wanted.length.toLocaleString('en')} in each round`,
        unit: '',
        disk: bench.disk.name,
        value: spread([0]),
        asked: { atMost: 0 },
      });
    } finally {
      await engine.kill();
      await postgres.stop();
    }
  },
};
