import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test, vi } from 'vitest';
import { invariants } from '../../src/invariants/index.js';
import { tracesIn } from '../../src/trace/read.js';
import { TRACE_VERSION, type Trace } from '../../src/trace/trace.js';
import { allTraces } from './violations.js';

const schema = JSON.parse(
  readFileSync(new URL('../../schemas/trace.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** A path to each place of a value. */
const paths = (value: unknown): string[][] =>
  typeof value !== 'object' || value === null
    ? [[]]
    : Object.entries(value).flatMap(([key, part]) => [
        [key],
        ...paths(part).map((p) => [key, ...p]),
      ]);

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((part, key) => (part as Record<string, unknown>)[key], value);

// The first to ask waits for a verification of some seconds, or minutes on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

describe('schemas/trace.schema.json', () => {
  test('describes the traces of verify --json, of every kind and most invariants', async () => {
    const traces = await allTraces();
    expect(traces.length).toBeGreaterThan(100);
    expect(new Set(traces.map(({ kind }) => kind))).toEqual(
      new Set(['call', 'race', 'difference']),
    );
    const broken = new Set(
      traces.flatMap((trace) => ('invariant' in trace ? [trace.invariant] : [])),
    );
    expect(broken.size).toBeGreaterThan(invariants.length / 2);
    for (const trace of traces) expect(validate(trace) || validate.errors).toBe(true);
  });

  test('and the reader agree on what is no trace: a field that is missing or of another type', async () => {
    const traces = await allTraces();
    const some = (['call', 'race', 'difference'] as const).map(
      (kind) => traces.find((t) => t.kind === kind) as Trace,
    );
    for (const trace of some) {
      for (const path of paths(trace)) {
        const parent = path.slice(0, -1);
        const key = path.at(-1) as string;
        if (Array.isArray(at(trace, parent)) || path.length === 0 || key === 'trace') continue;
        for (const wrong of [undefined, { odd: 1 }]) {
          const copy = JSON.parse(JSON.stringify(trace));
          (at(copy, parent) as Record<string, unknown>)[key] = wrong;
          const text = JSON.parse(JSON.stringify(copy));
          expect([path.join('.'), validate(text)]).toEqual([path.join('.'), false]);
          expect(() => tracesIn(text, 'here'), path.join('.')).toThrow(/^here: .*expected/);
        }
      }
    }
  });

  test('names the version that is written', () => {
    expect(schema.$defs.callTrace.properties.trace.const).toBe(TRACE_VERSION);
  });
});
