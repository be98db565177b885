import { type Vmas, vmaAt } from '../model/address-space.js';
import type { Pages } from '../model/state.js';
import {
  idOf,
  isLocked,
  isShared,
  isWritable,
  Kind,
  kindOf,
  MAX_PAGES,
  offsetOf,
  startOf,
  type Vma,
} from '../model/vma.js';

/** Token of the frame at each page when a call starts: its page, plus 1. */
export const FRAMES: Pages = Array.from({ length: MAX_PAGES }, (_, page) => page + 1);

type Bytes = Map<number, number>;

const offsetAt = (vma: Vma, page: number): number => offsetOf(vma) + page - startOf(vma);

/** The first byte of each page of a scenario: of private frames, and of the objects that are mapped. */
export class Contents {
  /** Private frames by page. */
  private frames: Bytes = new Map();
  /** Objects by kind and identity, each by page offset. */
  private readonly objects = new Map<string, Bytes>();

  /** The object behind a mapping; both memfd kinds map the same file. */
  private object(vma: Vma): Bytes {
    const kind = kindOf(vma);
    const key = kind === Kind.shm ? `shm ${idOf(vma)}` : kind === Kind.ramfs ? 'ramfs' : 'memfd';
    let bytes = this.objects.get(key);
    if (bytes === undefined) {
      bytes = new Map();
      this.objects.set(key, bytes);
    }
    return bytes;
  }

  /** A new shared anonymous object is empty, also where it takes the identity of one that is gone. */
  created(vma: Vma): void {
    if (kindOf(vma) === Kind.shm) this.object(vma).clear();
  }

  write(vma: Vma, page: number, byte: number): void {
    if (isShared(vma)) this.object(vma).set(offsetAt(vma, page), byte);
    else this.frames.set(page, byte);
  }

  /** A page that is populated, if it is locked: of a private file that is writable it becomes a copy of its own. */
  populate(vmas: Vmas, page: number): void {
    const vma = vmaAt(vmas, page);
    if (vma === undefined || !isLocked(vma) || !isWritable(vma)) return;
    if (kindOf(vma) !== Kind.fpriv || this.frames.has(page)) return;
    this.frames.set(page, this.read(vmas, page));
  }

  /** Frames follow the page tables. */
  moved(pages: Pages): void {
    const before = this.frames;
    this.frames = new Map();
    pages.forEach((token, page) => {
      const byte = before.get(token - 1);
      if (token !== 0 && byte !== undefined) this.frames.set(page, byte);
    });
  }

  /** What a read of a page sees; a private page that was never written shows its file, or zero. */
  read(vmas: Vmas, page: number): number {
    const vma = vmaAt(vmas, page);
    if (vma === undefined) return 0;
    if (!isShared(vma)) {
      const own = this.frames.get(page);
      if (own !== undefined || kindOf(vma) === Kind.anon) return own ?? 0;
    }
    return this.object(vma).get(offsetAt(vma, page)) ?? 0;
  }
}
