import { link, page, paragraph } from './markdown.js';

interface Term {
  readonly name: string;
  readonly means: string;
  /** Other terms to read. */
  readonly see?: readonly string[];
}

/** Words of the kernel. */
const KERNEL: readonly Term[] = [
  {
    name: 'VMA',
    means:
      'A virtual memory area: a range of pages of a process that are mapped alike. The kernel splits one where a call is about a part of it, and merges neighbours that are alike.',
  },
  {
    name: 'map_count',
    means: 'How many VMAs a process has; `mm->map_count`.',
    see: ['max_map_count', 'headroom'],
  },
  {
    name: 'max_map_count',
    means:
      'The sysctl `vm.max_map_count`: the limit that `map_count` is compared with, 65530 unless somebody sets it. Called the limit here.',
  },
  {
    name: 'map slot',
    means: 'One VMA more that may be had: a check asks for so many of them.',
    see: ['headroom'],
  },
  {
    name: 'headroom',
    means:
      'The limit less `map_count`: how many map slots are left. Below zero after somebody has lowered the sysctl.',
  },
  {
    name: 'pre-check',
    means:
      'A check of `map_count` before anything is changed, so that a refusal leaves everything as it was.',
    see: ['early check'],
  },
  {
    name: 'early check',
    means:
      'The pre-check of `mremap()`, from 5.1 on: 6 map slots up to 7.0, 4 from 7.1 on, and 5 with DONTUNMAP from 7.2.11 on. From 6.15 to 7.0 it is made without the lock.',
    see: ['move check'],
  },
  {
    name: 'move check',
    means:
      'The check of `map_count` at the start of `move_vma()`, when the destination is unmapped already: 4 map slots up to 7.0, 2 from 7.1 on.',
  },
  {
    name: 'source',
    means: 'The old range of `mremap()`: old address and old length.',
    see: ['tail'],
  },
  { name: 'destination', means: 'The new range of `mremap()`: new address and new length.' },
  {
    name: 'tail',
    means: 'What a shrinking call cuts off its source: from the new length to the old.',
  },
  {
    name: 'MAYMOVE, FIXED, DONTUNMAP',
    means:
      'The flags of `mremap()`. FIXED unmaps what is at the new address first; DONTUNMAP moves the pages and leaves the source mapped and empty. Both need MAYMOVE.',
  },
  {
    name: 'mmap lock',
    means:
      '`mm->mmap_lock`. A call that changes VMAs holds it for writing; only what is done before `take-lock` is done without it.',
  },
  {
    name: 'populated',
    means:
      'Of private memory: a page of it has been written to, so that the VMA has an `anon_vma`. Such a VMA keeps its page offset when it moves, and merges with fewer neighbours.',
    see: ['anon_vma'],
  },
  {
    name: 'anon_vma',
    means:
      'What the kernel finds all mappings of an anonymous page by. A VMA gets one with the first write fault.',
  },
  {
    name: 'page offset',
    means:
      '`vm_pgoff`: the page of the file that a VMA starts with. Of anonymous memory the page number of its address, until it moves.',
  },
  {
    name: 'locked',
    means:
      '`VM_LOCKED`, by `mlock()`: its pages are kept in memory and counted in `mm->locked_vm`, which RLIMIT_MEMLOCK bounds.',
  },
  {
    name: 'sealed',
    means: '`VM_SEALED`, by `mseal()` from 6.10 on: it may not be unmapped, moved or re-protected.',
  },
  {
    name: 'accounted',
    means:
      '`VM_ACCOUNT`: its pages are in the commit charge (`Committed_AS`). Private writable memory is.',
  },
  {
    name: 'commit charge',
    means: 'Pages that the kernel has promised; bounded under `vm.overcommit_memory=2`.',
  },
  {
    name: 'registered',
    means: 'With a userfaultfd, for missing pages; drawn `~`.',
  },
  {
    name: 'special',
    means: 'A driver’s mapping, `VM_PFNMAP|VM_DONTEXPAND`; it does not grow and does not merge.',
  },
];

/** Words of this model and its checker. */
const MODEL: readonly Term[] = [
  {
    name: 'release',
    means:
      'One behaviour of `mremap()` and of the calls around it, named after the first Linux that has it. A stable one that a fix ends is named after the last (`v6.5.3`).',
    see: ['variant'],
  },
  {
    name: 'variant',
    means: 'A release with another check: `v6.17[move=2]`, `v5.1[early=off]`.',
  },
  {
    name: 'step',
    means:
      'A part of a call that the model does at once; each stands for a kernel function, or a part of one.',
    see: ['guard', 'micro-step'],
  },
  { name: 'guard', means: 'For which flags and lengths a step is run at all.' },
  { name: 'micro-step', means: 'One step as it was run, with the state before and after it.' },
  {
    name: 'state',
    means:
      'An address space, the limit, and what else a call can depend on. Between steps also how far the call has come.',
  },
  {
    name: 'transition',
    means: 'One call in one state: from the state before it to the one after it.',
  },
  {
    name: 'window',
    means: 'The few pages in which a search looks; the task ends with it.',
    see: ['bounds'],
  },
  {
    name: 'bounds',
    means:
      'What a search tries: pages, VMAs, kinds, limits, flags. A verdict is a proof within its bounds and no more.',
  },
  {
    name: 'enumerate, reach, race, compare',
    means:
      'The searches: one call in every address space; everything that calls reach from an empty window; every interleaving of some threads; two releases on the same work.',
  },
  { name: 'frontier', means: 'The states of reach that are found and not yet worked on.' },
  {
    name: 'invariant',
    means: 'A promise about single calls, true or false of each.',
    see: ['verdict'],
  },
  {
    name: 'verdict',
    means:
      'What a search says of an invariant on a release: holds, fails (violated), or no case of it (untested).',
  },
  {
    name: 'counterexample',
    means: 'A call that breaks an invariant, with a history that leads to it.',
    see: ['witness'],
  },
  {
    name: 'witness',
    means:
      'The place of such a call in the search, from which the counterexample is made; the smallest is shown.',
  },
  {
    name: 'behaviour class',
    means:
      'Of two releases compared: all calls of a shape that end one way on the first and another way on the second.',
  },
  {
    name: 'frame token',
    means:
      'A ghost: a number for each page frame, given when the call begins and looked up when it has ended, so that a page can be followed. No kernel has it.',
  },
  {
    name: 'point of failure',
    means:
      'An allocation, a charge or a driver’s veto that can fail whatever the arguments are; a search makes it fail.',
  },
  {
    name: 'ending',
    means: 'How a step ends a call: the errno, and what has been changed by then.',
  },
  {
    name: 'seeded defect',
    means: 'A fault built into a release on purpose, which an invariant must find.',
  },
  {
    name: 'spec',
    means: 'A question about `mremap()` with the checks that answer it: a file of `specs/`.',
  },
  {
    name: 'record',
    means: 'What a real kernel did with a list of scenarios; a release must do the same.',
  },
];

const anchor = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_ -]/g, '')
    .replaceAll(' ', '-');

const entry = ({ name, means, see = [] }: Term): string => {
  const further = see.map((other) => link(other, `#${anchor(other)}`)).join(', ');
  return `### ${name}\n\n${paragraph(means + (further === '' ? '' : ` See ${further}.`))}`;
};

/** The page of words. */
export const glossaryPage = (): string =>
  page(
    '# Glossary',
    `${link('Index', 'README.md')}. The symbols of definitions are explained on the page of each invariant.`,
    '## Of the kernel',
    KERNEL.map(entry),
    '## Of this model',
    MODEL.map(entry),
  );
