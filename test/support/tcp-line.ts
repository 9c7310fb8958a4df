// A TCP line between two processes of which a test decides how good it is: cut, cut one way, stalled, slow, in small pieces.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** `there` is from whoever dials to the other end, `back` the other way. */
export type Way = 'there' | 'back';

export interface Slowness {
  /** Each piece waits so long, one after another, ms. */
  readonly delayMs: number;
  /** Bytes of a piece at most. */
  readonly pieceSizeMax: number;
}

/** Sees what goes back before it is passed on, connection by connection; nothing is passed on before it resolves. */
export type Watch = (bytes: Buffer, connection: { readonly opening: Buffer }) => Promise<void> | void;

export class TcpLine {
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #watch: Watch | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #robbed = new Set<Socket>();
  #alive = true;
  #losing: ReadonlySet<Way> = new Set();
  #stalled: ReadonlySet<Way> = new Set();
  #resume: (() => void) | null = null;
  #resumed: Promise<void> = Promise.resolve();
  #slowness: Slowness | null = null;

  private constructor(target: { host: string; port: number }, watch: Watch | undefined) {
    this.#target = target;
    this.#watch = watch;
    this.#server = createServer((near) => this.#accept(near));
  }

  /** A line from a free loopback port to `port` of `host`. */
  static async open(port: number, watch?: Watch, host = '127.0.0.1'): Promise<TcpLine> {
    const line = new TcpLine({ host, port }, watch);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  /** The same address, through the line. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String((this.#server.address() as AddressInfo).port);
    return changed.href;
  }

  /** Breaks every connection, and new ones too until it is mended. */
  cut(): void {
    this.#alive = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** What goes these ways disappears, and nobody is told: connections stay open until the line is mended. */
  lose(...ways: Way[]): void {
    this.#losing = new Set(ways);
  }

  /** What goes these ways waits, and arrives in order when the line is mended. */
  stall(...ways: Way[]): void {
    this.#stalled = new Set(ways);
    if (this.#resume === null) this.#resumed = new Promise((resolve) => (this.#resume = resolve));
  }

  slow(slowness: Slowness): void {
    this.#slowness = slowness;
  }

  /** As good as new; connections that have lost bytes break. */
  mend(): void {
    this.#alive = true;
    this.#losing = new Set();
    this.#stalled = new Set();
    this.#slowness = null;
    this.#resume?.();
    this.#resume = null;
    for (const socket of this.#robbed) socket.destroy();
    this.#robbed.clear();
  }

  close(): void {
    this.mend();
    this.cut();
    this.#server.close();
  }

  #accept(near: Socket): void {
    near.on('error', () => {});
    if (!this.#alive) return void near.destroy();
    const far = connect(this.#target.port, this.#target.host);
    for (const [socket, peer] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        peer.destroy();
      });
    }
    const connection: { opening: Buffer } = { opening: Buffer.alloc(0) };
    near.once('data', (bytes: Buffer) => (connection.opening = bytes));
    void this.#carry(near, far, 'there');
    void this.#carry(far, near, 'back', (bytes) => this.#watch?.(bytes, connection));
  }

  async #carry(
    from: Socket,
    to: Socket,
    way: Way,
    watch?: (bytes: Buffer) => Promise<void> | void,
  ): Promise<void> {
    try {
      for await (const bytes of from as AsyncIterable<Buffer>) {
        while (this.#stalled.has(way)) await this.#resumed;
        if (this.#losing.has(way)) this.#robbed.add(from);
        // What follows lost bytes would make no sense to the other end.
        if (this.#robbed.has(from)) continue;
        await watch?.(bytes);
        await this.#deliver(bytes, to);
      }
      to.end();
    } catch {
      to.destroy(); // the connection broke
    }
  }

  async #deliver(bytes: Buffer, to: Socket): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const slowness = this.#slowness;
      const end = slowness === null ? bytes.length : Math.min(bytes.length, at + slowness.pieceSizeMax);
      if (slowness !== null) await sleep(slowness.delayMs);
      if (!to.write(bytes.subarray(at, end)) && !to.destroyed)
        await Promise.race([once(to, 'drain'), once(to, 'close')]);
      at = end;
    }
  }
}
