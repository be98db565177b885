import type { CaseData } from '../html/case.js';
import type { RaceData, ThreadData } from '../html/data.js';
import { callText } from '../model/call-text.js';
import type { Call } from '../model/calls.js';
import { NO_RESOURCE_LIMITS, type ResourceLimits } from '../model/state.js';
import { RESOURCE_NAMES } from '../report/words.js';
import { threadName } from './words.js';

function Setup({
  setup,
  exhausted,
  limit,
  fromStart,
}: {
  readonly setup: readonly Call[] | null;
  readonly exhausted: boolean;
  readonly limit: number;
  readonly fromStart: boolean;
}) {
  const calls = setup === null || setup.length === 0 ? null : setup;
  const text =
    setup !== null
      ? 'nothing mapped'
      : exhausted
        ? 'no sequence of the calls tried builds this address space'
        : 'no sequence of calls found that builds this address space';
  return (
    <dd>
      {calls === null ? text : <code>{calls.map(callText).join('; ')}</code>}
      {`, ${fromStart ? 'under' : 'then'} `}
      <code>max_map_count = {limit}</code>
    </dd>
  );
}

/** What is called in which address space; addresses and lengths in pages. */
export function CallSituation({
  one,
  result,
}: {
  readonly one: CaseData;
  readonly result: string;
}) {
  const names = Object.keys(NO_RESOURCE_LIMITS) as (keyof ResourceLimits)[];
  const limits = names.filter((name) => one.limits[name] < NO_RESOURCE_LIMITS[name]);
  return (
    <dl class="situation">
      <dt>set-up</dt>
      <Setup
        setup={one.setup}
        exhausted={one.exhausted}
        limit={one.limits.maxMapCount}
        fromStart={one.limitedFromStart}
      />
      {limits.length > 0 && (
        <>
          <dt>limits</dt>
          <dd>
            {limits.map((name) => `${RESOURCE_NAMES[name]} ${one.limits[name]} (pages)`).join(', ')}
          </dd>
        </>
      )}
      <dt>call</dt>
      <dd>
        <code>
          {callText(one.call)} = {result}
        </code>
      </dd>
    </dl>
  );
}

const threadText = (thread: ThreadData): string => {
  if (thread.does === 'lower') return `lowers max_map_count to ${thread.limit}`;
  if (thread.does === 'read') return `reads map_count: ${thread.seen}`;
  return `${callText(thread.call)}${thread.result === null ? '' : ` = ${thread.result}`}`;
};

export const RaceSituation = ({ race }: { readonly race: RaceData }) => (
  <dl class="situation">
    <dt>set-up</dt>
    <Setup setup={race.setup} exhausted={race.exhausted} limit={race.limit} fromStart={false} />
    <dt>threads</dt>
    <dd>
      {race.threads.map((thread, i) => (
        <div key={threadName(i)}>
          <b class="thread">{threadName(i)}</b> <code>{threadText(thread)}</code>
        </div>
      ))}
    </dd>
  </dl>
);
