// The load generator, a process of its own: it sends prebuilt HTTP/1.1 requests over keep-alive sockets and reads no
// more of an answer than it must, so that what is measured is the server. Closed loop (a connection sends its next
// request when it has its answer) or open loop (requests fall due at a steady rate, whatever the server does; latency
// counts from when one was due). The same for the engine and for every baseline. See docs/decisions/0032.
import { connect, type Socket } from 'node:net';
import type { LoadAnswer, LoadOrder } from './load.ts';

const READ_BYTES = 64 * 1024;
const HEAD_BYTES_MAX = 16 * 1024;
/** An open loop looks this often what has fallen due: the finest that a Node timer does. */
const TICK_MS = 1;
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const WITHOUT_BODY = new Set([204, 304]);
const NO_ANSWER = 0;

/** One keep-alive connection, one request in flight at most; opened again when the server closes it. */
class Connection {
  readonly #run: Run;
  #socket: Socket | undefined;
  #request = -1;
  #status = NO_ANSWER;
  #head = '';
  #bodyLeft = 0;
  #body = '';

  constructor(run: Run) {
    this.#run = run;
  }

  open(): Promise<void> {
    const { host, port } = this.#run.order;
    return new Promise((resolve, reject) => {
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      const onread = { buffer, callback: (bytes: number) => this.#take(buffer, bytes) };
      const socket = connect({ host, port, noDelay: true, onread }, resolve);
      socket.on('error', reject);
      socket.once('close', () => this.#closed());
      this.#socket = socket;
    });
  }

  send(request: number): void {
    this.#request = request;
    if (this.#socket) this.#socket.write(this.#run.bytesOf(request));
    else this.open().then(() => this.#socket!.write(this.#run.bytesOf(request)), ignored);
  }

  end(): void {
    this.#request = -1;
    this.#socket?.destroy();
  }

  #take(buffer: Buffer, bytes: number): boolean {
    let at = 0;
    if (this.#bodyLeft === 0) {
      const before = this.#head.length;
      const text = this.#head + buffer.toString('latin1', 0, Math.min(bytes, HEAD_BYTES_MAX));
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) {
        if (text.length >= HEAD_BYTES_MAX) throw new Error(`An answer without an end of its head: ${text}`);
        this.#head = text;
        return true;
      }
      this.#head = '';
      this.#status = Number(text.slice(9, 12));
      const length = CONTENT_LENGTH.exec(text);
      if (!length && !WITHOUT_BODY.has(this.#status))
        throw new Error(`An answer without content-length, which this generator does not read: ${text}`);
      this.#bodyLeft = WITHOUT_BODY.has(this.#status) ? 0 : Number(length![1]);
      at = end + 4 - before;
    }
    this.#bodyLeft -= bytes - at;
    if (this.#run.order.keepBodies) this.#body += buffer.toString('utf8', at, bytes);
    if (this.#bodyLeft < 0) throw new Error('More came than the answer to one request.');
    if (this.#bodyLeft === 0) this.#answered(this.#status);
    return true;
  }

  #answered(status: number): void {
    // The server gives up on a connection over which nothing was asked.
    if (this.#request < 0) return;
    const [request, body] = [this.#request, this.#body];
    this.#request = -1;
    this.#body = '';
    this.#run.answered(this, request, status, body);
  }

  #closed(): void {
    this.#socket = undefined;
    this.#head = '';
    this.#bodyLeft = 0;
    if (this.#request >= 0) this.#answered(NO_ANSWER);
  }
}

const ignored = () => {};

class Run {
  readonly order: LoadOrder;
  readonly #requests: readonly Buffer[];
  readonly #connections: Connection[];
  readonly #startedMs: Float64Array;
  readonly #latencyMs: Float32Array;
  readonly #statuses: Uint16Array;
  readonly #bodies: string[] = [];
  #idle: Connection[] = [];
  #next = 0;
  #open = 0;
  #endedMs = 0;
  #finish: () => void = ignored;

  constructor(order: LoadOrder) {
    this.order = order;
    this.#requests = order.requests.map((text) => Buffer.from(text));
    this.#connections = Array.from({ length: order.connections }, () => new Connection(this));
    this.#startedMs = new Float64Array(order.amount);
    this.#latencyMs = new Float32Array(order.amount);
    this.#statuses = new Uint16Array(order.amount);
  }

  bytesOf(request: number): Buffer {
    return this.#requests[request % this.#requests.length]!;
  }

  async complete(): Promise<LoadAnswer> {
    const { amount, perSecond } = this.order;
    await Promise.all(this.#connections.map((connection) => connection.open()));
    this.#open = amount;
    const cpu = process.cpuUsage();
    const beganMs = performance.now();
    await new Promise<void>((resolve) => {
      this.#finish = resolve;
      if (perSecond === undefined) this.#connections.forEach((connection) => this.#sendNext(connection));
      else this.#sendWhenDue(beganMs, perSecond);
    });
    const { user, system } = process.cpuUsage(cpu);
    for (const connection of this.#connections) connection.end();
    return {
      seconds: (this.#endedMs - beganMs) / 1_000,
      statuses: this.#statuses,
      latenciesMs: this.#latencyMs,
      bodies: this.#bodies,
      generatorCpuSeconds: (user + system) / 1e6,
    };
  }

  answered(connection: Connection, request: number, status: number, body: string): void {
    this.#endedMs = performance.now();
    this.#latencyMs[request] = this.#endedMs - this.#startedMs[request]!;
    this.#statuses[request] = status;
    if (this.order.keepBodies) this.#bodies[request] = body;
    this.#open -= 1;
    if (this.#open === 0) this.#finish();
    else this.#sendNext(connection);
  }

  /** Of an open loop, `#due` requests may have been sent by now; of a closed loop, all. */
  #due = Infinity;
  #sendNext(connection: Connection): void {
    const request = this.#next;
    if (request >= this.order.amount) return;
    if (request >= this.#due) {
      this.#idle.push(connection);
      return;
    }
    this.#next += 1;
    if (this.#due === Infinity) this.#startedMs[request] = performance.now();
    connection.send(request);
  }

  #sendWhenDue(beganMs: number, perSecond: number): void {
    this.#due = 0;
    this.#idle = [...this.#connections];
    for (let n = 0; n < this.order.amount; n += 1) this.#startedMs[n] = beganMs + (n / perSecond) * 1_000;
    const tick = () => {
      this.#due = Math.min(
        this.order.amount,
        Math.floor(((performance.now() - beganMs) / 1_000) * perSecond) + 1,
      );
      // In turn, so that none is silent for so long that the server closes it.
      while (this.#next < this.#due && this.#idle.length > 0) this.#sendNext(this.#idle.shift()!);
      if (this.#next < this.order.amount) setTimeout(tick, TICK_MS);
    };
    tick();
  }
}

process.on('message', (order: LoadOrder) => {
  new Run(order).complete().then(
    (answer) => process.send!({ answer }),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
