// A name server of the tests: answers whatever it is asked with what it is told to, each answer of no duration, so that a
// name may mean something else at every look-up.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { promises } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { Resolve } from '../../src/adapters/feeds/public-address.ts';

const HEADER_LENGTH = 12;
const ANSWER_FLAGS = 0x8180;
/** The type of the records in which a family of addresses stands. */
const TYPES = { 4: 1, 6: 28 } as const;
type Family = keyof typeof TYPES;

export interface DnsStub {
  /** How many times it was asked for an address of the family that its names have. */
  readonly asked: () => number;
  /** Resolves by this server. */
  readonly resolve: Resolve;
  close(): void;
}

/** `answers(n)`: the addresses of the n-th look-up, all of one family; of the other one its names have none. */
export async function startDnsStub(
  answers: (n: number) => readonly string[],
  family: Family = 4,
): Promise<DnsStub> {
  const socket: Socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (question, from) => {
    const isKnown = question.readUInt16BE(endOfName(question)) === TYPES[family];
    socket.send(answerTo(question, isKnown ? answers(asked++) : [], family), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  // Whoever asks a second time, because the machine was busy, would be given the answer after the next.
  const resolver = new promises.Resolver({ timeout: 60_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    asked: () => asked,
    resolve: (hostname, { family: wanted }, callback) => {
      const families: readonly Family[] = wanted === 4 || wanted === 6 ? [wanted] : [4, 6];
      void Promise.allSettled(families.map((one) => addressesOf(resolver, hostname, one))).then((all) => {
        const found = all.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
        const lost = all.find((one) => one.status === 'rejected');
        callback(found.length === 0 && lost ? (lost.reason as Error) : null, found);
      });
    },
    close: () => socket.close(),
  };
}

async function addressesOf(
  resolver: promises.Resolver,
  hostname: string,
  family: Family,
): Promise<LookupAddress[]> {
  const found = await (family === 4 ? resolver.resolve4(hostname) : resolver.resolve6(hostname));
  return found.map((address) => ({ address, family }));
}

const endOfName = (question: Buffer): number => question.indexOf(0, HEADER_LENGTH) + 1;

/** The question again, and a record for each address. */
function answerTo(question: Buffer, addresses: readonly string[], family: Family): Buffer {
  const end = endOfName(question) + 4;
  const head = Buffer.from(question.subarray(0, end));
  head.writeUInt16BE(ANSWER_FLAGS, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.fill(0, 8, HEADER_LENGTH);
  const records = addresses.map((address) => {
    const bytes = bytesOf(address, family);
    const record = Buffer.alloc(12 + bytes.length);
    record.writeUInt16BE(0xc000 + HEADER_LENGTH, 0); // the name of the question
    record.writeUInt16BE(TYPES[family], 2);
    record.writeUInt16BE(1, 4); // class IN; the time to live stays 0
    record.writeUInt16BE(bytes.length, 10);
    record.set(bytes, 12);
    return record;
  });
  return Buffer.concat([head, ...records]);
}

/** Of an IPv6 address that is written as `::` and a last group. */
function bytesOf(address: string, family: Family): Uint8Array {
  if (family === 4) return Uint8Array.from(address.split('.').map(Number));
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16BE(Number.parseInt(address.replace('::', ''), 16), 14);
  return bytes;
}
