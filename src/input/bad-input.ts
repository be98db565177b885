/** Input that a user gave and can mend: one message that names the place, what was found and what was expected. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}
