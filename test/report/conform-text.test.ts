import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { noTallies } from '../../src/conformance/compare.js';
import { type Conformance, conform } from '../../src/conformance/conform.js';
import { randomScenarios } from '../../src/conformance/random.js';
import type { Scenario } from '../../src/conformance/scenario.js';
import { machine } from '../../src/model/plan.js';
import { type ConformReport, conformText } from '../../src/report/conform-text.js';
import { style } from '../../src/report/style.js';
import { modelKernel } from '../conformance/kernels.js';
import { release } from '../support/releases.js';

const NEVER = new AbortController().signal;
const kernel = { name: 'uml', version: '6.1.176' };
const work = { kind: 'random', count: 200, seed: 3 } as const;

const text = (found: Conformance, change: Partial<ConformReport> = {}): string =>
  conformText({ kernel, release: 'v6.1', work, found, ...change }, style(false));

const nothing: Conformance = {
  compared: 0,
  tallies: noTallies(),
  notSetUp: 0,
  notByKernel: new Map(),
  notByModel: [],
  notSurvived: [],
  beyondModel: 0,
  classes: [],
  complete: true,
  failure: undefined,
};

test('the disagreement in README.md is one that the tool draws', async () => {
  const readme = fileURLToPath(new URL('../../README.md', import.meta.url));
  const [, block] =
    /^```text\n( {2}FIXED move: model.*?)\n```$/ms.exec(readFileSync(readme, 'utf8')) ?? [];
  const on = machine(release('v7.1'));
  const wrong = modelKernel('v7.1[early=3]');
  const found = await conform(wrong, on, randomScenarios(200, 3), { signal: NEVER });
  expect(block).toBeDefined();
  expect(text(found)).toContain(`${block}\n`);
});

describe('the report of a comparison', () => {
  test('says what was left out and why', () => {
    const said = text({
      ...nothing,
      compared: 5,
      notSetUp: 1,
      notByKernel: new Map([['no ramfs', 2]]),
      beyondModel: 3,
    });
    expect(said).toContain('1 scenario could be set up by neither');
    expect(said).toContain('2 scenarios could not be set up by the kernel: no ramfs');
    expect(said).toContain('3 scenarios left out, beyond what the model can hold');
    expect(said).toMatch(/6\.1\.176 agrees with v6\.1 on 5 scenarios$/);
  });

  test('is no agreement where nothing was compared', () => {
    expect(text(nothing)).toMatch(/nothing was compared$/);
  });

  test('is no agreement where the model alone could not set something up', () => {
    const said = text({ ...nothing, compared: 5, notByModel: ['x-1', 'x-2'] });
    expect(said).toContain('2 scenarios could be set up by the kernel and not by the model, x-1');
    expect(said).toMatch(/6\.1\.176 does not behave as v6\.1: .*$/);
  });

  test('rounds down, so that almost all is not all; a hidden field is not compared', () => {
    const tallies = {
      ...noTallies(),
      result: { compared: 100_000, equal: 99_999, hidden: 0 },
      committedDelta: { compared: 0, equal: 0, hidden: 70 },
    };
    const said = text({ ...nothing, compared: 5, tallies });
    expect(said).toMatch(/^ {2}result +100,000 +99\.9$/m);
    expect(said).toMatch(/^ {2}committedDelta +0 +- +70$/m);
  });

  test('says how the kernel broke down', () => {
    const said = text({ ...nothing, compared: 5, complete: false, failure: 'uml: it hangs' });
    expect(said).toMatch(/not finished; uml: it hangs$/);
    const disagreeing = {
      ...nothing,
      notByModel: ['x-1'],
      complete: false,
      failure: 'uml: it hangs',
    };
    expect(text(disagreeing)).toMatch(/not finished; uml: it hangs\n\n.* does not behave as v6\.1/);
    for (const once of [said, text(disagreeing)]) expect(once.match(/it hangs/g)).toHaveLength(1);
  });

  test('says that it is not finished', () => {
    const said = text({ ...nothing, compared: 5, complete: false });
    expect(said).toContain('5 scenarios compared (not finished)');
    expect(said).toMatch(/not finished; 6\.1\.176 agrees with v6\.1 on 5 scenarios$/);
  });
});

describe('a disagreement', () => {
  const scenario: Scenario = {
    id: 'one',
    pages: 4,
    headroom: 8,
    setup: [
      { call: 'mmap', addr: 0, len: 2, kind: 'fpriv', prot: 'rw', offset: 3 },
      { call: 'mmap', addr: 2, len: 1, kind: 'shm', prot: 'r', offset: 0 },
    ],
    calls: [
      { call: 'munmap', addr: 3, len: 1 },
      { call: 'mremap', addr: 0, oldLen: 2, newLen: 1, flags: [], newAddr: 0 },
    ],
  };

  async function drawn(
    parting: { call: number | 'set-up'; fields: readonly ('layout' | 'result' | 'lockedVm')[] },
    change: (layout: readonly object[]) => readonly object[] = (layout) => layout,
  ): Promise<string> {
    const on = modelKernel('v6.12');
    const [model] = await on.run([scenario]);
    if (model === undefined || 'cannotSetUp' in model) throw new Error('not set up');
    const changed = <T extends { layout: readonly object[] }>(view: T): T => ({
      ...view,
      layout: change(view.layout),
    });
    const other = { ...model, initial: changed(model.initial), steps: model.steps.map(changed) };
    const witness = { scenario, parting, model, kernel: other };
    return text({ ...nothing, compared: 1, classes: [{ count: 1, witness, isShrunk: false }] });
  }

  test('behind a later call shows the calls before it', async () => {
    const said = await drawn({ call: 1, fields: ['lockedVm'] });
    expect(said).toContain('  then      munmap(3, 1)\n  call      mremap(0, 2, 1, 0, 0)\n');
    expect(said).toContain('shrink in place: model ok, kernel ok');
    expect(said).toContain('(1 scenario, not shrunk)');
    expect(said).toContain('\n\nonly the 20 most frequent classes are shrunk\n\n');
    expect(said).toContain('  before    |P P|m|.\n  model     |P|.|m|.    map_count +0, returns 0');
    expect(said).toContain('differs   lockedVm 0 on the model, 0 on the kernel');
  });

  test('in what the strips do not show gives it in full', async () => {
    const said = await drawn({ call: 1, fields: ['layout'] }, (layout) =>
      layout.map((entry) => ('offset' in entry ? { ...entry, offset: 9 } : entry)),
    );
    expect(said).toMatch(/differs +layout\s+\[\{.*"offset":3\}/);
  });

  test('behind the set-up shows no call', async () => {
    const said = await drawn({ call: 'set-up', fields: ['layout'] }, () => []);
    expect(said).toContain('  set-up\n  differs in layout');
    expect(said).toContain('  model     |P P|m|.\n  kernel     . . . .');
    expect(said).not.toContain('  call ');
  });
});
