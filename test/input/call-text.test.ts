import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadInput } from '../../src/input/bad-input.js';
import { CALL_WORDS, callParts, parseCall } from '../../src/input/call-text.js';
import { callText } from '../../src/model/call-text.js';
import { calls, oddMremapCalls } from '../support/arbitraries.js';

const anyCall = fc.oneof(calls(16), oddMremapCalls(16));

describe('the text of a call', () => {
  test('is read as the call that reports write so', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyCall, (call) => {
        seen.add(call.call);
        const read = parseCall(callText(call));
        // The offset of what is no file is not written.
        const offset = call.call === 'mmap' && callText(call).includes('offset');
        expect(read).toEqual(call.call === 'mmap' && !offset ? { ...call, offset: 0 } : call);
      }),
      { numRuns: 1000 },
    );
    expect([...seen].sort()).toEqual([...CALL_WORDS].sort());
  });

  test('may leave out what has a usual value, have blanks, and come from a report', () => {
    const shrink = parseCall('mremap(0, 2, 1, 0, 0)');
    for (const text of [
      'mremap(0,2,1)',
      ' mremap (0, 2, 1, 0) ',
      'mremap(0, 2, 1, 0, 0) = -ENOMEM',
    ]) {
      expect(parseCall(text)).toEqual(shrink);
    }
    expect(parseCall('mremap(0, 1, 1, MREMAP_FIXED | MAYMOVE, 4)')).toEqual(
      parseCall('mremap(0, 1, 1, MAYMOVE|FIXED, 4)'),
    );
  });

  test.each([
    ['mremap 0', 'found "mremap 0", expected a call such as mremap(0, 2, 2, 0, 0)'],
    ['brk(1)', 'found brk, expected a call, one of mmap, touch,'],
    [
      'munmap(0)',
      'munmap: length: found nothing, expected pages from 1 to 64, as in munmap(addr, len)',
    ],
    ['munmap(0, 0)', 'munmap: length: found "0", expected pages from 1 to 64'],
    ['munmap(0x1, 1)', 'munmap: address: found "0x1", expected pages from 0 to 64'],
    ['munmap(0.5, 1)', 'munmap: address: found "0.5"'],
    ['touch(0, 1, 2)', 'touch: arguments: found "2", expected no more'],
    ['mmap(0, 1, anon)', 'mmap: protection: found nothing, expected one of r, rw'],
    ['mmap(0, 1, heap rw)', 'mmap: kind: found "heap", expected one of anon, fpriv'],
    [
      'mmap(0, 1, anon rw, offset 2)',
      'mmap: offset: found "offset 2", expected no offset but for files',
    ],
    ['mmap(0, 1, fpriv rw, offset x)', 'mmap: offset: found "offset x", expected offset 0 to 64'],
    ['mprotect(0, 1, x)', 'mprotect: protection: found "x", expected one of r, rw'],
    ['mremap(0, 1, 1, MAYMVE)', 'mremap: flags: found "MAYMVE", expected 0, or some of MAYMOVE,'],
  ])('%s is refused by its part that is wrong', (text, message) => {
    expect(() => parseCall(text)).toThrow(BadInput);
    expect(() => parseCall(text)).toThrow(message);
  });

  test('is taken apart without a look at its arguments', () => {
    expect(callParts('mremap(0, *, MAYMOVE|FIXED)')).toEqual({
      word: 'mremap',
      args: ['0', '*', 'MAYMOVE|FIXED'],
    });
    expect(callParts('munmap()')).toEqual({ word: 'munmap', args: [] });
  });
});
