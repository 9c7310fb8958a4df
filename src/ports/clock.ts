// Time and chance as ports: the domain and everything around it can run on a virtual clock.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A clock that measures as well. */
export interface SteadyClock extends Clock {
  /** Milliseconds since some moment of the past: goes on alike, whatever `now` is set to. */
  steady(): number;
}

export interface Ids {
  /** A fresh UUID. */
  uuid(): string;
}
