// What both clients of Kafka are set to: members by either may stand in one group.

export const CONNECT_MS_MAX = 5_000;
export const ANSWER_MS_MAX = 15_000;

/** A member that is gone is noticed after it; brokers accept no less by default. */
export const SESSION_MS = 6_000;
export const REBALANCE_MS_MAX = 15_000;
export const HEARTBEAT_MS = 1_000;
/** A stop waits for the fetch in flight. */
export const FETCH_WAIT_MS_MAX = 200;
export const PARTITION_BYTES_MAX = 1024 * 1024;
/** After what failed, before it is tried again. */
export const BACKOFF_MS = 500;
