import type { TouchCall } from '../calls.js';
import { Errno } from '../errno.js';
import { writeFault } from '../fault.js';
import { fail, succeed, withVmas } from '../state.js';
import type { Step } from '../step.js';

/** A write to each page. Where a process would get SIGSEGV the model says EFAULT; the pages before are written. */
export const touch: readonly Step[] = [
  {
    name: 'touch',
    kernel: 'handle_mm_fault',
    does: 'writes each page in turn: the first write to a private VMA gives it an anon_vma',
    errnos: ['EFAULT'],
    tellsProtections: true,
    run: (s) => {
      const { addr, len } = s.call as TouchCall;
      let vmas = s.vmas;
      for (let page = addr; page < addr + len; page++) {
        const after = writeFault(vmas, page);
        if (after === undefined) return fail(withVmas(s, vmas), Errno.EFAULT);
        vmas = after;
      }
      return succeed(withVmas(s, vmas), 0);
    },
  },
];
