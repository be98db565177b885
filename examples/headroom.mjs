// What a move of the middle of a VMA to a fixed address needs of map slots, release by release:
// the lowest headroom at which it succeeds, and the step that refuses it one below.
import {
  env,
  FIXED,
  frameTokens,
  Kind,
  MAYMOVE,
  machine,
  makeVma,
  observe,
  Prot,
  releases,
} from 'mremap-check';

const PAGES = 8;
const vmas = [makeVma({ start: 0, pages: 3, kind: Kind.anon, prot: Prot.rw })];
const call = {
  call: 'mremap',
  addr: 1,
  oldLen: 1,
  newLen: 1,
  flags: MAYMOVE | FIXED,
  newAddr: 6,
};

for (const release of releases) {
  const on = machine(release);
  const at = (headroom) =>
    observe(on, env(vmas.length + headroom, PAGES), vmas, frameTokens(vmas, PAGES), call).outcome;
  let needed = 0;
  while (at(needed).result < 0) needed++;
  const refusal = needed === 0 ? 'nothing refuses' : `${at(needed - 1).step.name} refuses`;
  console.log(`${release.id.padEnd(9)} ${needed}  ${refusal} below`);
}
