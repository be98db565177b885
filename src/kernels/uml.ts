import { readFileSync } from 'node:fs';
import type { Kernel } from '../conformance/kernel.js';
import { bootFirst, openGuest } from './guest.js';
import type { GuestFolder } from './guest-folder.js';
import type { Limits } from './live.js';
import type { ProbeCommand } from './probe-process.js';

/** As Debian has it, and the package that it is in. */
export const UML = 'linux.uml';
export const UML_PACKAGE = 'user-mode-linux';

/** Arguments for a guest whose first serial line is stdin and stdout; `init` goes to its first program. */
export const umlArguments = (
  { path, initramfs }: GuestFolder,
  init: readonly string[],
): string[] => [
  'mem=128M',
  `initrd=${initramfs}`,
  // The first program has a serial line to itself; the console is for the kernel, and shown if it fails.
  'ssl0=fd:0,fd:1',
  'con=null',
  'con0=null,fd:2',
  'loglevel=5',
  'panic=-1',
  'umid=guest',
  `uml_dir=${path}`,
  ...init,
];

/** Which registers a guest may be offered, in the order to try: not all of them, or all. */
type Registers = 'basic' | 'all';

/** 6.1 has no room for the state of a processor with AMX; others have, and may have no use for less. */
const registersToTry = (): readonly [Registers, ...Registers[]] =>
  /^flags\b.* amx_tile\b/m.test(readFileSync('/proc/cpuinfo', 'utf8')) ? ['basic', 'all'] : ['all'];

/** A kernel built for ARCH=um, which runs as a process; throws KernelFailed. */
export function openUml(
  program: string = UML,
  limits: Limits = 'sysctl',
  signal?: AbortSignal,
  registers = registersToTry(),
): Promise<Kernel> {
  const name = program === UML ? 'uml' : `uml:${program}`;
  const command = (folder: GuestFolder, offered: Registers): Omit<ProbeCommand, 'console'> => ({
    what: `the guest of ${name}`,
    program,
    args: umlArguments(folder, [limits]),
    env: { ...process.env, TMPDIR: folder.path },
    hidesXsave: offered === 'basic',
    install: `install the package ${UML_PACKAGE}`,
    inFlight: 2000,
    patience: { start: 30, answer: 20 },
  });
  const boot = (offered: Registers): Promise<Kernel> =>
    openGuest(name, (folder) => command(folder, offered), signal);
  return bootFirst(registers, boot, signal);
}
