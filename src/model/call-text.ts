import { type Call, flagNames } from './calls.js';
import { isFile, Kind } from './vma.js';

/** A call as one would write it down; addresses and lengths in pages. */
export function callText(call: Call): string {
  if (call.call === 'mremap') {
    const flags = flagNames(call.flags).join('|') || '0';
    return `mremap(${call.addr}, ${call.oldLen}, ${call.newLen}, ${flags}, ${call.newAddr})`;
  }
  if (call.call === 'mmap') {
    const offset = isFile(Kind[call.kind]) ? `, offset ${call.offset}` : '';
    return `mmap(${call.addr}, ${call.len}, ${call.kind} ${call.prot}${offset})`;
  }
  if (call.call === 'mprotect') return `mprotect(${call.addr}, ${call.len}, ${call.prot})`;
  return `${call.call}(${call.addr}, ${call.len})`;
}
