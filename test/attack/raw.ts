// Bytes over a bare socket, for what no HTTP library would send; and what came back, cut into answers.
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface RawAnswer {
  /** Status of each answer, in order. */
  readonly statuses: readonly number[];
  readonly text: string;
  /** Whether the server ended the connection by itself within the time. */
  readonly closed: boolean;
}

const STATUS_LINE = /HTTP\/1\.1 (\d{3}) /g;

export function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {}); // a reset is an answer too: `close` follows
  return new Promise((resolve) => socket.once('connect', () => resolve(socket)));
}

/** Sends the parts one after another, then listens until the server closes or `waitMs` is over. */
export async function sendRaw(
  url: string,
  parts: string | Buffer | readonly (string | Buffer)[],
  waitMs = 60_000,
): Promise<RawAnswer> {
  const socket = await openSocket(url);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise<boolean>((resolve) => {
    socket.once('close', () => resolve(true));
    setTimeout(() => resolve(false), waitMs).unref();
  });
  for (const part of [parts].flat()) socket.write(part, 'latin1' as never);
  const ended = await closed;
  socket.destroy();
  const text = Buffer.concat(chunks).toString('latin1');
  return {
    statuses: [...text.matchAll(STATUS_LINE)].map(([, status]) => Number(status)),
    text,
    closed: ended,
  };
}
