// A name server of the tests: answers whatever it is asked with what it is told to, each answer of no duration, so that a
// name may mean something else at every look-up.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { Resolver } from 'node:dns';
import type { Resolve } from '../../src/adapters/feeds/public-address.ts';

const HEADER_LENGTH = 12;
const ANSWER_FLAGS = 0x8180;
const TYPE_A = 1;

export interface DnsStub {
  /** How many times it was asked for an IPv4 address. */
  readonly asked: () => number;
  /** Resolves by this server. */
  readonly resolve: Resolve;
  close(): void;
}

/** `answers(n)`: the IPv4 addresses of the n-th look-up. */
export async function startDnsStub(answers: (n: number) => readonly string[]): Promise<DnsStub> {
  const socket: Socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (question, from) => {
    socket.send(answerTo(question, answers(asked++)), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  // Whoever asks a second time, because the machine was busy, would be given the answer after the next.
  const resolver = new Resolver({ timeout: 60_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    asked: () => asked,
    resolve: (hostname, _options, callback) =>
      resolver.resolve4(hostname, (error, addresses) =>
        callback(error, error === null ? addresses.map((address) => ({ address, family: 4 })) : []),
      ),
    close: () => socket.close(),
  };
}

/** The question again, and an answer of type A for each address. */
function answerTo(question: Buffer, addresses: readonly string[]): Buffer {
  const end = question.indexOf(0, HEADER_LENGTH) + 5;
  const head = Buffer.from(question.subarray(0, end));
  head.writeUInt16BE(ANSWER_FLAGS, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.fill(0, 8, HEADER_LENGTH);
  const records = addresses.map((address) => {
    const record = Buffer.alloc(16);
    record.writeUInt16BE(0xc000 + HEADER_LENGTH, 0); // the name of the question
    record.writeUInt16BE(TYPE_A, 2);
    record.writeUInt16BE(1, 4); // class IN; the time to live stays 0
    record.writeUInt16BE(4, 10);
    record.set(address.split('.').map(Number), 12);
    return record;
  });
  return Buffer.concat([head, ...records]);
}
