import { describe, expect, test } from 'vitest';
import { callsOf } from '../../src/checker/calls.js';
import { reach } from '../../src/checker/reach/reach.js';
import type { Vmas } from '../../src/model/address-space.js';
import { type Call, flagBits } from '../../src/model/calls.js';
import { frameTokens } from '../../src/model/frame-tokens.js';
import { machine } from '../../src/model/plan.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { Kind, makeVma, Prot, protName, VM_ACCOUNT, type Vma } from '../../src/model/vma.js';
import { owners } from '../support/page-map.js';
import { resultName } from '../support/play.js';
import { release } from '../support/releases.js';
import { coreBounds, SMALL_ROWS } from './core-model.js';
import {
  type Cells,
  type CoreCall,
  type CoreLimits,
  coreCalls,
  coreStep,
  countOf,
} from './core-oracle.js';

const PAGES = 5;
const v6_12 = machine(release('v6.12'));

/** The VMAs of a state of the oracle. */
function vmasOf(cells: Cells): Vmas {
  const vmas: Vma[] = [];
  for (let start = 0; start < cells.length; ) {
    let end = start + 1;
    while (end < cells.length && cells[end] === cells[start]) end++;
    if (cells[start] !== 0) {
      const writable = cells[start] === 2;
      vmas.push(
        makeVma({
          start,
          pages: end - start,
          kind: Kind.anon,
          prot: writable ? Prot.rw : Prot.r,
          flags: writable ? VM_ACCOUNT : 0,
        }),
      );
    }
    start = end;
  }
  return vmas;
}

/** The state of the oracle that VMAs make up. */
const cellsOf = (vmas: Vmas): Cells =>
  owners(vmas, PAGES).map((index) =>
    index === -1 ? 0 : protName(vmas[index] as Vma) === 'rw' ? 2 : 1,
  );

const FLAGS = {
  'in place': flagBits([]),
  fixed: flagBits(['MAYMOVE', 'FIXED']),
  dontunmap: flagBits(['MAYMOVE', 'FIXED', 'DONTUNMAP']),
};

/** The same call for the model. */
function modelCall(call: CoreCall): Call {
  if (call.name === 'munmap') return { call: 'munmap', addr: call.at, len: call.pages };
  if (call.name === 'mmap') {
    const prot = call.cell === 2 ? 'rw' : 'r';
    return { call: 'mmap', addr: call.at, len: call.pages, kind: 'anon', prot, offset: 0 };
  }
  const { at, from, to, kind, target } = call;
  return {
    call: 'mremap',
    addr: at,
    oldLen: from,
    newLen: to,
    flags: FLAGS[kind],
    newAddr: target,
  };
}

interface Comparison {
  readonly states: number;
  readonly edges: number;
  readonly largestCount: number;
  readonly differences: readonly string[];
}

/** Walks the oracle's states and makes every call in both models. */
function compare(limits: CoreLimits): Comparison {
  const calls = coreCalls(PAGES).map((call) => ({ call, same: modelCall(call) }));
  const empty: Cells = new Array<number>(PAGES).fill(0);
  const seen = new Set([empty.join('')]);
  const queue: Cells[] = [empty];
  const differences: string[] = [];
  let edges = 0;
  let largestCount = 0;
  for (const cells of queue) {
    largestCount = Math.max(largestCount, countOf(cells));
    const vmas = vmasOf(cells);
    const successors = new Set<string>();
    for (const { call, same } of calls) {
      const expected = coreStep(cells, call, limits);
      const outcome = run(
        v6_12,
        env(limits.limit, PAGES, { mmapCap: limits.mmapCap }),
        vmas,
        frameTokens(vmas, PAGES),
        same,
      );
      const found = `${resultName(outcome)} ${cellsOf(outcome.vmas).join('')} ${outcome.mapCount}`;
      const wanted = `${expected.result} ${expected.cells.join('')} ${countOf(expected.cells)}`;
      if (found !== wanted) {
        differences.push(`${cells.join('')} ${JSON.stringify(call)}: ${found}, expected ${wanted}`);
      }
      successors.add(expected.cells.join(''));
      if (!seen.has(expected.cells.join(''))) {
        seen.add(expected.cells.join(''));
        queue.push(expected.cells);
      }
    }
    successors.delete(cells.join(''));
    edges += successors.size;
  }
  return { states: seen.size, edges, largestCount, differences };
}

describe('a model of page cells, written for this test alone,', () => {
  test('makes the calls that the search makes', () => {
    const bounds = coreBounds({ pages: PAGES, limit: 8, mmapCap: 8 });
    const text = (call: Call): string => JSON.stringify(Object.entries(call).sort());
    expect(coreCalls(PAGES).map(modelCall).map(text).sort()).toEqual(
      callsOf(bounds).map(text).sort(),
    );
    // 138,510 transitions in 243 states.
    expect(callsOf(bounds)).toHaveLength(570);
  });

  test('has the states and edges that independent checkers found', () => {
    const { states, edges, largestCount } = compare({ limit: 8, mmapCap: 8 });
    const [row] = SMALL_ROWS;
    expect(row).toMatchObject({ pages: PAGES, limit: 8, mmapCap: 8, states, edges, largestCount });
  });

  for (const limits of [
    { limit: 8, mmapCap: 8 },
    { limit: 7, mmapCap: 1 },
    { limit: 6, mmapCap: 2 },
    { limit: 5, mmapCap: 5 },
    { limit: 2, mmapCap: 2 },
  ]) {
    const { limit, mmapCap } = limits;
    test(`agrees in every result and successor at limit ${limit}, mmap() up to ${mmapCap}`, () => {
      const { states, edges, largestCount, differences } = compare(limits);
      expect(differences).toEqual([]);
      const found = reach(v6_12, coreBounds({ pages: PAGES, ...limits }), []);
      expect({
        states: found.work.spaces,
        edges: found.edges,
        largestCount: found.largestCount,
      }).toEqual({ states, edges, largestCount });
    });
  }
});
