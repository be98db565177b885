import { dirname } from 'node:path';
import { keeping } from '../runs/failed.js';
import { type JournalHeader, JournalWriter, journalEntries } from '../runs/journal.js';
import { isInShard, WHOLE } from '../runs/shards.js';
import type { TaskResult } from '../verify/execute.js';
import type { Store } from '../verify/store.js';

type Entries = Iterable<readonly [unit: number, result: TaskResult]>;

/** All of some journals, one after the other, read anew each time. */
export const entriesOf = (
  journals: readonly { readonly file: string; readonly header: JournalHeader }[],
): Entries => ({
  *[Symbol.iterator]() {
    for (const { file, header } of journals) yield* journalEntries(file, header);
  },
});

/** A journal as a store; to be closed. */
export function journalStore(file: string, header: JournalHeader): Store & { close(): void } {
  const kept = <T>(write: () => T): T => keeping(dirname(file), file, write);
  const writer = kept(() => new JournalWriter(file));
  const { shard = WHOLE } = header;
  return {
    known: entriesOf([{ file, header }]),
    mine: (unit) => isInShard(shard, unit),
    keep: (unit, result) => kept(() => writer.add(unit, result)),
    close: () => kept(() => writer.close()),
  };
}
