import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { built } from '../../src/kernels/build.js';
import { cpio } from '../../src/kernels/cpio.js';
import { GuestFolder } from '../../src/kernels/guest-folder.js';
import { programFile } from '../../src/kernels/programs.js';
import { QEMU, qemuArguments } from '../../src/kernels/qemu.js';
import { UML, umlArguments } from '../../src/kernels/uml.js';
import { newFolder } from '../support/new-folder.js';

/** How a reproducer ended on a kernel: exit code 0, 1 and 4. */
export type Result = 'ok' | 'not ok' | 'skip' | 'broke down';

export interface Results {
  readonly root: Result;
  readonly nobody: Result;
  /** What it printed as root. */
  readonly text: string;
}

const NAMES: Readonly<Record<number, Result>> = { 0: 'ok', 1: 'not ok', 4: 'skip' };

const COMPILE = ['-O1', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-static', '-s'];

/** A C file as a static program; throws with what the compiler says, also of warnings. */
function compiled(source: string): Buffer {
  const folder = newFolder();
  try {
    const [file, program] = [join(folder, 'one.c'), join(folder, 'one')];
    writeFileSync(file, source);
    const { status, stderr } = spawnSync('cc', [...COMPILE, '-o', program, file], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return readFileSync(program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const INIT = fileURLToPath(new URL('init.c', import.meta.url));

/** The first file system of a guest that runs programs, by their names. */
export const archive = (sources: ReadonlyMap<string, string>): Buffer =>
  cpio([
    { path: 'proc', folder: true },
    { path: 't', folder: true },
    { path: 'dev', folder: true },
    { path: 'dev/console', device: [5, 1] },
    { path: 'dev/ttyS0', device: [4, 64] },
    { path: 'init', program: compiled(readFileSync(INIT, 'utf8')) },
    ...[...sources].map(([name, source]) => ({ path: `t/${name}`, program: compiled(source) })),
  ]);

/** Runs a guest to the end of its programs and gives what it says on its serial line. */
function said(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  seconds: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // The guard ends all that the guest has started when its pipe is closed; -x is for user-mode Linux.
    const child = spawn(built('guard'), ['-x', program, ...args], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
      env,
    });
    let text = '';
    let errors = '';
    const end = (): void => void (child.stdio[3] as NodeJS.WritableStream).end();
    const alarm = setTimeout(end, seconds * 1000);
    for (const pipe of [child.stdin, child.stdio[3]]) pipe?.on('error', () => {});
    child.stdout?.setEncoding('latin1').on('data', (part: string) => {
      text += part;
      if (/^== end /m.test(text)) end();
    });
    child.stderr?.setEncoding('latin1').on('data', (part: string) => {
      errors = (errors + part).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(alarm);
      if (/^== end /m.test(text)) resolve(text.replaceAll('\r', ''));
      else reject(new Error(`the guest did not come to its end:\n${text.slice(-2000)}\n${errors}`));
    });
  });
}

/** What the lines of a guest say of each program. */
function resultsIn(text: string): Map<string, Results> {
  const results = new Map<string, Results>();
  const parts = text.split(/^== (root|nobody) (\S+) (\d+)\n/m);
  for (let i = 0; i + 3 < parts.length; i += 4) {
    const [output, user, name, code] = parts.slice(i, i + 4) as [
      string,
      'root' | 'nobody',
      string,
      string,
    ];
    const known = results.get(name) ?? { root: 'broke down', nobody: 'broke down', text: '' };
    const result = NAMES[Number(code)] ?? 'broke down';
    results.set(name, { ...known, [user]: result, ...(user === 'root' ? { text: output } : {}) });
  }
  return results;
}

/** For the programs, which have a C library: a fault clears the registers of AVX where the guard hides XSAVE. */
const NO_AVX = 'GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-AVX512VL,-AVX512BW';

/** Runs programs on user-mode Linux (`uml`) or on a kernel image under QEMU. */
export async function runGuest(kernel: string, initramfs: Buffer): Promise<Map<string, Results>> {
  const folder = new GuestFolder(initramfs);
  try {
    const isUml = kernel === 'uml';
    const program = programFile(isUml ? UML : QEMU);
    if (program === undefined) throw new Error(`no program to run ${kernel} with`);
    const args = isUml ? umlArguments(folder, [NO_AVX]) : qemuArguments(kernel, 'tcg', folder);
    // Dozens of static programs, packed and unpacked.
    const roomy = args.map((arg) =>
      arg === 'mem=128M' ? 'mem=512M' : arg === '256' ? '768' : arg,
    );
    const env = isUml ? { ...process.env, TMPDIR: folder.path } : process.env;
    return resultsIn(await said(program, roomy, env, isUml ? 120 : 600));
  } finally {
    folder.remove();
  }
}
