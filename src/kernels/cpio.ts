/** A file, a folder or a character device of an archive. */
export type Member =
  | { readonly path: string; readonly folder: true }
  | { readonly path: string; readonly device: readonly [major: number, minor: number] }
  | { readonly path: string; readonly program: Buffer };

const FOLDER = 0o040755;
const DEVICE = 0o020600;
const PROGRAM = 0o100755;

const padded = (part: Buffer): Buffer =>
  Buffer.concat([part, Buffer.alloc((4 - (part.length % 4)) % 4)]);

interface Fields {
  readonly path: string;
  readonly inode: number;
  readonly mode: number;
  readonly device?: readonly [number, number];
  readonly data?: Buffer;
}

/** As cpio(5) has it: 13 fields of 8 hexadecimal digits, the name, the data, both filled up to 4 bytes. */
function packed({ path, inode, mode, device = [0, 0], data = Buffer.alloc(0) }: Fields): Buffer {
  const name = `${path}\0`;
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, ...device, name.length, 0];
  const hex = fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  return Buffer.concat([padded(Buffer.from(`070701${hex}${name}`, 'latin1')), padded(data)]);
}

function fieldsOf(member: Member, inode: number): Fields {
  const { path } = member;
  if ('folder' in member) return { path, inode, mode: FOLDER };
  if ('device' in member) return { path, inode, mode: DEVICE, device: member.device };
  return { path, inode, mode: PROGRAM, data: member.program };
}

/** An archive that a kernel unpacks as its first file system (cpio, format newc). */
export const cpio = (members: readonly Member[]): Buffer =>
  Buffer.concat([
    ...members.map((member, i) => packed(fieldsOf(member, i + 1))),
    packed({ path: 'TRAILER!!!', inode: 0, mode: 0 }),
  ]);
