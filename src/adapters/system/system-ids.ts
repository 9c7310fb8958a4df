// Real identifiers: UUIDs of version 7, whose order of making keeps database indexes compact.
import { randomUUIDv7 } from 'node:crypto';
import type { Ids } from '../../ports/clock.ts';

export const systemIds: Ids = { uuid: () => randomUUIDv7() };
