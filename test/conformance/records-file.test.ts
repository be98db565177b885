import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Conformance } from '../../src/conformance/conform.js';
import { readRecords, recordOf, recordsWith } from '../../src/conformance/records.js';
import type { Work } from '../../src/conformance/work.js';
import { newFolder } from '../support/new-folder.js';
import { release } from '../support/releases.js';
import { conformRandomly, modelKernel } from './kernels.js';

const fresh = (): string => join(newFolder(), 'records.json');

const random: Work = { kind: 'random', count: 50, seed: 1 };
const found: Conformance = await conformRandomly(modelKernel('v6.12'), release('v6.12'), 50);

const record = (version: string, work: Work = random, date = '2026-11-21', name = 'live') =>
  recordOf({ name, version }, 'v6.12', work, found, date);

const save = (file: string, one: ReturnType<typeof record>): void =>
  writeFileSync(file, recordsWith(file, one));

describe('kept results', () => {
  test('are read as they were written', () => {
    const file = fresh();
    save(file, record('6.12.107'));
    expect(readRecords(file)).toEqual([record('6.12.107')]);
    expect(readRecords(file)[0]).toMatchObject({ scenarios: found.compared, classes: 0 });
  });

  test('stand beside others, by version; of the same work the later counts', () => {
    const file = fresh();
    save(file, record('6.12.107'));
    save(file, record('6.9.1'));
    save(file, record('6.12.107', { kind: 'exhaustive', pages: 3 }));
    save(file, record('6.12.107', random, '2026-12-01'));
    expect(readRecords(file).map(({ version, date, work }) => [version, date, work.kind])).toEqual([
      ['6.9.1', '2026-11-21', 'random'],
      ['6.12.107', '2026-12-01', 'random'],
      ['6.12.107', '2026-11-21', 'exhaustive'],
    ]);
  });

  test('count every scenario that was not compared, for whatever reason', () => {
    const some: Conformance = {
      ...found,
      notSetUp: 1,
      notByKernel: new Map([
        ['no ramfs', 10],
        ['no mlock()', 20],
      ]),
      notByModel: ['a', 'b', 'c'],
      beyondModel: 400,
    };
    const kernel = { name: 'live', version: '6.12' };
    expect(recordOf(kernel, 'v6.12', random, some, '2026-11-21').notCompared).toBe(434);
  });

  test('have no paths of the machine', () => {
    const work: Work = { kind: 'file', file: '/home/me/some.jsonl' };
    const image = record('6.12.107', work, '2026-11-21', '/boot/vmlinuz-6.12');
    expect(image).toMatchObject({ kernel: 'image', work: { file: 'some.jsonl' } });
    expect(record('6.1', random, '', 'uml:/usr/bin/linux.uml').kernel).toBe('uml');
    expect(record('v6.12', random, '', 'model:v6.12').kernel).toBe('model');
    expect(record('6.12').kernel).toBe('live');
  });

  test('are none where there is no file', () => {
    const file = fresh();
    expect(readRecords(file)).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ['{"version":2,"records":[]}', '.version: found 2, expected 1'],
    ['{"version":1,"records":[{}]}', '.records[0]'],
    ['[', 'found something that is not JSON'],
  ])('are refused where the file has %s', (text, message) => {
    const file = fresh();
    writeFileSync(file, text);
    expect(() => readRecords(file)).toThrow(message);
    expect(() => recordsWith(file, record('6.12'))).toThrow(message);
  });
});
