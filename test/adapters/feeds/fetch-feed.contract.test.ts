// Fetching a feed, against real servers on loopback.
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { createFetchFeed } from '../../../src/adapters/feeds/fetch-feed.ts';
import { isPublicAddress } from '../../../src/adapters/feeds/public-address.ts';
import { FeedUnavailable } from '../../../src/ports/feed-source.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const serve = (listener: RequestListener): Promise<string> => listening(createServer(listener));

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const fetchHere = createFetchFeed({ allowPrivateAddresses: true, timeoutMs: 60_000, bytesMax: 1000 });
const fetchPublic = createFetchFeed({ allowPrivateAddresses: false, timeoutMs: 60_000 });
const text = async (bytes: Promise<Uint8Array>) => new TextDecoder().decode(await bytes);

describe('a feed over http', () => {
  test('is fetched, through redirects', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/feed') response.end('<eventList/>');
      else response.writeHead(302, { location: '/feed' }).end();
    });
    expect(await text(fetchHere(`${url}/moved?token=1`))).toBe('<eventList/>');
  });

  test('that redirects for ever, or to a file, is unavailable', async () => {
    const url = await serve((request, response) => {
      response.writeHead(301, { location: request.url === '/file' ? 'file:///etc/passwd' : '/again' }).end();
    });
    await expect(fetchHere(`${url}/loop`)).rejects.toThrow(/more than 5 times/);
    await expect(fetchHere(`${url}/file`)).rejects.toThrow(/not followed/);
  });

  test('that redirects five times is fetched', async () => {
    const url = await serve((request, response) => {
      const left = Number(request.url!.slice(1));
      if (left === 0) response.end('<eventList/>');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    expect(await text(fetchHere(`${url}/5`))).toBe('<eventList/>');
    await expect(fetchHere(`${url}/6`)).rejects.toThrow(/more than 5 times/);
  });

  test('that never ends is given up after the time-out', async () => {
    const url = await serve((_, response) => void response.write('<eventList>'));
    const impatient = createFetchFeed({ allowPrivateAddresses: true, timeoutMs: 500 });
    await expect(impatient(url)).rejects.toThrow(/within 0.5 s/);
    const { signal } = new AbortController();
    await expect(impatient(url, { signal })).rejects.toThrow(/within 0.5 s/);
  });

  test('that is not wanted any more is given up at once', async () => {
    const url = await serve((_, response) => void response.write('<eventList>'));
    await expect(fetchHere(url, { signal: AbortSignal.timeout(100) })).rejects.toThrow(FeedUnavailable);
  });

  test('that is too large is refused, announced or not', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 5000);
      response.write('x'.repeat(2500));
      response.end('x'.repeat(2500));
    });
    await expect(fetchHere(`${url}/announced`)).rejects.toThrow(/larger than 1000 bytes/);
    await expect(fetchHere(url)).rejects.toThrow(/larger than 1000 bytes/);
  });

  test('another status, compression and a closed port are unavailable', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/zip') response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
      else response.writeHead(404).end();
    });
    await expect(fetchHere(url)).rejects.toThrow(/status 404/);
    await expect(fetchHere(`${url}/zip`)).rejects.toThrow(/compressed/);
    await expect(fetchHere('http://127.0.0.1:1/')).rejects.toThrow(FeedUnavailable);
  });

  test('no message shows credentials or a token', async () => {
    const error = await fetchHere('http://user:secret@127.0.0.1:1/feed?token=abc').catch(
      (e: Error) => e.message,
    );
    expect(error).not.toMatch(/secret|abc/);
  });
});

test('a feed over https is fetched, and never goes on over http', async () => {
  const file = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8');
  const cert = file('loopback-cert.pem');
  const before = getCACertificates('default');
  setDefaultCACertificates([cert]);
  try {
    const plain = await serve((_, response) => void response.end('<eventList/>'));
    const server = createSecureServer({ cert, key: file('loopback-key.pem') }, (request, response) => {
      if (request.url === '/feed') response.end('<eventList/>');
      else response.writeHead(302, { location: request.url === '/down' ? plain : '/feed' }).end();
    });
    const url = (await listening(server)).replace('http:', 'https:');
    expect(await text(fetchHere(url))).toBe('<eventList/>');
    await expect(fetchHere(`${url}/down`)).rejects.toThrow(/not followed/);
  } finally {
    setDefaultCACertificates(before);
  }
});

describe('addresses around the engine', () => {
  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    '100.127.255.255',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '2001:1ff::1',
    '2001:db8::1',
    '3fff:fff::1',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'localhost',
  ])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
  test.each([
    '8.8.8.8',
    '100.128.0.1',
    '172.32.0.1',
    '198.20.0.1',
    '2001:200::1',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
  ])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));

  test('are refused unless allowed, as address, as number and by name', async () => {
    const url = await serve((_, response) => void response.end('<eventList/>'));
    const { port } = new URL(url);
    for (const host of ['127.0.0.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', 'localhost']) {
      await expect(fetchPublic(`http://${host}:${port}/`), host).rejects.toThrow(
        /loopback, private or reserved/,
      );
    }
    expect(await text(fetchHere(url))).toBe('<eventList/>');
  });
});

test('a file is read, up to the cap', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'feed '));
  try {
    await writeFile(join(folder, 'small.xml'), '<eventList/>');
    await writeFile(join(folder, 'large.xml'), 'x'.repeat(1001));
    expect(await text(fetchHere(pathToFileURL(join(folder, 'small.xml')).href))).toBe('<eventList/>');
    await expect(fetchHere(pathToFileURL(join(folder, 'large.xml')).href)).rejects.toThrow(
      /larger than 1000 bytes/,
    );
    await expect(fetchHere(pathToFileURL(join(folder, 'none.xml')).href)).rejects.toThrow(FeedUnavailable);
  } finally {
    await rm(folder, { recursive: true });
  }
  await expect(fetchHere('ftp://feeds.example/feed.xml')).rejects.toThrow(/must be an http/);
});
