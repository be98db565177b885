import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { KernelDied, KernelFailed } from '../../src/conformance/failed.js';
import { parseScenario } from '../../src/conformance/scenario.js';
import { built } from '../../src/kernels/build.js';
import { cacheFolder } from '../../src/kernels/cache.js';
import { bootFirst } from '../../src/kernels/guest.js';
import { openKernel } from '../../src/kernels/open.js';
import { type ProbeCommand, ProbeProcess } from '../../src/kernels/probe-process.js';
import { openImage } from '../../src/kernels/qemu.js';
import { restartable } from '../../src/kernels/restartable.js';
import { openUml } from '../../src/kernels/uml.js';
import { requestLine } from '../../src/kernels/wire.js';
import { newFolder } from '../support/new-folder.js';
import { bzImage, GREETING, script } from './fakes.js';

const one = parseScenario(
  '{"id":"one","pages":1,"headroom":0,"setup":[],"calls":[{"call":"munmap","addr":0,"len":1}]}',
  'test',
);
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const ANSWER = '@0 |;0 0 0 0 0 =';

function probe(file: string, more: Partial<ProbeCommand> = {}): ProbeProcess {
  return new ProbeProcess({
    what: 'the guest',
    program: file,
    args: [],
    install: 'install it',
    inFlight: 2000,
    patience: { start: 0.5, answer: 0.5 },
    ...more,
  });
}

/** Waits for something for at most three seconds. */
async function soon(is: () => boolean): Promise<boolean> {
  for (let i = 0; i < 60 && !is(); i++) await sleep(50);
  return is();
}

function isAlive(pid: number): boolean {
  // A zombie has ended; it waits for a parent that may not care.
  return (
    existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  );
}

const guestFolders = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`mremap-check-guest-${process.pid}-`));

/** What a probe that greets and then fails is reported as, when asked something. */
async function complaint(file: string, more: Partial<ProbeCommand> = {}): Promise<string> {
  const asked = probe(file, more);
  try {
    await asked.greeting();
    await asked.ask([one]);
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(KernelFailed);
    return (error as KernelFailed).message;
  } finally {
    await asked.close();
  }
}

afterEach(() => vi.unstubAllEnvs());

describe('a guest', () => {
  test('that works answers, among lines that are not for us', async () => {
    const file = script(
      'fine',
      'echo "SeaBIOS"; echo; echo "[ 0.1] noise"',
      `echo "${GREETING}"`,
      'read line; echo "[ 1.0] more noise"',
      `echo "${ANSWER}"; read line`,
    );
    expect(await complaint(file)).toBe('none');
  });

  test('is not taken at its word for a scenario that it was not asked', async () => {
    const file = script(
      'stray',
      `echo "${GREETING}"`,
      `read line; echo "@7 |;-12 0 0 0 0 ="; echo "${ANSWER}"; read line`,
    );
    const asked = probe(file);
    await asked.greeting();
    expect(await asked.ask([one])).toEqual([ANSWER]);
    await asked.close();
  });

  test('may take its time for each of some scenarios', async () => {
    const answer = (id: number): string => `read line; sleep 0.8; echo "@${id} |;0 0 0 0 0 ="`;
    const file = script('slow', `echo "${GREETING}"`, answer(0), answer(1), answer(2), 'read line');
    const asked = probe(file, { patience: { start: 2, answer: 2 } });
    await asked.greeting();
    expect(await asked.ask([one, one, one])).toHaveLength(3);
    await asked.close();
  });

  test('is asked no more at a time than its serial line takes', async () => {
    const said = join(newFolder(), 'said');
    const file = script(
      'narrow',
      `echo "${GREETING}"; read a; read b; echo "@0 |;0 0 0 0 0 ="; read c`,
      // There is room for as much as was answered, and no more: nothing comes until there is another answer.
      `timeout 1 head -n 1 >${said}`,
      `for id in 1 2 3 4; do echo "@$id |;0 0 0 0 0 ="; done; read line`,
    );
    const line = requestLine(0, one).length;
    const asked = probe(file, { inFlight: 2 * line, patience: { start: 5, answer: 5 } });
    await asked.greeting();
    expect(await asked.ask(Array(5).fill(one))).toHaveLength(5);
    expect(readFileSync(said, 'utf8')).toBe('');
    await asked.close();
  });

  test('that fails in two ways is reported with the first', async () => {
    const asked = probe(script('gives-up', `echo "${GREETING}"`, 'read line; echo "!fork 11"'));
    await asked.greeting();
    const first = await asked.ask([one]).catch((error: unknown) => error);
    await sleep(300);
    const again = await asked.ask([one]).catch((error: unknown) => error);
    for (const failure of [first, again]) {
      expect((failure as Error).message).toContain('it cannot make a process (errno 11)');
    }
    await asked.close();
  });

  test('that prints nothing is given up', async () => {
    expect(await complaint(script('mute', 'sleep 100'))).toBe('the guest said nothing for 0.5 s');
  });

  test('that stops answering is given up, with the scenario and what it complained of behind its start', async () => {
    const file = script('stuck', `echo "${GREETING}"`, 'sleep 100');
    let shown = 'boot\n[ 0.1] WARNING: of the start\n';
    const console = () => {
      const now = shown;
      shown = `${now}[ 1.0] noise\n[ 2.0] watchdog: BUG: soft lockup\n[ 2.1] CPU: 0\n`;
      return now;
    };
    expect(await complaint(file, { console })).toBe(
      'the guest gave no answer for 0.5 s, in scenario one; it said:\n' +
        '  [ 2.0] watchdog: BUG: soft lockup\n  [ 2.1] CPU: 0',
    );
  });

  test('that panics and ends is reported with its last words', async () => {
    const file = script('panics', `echo "${GREETING}"`, 'read line', 'echo "Kernel panic" >&2');
    expect(await complaint(file)).toBe(
      'the guest ended, in scenario one (exit code 0); it said:\n  Kernel panic',
    );
  });

  test('that is killed is reported with the signal', async () => {
    const file = script('killed', `echo "${GREETING}"`, 'read line', 'kill -KILL $$');
    expect(await complaint(file)).toBe('the guest ended, in scenario one (signal 9)');
  });

  test('whose probe gives up is reported with the reason', async () => {
    expect(await complaint(script('gives-up', 'echo "!open 2"; sleep 100'))).toBe(
      'the guest cannot run scenarios: it cannot open a file of /proc (errno 2)',
    );
  });

  test('whose probe gives up in a scenario has died of it', async () => {
    const asked = probe(script('gives-up', `echo "${GREETING}"`, 'read line; echo "!fork 11"'));
    await asked.greeting();
    const message =
      'the guest cannot run scenarios: it cannot make a process (errno 11), in scenario one';
    await expect(asked.ask([one])).rejects.toEqual(new KernelDied(message, [one]));
    await asked.close();
  });

  test('that failed once is not asked again', async () => {
    const asked = probe(script('mute', 'sleep 100'));
    await expect(asked.greeting()).rejects.toThrow('said nothing');
    await expect(asked.ask([one])).rejects.toThrow('said nothing');
    await asked.close();
  });

  test('that ends behind an answer is missed at the next scenario', async () => {
    const asked = probe(
      script('late', `echo "${GREETING}"`, 'read line', `echo "${ANSWER}"`, 'echo "panic" >&2'),
    );
    await asked.greeting();
    expect(await asked.ask([one])).toEqual([ANSWER]);
    await sleep(200);
    const missed = asked.ask([one]).catch((error: unknown) => error);
    expect(await missed).toMatchObject({
      name: 'KernelDied',
      message: 'the guest ended (exit code 0); the last that it said:\n  panic',
      scenarios: [one],
    });
    await asked.close();
  });

  test.each([
    ['ends', 'echo "Kernel panic - not syncing" >&2', 'ended', ' (exit code 0)'],
    ['hangs', 'sleep 100', 'gave no answer for 0.5 s', ''],
    [
      'complains',
      'echo "[ 3.0] BUG: Bad rss-counter state" >&2; echo "@1 e"; sleep 100',
      'complained',
      '',
    ],
  ])(
    'that %s when the process ends that ran scenarios has not survived these',
    async (name, end, what, how) => {
      const file = script(
        name,
        `echo "${GREETING}"`,
        'read line',
        `echo "${ANSWER}"`,
        'read line',
        end,
      );
      const asked = probe(file, { console: () => '' });
      await asked.greeting();
      const missed = await asked.ask([one]).catch((error: unknown) => error);
      expect(missed).toMatchObject({ name: 'KernelDied', scenarios: [one] });
      expect((missed as Error).message.split(';')[0]).toBe(
        `the guest ${what}, behind scenario one${how}`,
      );
      await asked.close();
    },
  );

  test('is asked for the end of that process, and says when it has', async () => {
    const asks = join(newFolder(), 'asks');
    const file = script(
      'obeys',
      `echo "${GREETING}"`,
      `for answer in "${ANSWER}" "@1 e"; do read line; echo "$line" >>${asks}; echo "$answer"; done`,
      'read line',
    );
    const asked = probe(file, { console: () => '' });
    await asked.greeting();
    expect(await asked.ask([one])).toEqual([ANSWER]);
    await asked.close();
    expect(readFileSync(asks, 'utf8').split('\n')[1]).toBe('1 0 0 0 0');
  });

  test('is ended by close, with all that it has started', async () => {
    const pids = join(newFolder(), 'pids');
    const file = script(
      'family',
      `sleep 100 & echo $! >>${pids}`,
      `setsid sleep 100 & echo $! >>${pids}`,
      `echo $$ >>${pids}`,
      `echo "${GREETING}"; wait`,
    );
    const asked = probe(file);
    await asked.greeting();
    const [inGroup, ownSession, itself] = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect([inGroup, ownSession, itself].map((pid) => isAlive(pid as number))).toEqual([
      true,
      true,
      true,
    ]);
    await asked.close();
    expect(isAlive(itself as number)).toBe(false);
    expect(isAlive(inGroup as number)).toBe(false);
    expect(isAlive(ownSession as number)).toBe(false);
  });
});

describe('the guard', () => {
  /** Stops a child of its own, and says how it fares with two forms of its registers. */
  const tracer = `
    #include <elf.h>
    #include <errno.h>
    #include <signal.h>
    #include <stdio.h>
    #include <sys/ptrace.h>
    #include <sys/uio.h>
    #include <sys/wait.h>
    #include <unistd.h>
    static char room[1 << 16];
    static int get(int pid, long form)
    {
      struct iovec to = { room, sizeof room };
      return ptrace(PTRACE_GETREGSET, pid, form, &to) == 0 ? 0 : errno;
    }
    int main(void)
    {
      int pid = fork();
      if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        return 0;
      }
      waitpid(pid, 0, 0);
      printf("%d %d", get(pid, NT_X86_XSTATE), get(pid, NT_PRFPREG));
      kill(pid, SIGKILL);
      return 0;
    }`;
  const folder = newFolder();
  writeFileSync(join(folder, 'tracer.c'), tracer);

  async function told(...options: readonly string[]): Promise<string> {
    const guard = spawn(built('guard'), [...options, join(folder, 'tracer')], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    let said = '';
    guard.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    expect(await new Promise((resolve) => guard.on('close', resolve))).toBe(0);
    return said;
  }

  test('hides the XSAVE form of registers from a tracer, and no other', async ({ skip }) => {
    execFileSync('cc', ['-o', join(folder, 'tracer'), join(folder, 'tracer.c')]);
    skip((await told()) !== '0 0', 'this machine has none, or lets nobody trace');
    expect(await told('-x')).toBe('19 0');
  });
});

test('when the tool itself is killed, what it runs ends', async () => {
  const args = ['conform', '--kernel', 'live', '--random', '1000000', '--seed', '1', '--quiet'];
  const tool = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' });
  onTestFinished(() => void tool.kill('SIGKILL'));
  const childrenOf = (pid = 0): number[] =>
    pid === 0
      ? []
      : readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  expect(await soon(() => childrenOf(childrenOf(tool.pid)[0]).some((pid) => pid > 0))).toBe(true);
  const guard = childrenOf(tool.pid)[0] as number;
  const all = [guard, ...childrenOf(guard)];
  expect(all.every(isAlive)).toBe(true);
  tool.kill('SIGKILL');
  expect(await soon(() => !all.some(isAlive))).toBe(true);
});

describe('what is missing is named with its package', () => {
  test('a compiler', () => {
    vi.stubEnv('XDG_CACHE_HOME', newFolder());
    vi.stubEnv('PATH', newFolder());
    expect(() => built('probe')).toThrow(KernelFailed);
    expect(() => built('probe')).toThrow('install the package gcc');
    expect(readdirSync(join(process.env['XDG_CACHE_HOME'] ?? '', 'mremap-check'))).toEqual([]);
  });

  test('a compiler that works', () => {
    const broken = script('cc', 'echo "cc: out of order" >&2; exit 1');
    vi.stubEnv('XDG_CACHE_HOME', newFolder());
    vi.stubEnv('PATH', `${join(broken, '..')}:${process.env['PATH']}`);
    expect(() => built('guard')).toThrow('it says:\ncc: out of order');
    expect(readdirSync(join(process.env['XDG_CACHE_HOME'] ?? '', 'mremap-check'))).toEqual([]);
  });

  test('a cache that can be written to', () => {
    vi.stubEnv('XDG_CACHE_HOME', '/dev/null');
    expect(() => built('probe')).toThrow('/dev/null/mremap-check: cannot be written to (ENOTDIR)');
  });

  test('a cache that is meant: a path that is not absolute is none (XDG Base Directory)', () => {
    vi.stubEnv('XDG_CACHE_HOME', 'cache');
    expect(cacheFolder()).toBe(join(homedir(), '.cache/mremap-check'));
    vi.stubEnv('XDG_CACHE_HOME', '/var/cache');
    expect(cacheFolder()).toBe('/var/cache/mremap-check');
  });

  test('an emulator, and user-mode Linux', async () => {
    const image = join(newFolder(), 'vmlinuz');
    writeFileSync(image, bzImage('6.12.1 (who) #1 SMP'));
    built('probe');
    built('guard');
    vi.stubEnv('PATH', newFolder());
    await expect(openImage(image)).rejects.toThrow('install the package qemu-system-x86');
    await expect(openUml()).rejects.toThrow('install the package user-mode-linux');
    expect(guestFolders()).toEqual([]);
  });
});

describe('user-mode Linux', () => {
  test('that does not start with some registers is tried with all', async () => {
    const starts = join(newFolder(), 'starts');
    const dies = `echo >>${starts}; [ $(wc -l <${starts}) -gt 2 ] || exit 1`;
    const program = script('linux', dies, `echo "${GREETING}"; read line`);
    await expect(openUml(program, undefined, undefined, ['basic'])).rejects.toThrow('ended');
    const kernel = await openUml(program, undefined, undefined, ['basic', 'all']);
    expect(kernel.version).toBe('9.9.9');
    await kernel.close();
    expect(guestFolders()).toEqual([]);
  });
});

test('a guest that may not lock memory has no outcome of what locks some, in the set-up or behind it', async () => {
  const program = script('linux', 'echo "#1 0 1 65530 9.9.9 #1 fake"; read line');
  const kernel = await openUml(program, undefined, undefined, ['all']);
  const lock = { call: 'mlock', addr: 0, len: 1 };
  for (const [setup, calls] of [
    [[lock], []],
    [[], [lock]],
  ]) {
    const text = JSON.stringify({ id: 'locks', pages: 1, headroom: 0, setup, calls });
    expect(await kernel.run([parseScenario(text, 'test')])).toEqual([
      { id: 'locks', cannotSetUp: expect.stringContaining('it locks memory') },
    ]);
  }
  await kernel.close();
});

test('another way to boot is tried where a guest does not start, and for no other fault', async () => {
  const tried: string[] = [];
  const opening = (fault: Error) =>
    bootFirst(
      ['kvm', 'tcg'],
      async (way) => {
        tried.push(way);
        throw fault;
      },
      undefined,
    );
  await expect(opening(new KernelFailed('it does not start'))).rejects.toThrow('not start');
  expect(tried.splice(0)).toEqual(['kvm', 'tcg']);
  await expect(opening(new TypeError('of our own'))).rejects.toThrow('of our own');
  expect(tried).toEqual(['kvm']);
});

describe('a guest under QEMU', () => {
  const image = join(newFolder(), 'vmlinuz');
  writeFileSync(image, bzImage('9.9.9 (who) #1 SMP'));

  /** The script finds its accelerator in $2 and the file of its console in $console. */
  function qemu(...lines: readonly string[]): void {
    const find =
      'for word; do case $word in file:*) console=$(echo "$word" | cut -c6-) ;; esac; done';
    const file = script('qemu-system-x86_64', find, ...lines);
    vi.stubEnv('PATH', `${join(file, '..')}:${process.env['PATH']}`);
  }

  test('is tried again without KVM where that does not work', async () => {
    qemu(
      `[ "$2" = tcg ] || exit 1`,
      `echo "${GREETING}"; read line; echo "${ANSWER}"; read line; echo "@1 e"; read line`,
    );
    const kernel = await openImage(image, undefined, ['kvm', 'tcg']);
    expect(kernel).toMatchObject({ name: image, version: '9.9.9', hides: [] });
    expect(await kernel.run([one])).toMatchObject([{ id: 'one', steps: [{ result: { ok: 0 } }] }]);
    await kernel.close();
    expect(guestFolders()).toEqual([]);
  });

  test('is not waited for where KVM says that it stands still', async () => {
    const halts = '{ echo "KVM internal error. Suberror: 1" >&2; exec sleep 100; }';
    qemu(`[ "$2" = tcg ] || ${halts}`, `echo "${GREETING}"; read line`);
    await expect(openImage(image, undefined, ['kvm'])).rejects.toThrow(
      `the guest of ${image} (QEMU, kvm) halted; the last that it said:\n  KVM internal error.`,
    );
    const kernel = await openImage(image, undefined, ['kvm', 'tcg']);
    expect(kernel.version).toBe('9.9.9');
    await kernel.close();
    expect(guestFolders()).toEqual([]);
  });

  test('that panics is reported with its console, and leaves nothing', async () => {
    qemu('echo "[ 0.8] Kernel panic - not syncing: no init" >"$console"');
    await expect(openImage(image, undefined, ['tcg'])).rejects.toThrow(
      `the guest of ${image} (QEMU, tcg) ended (exit code 0); it said:\n  [ 0.8] Kernel panic`,
    );
    expect(guestFolders()).toEqual([]);
  });
});

describe('a boot that is interrupted', () => {
  const image = join(newFolder(), 'vmlinuz');
  writeFileSync(image, bzImage('9.9.9 (who) #1 SMP'));

  /** QEMU that greets the first so many times, and hangs from then on; returns where it notes each start. */
  function hangingAfter(greets: number): string {
    const starts = join(newFolder(), 'starts');
    const count = `echo "$2" >>${starts}; [ $(wc -l <${starts}) -le ${greets} ] || exec sleep 100`;
    const file = script('qemu-system-x86_64', count, `echo "${GREETING}"; read line`);
    vi.stubEnv('PATH', `${join(file, '..')}:${process.env['PATH']}`);
    return starts;
  }

  const linesOf = (file: string) =>
    (existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n');

  test('ends, is not tried otherwise, and leaves nothing', async () => {
    const starts = hangingAfter(0);
    const interruption = new AbortController();
    const opening = openImage(image, interruption.signal, ['kvm', 'tcg']);
    opening.catch(() => {});
    expect(await soon(() => linesOf(starts).length > 1)).toBe(true);
    interruption.abort();
    await expect(opening).rejects.toThrow(`the guest of ${image} (QEMU, kvm) was stopped`);
    expect(linesOf(starts)).toEqual(['kvm', '']);
    expect(guestFolders()).toEqual([]);
  });

  test('is not begun after the interruption', async () => {
    const starts = hangingAfter(0);
    await expect(openImage(image, AbortSignal.abort(), ['tcg'])).rejects.toThrow('was stopped');
    expect(linesOf(starts)).toEqual(['']);
    expect(guestFolders()).toEqual([]);
  });

  test('and is one of a kernel that died leaves it stopped', async () => {
    const starts = hangingAfter(1);
    const interruption = new AbortController();
    const kernel = await restartable(
      (signal) => openImage(image, signal, ['tcg']),
      interruption.signal,
    );
    const restarted = kernel.restart?.(interruption.signal);
    expect(await soon(() => linesOf(starts).length > 2)).toBe(true);
    interruption.abort();
    await restarted;
    await kernel.close();
    expect(guestFolders()).toEqual([]);
  });

  test('ends the command, which says so', async () => {
    const starts = hangingAfter(0);
    const args = ['conform', '--kernel', image, '--random', '10', '--seed', '1'];
    const tool = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void tool.kill('SIGKILL'));
    let said = '';
    tool.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = new Promise((resolve) => tool.on('close', resolve));
    expect(await soon(() => linesOf(starts).length > 1)).toBe(true);
    tool.kill('SIGINT');
    expect(await ended).toBe(3);
    expect(said).toContain('was stopped');
  });
});

test('a name that is no kernel is bad input', async () => {
  await expect(openKernel('/nonexistent')).rejects.toThrow('/nonexistent: no such file');
});
