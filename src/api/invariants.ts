/**
 * The promises that calls are held to, and the shape of one, to write another.
 *
 * @module mremap-check/invariants
 */
export { invariantById, invariants } from '../invariants/index.js';
export type { Invariant, RaceView, Transition } from '../invariants/invariant.js';
