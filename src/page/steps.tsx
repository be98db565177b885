import { useEffect, useRef } from 'preact/hooks';
import type { Frame } from '../html/run.js';
import { releaseByRef } from '../model/releases/variant.js';
import type { Step } from '../model/step.js';
import { threadName } from './words.js';

/** One line: the step, its kernel function, map_count, and what came of it. */
export function StepLine({
  frame,
  last,
}: {
  readonly frame: Frame;
  readonly last: Frame | undefined;
}) {
  const { name, kernel, thread, mapCount, result, failed } = frame;
  const count =
    last === undefined || last.mapCount === mapCount
      ? `${mapCount}`
      : `${last.mapCount} → ${mapCount}`;
  return (
    <>
      {thread !== undefined && <b class="thread">{threadName(thread)}</b>}
      <span class="name">{name}</span>
      <span class="kernel">{kernel}</span>
      <span class={last !== undefined && last.mapCount !== mapCount ? 'count moved' : 'count'}>
        {count}
      </span>
      {failed !== undefined && <span class="failed">{failed}</span>}
      {result !== undefined && (
        <span class={result.startsWith('-') ? 'result bad' : 'result'}>returns {result}</span>
      )}
    </>
  );
}

/** The step of the model, by the names that a frame has; none where a patch has put it in. */
const stepOf = (root: string, { name, kernel }: Frame): Step | undefined =>
  Object.values(releaseByRef(root).calls)
    .flat()
    .find((step) => step.name === name && step.kernel === kernel);

/** What the step does and may refuse with, from the model's own list of steps. */
export function StepNote({ frame, root }: { readonly frame: Frame; readonly root: string }) {
  const step = stepOf(root, frame);
  if (step === undefined) return null;
  const errnos = step.errnos ?? [];
  return (
    <p class="does">
      <code>{step.kernel}()</code> {step.does}.
      {errnos.length > 0 && ` It may end the call with ${errnos.join(' or ')}.`}
    </p>
  );
}

export interface Entry {
  readonly index: number;
  readonly frame: Frame;
  readonly last: Frame | undefined;
}

/** The steps in order; the one that is shown is kept in sight. */
export function StepList({
  entries,
  at,
  onPick,
}: {
  readonly entries: readonly Entry[];
  readonly at: number;
  readonly onPick: (index: number) => void;
}) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const [box, current] = [list.current, list.current?.querySelector('[aria-current]')];
    if (box === null || !(current instanceof HTMLElement)) return;
    const top = current.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + current.offsetHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top - box.clientHeight / 2;
    }
  });
  return (
    <ol class="steps" ref={list}>
      {entries.map(({ index, frame, last }) => (
        <li key={index} class={frame.notable ? '' : 'looks'}>
          <button
            type="button"
            aria-current={index === at ? 'step' : undefined}
            onClick={() => onPick(index)}
          >
            <StepLine frame={frame} last={last} />
          </button>
        </li>
      ))}
    </ol>
  );
}
