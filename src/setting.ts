// The kinds of settings: how each is read from text, what it may hold in words, how it is shown.
// Apart from config.ts so that the table there stays a table.
import { isIP } from 'node:net';
import { Cron } from 'croner';
import { z } from 'zod';
import { isCurrency } from './domain/currency.ts';
import { isTimeZone } from './domain/time-zone.ts';
import { SOURCE_NAME } from './ports/feed-source.ts';

/** One setting: `read` gives its value, or the problem with it in words (empty when `may` says it all). */
export interface Setting<T> {
  readonly what: string;
  /** What it may hold, in words, as the end of the sentence "it may hold …". */
  readonly may: string;
  readonly default: string;
  readonly secret: boolean;
  read(written: string): { value: T } | { problem: string };
  /** How `doctor` shows it: secrets are masked. */
  show(written: string): string;
}

interface Text {
  readonly default: string;
  readonly what: string;
}

/** A feed imported on a schedule. */
export type FeedSetting = z.infer<typeof feed>;

const MASK = '********';

function setting<T>(about: Text & { may: string }, read: Setting<T>['read']): Setting<T> {
  return { ...about, secret: false, show: (written) => written, read };
}

export function text(about: Text & { may: string }): Setting<string> {
  return setting<string>(about, (written) => (written.includes('\0') ? { problem: '' } : { value: written }));
}

export function oneOf<const V extends string>(values: readonly V[], about: Text): Setting<V> {
  const may = values.map((v) => `"${v}"`).join(', ');
  return setting<V>({ ...about, may: may.replace(/, (?=[^,]*$)/, ' or ') }, (written) => {
    const value = values.find((v) => v === written);
    return value === undefined ? { problem: '' } : { value };
  });
}

export function onOff(about: Text & { default: 'on' | 'off' }): Setting<boolean> {
  return setting<boolean>({ ...about, may: '"on" or "off"' }, (written) =>
    written === 'on' || written === 'off' ? { value: written === 'on' } : { problem: '' },
  );
}

export function integer(min: number, max: number, about: Text): Setting<number> {
  return setting<number>({ ...about, may: `a whole number from ${min} to ${max}` }, (written) => {
    const value = Number(written);
    return /^\d{1,15}$/.test(written) && value >= min && value <= max ? { value } : { problem: '' };
  });
}

export function hostName(about: Text): Setting<string> {
  const name = /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9][A-Za-z0-9-]{0,62})*$/;
  // All digits and dots is an address or nothing: no resolver knows "999.1.1.1".
  const isName = (written: string) => name.test(written) && !/^[\d.]+$/.test(written);
  return setting<string>({ ...about, may: 'an IP address or a host name' }, (written) =>
    isIP(written) || isName(written) ? { value: written } : { problem: '' },
  );
}

export function postgresUrl(about: Pick<Text, 'what'>): Setting<string | undefined> {
  return {
    what: about.what,
    default: '',
    secret: true,
    may: 'a URL such as postgres://user:password@host:5432/database',
    show: (written) =>
      URL.canParse(written) ? written.replace(/^([^:]+:\/\/[^:@/]*):[^/]*@/, `$1:${MASK}@`) : MASK,
    read(written) {
      if (written === '') return { value: undefined };
      if (!URL.canParse(written)) return { problem: 'it is no URL' };
      const url = new URL(written);
      if (!['postgres:', 'postgresql:'].includes(url.protocol))
        return { problem: 'it does not begin with postgres://' };
      return url.pathname.length > 1 ? { value: written } : { problem: 'it names no database' };
    },
  };
}

/** A connection string of EventStoreDB; the adapter judges the rest of it. */
export function eventStoreUrl(about: Pick<Text, 'what'>): Setting<string | undefined> {
  return {
    what: about.what,
    default: '',
    secret: true,
    may: 'a connection string such as esdb://user:password@host:2113?tls=true',
    show: (written) => written.replace(/^([^:]+:\/\/[^:@/]*):[^@]*@/, `$1:${MASK}@`),
    read: (written) =>
      written === '' || /^(esdb|kurrentdb)(\+discover)?:\/\/[^/]+/.test(written)
        ? { value: written === '' ? undefined : written }
        : { problem: 'it does not begin with esdb://' },
  };
}

export function brokerList(about: Text): Setting<readonly string[]> {
  return setting<readonly string[]>(
    { ...about, may: 'host:port, several separated by commas' },
    (written) => {
      const brokers = written === '' ? [] : written.split(',').map((broker) => broker.trim());
      const bad = brokers.find((broker) => !/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/.test(broker));
      return bad === undefined ? { value: brokers } : { problem: `"${bad}" is no host:port` };
    },
  );
}

export function topicName(about: Text): Setting<string> {
  return setting<string>(
    { ...about, may: '1 to 200 letters, digits, dots, dashes and underscores' },
    (written) => (/^[A-Za-z0-9._-]{1,200}$/.test(written) ? { value: written } : { problem: '' }),
  );
}

/** Addresses of one service, as its client takes them; the passwords are masked. */
export function webUrlList(about: Pick<Text, 'what'>): Setting<string | undefined> {
  return {
    what: about.what,
    default: '',
    secret: true,
    may: 'URLs such as https://user:password@host:9200, several separated by commas',
    show: (written) => written.replaceAll(/(\/\/[^:@/,]*):[^@,]*@/g, `$1:${MASK}@`),
    read(written) {
      if (written === '') return { value: undefined };
      const isWeb = (url: string): boolean => /^https?:\/\//.test(url) && URL.canParse(url);
      const all = written.split(',').every((url) => isWeb(url.trim()));
      return all ? { value: written } : { problem: 'not each is a URL that begins with http:// or https://' };
    },
  };
}

export function indexName(about: Text): Setting<string> {
  return setting<string>(
    { ...about, may: '1 to 200 lower-case letters, digits and dashes, a letter or digit first' },
    (written) => (/^[a-z0-9][a-z0-9-]{0,199}$/.test(written) ? { value: written } : { problem: '' }),
  );
}

export function printableKey(lengthMin: number, about: Pick<Text, 'what'>): Setting<string | undefined> {
  const lengthMax = 255;
  return {
    what: about.what,
    default: '',
    secret: true,
    may: `${lengthMin} to ${lengthMax} printable ASCII characters without spaces`,
    show: () => MASK,
    read(written) {
      if (written === '') return { value: undefined };
      if (written.length < lengthMin || written.length > lengthMax)
        return { problem: `it has ${written.length} characters` };
      return /^[\x21-\x7e]+$/.test(written)
        ? { value: written }
        : { problem: 'it has a space or a character that is not printable ASCII' };
    },
  };
}

export function originList(about: Text): Setting<readonly string[]> {
  const may = 'origins such as https://tickets.example separated by commas, or "*" for every origin';
  return setting<readonly string[]>({ ...about, may }, (written) => {
    const origins = written.split(',').map((o) => o.trim());
    if (written === '') return { value: [] };
    const bad = origins.find(
      (o) => o !== '*' && !(URL.canParse(o) && /^https?:\/\//.test(o) && new URL(o).origin === o),
    );
    return bad === undefined ? { value: origins } : { problem: `"${bad}" is no origin` };
  });
}

const words = z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') });
const feedFields = {
  name: words.regex(SOURCE_NAME, 'must be lower-case letters, digits and dashes'),
  adapter: words.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be the name of a feed adapter'),
  url: words.refine(isFeedUrl, 'must be an http://, https:// or file:// URL'),
  cron: words.refine(isCron, 'must be a cron expression such as "*/15 * * * *"'),
  timeZone: words
    .refine(isTimeZone, 'must be an IANA time zone such as "Europe/Madrid"')
    .default('Europe/Madrid'),
  currency: words
    .refine(isCurrency, {
      error: ({ input }) => `must be an ISO 4217 code such as "EUR", which ${JSON.stringify(input)} is not`,
    })
    .default('EUR'),
};
const feed = z.strictObject(feedFields, {
  error: ({ code }) => (code === 'invalid_type' ? 'must be an object' : undefined),
});
const feeds = z
  .array(feed, 'must be a list')
  .max(100, 'must have 100 feeds at most')
  .refine(namesDiffer, 'must have a name of its own for each feed');

export function feedList(about: Text): Setting<readonly FeedSetting[]> {
  return {
    ...about,
    may: 'a JSON array of { "name", "adapter", "url", "cron", "timeZone", "currency" }, the last two optional',
    secret: true, // the URLs may carry a token
    show: (written) => written.replaceAll(/"url"\s*:\s*"[^"]*"/g, `"url":"${MASK}"`),
    read(written) {
      let parsed: unknown;
      try {
        parsed = JSON.parse(written);
      } catch {
        return { problem: 'it is no JSON' };
      }
      const result = feeds.safeParse(parsed);
      if (result.success) return { value: result.data };
      return {
        problem: result.error.issues.map((i) => `${where(i.path)} ${lowerFirst(i.message)}`).join(', '),
      };
    },
  };
}

function where(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'it';
  return path.map((p) => (typeof p === 'number' ? `[${p}]` : `.${String(p)}`)).join('');
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function isFeedUrl(written: string): boolean {
  return URL.canParse(written) && ['http:', 'https:', 'file:'].includes(new URL(written).protocol);
}

function isCron(written: string): boolean {
  try {
    new Cron(written, { paused: true }).stop();
    return true;
  } catch {
    return false;
  }
}

function namesDiffer(list: readonly { name: string }[]): boolean {
  return new Set(list.map((f) => f.name)).size === list.length;
}
