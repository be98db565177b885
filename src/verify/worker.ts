import { parentPort } from 'node:worker_threads';
import { execute } from './execute.js';
import type { Task } from './jobs.js';

/** A worker thread: takes one task at a time and sends its result back. */
parentPort?.on('message', (task: Task) => parentPort?.postMessage(execute(task)));
