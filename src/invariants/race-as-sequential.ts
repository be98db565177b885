import type { Invariant } from './invariant.js';

const sequential = (lowered: boolean): Pick<Invariant, 'applies' | 'holds' | 'explain'> => ({
  applies: ({ race }) => race?.lowered === lowered && race.whole !== undefined,
  holds: ({ race }) => race?.whole?.sequential() === true,
  explain: () => 'no order of the threads, one after the other, gives these results and this end',
});

export const raceAsSequential: Invariant = {
  id: 'race-as-sequential',
  statement:
    'What calls of several threads return and leave is what some order of them, one after the other, gives.',
  definition:
    '∃ order of the calls: run one after the other they return the same rs and leave the same V′',
  source: 'What the mmap lock is for.',
  ...sequential(false),
};

export const sysctlAsSequential: Invariant = {
  id: 'sysctl-as-sequential',
  statement:
    'The same where one of the threads lowers max_map_count, as one of those put in order.',
  definition:
    '∃ order of the calls and the write to L: run one after the other they return the same rs and leave the same V′',
  source: 'Each check reads max_map_count anew, and the mmap lock does not keep sysctl out.',
  ...sequential(true),
};
