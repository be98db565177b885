/** What tests outside of the project use: the fast-check face of a trace writes such tests. */
export { judge, type Sequence } from './checker/judge.js';
