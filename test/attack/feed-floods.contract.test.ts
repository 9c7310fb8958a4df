// Feeds that are meant to hurt: declarations, entities, depth, encodings, gigabytes, bombs. Each is refused, or read in time
// and memory that grow no faster than its size; processor time is measured, so that a busy machine does not matter.
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { adaptProviderXml } from '../../src/adapters/feeds/adapt-provider-xml.ts';
import { createFetchFeed } from '../../src/adapters/feeds/fetch-feed.ts';
import { providerXml } from '../../src/adapters/feeds/provider-xml.ts';
import { FEED_BYTES_MAX } from '../../src/adapters/feeds/xml-document.ts';
import { FeedUnavailable, InvalidFeed } from '../../src/ports/feed-source.ts';

const OPTIONS = { timeZone: 'Europe/Madrid', currency: 'EUR' };
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const wrap = (inner: string) => `<eventList><output>${inner}</output></eventList>`;
const read = (text: string) => adaptProviderXml(bytesOf(text), OPTIONS);

describe('a declaration', () => {
  test.each([
    '<!DOCTYPE eventList><eventList/>',
    '<!doctype eventList><eventList/>',
    '<!DOCTYPE e SYSTEM "file:///etc/passwd"><e/>',
    '<!DOCTYPE e PUBLIC "-//x" "http://127.0.0.1/x.dtd"><e/>',
    '<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><eventList a="&x;"/>',
    '<!DOCTYPE e [<!ENTITY % x SYSTEM "http://127.0.0.1/"> %x;]><e/>',
    '<?xml version="1.0"?>\n<!-- a -->\n<!DOCTYPE e [<!ENTITY a "b">]><e/>',
    '<eventList><!DOCTYPE e></eventList>',
    '<eventList><!ENTITY a "b"></eventList>',
    '<eventList><!ELEMENT a ANY></eventList>',
    '<![INCLUDE[<!ENTITY a "b">]]><eventList/>',
    `<!DOCTYPE lolz [<!ENTITY l0 "lol">${Array.from({ length: 20 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')}]><eventList a="&l20;"/>`,
  ])('is refused: %s', (text) => expect(() => read(text)).toThrow(InvalidFeed));

  test.each(['&x;', '&xxe;', '&#x110000000;', '&#99999999;', '&;', '&#;', '&#x;', '& '])(
    'is not needed for %s, which is none of the entities of XML itself',
    (entity) => expect(() => read(wrap(`<base_event title="${entity}"/>`))).toThrow(/no entities but those/),
  );
});

describe('another encoding than UTF-8', () => {
  const text = '<?xml version="1.0"?><eventList/>';
  const utf16 = (order: 'le' | 'be', mark: boolean) => {
    const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
    return order === 'be' ? bytes.swap16() : bytes;
  };
  test.each<[string, Uint8Array]>([
    ['UTF-16, little end first', utf16('le', true)],
    ['UTF-16, big end first', utf16('be', true)],
    ['UTF-16 without a mark', utf16('le', false)],
    ['UTF-32', Buffer.from(text.split('').flatMap((c) => [0, 0, 0, c.charCodeAt(0)]))],
    ['UTF-7 that is declared', bytesOf('<?xml version="1.0" encoding="UTF-7"?><eventList/>')],
    ['EBCDIC that is declared', bytesOf("<?xml version='1.0' encoding='cp037'?><eventList/>")],
    ['Latin-1 with an accent', Buffer.from(wrap('<base_event title="é"/>'), 'latin1')],
    [
      'an overlong slash',
      Buffer.concat([bytesOf('<eventList a="'), Buffer.from([0xc0, 0xaf]), bytesOf('"/>')]),
    ],
    [
      'half a surrogate pair',
      Buffer.concat([bytesOf('<a b="'), Buffer.from([0xed, 0xa0, 0x80]), bytesOf('"/>')]),
    ],
    ['a character cut off', Buffer.concat([bytesOf('<eventList/>'), Buffer.from([0xe2, 0x82])])],
    ['NUL between', bytesOf('<eventList>\0</eventList>')],
    ['a compressed file', gzipSync(text)],
    ['nothing', new Uint8Array()],
  ])('is refused: %s', (_, bytes) => expect(() => adaptProviderXml(bytes, OPTIONS)).toThrow(InvalidFeed));
});

describe('a feed', () => {
  const fill = (piece: string, size: number) => piece.repeat(Math.ceil(size / piece.length));
  const zone = '<zone zone_id="1" name="a" capacity="1" price="1" numbered="true"/>';
  const event = (inner: string) =>
    `<base_event base_event_id="1" sell_mode="online" title="x"><event event_id="1" event_start_date="2021-06-30T21:00:00">${inner}</event></base_event>`;
  const DOCUMENTS: Readonly<Record<string, (size: number) => string>> = {
    'of one tag with many attributes': (size) =>
      wrap(`<a ${Array.from({ length: size / 10 }, (_, i) => `a${i}="x"`).join(' ')}/>`),
    'of one tag with the same attribute': (size) => wrap(`<a ${fill('a="x" ', size)}/>`),
    'of one long value': (size) => wrap(`<a b="${fill('x', size)}"/>`),
    'of blanks in a tag': (size) => wrap(`<a b="x"${fill(' ', size)}/>`),
    'of attributes without value': (size) => wrap(`<a ${fill('b ', size)}/>`),
    'of quotes in quotes': (size) => wrap(`<a ${fill(`"'" `, size)}/>`),
    'of an open quote': (size) => wrap(`<a b="${fill(`'`, size)}`),
    'of comments': (size) => wrap(fill('<!---->', size)),
    'of one comment of dashes': (size) => wrap(`<!--${fill('- ', size)}-->`),
    'of brackets in CDATA': (size) => wrap(`<![CDATA[${fill(']', size)}]]>`),
    'of instructions': (size) => wrap(fill('<?a?>', size)),
    'of text': (size) => wrap(fill('x', size)),
    'of references': (size) => wrap(`<base_event title="${fill('&amp;&#x10ffff;', size)}"/>`),
    'of ampersands': (size) => wrap(fill('& ', size)),
    'of ends of tags': (size) => fill('</a>', size),
    'of beginnings of tags': (size) => fill('<', size),
    'of empty tags': (size) => fill('<>', size),
    'of small elements': (size) => wrap(fill('<a/>', size)),
    'of elements and text in turn': (size) => wrap(fill('a<b/>', size)),
    'of events without anything': (size) => wrap(fill('<base_event/>', size)),
    'of zones': (size) => wrap(event(fill(zone, size))),
    'of combining accents': (size) => wrap(`<base_event base_event_id="1" title="${fill('\u0301', size)}"/>`),
    'of names that an object has already': (size) =>
      wrap(fill('<a __proto__="1" constructor="2" toString="3"/>', size)),
    'of an XML declaration': (size) => `<?xml version="1.0" ${fill(' ', size)}encoding="UTF-8"?><eventList/>`,
  };

  /** Processor time, ms; and whether it was read or refused, which are both fine. */
  function spent(text: string): number {
    const bytes = bytesOf(text);
    const before = process.cpuUsage();
    try {
      adaptProviderXml(bytes, OPTIONS);
    } catch (error) {
      if (!(error instanceof InvalidFeed)) throw error;
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }

  test.each(Object.entries(DOCUMENTS))('%s takes time that grows with its size', (_, document) => {
    // What is quadratic takes 256 times as long at the second size, not 16 times: some minutes.
    spent(document(MIB / 16));
    expect(spent(document(MIB))).toBeLessThan(15_000);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('nested 100,000 deep is refused, open and closed', () => {
    for (const depth of [33, 1_000, 100_000, 1_000_000]) {
      expect(() => read('<a>'.repeat(depth)), String(depth)).toThrow(/more than 32 deep/);
      expect(() => read('<a>'.repeat(depth) + '</a>'.repeat(depth))).toThrow(/more than 32 deep/);
    }
  });

  test('of more than 32 MiB is refused before it is looked at', () => {
    const huge = new Uint8Array(FEED_BYTES_MAX + 1).fill(0x3c);
    const before = process.cpuUsage();
    expect(() => adaptProviderXml(huge, OPTIONS)).toThrow(/at most 33554432/);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1_000);
  });

  test('of 32 MiB of elements is refused on its thread, and the memory comes back', async () => {
    const bytes = bytesOf(fill('<a/>', FEED_BYTES_MAX - 8));
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 3; i += 1)
      await expect(providerXml.adapt(bytes, OPTIONS)).rejects.toThrow(/more than 500000 elements/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(600 * MIB);
  });
});

describe('a provider', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  const fetchHere = createFetchFeed({ allowPrivateAddresses: true, timeoutMs: 60_000 });

  /** Writes blanks until it is hung up on; gives how many bytes that took. */
  function pour(headers: Record<string, string>): { listener: RequestListener; sent: () => number } {
    const chunk = Buffer.alloc(MIB, 0x20);
    let sent = 0;
    const listener: RequestListener = (_, response) => {
      response.writeHead(200, headers);
      const more = (): void => {
        while (!response.destroyed && sent < GIB) {
          sent += chunk.length;
          if (!response.write(chunk)) return;
        }
        response.end();
      };
      response.on('drain', more);
      more();
    };
    return { listener, sent: () => sent };
  }

  test('that sends a gigabyte is cut off at 32 MiB, announced or not, in flat memory', async () => {
    for (const headers of [{}, { 'content-length': String(GIB) }] as Record<string, string>[]) {
      const { listener, sent } = pour(headers);
      const url = await serve(listener);
      const before = process.memoryUsage.rss();
      await expect(fetchHere(url)).rejects.toThrow(/larger than 33554432 bytes/);
      expect(sent()).toBeLessThan(FEED_BYTES_MAX + 64 * MIB);
      expect(process.memoryUsage.rss() - before).toBeLessThan(400 * MIB);
    }
  });

  test('that sends a bomb sends it in vain: nothing is ever unpacked', async () => {
    const plain = Buffer.alloc(64 * MIB, 0x20);
    const bombs = {
      gzip: gzipSync(plain),
      deflate: deflateSync(plain),
      br: brotliCompressSync(plain.subarray(0, MIB)),
    };
    for (const [encoding, bomb] of Object.entries(bombs)) {
      for (const named of [
        encoding,
        encoding.toUpperCase(),
        `${encoding}, ${encoding}`,
        `identity, ${encoding}`,
      ]) {
        const url = await serve((_, response) =>
          response.writeHead(200, { 'content-encoding': named }).end(bomb),
        );
        await expect(fetchHere(url), named).rejects.toThrow(/compressed/);
      }
      const url = await serve((_, response) => void response.end(bomb));
      const bytes = await fetchHere(url);
      expect(bytes.byteLength).toBe(bomb.length);
      await expect(providerXml.adapt(bytes, OPTIONS)).rejects.toThrow(InvalidFeed);
    }
  });

  test('that sends headers, redirects or errors without end is given up', async () => {
    const floods: RequestListener[] = [
      (_, response) => void response.writeHead(200, { 'x-long': 'x'.repeat(MIB) }).end(),
      (_, response) => void response.writeHead(302, { location: `/${'x'.repeat(MIB)}` }).end(),
      (request, response) => void response.writeHead(302, { location: `${request.url}x` }).end(),
      (_, response) => void response.writeHead(500).end(Buffer.alloc(8 * MIB)),
      (_, response) => void response.writeHead(204).end(),
      (_, response) => void response.writeHead(200, { 'content-range': 'bytes 0-1/2' }).destroy(),
      (request) =>
        void request.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n<a/>  '),
      (request) => void request.socket.end('SSH-2.0-OpenSSH\r\n'),
      (request) => void request.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n<eventList/>'),
    ];
    for (const listener of floods) {
      const url = await serve(listener);
      await expect(fetchHere(url), String(listener)).rejects.toThrow(FeedUnavailable);
    }
  });
});
