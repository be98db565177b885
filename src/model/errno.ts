/** The errnos that the modelled calls return, with their Linux numbers. */
export const Errno = {
  EPERM: 1,
  EAGAIN: 11,
  ENOMEM: 12,
  EFAULT: 14,
  EINVAL: 22,
  ENOSYS: 38,
} as const;
/** An errno by its name. */
export type ErrnoName = keyof typeof Errno;
export type Errno = (typeof Errno)[ErrnoName];

const NAMES = new Map<number, ErrnoName>(
  Object.entries(Errno).map(([name, number]) => [number, name as ErrnoName]),
);

/** The name of an errno number that the model knows; throws RangeError for any other. */
export function errnoName(number: number): ErrnoName {
  const name = NAMES.get(number);
  if (name === undefined) throw new RangeError(`errno ${number} is none that the model returns`);
  return name;
}
