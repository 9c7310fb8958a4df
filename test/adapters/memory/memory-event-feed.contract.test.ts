// The event feed in memory keeps the port's promises.
import { MemoryEventFeed } from '../../../src/adapters/memory/memory-event-feed.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { eventFeedContract } from '../../contracts/event-feed.ts';

eventFeedContract('in memory', () => Promise.resolve(new MemoryEventFeed(systemClock)));
