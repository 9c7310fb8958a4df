// The map of 20,000 seats as everybody polls it: 200 and 304, beside a bare Fastify GET that sends as many bytes.
import { makeHall, makeShow } from './harness/hall.ts';
import { load } from './harness/load.ts';
import { startEngine, startPostgres, startServer } from './harness/processes.ts';
import { compare, print, type Side } from './harness/rounds.ts';

const CONNECTIONS = 64;

export async function availability({ rounds, quick }: { rounds: number; quick: boolean }): Promise<void> {
  const amount = quick ? 4_000 : 30_000;
  const postgres = await startPostgres();
  const engine = await startEngine(await postgres.database('engine'));
  const bare = await startServer('bench/baselines/bare-fastify.ts');
  try {
    const hall = await makeHall(engine.url, 20_000);
    const path = `/v1/shows/${await makeShow(engine.url, hall)}/availability`;
    const first = await fetch(engine.url + path);
    const text = await first.text();
    const { seats, seatCount } = JSON.parse(text) as { seats: string; seatCount: number };
    const bytes = Buffer.from(seats, 'base64').length;
    if (bytes !== 5_000 || seatCount !== 20_000)
      throw new Error(`seats decodes to ${bytes} bytes for ${seatCount} seats`);
    await fetch(`${bare.url}/bytes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ size: text.length }),
    });
    const side = (
      name: string,
      url: string,
      target: string,
      status: number,
      headers: Record<string, string>,
    ): Side => ({
      name,
      async run() {
        const { perSecond, byStatus } = await load({
          url,
          path: target,
          connections: CONNECTIONS,
          amount,
          headers,
        });
        if (byStatus[status] !== amount) throw new Error(`${name}: ${JSON.stringify(byStatus)}`);
        return perSecond;
      },
    });
    const etag = first.headers.get('etag')!;
    const full = [
      side('fairseat 200', engine.url, path, 200, {}),
      side('bare GET', bare.url, '/bytes', 200, {}),
    ];
    print(
      `Availability of 20,000 seats, ${text.length} bytes`,
      'requests/s',
      await compare(full, rounds, 'GET/s'),
      { 'bare GET': 0.8 },
    );
    const unchanged = [
      side('fairseat 304', engine.url, path, 304, { 'if-none-match': etag }),
      side('bare 304', bare.url, '/bytes', 304, { 'if-none-match': '"1"' }),
    ];
    print('The same, not modified', 'requests/s', await compare(unchanged, rounds, 'GET/s'), {
      'bare 304': 0.9,
    });
  } finally {
    await engine.kill();
    await bare.kill();
    await postgres.stop();
  }
}
