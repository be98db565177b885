import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import type { Kernel } from '../conformance/kernel.js';
import { bootFirst, openGuest } from './guest.js';
import type { GuestFolder } from './guest-folder.js';
import { imageVersion } from './image.js';
import type { ProbeCommand } from './probe-process.js';

export const QEMU = 'qemu-system-x86_64';
/** Debian's name of the package that has it. */
export const QEMU_PACKAGE = 'qemu-system-x86';

type Accelerator = 'kvm' | 'tcg';

/** Seconds. KVM may open and yet stall: who has not spoken by then is tried without it. */
const PATIENCE = {
  kvm: { start: 12, answer: 20 },
  tcg: { start: 120, answer: 60 },
} as const satisfies Record<Accelerator, ProbeCommand['patience']>;

/**
 * Without cmpxchg16b: QEMU 7.2 emulates it in such a way that an interrupt behind it may corrupt flags and
 * registers, of which kernels die in their slab allocator, one boot in a few dozen.
 */
const CPU = { kvm: 'host', tcg: 'qemu64,-cx16' } as const satisfies Record<Accelerator, string>;

const COMMAND_LINE = [
  'console=ttyS1',
  // Warnings too: they end the guest, and say why.
  'loglevel=5',
  'panic=-1',
  'oops=panic',
  // Emulation is slow enough; none of these changes what mremap() does.
  'mitigations=off',
  'nokaslr',
  'audit=0',
].join(' ');

/** Arguments for a guest whose first serial line is stdin and stdout. */
export const qemuArguments = (
  image: string,
  accelerator: Accelerator,
  { initramfs, console }: GuestFolder,
): string[] => [
  ...['-accel', accelerator, '-cpu', CPU[accelerator]],
  ...['-m', '256', '-smp', '1', '-nodefaults', '-display', 'none', '-no-reboot'],
  // The first program has the first serial line to itself, the kernel writes to the second.
  ...['-serial', 'stdio', '-serial', `file:${console}`],
  ...['-kernel', resolve(image), '-initrd', initramfs, '-append', COMMAND_LINE],
];

const command = (
  image: string,
  accelerator: Accelerator,
  folder: GuestFolder,
): Omit<ProbeCommand, 'console'> => ({
  what: `the guest of ${image} (QEMU, ${accelerator})`,
  program: QEMU,
  args: qemuArguments(image, accelerator, folder),
  halted: /KVM internal error/,
  install: `install the package ${QEMU_PACKAGE}`,
  inFlight: 2000,
  patience: PATIENCE[accelerator],
});

/** KVM failed for a guest, or is not there. */
let emulates = false;

function boot(image: string, accelerator: Accelerator, signal?: AbortSignal): Promise<Kernel> {
  emulates ||= accelerator === 'tcg';
  return openGuest(image, (folder) => command(image, accelerator, folder), signal);
}

/** Those to try, in this order. */
function accelerators(): readonly [Accelerator, ...Accelerator[]] {
  if (emulates) return ['tcg'];
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return ['kvm', 'tcg'];
  } catch {
    return ['tcg'];
  }
}

/**
 * A kernel image in a virtual machine, under KVM if that works, else emulated. Rejects with BadInput for a
 * file that is no image, with KernelFailed for one that does not run.
 */
export async function openImage(
  image: string,
  signal?: AbortSignal,
  toTry = accelerators(),
): Promise<Kernel> {
  imageVersion(image);
  return bootFirst(toTry, (accelerator) => boot(image, accelerator, signal), signal);
}
