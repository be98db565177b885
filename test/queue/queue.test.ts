import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { NO_SERVER, pause, Server } from '../../bench/redis-server.js';
import { reach } from '../../src/checker/reach/reach.js';
import { limitHeld } from '../../src/invariants/limit-held.js';
import { machine } from '../../src/model/plan.js';
import { queueAddress } from '../../src/queue/address.js';
import { connected } from '../../src/queue/connection.js';
import {
  type QueuedUnit,
  RUN_KEY,
  resultsQueue,
  runKey,
  unitsQueue,
} from '../../src/queue/names.js';
import { serve } from '../../src/queue/serve.js';
import { onQueue } from '../../src/queue/submit.js';
import { execute, type TaskResult } from '../../src/verify/execute.js';
import type { Task } from '../../src/verify/jobs.js';
import { listed } from '../../src/verify/source.js';
import { Todo } from '../../src/verify/todo.js';
import { type CliResult, cli, fileWith, MAIN } from '../cli/run-cli.js';
import { everyKind, reachesAlone } from '../runs/specs.js';
import { newFolder } from '../support/new-folder.js';
import { release } from '../support/releases.js';
import { specText } from '../support/specs.js';

const NO_OPENSSL = spawnSync('openssl', ['version']).status !== 0;

const children: ChildProcess[] = [];

/** A worker in a process of its own, with what it said. */
function worker(address: string, main = MAIN, flags: readonly string[] = []) {
  const args = [main, 'worker', '--queue', address, '--workers', '1', ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, said })),
  );
  const ready = (): Promise<void> => until(() => said.includes('queue: 1 thread'));
  return { child, ended, ready };
}

// A worker that a failed test leaves would do the units of the next.
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/**
 * Of the spec with every kind, and of the same in five pages: each of nine searches in 6 or 16 pieces, two
 * races that begin in five address spaces, and a reach search, which is done in slices.
 */
const UNITS = 9 * 6 + 2 * 5 + 1;
const UNITS_OF_5_PAGES = 9 * 16 + 2 * 5 + 1;
const SLICES = 3;

const linesOf = (run: string): number => {
  const journal = join(run, 'journal.jsonl');
  return existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 2 : 0;
};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20);
}

const result = ({ code, stdout }: CliResult): object => ({ code, stdout });

describe.skipIf(NO_SERVER !== undefined)(`a queue on Redis ${NO_SERVER ?? ''}`, () => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start();
  });
  afterAll(() => server.down());

  test('two workers come to the same bytes as one process, and say so as they go', async () => {
    const spec = everyKind();
    const workers = [worker(server.address), worker(server.address)];
    await Promise.all(workers.map(({ ready }) => ready()));
    const there = await cli(['verify', '--queue', server.address, spec]);
    expect(result(there)).toEqual(result(await cli(['verify', '--quiet', spec])));
    expect(there.stderr).toMatch(/queue: (1 worker|2 workers) at work/);
    // The first counterexample comes before the first search is done with.
    expect(there.stderr).toMatch(
      /unexpected, every-kind\.json: .* broken on [\s\S]*set-up[\s\S]* pages done\n/,
    );
    for (const { child } of workers) child.kill('SIGTERM');
    const units = await Promise.all(
      workers.map(async ({ ended }) => {
        const { code, said } = await ended;
        expect(code).toBe(0);
        return Number(/^(\d+) units? done$/m.exec(said)?.[1]);
      }),
    );
    expect(units[0] as number).toBeGreaterThan(0);
    expect(units[1] as number).toBeGreaterThan(0);
    // A worker that a busy machine keeps from renewing its lock has the unit done again.
    expect((units[0] as number) + (units[1] as number)).toBeGreaterThanOrEqual(UNITS - 1 + SLICES);
  }, 120_000);

  test('a worker that is killed and a server that is restarted change nothing but the time', async () => {
    const spec = everyKind((text) => text.replaceAll('"pages":4', '"pages":5'));
    const run = join(newFolder(), 'run');
    const durable = await Server.start();
    const [first, second] = [worker(durable.address), worker(durable.address)];
    const there = cli(['verify', '--queue', durable.address, '--run', run, spec]);
    await until(() => linesOf(run) >= 20);
    first.child.kill('SIGKILL');
    await until(() => linesOf(run) >= 40);
    await durable.down();
    await pause(500);
    await durable.up();
    const { stderr, ...found } = await there;
    expect(result({ ...found, stderr })).toEqual(result(await cli(['verify', '--quiet', spec])));
    expect(stderr).toContain('queue: connection lost, trying again\nqueue: connected again\n');
    expect(linesOf(run)).toBe(UNITS_OF_5_PAGES + SLICES);
    second.child.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
    await durable.down();
  }, 300_000);

  test('a server that forgets all when it is restarted is given the units again', async () => {
    const spec = everyKind((text) => text.replaceAll('"pages":4', '"pages":5'));
    const run = join(newFolder(), 'run');
    const forgetful = await Server.start(() => ['--appendonly', 'no']);
    const { child, ended } = worker(forgetful.address);
    const there = cli(['verify', '--queue', forgetful.address, '--run', run, spec]);
    await until(() => linesOf(run) >= 20);
    await forgetful.down();
    await forgetful.up();
    const { stderr, ...found } = await there;
    expect(result({ ...found, stderr })).toEqual(result(await cli(['verify', '--quiet', spec])));
    expect(stderr).toMatch(/queue: the server forgot \d+ units, put there again/);
    expect(linesOf(run)).toBe(UNITS_OF_5_PAGES + SLICES);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    await forgetful.down();
  }, 300_000);

  test('a run whose submitter is killed goes on by --resume and --queue, to the same bytes', async () => {
    const spec = everyKind((text) => text.replaceAll('"pages":4', '"pages":5'));
    const run = join(newFolder(), 'run');
    worker(server.address);
    const args = [MAIN, 'verify', '--quiet', '--queue', server.address, '--run', run, spec];
    const first = spawn(process.execPath, args, { stdio: 'ignore' });
    children.push(first);
    const killed = new Promise((resolve) => first.on('close', (_, signal) => resolve(signal)));
    await until(() => linesOf(run) >= 20);
    first.kill('SIGKILL');
    expect(await killed).toBe('SIGKILL');
    const done = linesOf(run);
    expect(done).toBeLessThan(UNITS_OF_5_PAGES + SLICES);
    const second = await cli(['verify', '--resume', run, '--queue', server.address]);
    expect(result(second)).toEqual(result(await cli(['verify', '--quiet', spec])));
    expect(linesOf(run)).toBeGreaterThanOrEqual(UNITS_OF_5_PAGES + SLICES);
  }, 300_000);

  test.each([
    ['verify', 3],
    ['worker', 0],
  ])('SIGINT ends %s also while the server answers nobody', async (command, code) => {
    const hanging = await Server.start();
    const specs = command === 'verify' ? [everyKind()] : [];
    const child = spawn(process.execPath, [MAIN, command, '--queue', hanging.address, ...specs]);
    children.push(child);
    await new Promise((resolve) => child.stderr.once('data', resolve));
    hanging.hang();
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(code);
    await hanging.down();
  });

  test('a reach search is done by two workers, one of which is killed', async () => {
    const spec = reachesAlone();
    const run = join(newFolder(), 'run');
    const [first, second] = [worker(server.address), worker(server.address)];
    const there = cli(['verify', '--quiet', '--queue', server.address, '--run', run, spec]);
    await until(() => linesOf(run) >= 10);
    first.child.kill('SIGKILL');
    const local = await cli(['verify', '--quiet', '--workers', '1', spec]);
    expect(local.stdout).toMatch(/ 2,187 .* 4,041,576 /);
    expect(result(await there)).toEqual(result(local));
    second.child.kill('SIGTERM');
    const { said } = await second.ended;
    expect(Number(/^(\d+) units? done$/m.exec(said)?.[1])).toBeGreaterThan(10);
  }, 120_000);

  test('a worker of another version refuses, and says what it found', async () => {
    const other = newFolder();
    const root = join(dirname(MAIN), '../..');
    cpSync(join(root, 'dist'), join(other, 'dist'), { recursive: true });
    for (const name of ['package.json', 'node_modules']) {
      symlinkSync(join(root, name), join(other, name));
    }
    appendFileSync(join(other, 'dist/cli/main.js'), '\n// Another version.\n');
    const waiting = spawn(process.execPath, [
      ...[MAIN, 'verify', '--queue', server.address, everyKind()],
    ]);
    children.push(waiting);
    await new Promise((resolve) => waiting.stderr.on('data', resolve));
    const { code, said } = await worker(server.address, join(other, 'dist/cli/main.js')).ended;
    expect(said).toMatch(/found work of version \w{16} alone, expected \w{16}, which this is/);
    expect(code).toBe(2);
    waiting.kill('SIGINT');
    expect(await new Promise((resolve) => waiting.on('close', resolve))).toBe(3);
  });

  test('a worker runs a module that a unit names only where it was told to', async () => {
    const dir = newFolder();
    writeFileSync(
      join(dir, 'own.mjs'),
      'export const base = "v7.1"; export default (r, k) => k.dropped("mremap", "early-count-check")(r);',
    );
    const spec = join(dir, 'spec.json');
    const text = specText((s) => {
      for (const { releases } of s.checks[0].expect) releases.splice(0, releases.length, 'own.mjs');
    });
    writeFileSync(spec, text);
    const args = ['verify', '--quiet', '--modules', spec];
    const alone = await cli(args);
    const wary = worker(server.address);
    const refused = await cli([...args, '--queue', server.address]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('own.mjs: found a module, which is code to be run');
    wary.child.kill();
    await wary.ended;
    worker(server.address, MAIN, ['--modules']);
    expect(result(await cli([...args, '--queue', server.address]))).toEqual(result(alone));
  });

  test('with nothing to do it ends when it was told to', async () => {
    const { code, said } = await worker(server.address, MAIN, ['--idle', '1']).ended;
    expect({ code, last: said.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: '0 units done',
    });
  });

  test('more workers than units wait on the queue at a time all have one', async () => {
    const { client, leave } = await connected(server.address, () => {});
    const job = { kind: 'enumerate', release: 'v6.12', invariants: [], bounds: BOUNDS } as const;
    const task = (part: number): Task => ({ job, part, parts: 3000 });
    const found = execute(task(0));
    let atOnce = 0;
    let most = 0;
    let enough: () => void = () => {};
    const many = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const done = new AbortController();
    const serving = serve(
      {
        client,
        program: 'many',
        many: 2000,
        run: async () => {
          most = Math.max(most, ++atOnce);
          if (atOnce >= 1800) enough();
          await many;
          atOnce--;
          return found;
        },
      },
      done.signal,
    );
    let taken = 0;
    await onQueue({ client, program: 'many', work: 'w' })(
      listed(
        Array.from({ length: 3000 }, (_, part) => task(part)),
        () => taken++,
      ),
      new AbortController().signal,
    );
    expect(taken).toBe(3000);
    expect(most).toBeGreaterThanOrEqual(1800);
    done.abort();
    await serving;
    leave();
  }, 120_000);

  test('a unit that is answered twice is taken once, and a failing one ends the run', async () => {
    const { client, leave } = await connected(server.address, () => {});
    const job = { kind: 'enumerate', release: 'v6.12', invariants: [], bounds: BOUNDS } as const;
    const tasks = Array.from({ length: 20 }, (_, part): Task => ({ job, part, parts: 20 }));
    const twice = new Worker<QueuedUnit>(
      unitsQueue('twice'),
      async ({ data: { run, unit, task } }) => {
        const results = new Queue(resultsQueue(run), { connection: client });
        for (const name of ['a', 'b']) {
          await results.add(name, { unit, result: execute(task) });
        }
        await results.close();
      },
      { connection: client },
    );
    const taken: number[] = [];
    const submission = { client, program: 'twice', work: 'w' };
    const { signal } = new AbortController();
    await onQueue(submission)(
      listed(tasks, (unit) => taken.push(unit)),
      signal,
    );
    expect(taken.sort((a, b) => a - b)).toEqual([...tasks.keys()]);

    const whole = { job: REACH, part: 0, parts: 1 };
    let found: TaskResult | undefined;
    const told = { merged: () => {}, done: (_: number, result: TaskResult) => (found = result) };
    await onQueue(submission)(new Todo([{ job: 0, task: whole }], [0], told), signal);
    const alone = reach(machine(release('v6.12')), REACH.bounds, [limitHeld]);
    expect(found).toEqual({ kind: 'reach', found: alone });
    await twice.close();

    const failing = new Worker(
      unitsQueue('failing'),
      () => Promise.reject(new Error('out of luck')),
      { connection: client },
    );
    await expect(
      onQueue({ ...submission, program: 'failing' })(
        listed(tasks, () => {}),
        signal,
      ),
    ).rejects.toThrow('a worker gave up a unit: out of luck');
    await failing.close();
    leave();
  });

  const tasksOf = (parts: number): Task[] => {
    const job = { kind: 'enumerate', release: 'v6.12', invariants: [], bounds: BOUNDS } as const;
    return Array.from({ length: parts }, (_, part) => ({ job, part, parts }));
  };

  test('who waits says so anew at every look, says how many workers there are where that changes, and leaves nothing', async () => {
    const { client, leave } = await connected(server.address, () => {});
    const others = new Set(await client.keys(`${RUN_KEY}*`));
    const workers: number[] = [];
    const submission = { client, program: 'waits', work: 'w' };
    const told = { ...submission, onWorkers: (many: number) => workers.push(many) };
    const over = new AbortController();
    const waiting = onQueue(told)(
      listed(tasksOf(3), () => {}),
      over.signal,
    );
    const own = async (): Promise<string[]> =>
      (await client.keys(`${RUN_KEY}*`)).filter((key) => !others.has(key));
    while ((await own()).length === 0) await pause(20);
    const [key = ''] = await own();
    const run = key.slice(RUN_KEY.length);
    await client.pexpire(key, 2500);
    await pause(3000);
    expect(await client.exists(key)).toBe(1);
    expect(workers).toEqual([0]);
    over.abort();
    await waiting;
    expect(await client.keys(`*${run}*`)).toEqual([]);
    leave();
  });

  test('a unit that nobody waits for any more when it is done leaves no result', async () => {
    const { client, leave } = await connected(server.address, () => {});
    const [task] = tasksOf(1) as [Task];
    const units = new Queue<QueuedUnit>(unitsQueue('given-up'), { connection: client });
    await client.set(runKey('gone'), 'given-up');
    await units.add('unit', { program: 'given-up', work: 'w', run: 'gone', unit: 0, task });
    const over = new AbortController();
    const run = async (): Promise<TaskResult> => {
      await client.del(runKey('gone'));
      setTimeout(() => over.abort(), 100);
      return execute(task);
    };
    const service = { client, program: 'given-up', many: 1, run };
    expect(await serve(service, over.signal)).toBe(0);
    expect(await client.keys(`${resultsQueue('gone')}*`)).toEqual([]);
    await units.close();
    leave();
  });

  test('a worker that waits refuses when there comes to be work of another version alone', async () => {
    // Others leave keys on theirs for a while.
    const fresh = await Server.start();
    const { client, leave } = await connected(fresh.address, () => {});
    const now = performance.now.bind(performance);
    let ahead = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead);
    const run = (): Promise<TaskResult> => Promise.reject(new Error('there is no unit'));
    const over = new AbortController();
    const serving = serve({ client, program: 'waiting', many: 1, run }, over.signal);
    await pause(300);
    await client.set(runKey('other'), 'newer');
    // It looks once it has waited for ten seconds.
    ahead = 11_000;
    const giveUp = setTimeout(() => over.abort(), 10_000);
    await expect(serving).rejects.toThrow('found work of version newer alone, expected waiting');
    clearTimeout(giveUp);
    clock.mockRestore();
    leave();
    await fresh.down();
  });

  test('a unit that was given up ends its run, also where units of others were since', async () => {
    const { client, leave } = await connected(server.address, () => {});
    const units = new Queue<QueuedUnit>(unitsQueue('unlucky'), { connection: client });
    const [task] = tasksOf(1) as [Task];
    const failing = new Worker<QueuedUnit>(
      unitsQueue('unlucky'),
      async ({ data: { run } }) => {
        if (run === 'another') throw new Error('that of another');
        await pause(1000);
        const other = { program: 'unlucky', work: 'w', run: 'another', unit: 0, task };
        await units.add('unit', other);
        throw new Error('out of luck');
      },
      { connection: client },
    );
    const submission = { client, program: 'unlucky', work: 'w' };
    const giveUp = AbortSignal.timeout(20_000);
    await expect(
      onQueue(submission)(
        listed([task], () => {}),
        giveUp,
      ),
    ).rejects.toThrow('a worker gave up a unit: out of luck');
    await failing.close();
    await units.close();
    leave();
  });
});

const BOUNDS = {
  pages: 2,
  classes: [{ kind: 'anon', prot: 'rw', populated: false }],
  vmas: 2,
  identities: 1,
  displacements: [0],
  limits: [0, 2],
  mremap: { flags: [[]], lengths: 'any', destinations: 'any' },
} as const;

const REACH = {
  kind: 'reach',
  release: 'v6.12',
  invariants: ['limit-held'],
  bounds: {
    pages: 5,
    limit: 4,
    mmapCap: 4,
    classes: [
      { kind: 'anon', prot: 'r', populated: false },
      { kind: 'anon', prot: 'rw', populated: false },
    ],
    calls: ['mmap', 'munmap', 'mremap'],
    mremap: { flags: [[], ['MAYMOVE', 'FIXED']], lengths: 'any', destinations: 'fits' },
    maxStates: 10_000,
  },
} as const;

describe('the address of a queue', () => {
  test('of the environment is that for this tool, where there is one', () => {
    const [own, shared] = ['redis://own:1', 'redis://shared:1'];
    const of = (variable: string): string =>
      queueAddress('env', { MREMAP_CHECK_QUEUE: variable, REDIS_URL: shared });
    expect([of(own), of('')]).toEqual([own, shared]);
  });

  test.each<[string, () => string, Record<string, string>, RegExp]>([
    [
      'a password on the command line',
      () => 'redis://:secret@localhost:1',
      {},
      /a password on the command line/,
    ],
    [
      'no address in the environment',
      () => 'env',
      { MREMAP_CHECK_QUEUE: '', REDIS_URL: '' },
      /found neither/,
    ],
    [
      'no address in the variable',
      () => 'env',
      { MREMAP_CHECK_QUEUE: 'secret' },
      /no address in MREMAP_CHECK_QUEUE/,
    ],
    ['a file that is not there', () => '/nowhere', {}, /\/nowhere: cannot be read \(ENOENT\)/],
    ['an empty name', () => '', {}, /found no address in --queue/],
    ['an address of something else', () => 'http://:secret@x', {}, /found no address in --queue/],
    ['a file without an address', () => fileWith('q', 'secret'), {}, /found no address in .*\/q/],
    [
      'nobody there',
      () => 'redis://127.0.0.1:1',
      {},
      /redis:\/\/127\.0\.0\.1:1: cannot be reached \(.*ECONNREFUSED/,
    ],
    [
      'nobody there, from a file with a password',
      () => fileWith('q', 'redis://:secret@127.0.0.1:1\n'),
      {},
      /redis:\/\/127\.0\.0\.1:1: cannot be reached/,
    ],
  ])('%s is refused', async (_, given, env, message) => {
    for (const command of [['verify'], ['worker']]) {
      const { code, stdout, stderr } = await cli([...command, '--queue', given()], { env });
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain('secret');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    }
  });

  test.skipIf(NO_SERVER !== undefined)(
    'a password of the environment lets in, a wrong one does not',
    async () => {
      const server = await Server.start(() => ['--requirepass', 'secret']);
      const at = `127.0.0.1:${server.port}`;
      const right = { MREMAP_CHECK_QUEUE: `redis://:secret@${at}` };
      const wrong = { MREMAP_CHECK_QUEUE: `redis://:guess@${at}` };
      expect((await cli(['worker', '--queue', 'env', '--idle', '1'], { env: right })).code).toBe(0);
      for (const args of [['env'], [server.address]]) {
        const { code, stderr } = await cli(['worker', '--queue', ...args], { env: wrong });
        expect(stderr).toMatch(/cannot be reached \((WRONGPASS|NOAUTH|ERR)/);
        expect(stderr).not.toContain('guess');
        expect(code).toBe(2);
      }
      await server.down();
    },
  );

  test.skipIf(NO_SERVER !== undefined || NO_OPENSSL)(
    'rediss: speaks TLS, with a server whose certificate is known and no other',
    async () => {
      const [key, cert] = selfSigned();
      const tls = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
      const server = await Server.start((port) => [
        ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
        ...tls,
      ]);
      const args = ['worker', '--queue', `rediss://127.0.0.1:${server.port}`, '--idle', '1'];
      const known = await cli(args, { env: { NODE_EXTRA_CA_CERTS: cert } });
      expect(known).toMatchObject({ code: 0, stdout: '0 units done\n' });
      const unknown = await cli(args);
      expect(unknown.stderr).toMatch(/cannot be reached \(.*certificate/);
      expect(unknown.code).toBe(2);
      await server.down();
    },
  );
});

/** A key and a certificate of this machine for itself. */
function selfSigned(): [key: string, cert: string] {
  const dir = newFolder();
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
  ]);
  expect(made.status, made.stderr.toString()).toBe(0);
  return [key, cert];
}
