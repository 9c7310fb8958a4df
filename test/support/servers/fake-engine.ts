// A container engine in name: it answers as one to what testcontainers asks, and in place of an image it opens its port and
// says what the image would. It proves how containers are asked for, not that the images run.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** As the engine is asked for it. */
export interface Created {
  readonly Image: string;
  readonly Env: readonly string[];
  readonly HostConfig: {
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostPort: string }[]>>;
  };
}

const STDOUT = 1;

export class FakeEngine {
  readonly created: Created[] = [];
  readonly #says: string;
  readonly #running = new Map<string, Server>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  /** `says`: what every container writes to its output. */
  private constructor(says: string) {
    this.#says = says;
  }

  /** Gives its address for DOCKER_HOST. */
  static async start(says: string): Promise<{ engine: FakeEngine; address: string }> {
    const engine = new FakeEngine(says);
    await new Promise<void>((resolve) => engine.#server.listen(0, '127.0.0.1', resolve));
    return { engine, address: `tcp://127.0.0.1:${(engine.#server.address() as AddressInfo).port}` };
  }

  /** Containers that were started and not stopped. */
  get running(): number {
    return this.#running.size;
  }

  stop(): void {
    for (const server of this.#running.values()) server.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = `${request.method} ${request.url!.replace(/^\/v[\d.]+/, '').replace(/\?.*/, '')}`;
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const [, id = '', does = ''] = /^\w+ \/containers\/(\d+)\/?(\w*)$/.exec(asked) ?? [];
    if (asked === 'GET /info') return void json(200, { ServerVersion: '28.0', OSType: 'linux', NCPU: 2 });
    if (asked === 'GET /containers/json') return void json(200, []);
    if (asked.startsWith('GET /images/')) return void json(200, { Id: 'there' });
    if (asked === 'POST /containers/create') {
      this.created.push(JSON.parse(await text(request)) as Created);
      return void json(201, { Id: String(this.created.length - 1), Warnings: [] });
    }
    if (does === 'start') await this.#run(id);
    if (does === 'json') return void json(200, this.#inspected(id));
    if (does === 'logs') return void response.writeHead(200).write(frame(`${this.#says}\n`));
    if (does === 'stop') await this.#end(id);
    response.writeHead(204).end();
  }

  #bindings(id: string) {
    return this.created[Number(id)]!.HostConfig.PortBindings;
  }

  async #run(id: string): Promise<void> {
    const [binding] = Object.values(this.#bindings(id))[0]!;
    const server = createServer((_, response) => void response.writeHead(204).end());
    await new Promise<void>((resolve) => server.listen(Number(binding!.HostPort), '127.0.0.1', resolve));
    this.#running.set(id, server);
  }

  async #end(id: string): Promise<void> {
    const server = this.#running.get(id);
    this.#running.delete(id);
    server?.closeAllConnections();
    await new Promise((closed) => (server ? server.close(closed) : closed(undefined)));
  }

  #inspected(id: string): object {
    const { Image, Env } = this.created[Number(id)]!;
    const Running = this.#running.has(id);
    const Ports = Object.fromEntries(
      Object.entries(this.#bindings(id)).map(([port, [binding]]) => [
        port,
        [{ ...binding, HostIp: '0.0.0.0' }],
      ]),
    );
    return {
      Id: id,
      Name: `/container-${id}`,
      Config: { Image, Env, Hostname: id, Labels: {} },
      State: { Status: Running ? 'running' : 'exited', Running, StartedAt: '', FinishedAt: '' },
      HostConfig: { PortBindings: this.#bindings(id) },
      NetworkSettings: { Networks: {}, Ports },
    };
  }
}

/** One piece of a container's output, as engines send it. */
function frame(line: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(STDOUT, 0);
  head.writeUInt32BE(Buffer.byteLength(line), 4);
  return Buffer.concat([head, Buffer.from(line)]);
}
