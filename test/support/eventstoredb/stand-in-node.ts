// One node of the stand-in for EventStoreDB: its gRPC services on a loopback port, over a log that all nodes share.
import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
} from '@grpc/grpc-js';
import type { StandInFault, StandInFaults } from './faults.ts';
import {
  answerRead,
  InvalidPosition,
  isSubscription,
  serveSubscription,
  streamRead,
  type ReadCall,
} from './reads.ts';
import type { ProposedEvent, TransactionLog } from './transaction-log.ts';
import { appendAnswer, batchAnswer, expectedBy, proposed, streamNameOf, uuidOf, uuidText } from './wire.ts';

const MESSAGE_BYTES_MAX = 17 * 1024 * 1024;
export const VERSION = '24.10.0';

export interface NodeOptions {
  readonly port?: number;
  /** Bytes of one append; 1 MiB unless a node is told otherwise. */
  readonly maxAppendSize: number;
  readonly batchAppend: boolean;
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
  readonly user?: { readonly name: string; readonly password: string };
}

interface Refusal {
  code: number;
  details: string;
  metadata?: Metadata;
}

export class StandInNode {
  /** Calls of each RPC, by name. */
  readonly calls = new Map<string, number>();
  port = 0;
  leads = true;
  /** All nodes of the cluster, this one too. */
  peers: readonly StandInNode[] = [this];
  readonly #log: TransactionLog;
  readonly #faults: StandInFaults;
  readonly #options: NodeOptions;
  readonly #sockets = new Set<Socket>();
  #tcp: TcpServer | null = null;
  #grpc: Server | null = null;

  constructor(log: TransactionLog, faults: StandInFaults, options: NodeOptions) {
    this.#log = log;
    this.#faults = faults;
    this.#options = options;
    this.port = options.port ?? 0;
  }

  async start(): Promise<void> {
    const { tls } = this.#options;
    const credentials = tls
      ? ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.cert }])
      : ServerCredentials.createInsecure();
    const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX });
    server.addService(streamsGrpc.StreamsService, {
      append: this.#append,
      batchAppend: this.#batchAppend,
      read: this.#read,
    });
    server.addService(featuresGrpc.ServerFeaturesService, { getSupportedMethods: this.#supportedMethods });
    server.addService(gossipGrpc.GossipService, { read: this.#members });
    const injector = server.createConnectionInjector(credentials);
    // The sockets are ours, so that a fault can break them as a network does.
    const tcp = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      injector.injectConnection(socket);
    });
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (tcp.address() as AddressInfo).port;
    [this.#tcp, this.#grpc] = [tcp, server];
  }

  /** Breaks every connection; new ones are taken at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** As a process that has ended: nobody listens. `start` brings it back on the same port. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#tcp?.close(resolve));
    this.cut();
    this.#grpc?.forceShutdown();
    await closed;
  }

  readonly #append = (
    call: ServerReadableStream<AppendReq, AppendResp>,
    answer: sendUnaryData<AppendResp>,
  ): void => {
    this.#note('Append');
    let options: AppendReq.Options | undefined;
    const events: ProposedEvent[] = [];
    call.on('data', (request: AppendReq) => {
      if (request.hasOptions()) options = request.getOptions();
      else events.push(proposed(request.getProposedMessage()!));
    });
    call.on('error', () => {});
    call.on('end', () => {
      const stream = streamNameOf(options!.getStreamIdentifier());
      const expected = expectedBy(options!);
      void this.#decide(
        call.metadata,
        stream,
        async () => {
          const decided = await this.#log.append(stream, expected, events);
          return () => answer(null, appendAnswer(decided, expected));
        },
        events,
      ).then((refusal) => refusal && answer(refusal));
    });
  };

  readonly #batchAppend = (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void => {
    this.#note('BatchAppend');
    const open = new Map<string, { options?: BatchAppendReq.Options; events: ProposedEvent[] }>();
    call.on('error', () => {});
    call.on('end', () => call.end());
    call.on('data', (request: BatchAppendReq) => {
      const id = uuidText(request.getCorrelationId()!);
      const batch = open.get(id) ?? { events: [] };
      open.set(id, batch);
      if (request.hasOptions()) batch.options = request.getOptions();
      batch.events.push(...request.getProposedMessagesList().map(proposed));
      if (!request.getIsFinal()) return;
      open.delete(id);
      const identifier = batch.options!.getStreamIdentifier()!;
      const stream = streamNameOf(identifier);
      const expected = expectedBy(batch.options!);
      void this.#decide(
        call.metadata,
        stream,
        async () => {
          const decided = await this.#log.append(stream, expected, batch.events);
          return () => call.write(batchAnswer(id, identifier, decided, expected));
        },
        batch.events,
      ).then((refusal) => refusal && call.emit('error', refusal));
    });
  };

  /** Writes and answers, as far as the next fault lets it; gives what is to be said instead. */
  async #decide(
    metadata: Metadata,
    stream: string,
    write: () => Promise<() => void>,
    events: readonly ProposedEvent[],
  ): Promise<Refusal | null> {
    const refusal = this.#refusal(metadata, events);
    if (refusal) return refusal;
    const fault = this.#faults.take('append', stream);
    await fault?.until;
    if (fault && fault.after !== 'writing' && fault.does !== 'late') return this.#happen(fault);
    const answer = await write();
    if (fault?.does === 'late') await sleep(fault.ms);
    else if (fault) return this.#happen(fault);
    answer();
    return null;
  }

  readonly #read = (call: ReadCall): void => {
    this.#note(isSubscription(call) ? 'Subscribe' : 'Read');
    void this.#answerRead(call).then((refusal) => {
      if (refusal) call.emit('error', refusal);
    });
  };

  async #answerRead(call: ReadCall): Promise<Refusal | null> {
    const refusal = this.#refusal(call.metadata, []);
    if (refusal) return refusal;
    const fault = this.#faults.take(isSubscription(call) ? 'subscribe' : 'read', streamRead(call) ?? '$all');
    try {
      if (isSubscription(call)) {
        await serveSubscription(call, this.#log, fault);
        if (fault?.does === 'end') call.end();
        return fault && !call.cancelled ? this.#happen(fault) : null;
      }
      if (fault?.does === 'late') await sleep(fault.ms);
      else if (fault) return this.#happen(fault);
      await answerRead(call, this.#log);
      return null;
    } catch (error) {
      if (!(error instanceof InvalidPosition)) throw error;
      return { code: status.UNKNOWN, details: error.message };
    }
  }

  #happen({ does }: StandInFault): Refusal | null {
    if (does === 'cut') this.cut();
    if (does === 'unavailable') return { code: status.UNAVAILABLE, details: 'Server Is Not Ready' };
    if (does === 'timeout') return { code: status.ABORTED, details: 'Operation timed out' };
    if (does === 'not-leader') return notLeader(this.peers.find((peer) => peer !== this) ?? this);
    return null;
  }

  #refusal(metadata: Metadata, events: readonly ProposedEvent[]): Refusal | null {
    const { user, maxAppendSize } = this.#options;
    if (user && metadata.get('authorization')[0] !== basic(user)) {
      return { code: status.UNAUTHENTICATED, details: 'Unauthenticated' };
    }
    if (!this.leads && metadata.get('requires-leader')[0] === 'true') {
      return notLeader(this.peers.find((peer) => peer.leads)!);
    }
    const bytes = events.reduce((sum, { data, metadata: about }) => sum + data.length + about.length, 0);
    if (bytes <= maxAppendSize) return null;
    const about = new Metadata();
    about.set('exception', 'maximum-append-size-exceeded');
    about.set('maximum-append-size', String(maxAppendSize));
    return { code: status.INVALID_ARGUMENT, details: 'Maximum Append Size Exceeded.', metadata: about };
  }

  readonly #supportedMethods = (
    _call: unknown,
    answer: sendUnaryData<InstanceType<typeof features.SupportedMethods>>,
  ): void => {
    this.#note('GetSupportedMethods');
    const supported = new features.SupportedMethods();
    supported.setEventStoreServerVersion(VERSION);
    const names = ['read', 'append', ...(this.#options.batchAppend ? ['batchappend'] : [])];
    for (const name of names) {
      const method = new features.SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      supported.addMethods(method);
    }
    answer(null, supported);
  };

  readonly #members = (
    _call: unknown,
    answer: sendUnaryData<InstanceType<typeof gossip.ClusterInfo>>,
  ): void => {
    this.#note('Gossip');
    const cluster = new gossip.ClusterInfo();
    cluster.setMembersList(
      this.peers.map((peer) => {
        const member = new gossip.MemberInfo();
        const endpoint = new gossip.EndPoint();
        endpoint.setAddress('127.0.0.1');
        endpoint.setPort(peer.port);
        member.setInstanceId(uuidOf(crypto.randomUUID()));
        member.setTimeStamp('0');
        member.setIsAlive(peer.#tcp?.listening === true);
        member.setHttpEndPoint(endpoint);
        const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
        member.setState(peer.leads ? LEADER : FOLLOWER);
        return member;
      }),
    );
    answer(null, cluster);
  };

  #note(rpc: string): void {
    this.calls.set(rpc, (this.calls.get(rpc) ?? 0) + 1);
  }
}

const basic = ({ name, password }: { name: string; password: string }): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

function notLeader(leader: StandInNode): Refusal {
  const metadata = new Metadata();
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', '127.0.0.1');
  metadata.set('leader-endpoint-port', String(leader.port));
  return { code: status.NOT_FOUND, details: 'Leader info available', metadata };
}
