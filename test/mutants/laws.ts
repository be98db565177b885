import { type Machine, machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { observe } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { argumentLaws } from './argument-laws.js';
import { cases, PAGES } from './cases.js';
import { dontunmapLaws } from './dontunmap-laws.js';
import { headroomLaws } from './headroom-laws.js';
import { type Fault, isMremap, type Law, said } from './law.js';
import { mergeLaws } from './merge-laws.js';
import { otherCallLaws } from './other-call-laws.js';

const everyCallEnds: Law = {
  name: 'every call ends',
  because: 'A step that needs a VMA comes behind the lookup that makes sure of it.',
  // A call that does not end throws, which `faults` takes for a fault of this law.
  judge: () => undefined,
};

const beforeTheLock: Law = {
  name: 'nothing changes before the lock is taken',
  because: 'The mmap lock protects the VMAs and map_count.',
  judge: ({ on, before, pages, call }) => {
    if (!isMremap(call)) return undefined;
    const { micro } = observe(on, env(before.length + 50, PAGES), before, pages, call);
    const taken = micro.findIndex(({ step }) => step.takesLock === true);
    const changed = micro
      .slice(0, taken < 0 ? micro.length : taken)
      .find((one) => one.after.vmas !== one.before.vmas || one.after.pages !== one.before.pages);
    return changed === undefined ? undefined : `${said(call)}: ${changed.step.name}`;
  },
};

/** Every law. */
export const laws: readonly Law[] = [
  everyCallEnds,
  beforeTheLock,
  ...headroomLaws,
  ...argumentLaws,
  ...mergeLaws,
  ...dontunmapLaws,
  ...otherCallLaws,
];

const isAbout = ({ of }: Law, release: Release): boolean =>
  of === undefined || of.includes(release.id);

function probed(law: Law, release: Release): Fault {
  try {
    return law.probe?.(release);
  } catch (error) {
    return `${law.name}: ${error}`;
  }
}

/** What the release does against these laws: by the name of each that it breaks, the first fault. */
export function faults(of: Release, asked: readonly Law[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const about = asked.filter((law) => isAbout(law, of));
  for (const law of about) {
    const fault = probed(law, of);
    if (fault !== undefined) found.set(law.name, fault);
  }
  const pending = new Set(about.filter((law) => law.judge !== undefined && !found.has(law.name)));
  const on: Machine = machine(of);
  try {
    for (const one of cases(on)) {
      for (const law of pending) {
        const fault = law.judge?.(one);
        if (fault === undefined) continue;
        found.set(law.name, fault);
        pending.delete(law);
      }
      if (pending.size === 0) break;
    }
  } catch (error) {
    // The histories end here; what the other laws would have found behind is not known.
    if (pending.has(everyCallEnds)) found.set(everyCallEnds.name, String(error));
  }
  return found;
}
