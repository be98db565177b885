import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../src/explore/command.js';
import { BadInput } from '../../src/input/bad-input.js';
import { release } from '../support/releases.js';

const named = (ref: string, where: string) => {
  if (ref === 'none') throw new BadInput(`${where}: found none`);
  return release(ref);
};
const parse = (line: string) => parseCommand(line, named);

describe('a line', () => {
  test.each([
    ['undo 3', 'u 3', { do: 'undo', times: 3 }],
    ['redo', 'y', { do: 'redo', times: 1 }],
    ['release', ' r ', { do: 'show', what: 'releases' }],
    ['release v6.12', 'r v6.12', { do: 'release', release: release('v6.12') }],
    ['beside off', 'd', { do: 'beside', release: undefined }],
    ['limit 1000000', 'l 1000000', { do: 'limit', value: 1_000_000 }],
    ['limit 4', 'l 4', { do: 'limit', value: 4 }],
    ['headroom off', 'h off', { do: 'headroom', value: undefined }],
    ['save a.jsonl', 's a.jsonl', { do: 'save', file: 'a.jsonl', id: undefined }],
    ['help', '?', { do: 'show', what: 'help' }],
    ['quit', 'q', { do: 'quit' }],
    [
      'calls munmap ok map_count',
      'c munmap() ok map_count',
      { do: 'calls', pattern: { word: 'munmap', args: [] }, filter: ['ok', 'map_count'] },
    ],
    [
      'calls ENOMEM',
      'c mremap() ENOMEM',
      { do: 'calls', pattern: { word: 'mremap', args: [] }, filter: ['ENOMEM'] },
    ],
  ])('%s is a command, and so is %s', (long, short, wanted) => {
    expect(parse(long)).toEqual(wanted);
    expect(parse(short)).toEqual(wanted);
  });

  test('has any number of calls, or none', () => {
    expect(parse('touch(0, 1); munmap(0, 1);')).toMatchObject({
      do: 'call',
      calls: [{ call: 'touch' }, { call: 'munmap' }],
    });
    expect(parse('  ')).toBeUndefined();
  });

  test.each([
    ['xyzzy', 'found "xyzzy", expected a call such as mmap(0, 2, anon rw), or a command'],
    ['undo x', 'undo: found x, expected a whole number'],
    ['limit', 'limit: found nothing, expected a whole number'],
    ['limit -1', 'limit: found -1, expected a whole number from 0 to 1000000'],
    ['limit 99999999999', 'limit: found 99999999999, expected a whole number from 0 to 1000000'],
    ['headroom 1000001', 'headroom: found 1000001, expected a whole number from 0 to 1000000'],
    ['release v6.12 v7.1', 'release: found "v7.1" too much, expected release [R]'],
    ['quit now', 'quit: found "now" too much, expected quit'],
    ['save', 'save: found nothing, expected save FILE [ID]'],
    ['beside none', 'beside: found none'],
    ['calls brk(1)', 'found brk, expected a call, one of mmap'],
    ['munmap(0, 1); brk(1)', 'found brk, expected a call'],
  ])('%s is refused by name', (line, message) => {
    expect(() => parse(line)).toThrow(BadInput);
    expect(() => parse(line)).toThrow(message);
  });
});
