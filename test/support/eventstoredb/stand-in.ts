// A stand-in for EventStoreDB: it speaks the real protocol to the real client, keeps its log on disk, and goes wrong on
// demand. It is no EventStoreDB: what a test proves on it is proved of our side of the wire (docs/decisions/0042).
import { StandInFaults } from './faults.ts';
import { StandInNode, type NodeOptions } from './stand-in-node.ts';
import { TransactionLog } from './transaction-log.ts';

/** What a node must be told to take, and is in the Compose files: `EVENTSTORE_MAX_APPEND_SIZE`, bytes. */
export const MAX_APPEND_SIZE = 16 * 1024 * 1024 - 1;

export interface StandInOptions extends Partial<NodeOptions> {
  readonly folder: string;
  /** More than one make a cluster: one leads, the others send writers to it. */
  readonly nodes?: number;
}

export interface StandIn {
  /** All of it in one connection string, without user and TLS unless it was started with them. */
  readonly url: string;
  readonly nodes: readonly StandInNode[];
  readonly faults: StandInFaults;
  /** Another node leads from now on; connections to the old leader break, as when it has crashed. */
  elect(index: number): void;
  stop(): Promise<void>;
}

export async function startStandIn({
  folder,
  nodes: count = 1,
  ...options
}: StandInOptions): Promise<StandIn> {
  const log = await TransactionLog.open(folder);
  const faults = new StandInFaults();
  const nodes = Array.from({ length: count }, () => {
    return new StandInNode(log, faults, { maxAppendSize: MAX_APPEND_SIZE, batchAppend: true, ...options });
  });
  for (const [index, node] of nodes.entries()) {
    node.peers = nodes;
    node.leads = index === 0;
    await node.start();
  }
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return {
    url: `esdb://${hosts}?tls=${options.tls ? 'true' : 'false'}`,
    nodes,
    faults,
    elect(index) {
      const old = nodes.find((node) => node.leads)!;
      for (const node of nodes) node.leads = node === nodes[index];
      old.cut();
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
      await log.close();
    },
  };
}
