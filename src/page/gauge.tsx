import type { Frame } from '../html/run.js';
import { gaugeText } from './words.js';

const MOST_SLOTS = 24;

/** map_count against its limit: a box a map slot, or a bar where there are many. */
export function Gauge({ frame, peak }: { readonly frame: Frame; readonly peak: number }) {
  const { mapCount, limit } = frame;
  const slots = Math.max(limit, peak, mapCount);
  const shown = Array.from({ length: slots <= MOST_SLOTS ? slots : 0 }, (_, i) => i);
  return (
    <div class={mapCount > limit ? 'gauge over' : mapCount === limit ? 'gauge full' : 'gauge'}>
      <span class="slots" aria-hidden="true">
        {shown.map((slot) => (
          <span
            key={slot}
            class={`slot ${slot < mapCount ? 'used' : ''} ${slot >= limit ? 'beyond' : ''} ${slot === limit - 1 ? 'last' : ''}`}
          />
        ))}
        {slots > MOST_SLOTS && <meter min={0} max={slots} high={limit} value={mapCount} />}
      </span>
      <span class="reading">{gaugeText(frame)}</span>
    </div>
  );
}
