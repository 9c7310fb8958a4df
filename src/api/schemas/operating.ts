// API keys, imports and the log at the API.
import { z } from 'zod';
import { EVENT_TYPES } from '../../domain/event-types.ts';
import { SCOPES } from '../../ports/api-key-store.ts';
import { SOURCE_NAME } from '../../ports/feed-source.ts';
import { count, currency, list, newName, timeZone } from './basics.ts';
import { written } from './booking.ts';
import { commaList, wholeParameter } from './queries.ts';

export const apiKeyBody = z
  .strictObject({
    name: newName(),
    scopes: z
      .array(z.enum(SCOPES))
      .min(1)
      .max(SCOPES.length)
      .transform((scopes) => [...new Set(scopes)]),
    clientId: z
      .uuid('Give the clientId of a key that there is, or leave it out.')
      .toLowerCase()
      .optional()
      .meta({ description: 'For a second key of a client.' }),
  })
  .meta({ examples: [{ name: 'Shop front', scopes: ['browse', 'book'] }] });

const apiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    clientId: z.uuid(),
    prefix: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Noted once a minute at most; null: never used.' }),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiKey' });

export const importQuery = z.strictObject({
  source: z
    .string('Give one source.')
    .regex(SOURCE_NAME, 'Give lower-case letters, digits and dashes, for example "provider".')
    .default('provider')
    .meta({ description: 'The name under which this provider is known here: its ids are of one name only.' }),
  timeZone: timeZone
    .optional()
    // No examples, here and below: the page would fill them in.
    .meta({
      examples: undefined,
      description:
        'IANA zone of the local times in the feed; by default as for this source in FEEDS, else `Europe/Madrid`.',
    }),
  currency: currency.optional().meta({
    description:
      'Of the prices in the feed, as ISO 4217; by default as for this source in FEEDS, else `EUR`.',
  }),
});
const counted = z.object({ events: count, shows: count });
const imported = z
  .object({
    id: z.uuid(),
    source: z.string(),
    created: counted.meta({
      description:
        'With what this import had made before it broke off, where it was sent again with its key.',
    }),
    updated: counted,
    unchanged: counted.meta({
      description:
        'An event whose shows alone changed; and what this import had changed before it broke off, where it was sent again with its key.',
    }),
    rejected: z.array(
      z.object({
        path: z.string(),
        code: z.string(),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: 'Import' });

const limit = wholeParameter(1, 1000).prefault(100).meta({ description: 'How many at most.' });
const position = z
  .string('Give one position.')
  .regex(/^\d{1,15}$/, 'Give a position as an earlier answer gave it.')
  .transform(Number)
  .meta({ type: 'string' });
/** What is named in vain would be answered with nothing, as if nothing had happened. */
const eventType = z.enum(EVENT_TYPES);
export const logQuery = z.strictObject({
  after: position
    .optional()
    .meta({ description: 'The `position` of the last line you have; from the first event by default.' }),
  types: commaList(100, eventType).optional(),
  streams: commaList(100).optional(),
  limit,
});
export const streamQuery = z.strictObject({
  from: wholeParameter(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: 'The first `revision` wanted; 0 by default.' }),
  limit,
});

export const answers = {
  apiKeyMade: z.object({
    apiKey,
    secret: z
      .string()
      .optional()
      .meta({ description: 'Shown this once; not in a replay.', examples: ['fs_live_…'] }),
  }),
  apiKey: z.object({ apiKey }),
  apiKeys: list(apiKey),
  importDone: z.object({ import: imported, position: written.position }),
  imported: z.object({ import: imported }),
};
