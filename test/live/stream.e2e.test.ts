// The live stream over real sockets: a reader that stops reading costs no memory, and is right again when it goes on.
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { NewEvent } from '../../src/domain/event.ts';
import { LiveShows } from '../../src/live/live-shows.ts';
import { LiveStream } from '../../src/live/live-stream.ts';
import { ShowSpec } from '../domain/show/show-spec.ts';
import { codesOf, SHOW, trueMap, type AvailabilityJson } from './world.ts';

const SEATS = 6_000;
const BUFFERED_MAX = 256 * 1024;
const open: { server?: Server; live?: LiveShows; stream?: LiveStream } = {};
afterEach(async () => {
  await open.stream?.stop();
  await open.live?.stop();
  open.server?.closeAllConnections();
  open.server?.close();
});

async function stage() {
  const show = new ShowSpec({ rows: 60, seatsPerRow: SEATS / 60 });
  const log = new MemoryEventLog(systemClock);
  let published = 0;
  const publish = async () => {
    const events = show.history.slice(published);
    const ids = events.map((event, i) => ({
      ...event,
      id: `00000000-0000-4000-8000-${String(published + i).padStart(12, '0')}`,
    }));
    await log.append(`show-${SHOW}`, published - 1, ids as NewEvent[]);
    published += events.length;
  };
  await publish();
  const plans = { get: (id: string) => show.plans.get(id), load: async (id: string) => show.plans.get(id) };
  const { aggregate } = show;
  const live = (open.live = new LiveShows({
    log,
    plans,
    clock: systemClock,
    aggregate,
    venueOf: async () => null,
  }));
  await live.start();
  const stream = (open.stream = new LiveStream({ shows: live, clock: systemClock }));
  const answers: ServerResponse[] = [];
  const server = (open.server = createServer((_, res) => {
    answers.push(res);
    void stream.listen(SHOW, null, () => res.writeHead(200, { 'content-type': 'text/event-stream' }));
  }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  /** Every seat changes: a large delta. */
  const stir = async () => {
    const blocked = show.seat('A-1') === 3;
    const seats = [...show.state.plan.seatIds];
    show.accepts({ kind: blocked ? 'UnblockSeats' : 'BlockSeats', seats, areas: [], reason: 'r' });
    await publish();
    await systemClock.sleep(22);
  };
  const join = async (): Promise<Reader> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const reader = new Reader(socket);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    while (!reader.text.includes('event: snapshot')) await systemClock.sleep(5);
    return reader;
  };
  return { show, publish, stir, join, answers };
}

class Reader {
  text = '';
  readonly socket: Socket;
  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (this.text += chunk));
  }
  /** The last map or delta in full, without the chunked framing. */
  get last(): { event: string; id: number; data: AvailabilityJson } | null {
    const body = this.text.replaceAll(/\r\n[0-9a-f]+\r\n/g, '');
    const whole = body.slice(body.lastIndexOf('id: ', body.lastIndexOf('\n\n')));
    const [, id, event, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)\n/.exec(whole) ?? [];
    return data === undefined
      ? null
      : { event: event!, id: Number(id), data: JSON.parse(data) as AvailabilityJson };
  }
}

it('a reader that stops reading holds up nobody, fills no memory, and then gets the map as it is', async () => {
  const { show, publish, stir, join, answers } = await stage();
  const quick = await join();
  const slow = await join();
  slow.socket.pause();
  const answer = answers[1]!;
  for (let i = 0; i < 600 && !answer.writableNeedDrain; i += 1) await stir();
  expect(answer.writableNeedDrain).toBe(true);
  const buffered = answer.writableLength;
  for (let i = 0; i < 80; i += 1) await stir();
  show.held(
    'ann',
    ['A-1', 'B-2'].filter((seat) => show.seat(seat) === 0),
  );
  await publish();
  await expect.poll(() => quick.last!.id).toBe(show.state.revision);
  expect(answer.writableLength).toBe(buffered);
  expect(buffered).toBeLessThan(BUFFERED_MAX);
  slow.socket.resume();
  await expect.poll(() => slow.last!.id).toBe(show.state.revision);
  expect(slow.last).toMatchObject({ event: 'snapshot', id: show.state.revision });
  expect(codesOf(slow.last!.data)).toEqual(trueMap(show.state).codes);
});
