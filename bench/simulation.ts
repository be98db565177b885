/** Who does the units. */
export interface Fleet {
  readonly workers: number;
  /** Seconds until a worker asks for its first unit. */
  readonly start: number;
}

/** What stands between a worker and its next unit. */
export interface Desk {
  /** Seconds that the server and the submitter have to do with each unit, one after the other. */
  readonly cost: number;
  /** Seconds more until the worker has it, in which they see to others. */
  readonly latency: number;
}

export interface Simulated {
  /** From the start to the last answer. */
  readonly seconds: number;
  /** Part of the workers' time that is work. */
  readonly efficiency: number;
  /** Part of the time in which the server has something to do. */
  readonly busy: number;
}

/** The smallest number of a heap, in the place of which another is put. */
class Earliest {
  constructor(private readonly times: Float64Array) {}

  get first(): number {
    return this.times[0] as number;
  }

  /** Later than the first, which it replaces. */
  replace(time: number): void {
    const { times } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && (times[child + 1] as number) < (times[child] as number)) {
        child++;
      }
      if ((times[child] as number) >= time) break;
      times[at] = times[child] as number;
      at = child;
    }
    times[at] = time;
  }
}

/**
 * Lets workers take units in their order, each the next as soon as it has answered the last. The one who
 * asks first is served first, one at a time; an answer comes with the question for the next.
 *
 * @param units seconds that each takes a worker
 */
export function simulate(
  units: Iterable<number>,
  { workers, start }: Fleet,
  { cost, latency }: Desk,
): Simulated {
  const asking = new Earliest(new Float64Array(workers).fill(start));
  let free = 0;
  let work = 0;
  let many = 0;
  let last = start;
  for (const unit of units) {
    free = Math.max(free, asking.first) + cost;
    const end = free + latency + unit;
    last = Math.max(last, end);
    asking.replace(end);
    work += unit;
    many++;
  }
  return { seconds: last, efficiency: work / (workers * last), busy: (many * cost) / last };
}

/** Workers from which on the server has always something to do. */
export const fullFrom = (unit: number, { cost, latency }: Desk): number =>
  Math.ceil((unit + latency + cost) / cost);

/** Numbers from 0 to 1 that look random, the same for one seed (mulberry32). */
function* random(seed: number): Generator<number> {
  for (let state = seed | 0; ; ) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** Units of so many seconds in the mean, drawn from those that were measured; the same for one seed. */
export function* drawnUnits(
  many: number,
  mean: number,
  measured: readonly number[],
  seed = 1,
): Generator<number> {
  const scale = (mean * measured.length) / measured.reduce((sum, one) => sum + one, 0);
  const numbers = random(seed);
  for (let i = 0; i < many; i++) {
    const at = Math.floor((numbers.next().value as number) * measured.length);
    yield scale * (measured[at] as number);
  }
}
