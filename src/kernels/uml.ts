import type { Kernel } from '../conformance/kernel.js';
import { openGuest } from './guest.js';
import type { Limits } from './live.js';

/** As Debian has it, and the package that it is in. */
export const UML = 'linux.uml';
export const UML_PACKAGE = 'user-mode-linux';

/** A kernel built for ARCH=um, which runs as a process; throws KernelFailed. */
export function openUml(program: string = UML, limits: Limits = 'sysctl'): Promise<Kernel> {
  const name = program === UML ? 'uml' : `uml:${program}`;
  return openGuest(name, ({ path, initramfs }) => ({
    what: `the guest of ${name}`,
    program,
    args: [
      'mem=128M',
      `initrd=${initramfs}`,
      // The probe has a serial line to itself; the console is for the kernel, and shown if it fails.
      'ssl0=fd:0,fd:1',
      'con=null',
      'con0=null,fd:2',
      'quiet',
      'panic=-1',
      'umid=guest',
      `uml_dir=${path}`,
      limits,
    ],
    env: { ...process.env, TMPDIR: path },
    install: `install the package ${UML_PACKAGE}`,
    inFlight: 2000,
    patience: { start: 30, answer: 20 },
  }));
}
