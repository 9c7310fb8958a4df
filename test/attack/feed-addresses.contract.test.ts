// Where a feed's address must not lead: sixty ways to write the machine itself and what is around it, redirects into it, and
// names that are public when they are looked at and private when they are connected to.
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { createFetchFeed } from '../../src/adapters/feeds/fetch-feed.ts';
import { addressGuard, isPublicAddress } from '../../src/adapters/feeds/public-address.ts';
import { FeedUnavailable } from '../../src/ports/feed-source.ts';
import { startDnsStub } from './dns-stub.ts';
import type { DnsStub } from './dns-stub.ts';

const FEED = '<eventList/>';
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

interface Site {
  readonly port: number;
  readonly requests: () => number;
}

async function serve(host: string, port: number, listener: RequestListener): Promise<Site> {
  let requests = 0;
  const server: Server = createServer((request, response) => {
    requests += 1;
    listener(request, response);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  closing.push(() => (server.closeAllConnections(), server.close()));
  return { port: (server.address() as AddressInfo).port, requests: () => requests };
}
const feed: RequestListener = (_, response) => void response.end(FEED);

/** Each leads to this machine, to the network around it, or to nobody. `PORT` is that of a server that must not be reached. */
const SPELLINGS = [
  'http://127.0.0.1:PORT/',
  'HTTP://127.0.0.1:PORT/',
  'http:127.0.0.1:PORT',
  'http:\\\\127.0.0.1:PORT\\',
  ' http://127.0.0.1:PORT/ ',
  'http://127.0.0.1:0PORT/',
  'ht\ntp://127.0.\t0.1:PORT/',
  'http://127.0.0.1.:PORT/',
  'http://127.1:PORT/',
  'http://127.0.1:PORT/',
  'http://127.255.255.254:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7f.0.0.1:PORT/',
  'http://0X7F.0X0.0X0.0X1:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://017700000001:PORT/',
  'http://0177.0x0.0.1:PORT/',
  'http://00000177.0.0.1:PORT/',
  'http://①②⑦.⓪.⓪.①:PORT/',
  'http://127。0。0。1:PORT/',
  'http://１２７.０.０.１:PORT/',
  'http://%31%32%37.0.0.1:PORT/',
  'http://public.example@127.0.0.1:PORT/',
  'http://public.example:80@127.0.0.1:PORT/',
  'http://127.0.0.1:PORT#@public.example/',
  'http://127.0.0.1:PORT\\@public.example/',
  'http://0:PORT/',
  'http://0.0.0.0:PORT/',
  'http://0x0:PORT/',
  'http://[::1]:PORT/',
  'http://[::]:PORT/',
  'http://[0:0:0:0:0:0:0:1]:PORT/',
  'http://[0000:0000::0001]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[::7f00:1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::FFFF:7F00:1]:PORT/',
  'http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/',
  'http://[::ffff:0:127.0.0.1]:PORT/',
  'http://[64:ff9b::127.0.0.1]:PORT/',
  'http://[64:ff9b:1::7f00:1]:PORT/',
  'http://[2002:7f00:1::]:PORT/',
  'http://[2001:0:7f00:1::80ff:fffe]:PORT/',
  'http://[fe80::1]:PORT/',
  'http://[fec0::1]:PORT/',
  'http://[fc00::1]:PORT/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://[ff02::1]:PORT/',
  'http://[100::1]:PORT/',
  'http://[4000::1]:PORT/',
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/latest/meta-data/',
  'http://0xa9fea9fe/latest/meta-data/',
  'http://0251.0376.0251.0376/latest/meta-data/',
  'http://[::ffff:a9fe:a9fe]/latest/meta-data/',
  'http://10.0.0.1:PORT/',
  'http://012.0.0.1:PORT/',
  'http://172.16.0.1:PORT/',
  'http://192.168.0.1:PORT/',
  'http://100.64.0.1:PORT/',
  'http://198.18.0.1:PORT/',
  'http://224.0.0.1:PORT/',
  'http://255.255.255.255:PORT/',
  'https://127.0.0.1:PORT/',
];
/** Names of this machine, where it has them; and what is no address of a feed at all. */
const NAMES = [
  'localhost',
  'LocalHost',
  'localhost.',
  'loc\u00adalhost',
  'sub.localhost',
  'ip6-localhost',
  'x.invalid',
];
const NO_ADDRESSES = [
  'gopher://127.0.0.1:PORT/',
  'ftp://127.0.0.1:PORT/',
  'data:application/xml,<a/>',
  'javascript:1',
  '//127.0.0.1:PORT/',
  'http://[::1%25lo]:PORT/',
  'http://127.0.0.1 :PORT/',
  'unix:/run/x.sock',
  '',
];

describe('an address', () => {
  const fetchPublic = createFetchFeed({ allowPrivateAddresses: false, timeoutMs: 60_000 });

  test(`in ${SPELLINGS.length} spellings leads nowhere inside`, async () => {
    const site = await serve('127.0.0.1', 0, feed);
    for (const spelling of SPELLINGS) {
      const url = spelling.replace('PORT', String(site.port));
      await expect(fetchPublic(url), url).rejects.toThrow(/loopback, private or reserved/);
    }
    for (const name of NAMES)
      await expect(fetchPublic(`http://${name}:${site.port}/`), name).rejects.toThrow(FeedUnavailable);
    for (const none of NO_ADDRESSES)
      await expect(fetchPublic(none.replace('PORT', String(site.port))), none).rejects.toThrow(
        FeedUnavailable,
      );
    expect(site.requests()).toBe(0);
    expect(SPELLINGS.length).toBeGreaterThanOrEqual(40);
  });

  test('leads there where that is allowed', async () => {
    const site = await serve('127.0.0.1', 0, feed);
    const fetchAny = createFetchFeed({ allowPrivateAddresses: true, timeoutMs: 60_000 });
    await fetchAny(`http://127.1:${site.port}/`);
    expect(site.requests()).toBe(1);
  });

  test.each(['1.1.1.1', '99.255.255.255', '172.15.0.1', '192.167.0.1', '223.255.255.255', '2a00:1450::1'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

/** Here `127.0.0.1` plays the public network, and `127.0.0.2` what is inside. */
const twoSides = process.platform === 'linux';
describe.skipIf(!twoSides)(
  'a name or a redirect (skipped where 127.0.0.2 is no address of the machine)',
  () => {
    const mayConnect = (address: string): boolean => address === '127.0.0.1';

    async function bothSides(answers: (n: number) => readonly string[], listener: RequestListener = feed) {
      const outside = await serve('127.0.0.1', 0, listener);
      const inside = await serve('127.0.0.2', outside.port, feed);
      const dns: DnsStub = await startDnsStub(answers);
      closing.push(() => dns.close());
      const guard = addressGuard(mayConnect, dns.resolve);
      const fetchFeed = createFetchFeed({ allowPrivateAddresses: false, timeoutMs: 60_000, guard });
      return { outside, inside, dns, fetchFeed, url: `http://feeds.test:${outside.port}/` };
    }
    const text = async (bytes: Promise<Uint8Array>) => new TextDecoder().decode(await bytes);
    const PRIVATE = /loopback, private or reserved/;

    test('is looked up once for a connection, and that address is the one connected to', async () => {
      const { outside, inside, dns, fetchFeed, url } = await bothSides((n) => [
        n === 0 ? '127.0.0.1' : '127.0.0.2',
      ]);
      expect(await text(fetchFeed(url))).toBe(FEED);
      expect([dns.asked(), outside.requests(), inside.requests()]).toEqual([1, 1, 0]);
      await expect(fetchFeed(url)).rejects.toThrow(PRIVATE);
      expect([dns.asked(), outside.requests(), inside.requests()]).toEqual([2, 1, 0]);
    });

    test('that means both sides at once is refused, whichever comes first', async () => {
      const { outside, inside, fetchFeed, url } = await bothSides((n) =>
        n % 2 === 0 ? ['127.0.0.1', '127.0.0.2'] : ['127.0.0.2', '127.0.0.1'],
      );
      for (let i = 0; i < 4; i += 1) await expect(fetchFeed(url)).rejects.toThrow(PRIVATE);
      expect([outside.requests(), inside.requests()]).toEqual([0, 0]);
    });

    test('that changes its mind a hundred times never gets inside', async () => {
      const { outside, inside, fetchFeed, url } = await bothSides((n) => [
        n % 2 === 0 ? '127.0.0.1' : '127.0.0.2',
      ]);
      const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => fetchFeed(url)));
      const fetched = outcomes.filter(({ status }) => status === 'fulfilled').length;
      expect([fetched, outside.requests(), inside.requests()]).toEqual([50, 50, 0]);
    });

    test('is judged again at every redirect, by name and by address', async () => {
      const targets: string[] = [];
      const redirecting: RequestListener = (request, response) => {
        const to = targets[Number(request.url!.slice(1))];
        if (to === undefined) response.end(FEED);
        else response.writeHead(302, { location: to }).end();
      };
      const { outside, inside, fetchFeed, url } = await bothSides(
        (n) => [n % 2 === 0 ? '127.0.0.1' : '127.0.0.2'],
        redirecting,
      );
      const at = (host: string) => `http://${host}:${outside.port}/`;
      targets.push(
        at('127.0.0.2'),
        at('2130706434'),
        at('[::ffff:127.0.0.2]'),
        at('0x7f.2'),
        at('feeds.test'),
      );
      targets.push(`//127.0.0.2:${outside.port}/`, `http:\\\\127.0.0.2:${outside.port}\\`);
      for (const n of targets.keys())
        await expect(fetchFeed(`${at('127.0.0.1')}${n}`)).rejects.toThrow(FeedUnavailable);
      await expect(fetchFeed(`${url}4`)).rejects.toThrow(PRIVATE);
      expect(inside.requests()).toBe(0);
    });
  },
);

/** Here `::1` plays the public network. */
const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);
describe.skipIf(!hasIpv6)(
  'a name that has addresses of IPv6 only (skipped where the machine has none)',
  () => {
    test('is fetched from there, and judged like any other', async () => {
      const site = await serve('::1', 0, feed);
      const dns = await startDnsStub((n) => [n === 0 ? '::1' : '::2'], 6);
      closing.push(() => dns.close());
      const guard = addressGuard((address) => address === '::1', dns.resolve);
      const fetchFeed = createFetchFeed({ allowPrivateAddresses: false, timeoutMs: 60_000, guard });
      const url = `http://feeds.test:${site.port}/`;
      expect(new TextDecoder().decode(await fetchFeed(url))).toBe(FEED);
      await expect(fetchFeed(url)).rejects.toThrow(/loopback, private or reserved/);
      expect([dns.asked(), site.requests()]).toEqual([2, 1]);
    });
  },
);
