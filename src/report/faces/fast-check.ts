import { isDeepStrictEqual } from 'node:util';
import { builtBy, type Sequence } from '../../checker/judge.js';
import { canonical } from '../../checker/spaces.js';
import { buildingCalls } from '../../conformance/claim-scenario.js';
import { machine } from '../../model/plan.js';
import { releaseByRef } from '../../model/releases/variant.js';
import { NO_RESOURCE_LIMITS, type ResourceLimits } from '../../model/state.js';
import { callOf } from '../../trace/call.js';
import type { CallTrace, Trace } from '../../trace/trace.js';
import { vmaOf } from '../../trace/vma.js';
import { isOfModel } from '../release-name.js';
import { wrapped } from '../wrap.js';
import { repeatText } from './subject.js';

const comment = (text: string): string =>
  text
    .split('\n')
    .map((line) => wrapped(line, '// ', 96))
    .join('\n');

const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** What keeps a trace from being a sequence of calls that are judged. */
function unspeakable(trace: Trace): string | undefined {
  if (trace.kind === 'race') return 'it is a race of threads, and a sequence has one';
  if (trace.kind === 'difference') return 'it compares two releases and breaks no promise';
  const [failure] = trace.failures;
  if (failure !== undefined) return `${failure.kernel} is made to fail in it`;
  return isOfModel(trace.release)
    ? undefined
    : `it is of ${trace.release}, and the package is asked about its own releases alone`;
}

/** A test that says why there is nothing to test. */
const skipped = (trace: Trace, reason: string): string =>
  [
    comment(repeatText(trace)),
    '',
    "import { test } from 'vitest';",
    '',
    `test.skip(${JSON.stringify(`not a sequence of calls: ${reason}`)}, () => {});`,
    '',
  ].join('\n');

/** Those that it names, and no others: the test tries other limits on VMAs. */
function limitsOf({ limits, maxMapCount }: CallTrace): NonNullable<Sequence['limits']> {
  const names = Object.keys(NO_RESOURCE_LIMITS) as (keyof ResourceLimits)[];
  const given = names.filter((name) => limits[name] < NO_RESOURCE_LIMITS[name]);
  return {
    ...Object.fromEntries(given.map((name) => [name, limits[name]])),
    ...(limits.mmapCap === maxMapCount ? {} : { mmapCap: limits.mmapCap }),
  };
}

function sequenceOf(trace: CallTrace): Sequence {
  return {
    pages: trace.pages,
    setup: buildingCalls(trace).map(callOf),
    call: callOf(trace.call),
    maxMapCount: trace.maxMapCount,
    limitedFromStart: trace.limitedFromStart,
    limits: limitsOf(trace),
  };
}

/** Whether the set-up builds the address space: one that no calls are known to build is mapped VMA by VMA. */
const isBuilt = (trace: CallTrace, sequence: Sequence): boolean =>
  isDeepStrictEqual(
    builtBy(machine(releaseByRef(trace.release)), sequence),
    canonical(trace.before.map(vmaOf)),
  );

/** Numbers of the call that the test varies; flags and kinds stay. */
const varied = (trace: CallTrace): string[] =>
  Object.entries(callOf(trace.call)).flatMap(([name, value]) =>
    typeof value === 'number' && name !== 'flags' ? [name] : [],
  );

/** A test for vitest and fast-check: the promise for the sequence itself, first of all, and for calls and limits near it. */
export function fastCheckText(trace: Trace): string {
  const reason = unspeakable(trace);
  if (trace.kind !== 'call' || reason !== undefined) return skipped(trace, reason ?? '');
  const found = sequenceOf(trace);
  if (!isBuilt(trace, found)) {
    return skipped(trace, 'no calls are known that build its address space');
  }
  const near = varied(trace).map((name) => `    ${name}: fc.nat({ max: FOUND.pages - 1 }),`);
  return [
    comment(
      `${repeatText(trace)}\nThis test fails as long as the release does so. MREMAP_CHECK_RELEASE=ID asks another one.`,
    ),
    '',
    "import fc from 'fast-check';",
    "import { judge, type Sequence } from 'mremap-check';",
    "import { expect, test } from 'vitest';",
    '',
    `const RELEASE = process.env['MREMAP_CHECK_RELEASE'] ?? ${JSON.stringify(trace.release)};`,
    `const INVARIANT = ${JSON.stringify(trace.invariant)};`,
    `const FOUND = ${json(found)} as const satisfies Sequence;`,
    '',
    '/** The same set-up, and a call and a limit near those that were found. */',
    'const sequences = fc.record({',
    '  call: fc.record({',
    ...near,
    '  }),',
    '  maxMapCount: fc.integer({ min: FOUND.maxMapCount, max: FOUND.maxMapCount + 4 }),',
    '}).map(({ call, maxMapCount }) => ({ ...FOUND, call: { ...FOUND.call, ...call }, maxMapCount }));',
    '',
    `test(${JSON.stringify(`${trace.invariant} is kept`)}, () => {`,
    '  fc.assert(',
    '    fc.property(sequences, (sequence) => {',
    "      expect(judge(RELEASE, INVARIANT, sequence)).not.toBe('broken');",
    '    }),',
    '    { examples: [[FOUND]], seed: 1 },',
    '  );',
    '});',
    '',
  ].join('\n');
}
