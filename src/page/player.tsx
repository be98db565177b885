import { useMemo, useRef } from 'preact/hooks';
import type { Run } from '../html/run.js';
import { changesOf, changesText } from './changes.js';
import { runnable } from './data.js';
import { Gauge } from './gauge.js';
import { useKeys } from './keys.js';
import { Picture } from './picture.js';
import type { Go, Route } from './route.js';
import { type Entry, StepList, StepNote } from './steps.js';
import { Storyboard } from './storyboard.js';
import { type Moment, momentsOf, nextMoment, type Side } from './track.js';
import { gaugeText, threadName } from './words.js';

/** How far a finger has to go, in pixels. */
const SWIPE = 40;

/** What a step did, in words. */
function saidOf({ run, frame, last, moves }: Side): string {
  if (!moves)
    return frame.result === undefined ? 'has no such step' : `has returned ${frame.result}`;
  const changes = changesText(changesOf(last?.vmas ?? frame.vmas, frame.vmas, run.window));
  return [
    frame.thread === undefined ? frame.name : `thread ${threadName(frame.thread)}, ${frame.name}`,
    ...(changes === '' ? [] : [changes]),
    ...(frame.failed === undefined ? [] : [frame.failed]),
    gaugeText(frame),
    ...(frame.result === undefined ? [] : [`returns ${frame.result}`]),
  ].join(', ');
}

function Controls({
  moments,
  at,
  route,
  go,
  walk,
}: {
  readonly moments: readonly Moment[];
  readonly at: number;
  readonly route: Route;
  readonly go: (index: number) => void;
  readonly walk: (by: 1 | -1) => void;
}) {
  const last = moments.length - 1;
  return (
    <div class="controls">
      <button type="button" onClick={() => go(0)} disabled={at === 0} aria-label="first step">
        |◀
      </button>
      <button type="button" onClick={() => walk(-1)} disabled={at === 0} aria-label="step back">
        ◀
      </button>
      <button type="button" onClick={() => walk(1)} disabled={at === last} aria-label="next step">
        ▶
      </button>
      <button type="button" onClick={() => go(last)} disabled={at === last} aria-label="last step">
        ▶|
      </button>
      <input
        type="range"
        aria-label="step"
        min={0}
        max={last}
        value={at}
        onInput={(event) => {
          const wanted = Number(event.currentTarget.value);
          const shown = route.micro || moments[wanted]?.notable === true;
          go(shown ? wanted : nextMoment(moments, wanted, wanted > at ? 1 : -1, false));
        }}
      />
    </div>
  );
}

function SideView({ side, alone }: { readonly side: Side; readonly alone: boolean }) {
  const { run, frame, last, moves } = side;
  const first = run.frames[0]?.vmas ?? [];
  return (
    <div class={moves ? 'side' : 'side waits'} data-release={run.release}>
      {!alone && (
        <h4>
          {run.release}{' '}
          <small>
            {moves
              ? frame.name
              : frame.result === undefined
                ? 'waits'
                : `has returned ${frame.result}`}
          </small>
        </h4>
      )}
      <Picture
        frame={frame}
        last={last?.vmas ?? frame.vmas}
        first={first}
        pages={run.window}
        name={`Address space on ${run.release}`}
      />
      <Gauge frame={frame} peak={run.peak} />
      {moves && <StepNote frame={frame} root={run.root} />}
    </div>
  );
}

/** The entries of the list of one side; where the other moves alone there is none. */
const entriesOf = (
  moments: readonly Moment[],
  which: number,
  at: number,
  micro: boolean,
): Entry[] =>
  moments.flatMap(({ index, sides, notable }) => {
    const side = sides[which];
    if (side === undefined || !side.moves || (!micro && !notable && index !== at)) return [];
    return [{ index, frame: side.frame, last: side.last }];
  });

/** Steps through a call on one release, or on two side by side. */
export function Player({
  run,
  play,
  route,
  go,
  fixedBeside,
}: {
  readonly run: Run;
  /** Runs the same on another release; undefined for what is not run again. */
  readonly play: ((release: string) => Run) | undefined;
  readonly route: Route;
  readonly go: Go;
  /** Two releases that belong together, as those of a class of differences. */
  readonly fixedBeside?: string;
}) {
  const choice = useRef<HTMLSelectElement>(null);
  const touched = useRef<number | undefined>(undefined);
  const others = runnable.filter((release) => release !== run.release);
  const wanted = fixedBeside ?? (others.includes(route.with) ? route.with : '');
  const beside = wanted === '' ? undefined : play?.(wanted);
  const moments = useMemo(() => momentsOf(run, beside), [run, beside]);
  const at = Math.min(route.step, moments.length - 1);
  const moment = moments[at] as Moment;
  const toStep = (step: number): void => go({ step }, true);
  const walk = (by: 1 | -1): void => toStep(nextMoment(moments, at, by, route.micro));
  const back = (): void => walk(-1);
  const on = (): void => walk(1);
  useKeys({
    ArrowLeft: back,
    ArrowRight: on,
    k: back,
    j: on,
    Home: () => toStep(0),
    End: () => toStep(moments.length - 1),
    m: () => go({ micro: !route.micro }, true),
    c: () => choice.current?.focus(),
  });
  /** Another release beside, at the same step of the first. */
  const compareWith = (release: string): void => {
    const after = momentsOf(run, release === '' ? undefined : play?.(release));
    const frame = moment.sides[0]?.frame;
    const step = after.findIndex(
      ({ sides }) => sides[0]?.moves === true && sides[0].frame === frame,
    );
    go({ with: release, step: Math.max(0, step) }, true);
  };
  const numbers = moments.filter(({ notable }) => route.micro || notable);
  const board = useMemo(
    () => <Storyboard moments={moments.filter(({ notable }) => notable)} />,
    [moments],
  );
  const number = numbers.findLastIndex(({ index }) => index <= at);
  // A link may lead to a step that only looks, and has no number of its own.
  const counted = numbers[number]?.index === at ? `${number}` : `after ${number}`;
  return (
    <div class={beside === undefined ? 'player' : 'player double'}>
      <div class="bar">
        <Controls moments={moments} at={at} route={route} go={toStep} walk={walk} />
        <label class="check">
          <input
            type="checkbox"
            checked={route.micro}
            onChange={(event) => go({ micro: event.currentTarget.checked }, true)}
          />
          micro-steps
        </label>
        {play !== undefined && fixedBeside === undefined && (
          <label>
            beside{' '}
            <select
              ref={choice}
              value={wanted}
              onChange={(event) => compareWith(event.currentTarget.value)}
            >
              <option value="">no other release</option>
              {others.map((release) => (
                <option key={release} value={release}>
                  {release}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <p class="said" aria-live="polite">
        <span class="number">
          {counted} of {numbers.length - 1}
        </span>{' '}
        {moment.sides
          .map((side) => (beside === undefined ? '' : `${side.run.release}: `) + saidOf(side))
          .join('. ')}
      </p>
      <div
        class="sides"
        onTouchStart={(event) => {
          // Over a picture that is too wide for the screen, a finger moves the picture.
          const moves = event.target instanceof Element && event.target.closest('.wide') !== null;
          touched.current = moves ? undefined : event.touches[0]?.clientX;
        }}
        onTouchEnd={(event) => {
          const end = event.changedTouches[0]?.clientX;
          if (touched.current === undefined || end === undefined) return;
          const by = end - touched.current;
          if (Math.abs(by) > SWIPE) walk(by < 0 ? 1 : -1);
        }}
      >
        {moment.sides.map((side) => (
          <SideView key={side.run.release} side={side} alone={beside === undefined} />
        ))}
      </div>
      <div class="lists">
        {moment.sides.map((side, which) => (
          <div key={side.run.release}>
            {beside !== undefined && <h5>{side.run.release}</h5>}
            <StepList
              entries={entriesOf(moments, which, at, route.micro)}
              at={at}
              onPick={toStep}
            />
          </div>
        ))}
      </div>
      {board}
    </div>
  );
}
