import { Gauge } from './gauge.js';
import { Picture } from './picture.js';
import { StepLine } from './steps.js';
import type { Moment } from './track.js';

/** Every step that is shown, one below the other: for paper, which cannot be stepped through. */
export const Storyboard = ({ moments }: { readonly moments: readonly Moment[] }) => (
  <div class="storyboard">
    {moments.map(({ index, sides }) => (
      <div key={index} class="moment">
        {sides.map(({ run, frame, last, moves }) => (
          <div key={run.release}>
            <p class="steps">
              {sides.length > 1 && <b>{run.release} </b>}
              {moves ? <StepLine frame={frame} last={last} /> : '–'}
            </p>
            <Picture
              frame={frame}
              last={last?.vmas ?? frame.vmas}
              first={run.frames[0]?.vmas ?? []}
              pages={run.window}
              name={run.release}
            />
            <Gauge frame={frame} peak={run.peak} />
          </div>
        ))}
      </div>
    ))}
  </div>
);
