// All routes of the contract, one file a resource.
import type { FastifyInstance } from 'fastify';
import type { ApiDependencies } from '../dependencies.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { availabilityRoutes } from './availability.ts';
import { browseRoutes } from './browse.ts';
import { holdRoutes } from './holds.ts';
import { importRoutes } from './imports.ts';
import { logRoutes } from './log.ts';
import { manageEventRoutes } from './manage-events.ts';
import { manageShowRoutes } from './manage-shows.ts';
import { operateRoutes } from './operate.ts';
import { seatingPlanRoutes } from './seating-plans.ts';
import { venueRoutes } from './venues.ts';
import { waitlistRoutes } from './waitlist.ts';

export async function registerRoutes(app: FastifyInstance, api: ApiDependencies): Promise<void> {
  browseRoutes(app, api);
  availabilityRoutes(app, api);
  seatingPlanRoutes(app, api);
  holdRoutes(app, api);
  waitlistRoutes(app, api);
  venueRoutes(app, api);
  manageEventRoutes(app, api);
  manageShowRoutes(app, api);
  await app.register(async (xml) => importRoutes(xml, api));
  apiKeyRoutes(app, api);
  logRoutes(app, api);
  operateRoutes(app, api);
}
