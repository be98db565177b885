import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The program of the server: a Valkey, where it is named. */
const PROGRAM = process.env['MREMAP_CHECK_REDIS_SERVER'] ?? 'redis-server';

/** Why there can be no server here; undefined where there can. */
export const NO_SERVER =
  spawnSync(PROGRAM, ['--version']).status === 0 ? undefined : `${PROGRAM} is not installed`;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A Redis of one's own, in a folder of its own, which forgets nothing that it has said yes to. */
export class Server {
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'mremap-check-redis-'));

  private constructor(
    readonly port: number,
    private readonly flags: readonly string[],
  ) {}

  static async start(flags: (port: number) => readonly string[] = () => []): Promise<Server> {
    const port = await freePort();
    const server = new Server(port, flags(port));
    await server.up();
    return server;
  }

  get address(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    this.child = spawn(PROGRAM, [...place, ...durable, ...this.flags], { stdio: 'ignore' });
    while (!(await accepts(this.port))) await pause(50);
  }

  /** Bytes that it says it uses. */
  async memory(client: { info(section: string): Promise<string> }): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  }

  /** From here on it answers nobody, and hangs up on nobody. */
  hang(): void {
    this.child?.kill('SIGSTOP');
  }

  async down(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}
