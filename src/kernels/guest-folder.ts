import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isThere } from '../input/processes.js';

const PREFIX = 'mremap-check-guest-';

/** Removes the folders of those who were killed before they could. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isThere(Number(pid))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // It is another user's.
    }
  }
}

/** The files of one guest, which go with it. */
export class GuestFolder {
  readonly path: string;
  readonly initramfs: string;
  /** Where the console of the guest goes, if it has a file of its own. */
  readonly console: string;

  constructor(initramfs: Buffer) {
    sweep();
    this.path = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    this.initramfs = join(this.path, 'initramfs.cpio');
    this.console = join(this.path, 'console');
    writeFileSync(this.initramfs, initramfs);
  }

  consoleText(): string {
    try {
      return readFileSync(this.console, 'latin1');
    } catch {
      return '';
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
