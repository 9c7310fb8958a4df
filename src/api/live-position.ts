// Where the live view of shows stands, for reads that want a certain position.
import type { LiveShows } from '../live/live-shows.ts';
import type { Follower } from './position.ts';

export const liveFollower = (live: LiveShows): Follower => ({
  position: () => live.position,
  waitFor: (position, timeoutMs) => live.waitFor(position, timeoutMs),
});
