import type { Evidence, Identification } from '../conformance/identify.js';
import type { Kernel } from '../conformance/kernel.js';
import type { StepOutcome } from '../conformance/outcome.js';
import type { Release } from '../model/release.js';
import { releases } from '../model/releases/index.js';
import { kernelText } from './conform-text.js';
import { notSurvivedText } from './not-survived.js';
import { layoutStrip, returned, setupRows, signed, vmasOf, writtenText } from './outcome-rows.js';
import { exactly, row } from './rows.js';
import { legend, ruler } from './strip.js';
import type { Style } from './style.js';
import { VERSION } from './version.js';
import { plural } from './words.js';
import { wrapped } from './wrap.js';

/** `v5.1 to v6.16, v7.1`: neighbours in the list of releases put together, stable ones behind. */
function releaseRanges(some: readonly Release[]): string {
  const ranges: string[] = [];
  for (let first = 0; first < releases.length; first++) {
    let end = first;
    while (some.includes(releases[end] as Release)) end++;
    if (end === first) continue;
    const [from, to] = [releases[first]?.id, releases[end - 1]?.id];
    ranges.push(end - first === 1 ? `${from}` : `${from} to ${to}`);
    first = end;
  }
  const stable = some.filter((release) => !releases.includes(release)).map(({ id }) => id);
  return [...ranges, ...stable].join(', ');
}

/** The counters behind a call, but for those that the kernel does not show. */
function countersText(step: StepOutcome, hides: Kernel['hides']): string {
  const shown = {
    mapCount: `map_count ${signed(step.mapCountDelta)}`,
    totalVmDelta: `total_vm ${signed(step.totalVmDelta)}`,
    lockedVm: `locked ${step.lockedVm}`,
    committedDelta: `committed ${signed(step.committedDelta)}`,
  };
  return Object.entries(shown)
    .filter(([field]) => !(hides as readonly string[]).includes(field))
    .map(([, text]) => text)
    .join(', ');
}

/** A scenario, what the kernel made of it, and which releases do the same. */
function evidenceText({ scenario, kernel, alike }: Evidence, hides: Kernel['hides']): string {
  const { pages, calls } = scenario;
  const last = kernel.steps.at(-1);
  const { layout } = last ?? kernel.initial;
  const counters = last === undefined ? '' : `   ${countersText(last, hides)}`;
  return [
    ...setupRows(scenario),
    ...calls.flatMap((call, i) => {
      const step = kernel.steps[i];
      return row('call', `${writtenText(call)} = ${step === undefined ? '?' : returned(step)}`);
    }),
    exactly('pages', ruler(pages)),
    exactly('after', `${layoutStrip(layout, pages)}${counters}`),
    exactly('', legend([vmasOf(layout)])),
    ...row('so do', alike.length === 0 ? 'no release' : releaseRanges(alike)),
  ].join('\n');
}

function verdict({ version }: Pick<Kernel, 'version'>, found: Identification, s: Style): string {
  const { matches, closest, agreeing, evidence, notSetUp, notSurvived } = found;
  const left = notSetUp === 0 ? '' : ` (${plural(notSetUp, 'scenario')} could not be set up)`;
  if (notSurvived.length > 0) {
    return s.bad(
      `${version} behaves as no release; it did not survive ${plural(notSurvived.length, 'scenario')}${left}`,
    );
  }
  if (matches.length === 0) {
    return s.bad(
      `${version} behaves as no release; closest is ${releaseRanges(closest)}, in ${agreeing} of ${evidence.length} scenarios${left}`,
    );
  }
  const apart = matches.length === 1 ? '' : ', none of which tells these apart';
  const times = plural(evidence.length, 'scenario');
  return s.good(`${version} behaves as ${releaseRanges(matches)} in all ${times}${apart}${left}`);
}

/** The evidence, scenario by scenario, and as the last line the releases that the kernel behaves as. */
export const identifyText = (
  kernel: Pick<Kernel, 'name' | 'version' | 'hides'>,
  found: Identification,
  s: Style,
): string =>
  [
    s.bold(
      `${kernelText(kernel)}: ${plural(found.evidence.length, 'scenario')} that tell releases apart`,
    ),
    ...found.evidence.map((one) => evidenceText(one, kernel.hides)),
    ...found.notSurvived.map((one) => notSurvivedText(one, s)),
    wrapped(verdict(kernel, found, s), ''),
  ].join('\n\n');

/** The same for programs, with the outcomes. */
export const identifyJson = (
  { name, version }: Pick<Kernel, 'name' | 'version'>,
  { matches, closest, agreeing, evidence, notSetUp, notSurvived }: Identification,
): object => ({
  version: VERSION,
  kernel: { name, version },
  behavesAs: matches.map(({ id }) => id),
  closest: closest.map(({ id }) => id),
  agreeing,
  notSetUp,
  notSurvived,
  evidence: evidence.map(({ scenario, kernel, alike }) => ({
    scenario,
    outcome: kernel,
    releases: alike.map(({ id }) => id),
  })),
});
