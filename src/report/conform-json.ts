import { FIELDS } from '../conformance/compare.js';
import { agrees, verdictOf } from '../conformance/conform.js';
import { kindOf } from '../conformance/disagreement.js';
import type { ConformReport } from './conform-text.js';
import { VERSION } from './version.js';

/** A comparison, for programs; the witnesses with their scenarios, so that each can be run again. */
export const conformJson = ({ kernel, release, work, found }: ConformReport): object => ({
  version: VERSION,
  kernel: { name: kernel.name, version: kernel.version },
  release,
  work,
  complete: found.complete,
  failure: found.failure ?? null,
  verdict: verdictOf(found),
  agrees: agrees(found),
  compared: found.compared,
  notSetUp: found.notSetUp,
  notByKernel: Object.fromEntries(found.notByKernel),
  notByModel: found.notByModel,
  notSurvived: found.notSurvived,
  beyondModel: found.beyondModel,
  fields: FIELDS.map((field) => ({ field, ...found.tallies[field] })),
  classes: found.classes.map(({ count, isShrunk, witness }) => ({
    ...kindOf(witness),
    fields: witness.parting.fields,
    count,
    shrunk: isShrunk,
    call: witness.parting.call,
    scenario: witness.scenario,
    outcomes: { model: witness.model, kernel: witness.kernel },
  })),
});
