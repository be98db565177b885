import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BadInput } from '../../src/input/bad-input.js';
import { changesOf } from '../../src/model/changes.js';
import type { Release } from '../../src/model/release.js';
import { releaseOfReference } from '../../src/patches/reference.js';
import { loadSpecs } from '../../src/specs/load.js';
import { newFolder } from '../support/new-folder.js';
import { releaseNamed } from '../support/patches.js';
import { release } from '../support/releases.js';

const FOLDER = newFolder();

const written = (name: string, text: string): string => {
  writeFileSync(join(FOLDER, name), text);
  return name;
};

const named = (reference: string, modules = true): Release =>
  releaseOfReference(reference, { folder: FOLDER, modules });

let count = 0;
const patch = (edits: readonly object[], base = 'v7.0'): string =>
  written(`p${count++}.json`, JSON.stringify({ patch: 1, title: 'T', base, edits }));

const module = (text: string, extension = 'ts'): string =>
  written(`m${count++}.${extension}`, text);

const changes = (edits: readonly object[], base?: string): string[] =>
  changesOf(named(patch(edits, base)));

describe('an edit', () => {
  test.each([
    [{ drop: 'move-count-check' }, 'move-count-check is dropped'],
    [{ change: 'move-count-check', need: 2 }, 'move-count-check asks for 2 instead of 4'],
    [
      { change: 'move-count-check', need: 2, needLockedDontunmap: 3, when: ['growing'] },
      'move-count-check asks for 2, 3 with DONTUNMAP of a locked VMA instead of 4, and is made for growing instead of every call',
    ],
    [
      { move: 'early-count-check', behind: 'take-lock' },
      'early-count-check moves behind take-lock, under the mmap lock',
    ],
    [
      { move: 'lookup-again', before: 'choose-new-address' },
      'lookup-again moves behind dontunmap-limit',
    ],
    [
      { insert: 'another-check', role: 'early', need: 3, behind: 'take-lock' },
      'another-check is inserted behind take-lock, asks for 3',
    ],
    [
      { insert: 'locked-source-split-start', from: 'v7.2', before: 'charge-copy' },
      'locked-source-split-start is inserted behind unmerge-ksm, asks for 1, for DONTUNMAP',
    ],
    [{ replace: 'copy-vma', from: 'v7.2' }, 'copy-vma does something else'],
    [
      { change: 'munmap-count-check', call: 'munmap', need: 2 },
      'munmap: munmap-count-check asks for 2 instead of 1',
    ],
  ])('%j is made, and told in words', (edit, words) => {
    expect(changes([edit])).toEqual([words]);
  });

  test('that leaves a step as it is says nothing of it', () => {
    const changed = changesOf(release('v6.5.3'));
    expect(changed).toContain('unmap-source-remove does something else');
    expect(changed.join()).not.toContain('end-of-undoing');
  });

  test('that has another condition of the same name is told as something else', () => {
    const text = `export const base = 'v7.1';
      export default (r, k) => k.edited('mremap', 'dontunmap-complete', (step) =>
        [{ ...step, when: step.when.map((one) => ({ ...one })) }])(r);`;
    expect(changesOf(named(module(text)))).toEqual(['dontunmap-complete does something else']);
  });

  test('that moves a check past its neighbour is told of the check, not of the neighbour', () => {
    const names = release('v7.1').calls.mremap.map(({ name }) => name);
    const at = names.indexOf('early-count-check');
    const [first, before, behind] = [names[at - 2], names[at - 1] ?? '', names[at + 1] ?? ''];
    expect(before).toBe('take-lock');
    const moved = (place: object): string[] =>
      changes([{ move: 'early-count-check', ...place }], 'v7.1');
    expect(moved({ before })).toEqual([
      `early-count-check moves behind ${first}, without the mmap lock`,
    ]);
    expect(moved({ behind })).toEqual([`early-count-check moves behind ${behind}`]);
  });

  test('is made after those before it', () => {
    const edits = [
      { insert: 'another-check', role: 'early', need: 3, behind: 'take-lock' },
      { change: 'another-check', need: 5 },
      { drop: 'early-count-check' },
    ];
    expect(changes(edits)).toEqual([
      'early-count-check is dropped',
      'another-check is inserted behind take-lock, asks for 5',
    ]);
  });
});

describe('a reference to a patch', () => {
  const drop = patch([{ drop: 'early-count-check' }]);

  test('is its base with the edits, of the same releases, and known by no kernel', () => {
    const { id, base, covers, kernels } = named(drop);
    expect(id).toBe(join(FOLDER, drop));
    expect(base).toBe(release('v6.18'));
    expect(covers).toEqual(release('v6.18').covers);
    expect(kernels).toEqual([]);
  });

  test('may name another base, a variant, and another patch', () => {
    expect(named(`${drop}@v7.1`).base).toBe(release('v7.1'));
    expect(named(`${drop}@v7.1[move=3]`).base?.id).toBe(`${join(FOLDER, drop)}@v7.1`);
    const asks = patch([{ change: 'move-count-check', need: 1 }]);
    const both = named(`${asks}@${drop}@v5.1`);
    expect(both.base?.base).toBe(release('v5.1'));
    expect(both.id).toBe(`${join(FOLDER, asks)}@${join(FOLDER, drop)}@v5.1`);
  });

  test('is the same when it is read again by its id, from anywhere', () => {
    const asks = patch([{ change: 'move-count-check', need: 1 }]);
    for (const reference of [drop, `${drop}@v7.1`, `${drop}[move=3]`, `${asks}@${drop}@v5.1`]) {
      const one = named(reference);
      const again = releaseOfReference(one.id, { modules: false });
      expect(again.id).toBe(one.id);
      expect(again.calls.mremap.map(({ name }) => name)).toEqual(
        one.calls.mremap.map(({ name }) => name),
      );
    }
  });

  test('begins with another patch where that is its base', () => {
    const next = patch([{ drop: 'move-count-check' }], drop);
    expect(named(next).base?.id).toBe(named(drop).id);
    expect(changesOf(named(next))).toEqual(['move-count-check is dropped']);
  });

  test('finds the patches of the package from everywhere, by a short name', () => {
    const own = 'patches/2019-02-bail-out-earlier.json';
    expect(releaseOfReference(own, { modules: false }).id).toBe(own);
    expect(releaseNamed(own).id).toBe(own);
  });
});

const EDIT = (edit: object): string => patch([edit]);

describe('a message', () => {
  test.each([
    ['no file', () => 'none.json', 'none.json: no such file, expected a patch'],
    ['no JSON', () => written('x.json', '{'), 'found something that is not JSON'],
    [
      'no release to begin with',
      () => patch([], 'v9.9'),
      '.base: found "v9.9", expected one of those that mremap-check releases lists',
    ],
    ['a field too many', () => written('y.json', '{"patch":1,"titel":"T"}'), 'not "titel"'],
    [
      'a title that is a command to a terminal',
      () => written('z.json', '{"patch":1,"title":"T\\u001b[2J","base":"v7.0","edits":[]}'),
      '.title: found "T\\u001b[2J", expected text without control characters',
    ],
    ['no edit', () => EDIT({ remove: 'x' }), '.edits[0]: found {"remove":"x"}, expected an edit'],
    [
      'a slip in the name of a step',
      () => EDIT({ drop: 'early-count-chek' }),
      '.edits[0].drop: found "early-count-chek", expected a step of mremap of v6.18, such as "early-count-check"',
    ],
    [
      'the name of no step',
      () => EDIT({ drop: 'something' }),
      '.edits[0].drop: found "something", expected a step of mremap of v6.18: flags-known, ',
    ],
    [
      'no place',
      () => EDIT({ move: 'lookup-again', behind: 'take-lok' }),
      '.edits[0].behind: found "take-lok", expected a step of mremap of v6.18, such as "take-lock"',
    ],
    [
      'two places',
      () => EDIT({ move: 'lookup-again', behind: 'take-lock', before: 'lookup-vma' }),
      'expected one of them',
    ],
    [
      'a place that there is twice',
      () => EDIT({ move: 'lookup-again', behind: 'unmap-tail-remove' }),
      'found "unmap-tail-remove", which mremap of v6.18 has 2 times, expected a step that it has once',
    ],
    [
      'an unknown condition',
      () => EDIT({ change: 'early-count-check', when: ['FIXD'] }),
      '.edits[0].when[0]: found "FIXD", expected a condition, one of "MAYMOVE", "no MAYMOVE", "FIXED"',
    ],
    [
      'an edit without effect',
      () => EDIT({ change: 'early-count-check', need: 6 }),
      '.edits[0].change: found mremap of v6.18 as it was, expected a change',
    ],
    ['a change of nothing', () => EDIT({ change: 'early-count-check' }), 'at least one of need'],
    [
      'a headroom of what does not ask for any',
      () => EDIT({ change: 'lookup-vma', need: 1 }),
      '.edits[0].need: found "lookup-vma", which does not look at map_count, expected a check',
    ],
    [
      'a second headroom of a check that has but one',
      () => EDIT({ change: 'unmap-source-count-check', need: 2, needDontunmap: 3 }),
      'found needDontunmap for "unmap-source-count-check", expected `need` alone, but for the early',
    ],
    [
      'a condition of another call',
      () => EDIT({ call: 'munmap', change: 'munmap-count-check', when: ['growing'] }),
      '.edits[0].when: found conditions of munmap, expected none',
    ],
    [
      'a name that is taken',
      () => EDIT({ insert: 'lookup-vma', role: 'early', need: 1, before: 'take-lock' }),
      '.edits[0].insert: found "lookup-vma", which mremap of v6.18 has already',
    ],
    [
      'a release without that step',
      () => EDIT({ insert: 'early-count-check-2', from: 'v5.0', before: 'take-lock' }),
      '.edits[0].from: found "v5.0", expected a release that has early-count-check-2 in mremap',
    ],
    [
      'a loop without its head',
      () => EDIT({ drop: 'pick-vma' }),
      'found next-vma, which repeats from pick-vma, and no pick-vma',
    ],
    ['no lock', () => EDIT({ drop: 'take-lock' }), 'found 0 steps that take the mmap lock'],
    [
      'a change without the lock',
      () => EDIT({ move: 'unmap-destination-remove', before: 'take-lock' }),
      'found unmap-destination-remove before take-lock, expected it under the mmap lock',
    ],
    [
      'calls that break down',
      () => EDIT({ drop: 'done-moved' }),
      'breaks down (mremap ran past its last step), expected steps that bring every call to its end',
    ],
    [
      'calls that break down where they move and grow',
      () => patch([{ move: 'charge-growth', before: 'done-moved' }], 'v2.6.33'),
      'breaks down (',
    ],
    [
      'a patch of itself',
      () => written('self.json', '{"patch":1,"title":"T","base":"self.json","edits":[]}'),
      '.base: found a patch of itself',
    ],
    ['a module that is none', () => module('export default ('), 'found a module that fails'],
    [
      'a step that changes the state that it is given',
      () =>
        module(`export const base = 'v7.1';
          export default (r, k) => k.edited('mremap', 'lookup-vma', (step) =>
            [{ ...step, run: (s) => (s.vmas.splice(0, 1), s) }])(r);`),
      'found that mremap(0, 0, 1, 0, 0) breaks down (Cannot',
    ],
    [
      'a check that asks for nothing that is a number',
      () =>
        module(`export const base = 'v7.1';
          export default (r, k) => k.changed('mremap', 'early-count-check', {
            count: { need: 4, needFor: () => undefined },
          })(r);`),
      'breaks down (needFor of early-count-check says undefined)',
    ],
    [
      'a module with a title of two lines',
      () => module('export const base = "v7.1", title = "a\\nb"; export default (r) => r'),
      '.title: found "a\\nb", expected text without control characters',
    ],
    ['a module without a base', () => module('export default (r) => r'), '.base: found nothing'],
    [
      'a module without a function',
      () => module('export const base = "v7.1"'),
      '.default: found nothing',
    ],
    [
      'a module that returns something else',
      () => module('export const base = "v7.1"; export default () => 1'),
      'found a function that returns no release',
    ],
    [
      'a module that fails',
      () =>
        module('export const base = "v7.1"; export default (r, k) => k.dropped("mremap", "x")(r)'),
      'found a patch that fails (found "x", expected a step of mremap',
    ],
  ])('names file and place where there is %s', (_what, file, message) => {
    const reference = file();
    expect(() => named(reference)).toThrow(BadInput);
    expect(() => named(reference)).toThrow(message);
    expect(() => named(reference)).toThrow(reference);
  });
});

describe('a module', () => {
  const text = `export const base = 'v7.1';
    export default (release, kit) => kit.dropped('mremap', 'early-count-check')(release);`;

  test.each(['ts', 'mts', 'js', 'mjs'])('may be a file of .%s', (extension) => {
    expect(changesOf(named(module(text, extension)))).toEqual(['early-count-check is dropped']);
  });

  test('may have types, which are not looked at', () => {
    const typed = module(`import type { Kit } from 'nowhere';
      export const base: string = 'v7.1';
      export default (release: never, kit: Kit) => kit.dropped('mremap', 'move-count-check')(release);`);
    expect(changesOf(named(typed))).toEqual(['move-count-check is dropped']);
  });

  test('is not run where nobody has asked for that', () => {
    const ran = `globalThis.ran = true; ${text}`;
    const spec = (reference: string): string =>
      join(
        FOLDER,
        written(
          `s${count++}.json`,
          JSON.stringify({
            spec: 1,
            title: 'T',
            question: 'Q',
            answer: 'A',
            sources: [],
            checks: [
              {
                check: 'enumerate',
                title: 'C',
                bounds: { pages: 1, classes: ['anon r'], limits: [0, 1] },
                expect: [
                  {
                    invariant: 'limit-held',
                    releases: [reference],
                    verdict: 'holds',
                    because: 'B',
                  },
                ],
              },
            ],
          }),
        ),
      );
    const file = module(ran);
    const based = patch([{ drop: 'move-count-check' }], file);
    const refused = spec(file);
    // Where the spec names it.
    expect(() => loadSpecs([refused])).toThrow(
      `${refused}: .checks[0].expect[0].releases[0]: ${join(FOLDER, file)}: found a module, which is code to be run`,
    );
    // Nor by way of a patch that is data, even if modules may be run.
    expect(() => named(based)).toThrow('found a module, which is code to be run');
    expect(() => loadSpecs([spec(based)], true)).toThrow('found a module, which is code to be run');
    expect('ran' in globalThis).toBe(false);
    expect(loadSpecs([spec(file)], true)).toHaveLength(1);
    expect('ran' in globalThis).toBe(true);
  });
});
