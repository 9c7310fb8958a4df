// How long somebody who searches waits for the index: what is asked beside the search waits no longer than it does.

/** A search that takes longer is given up, here and there. */
export const SEARCH_MS_MAX = 3_000;

/** Tried again on the next node, if there is one. */
export const SEARCH_TIMEOUT = { requestTimeout: SEARCH_MS_MAX, maxRetries: 1 };
