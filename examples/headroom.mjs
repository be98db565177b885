// What a move of the middle of a VMA to a fixed address needs of map slots and is asked for, release by
// release: how many more there are behind it, and the lowest headroom with which no check refuses it.
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
const PLENTY = 100;
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
  const needs = at(PLENTY).mapCount - vmas.length;
  let asks = 0;
  while (at(asks).result < 0) asks++;
  const refusal = asks === 0 ? 'nothing refuses' : `${at(asks - 1).step.name} refuses below`;
  console.log(`${release.id.padEnd(9)} needs ${needs}, asks for ${asks}: ${refusal}`);
}
