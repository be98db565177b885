import { type Vmas, vmaAt } from '../model/address-space.js';
import { type Call, DONTUNMAP, FIXED } from '../model/calls.js';
import { errnoName } from '../model/errno.js';
import { type Machine, type Outcome, run } from '../model/run.js';
import { type Env, env } from '../model/state.js';
import { chooseNewAddress } from '../model/steps/move.js';
import {
  isShared,
  isWritable,
  type KindName,
  kindName,
  MAX_PAGES,
  ModelLimitError,
  offsetOf,
  pagesOf,
  protName,
  startOf,
  type Vma,
} from '../model/vma.js';
import { Contents, FRAMES } from './contents.js';
import type {
  CallResult,
  LayoutEntry,
  ScenarioOutcome,
  StepOutcome,
  WindowView,
} from './outcome.js';
import { modelCall, type Scenario, type ScenarioCall } from './scenario.js';

/** A call that this version of the model does not have. */
export class NotModelled extends Error {
  override readonly name = 'NotModelled';
}

/** The set-up writes where nothing writable is mapped: no kernel has an outcome either. */
export class CannotSetUp extends Error {
  override readonly name = 'CannotSetUp';
}

const LISTED_AS: Record<KindName, LayoutEntry['kind']> = {
  anon: 'anon',
  fpriv: 'file',
  fshared: 'file',
  shm: 'shm',
  ramfs: 'ramfs',
};

function layoutEntry(vma: Vma): LayoutEntry {
  const kind = LISTED_AS[kindName(vma)];
  return {
    start: startOf(vma),
    pages: pagesOf(vma),
    kind,
    prot: protName(vma),
    shared: isShared(vma),
    ...(kind === 'file' || kind === 'ramfs' ? { offset: offsetOf(vma) } : {}),
  };
}

/**
 * One scenario on the model: the window is the start of a larger address space, so that what is beyond
 * it is free and an address that the kernel picks is outside.
 */
class Run {
  private vmas: Vmas = [];
  private readonly contents = new Contents();

  constructor(
    private readonly on: Machine,
    private readonly window: number,
  ) {}

  get mapCount(): number {
    return this.vmas.length;
  }

  perform(call: Call, limits: Env): Outcome {
    const outcome = run(this.on, limits, this.vmas, FRAMES, call);
    checkRoom(call, outcome, this.window);
    this.vmas = outcome.vmas;
    this.contents.moved(outcome.pages);
    if (call.call === 'touch') this.write(call.addr, call.addr + call.len);
    if (call.call === 'mmap' && outcome.result >= 0) {
      this.contents.created(vmaAt(this.vmas, call.addr) as Vma);
    }
    return outcome;
  }

  /** Page p gets the byte p + 1, up to the first page that is not writable. */
  private write(start: number, end: number): void {
    for (let page = start; page < end; page++) {
      const vma = vmaAt(this.vmas, page);
      if (vma === undefined || !isWritable(vma)) return;
      this.contents.write(vma, page, page + 1);
    }
  }

  view(): WindowView {
    const data: Record<string, number> = {};
    for (let page = 0; page < this.window; page++) {
      const byte = this.contents.read(this.vmas, page);
      if (byte !== 0) data[page] = byte;
    }
    const inWindow = this.vmas.filter((vma) => startOf(vma) < this.window);
    return { layout: inWindow.map(layoutEntry), data };
  }

  resultOf(outcome: Outcome): CallResult {
    if (outcome.result < 0) return { errno: errnoName(-outcome.result) };
    return { ok: outcome.result < this.window ? outcome.result : 'outside' };
  }
}

function known(call: ScenarioCall): Call {
  const known = modelCall(call);
  if (known === undefined) throw new NotModelled(`${call.call} is not modelled`);
  return known;
}

/**
 * Refuses an outcome that rests on the end of the model's address space: a kernel's goes on behind the
 * window without an end that a scenario could meet. Throws ModelLimitError.
 */
function checkRoom(call: Call, outcome: Outcome, window: number): void {
  if (call.call !== 'mremap') return;
  const { addr, newLen, flags, newAddr } = call;
  const fixed = (flags & FIXED) !== 0;
  const implied = (flags & (FIXED | DONTUNMAP)) !== 0;
  const tooFar = (implied ? newAddr : addr) + newLen > MAX_PAGES;
  const picked = !fixed && outcome.result >= 0 && outcome.result !== addr;
  const insideWindow =
    picked && outcome.result < window && !(implied && outcome.result === newAddr);
  if (tooFar || insideWindow || outcome.step.name === chooseNewAddress.name) {
    throw new ModelLimitError(
      `no room behind the window in an address space of ${MAX_PAGES} pages`,
    );
  }
}

const UNLIMITED = env(1_000_000, MAX_PAGES);

/**
 * The outcome of a scenario; throws NotModelled, CannotSetUp, or ModelLimitError where it leaves what
 * the model can hold.
 */
export function replay(on: Machine, scenario: Scenario): ScenarioOutcome {
  const running = new Run(on, scenario.pages);
  for (const call of scenario.setup) {
    const outcome = running.perform(known(call), UNLIMITED);
    if (call.call === 'touch' && outcome.result < 0) {
      throw new CannotSetUp(
        `its set-up writes to pages ${call.addr} to ${call.addr + call.len - 1}, which are not all writable`,
      );
    }
  }
  const initial = running.view();
  const initialCount = running.mapCount;
  const limits = env(initialCount + scenario.headroom, MAX_PAGES);
  const steps = scenario.calls.map((call): StepOutcome => {
    const outcome = running.perform(known(call), limits);
    return {
      result: running.resultOf(outcome),
      mapCountDelta: running.mapCount - initialCount,
      ...running.view(),
    };
  });
  return { id: scenario.id, kernel: `model:${on.release.id}`, initial, steps };
}
