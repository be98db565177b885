/**
 * Everything of `mremap-check/model`, `mremap-check/invariants` and `mremap-check/checker`.
 *
 * @module mremap-check
 */
export * from './checker.js';
export * from './invariants.js';
export * from './model.js';
