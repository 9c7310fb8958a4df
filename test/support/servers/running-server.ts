// What every launcher gives: where a server is, what it is, and how to be rid of it.

export interface RunningServer {
  readonly name: 'Kafka' | 'OpenSearch' | 'Postgres' | 'EventStoreDB';
  readonly version: string;
  /** How it came to be here, in words. */
  readonly origin: string;
  readonly url: string;
  /** The nodes that may be killed and started again; none where the server is not ours. */
  readonly nodes: readonly RestartableNode[];
  /** Stops it and removes what it wrote; a server that was given is left alone. */
  stop(): Promise<void>;
}

export interface RestartableNode {
  /** For a cluster: the address of this one. */
  readonly url: string;
  readonly pid: number | undefined;
  start(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** A server whose address the environment gives. */
export const givenServer = (
  name: RunningServer['name'],
  variable: string,
  url: string,
  version: string,
): RunningServer => ({
  name,
  version,
  origin: `given by ${variable}`,
  url,
  nodes: [],
  stop: () => Promise.resolve(),
});
