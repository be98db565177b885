import { type JournalHeader, JournalWriter, journalEntries } from '../runs/journal.js';
import { isInShard, WHOLE } from '../runs/shards.js';
import type { TaskResult } from '../verify/execute.js';
import type { Store } from '../verify/store.js';

/** Every unit of some journals, one after the other. */
export function* entriesOf(
  journals: readonly { readonly file: string; readonly header: JournalHeader }[],
): Generator<readonly [number, TaskResult]> {
  for (const { file, header } of journals) yield* journalEntries(file, header);
}

/** A journal as a store; to be closed. */
export function journalStore(file: string, header: JournalHeader): Store & { close(): void } {
  const writer = new JournalWriter(file);
  const { shard = WHOLE } = header;
  return {
    known: journalEntries(file, header),
    mine: (unit) => isInShard(shard, unit),
    keep: (unit, result) => writer.add(unit, result),
    close: () => writer.close(),
  };
}
