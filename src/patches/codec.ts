import * as t from 'io-ts';
import { exactly, exactlyWith, oneOf, wholeNumber } from '../input/codecs.js';
import { CALL_NAMES } from '../model/release.js';
import { GUARDS } from '../model/step.js';

const text = new t.Type<string>(
  'some words',
  (value): value is string => typeof value === 'string' && value.trim() !== '',
  (value, context) =>
    typeof value === 'string' && value.trim() !== '' ? t.success(value) : t.failure(value, context),
  t.identity,
);

const slots = wholeNumber(0, 1_000_000, 'map slots');
const needs = { need: slots, needDontunmap: slots, needLockedDontunmap: slots };

const CONDITIONS = GUARDS.map(({ name }) => name);
const isCondition = (value: unknown): value is string => CONDITIONS.includes(value as string);
/** Their names have commas of their own. */
const condition = new t.Type<string>(
  `a condition, one of ${CONDITIONS.map((name) => `"${name}"`).join(', ')}`,
  isCondition,
  (value, context) => (isCondition(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
);
const when = t.array(condition);

const call = oneOf(CALL_NAMES, 'a call');
const place = { before: text, behind: text };

const EDITS = {
  drop: exactlyWith({ drop: text }, { call }, 'an edit that drops a step'),
  change: exactlyWith(
    { change: text },
    { call, ...needs, when, kernel: text },
    'an edit that changes a step',
  ),
  move: exactlyWith({ move: text }, { call, ...place }, 'an edit that moves a step'),
  insert: exactlyWith(
    { insert: text },
    {
      call,
      from: text,
      role: oneOf(['early', 'move'], 'a role'),
      ...needs,
      when,
      kernel: text,
      ...place,
    },
    'an edit that inserts a step',
  ),
  replace: exactlyWith({ replace: text, from: text }, { call }, 'an edit that replaces a step'),
};
type EditWord = keyof typeof EDITS;
export type WrittenEdit = t.TypeOf<(typeof EDITS)[EditWord]>;

/** Decoded by the field that says what it does, so that a fault is reported in the kind that was meant. */
const edit = new t.Type<WrittenEdit>(
  'an edit',
  (value): value is WrittenEdit => Object.values(EDITS).some((codec) => codec.is(value)),
  (value, context) => {
    const word = (Object.keys(EDITS) as EditWord[]).find(
      (name) => typeof value === 'object' && value !== null && Object.hasOwn(value, name),
    );
    return word === undefined
      ? t.failure(
          value,
          context,
          `an edit, with one of the fields ${Object.keys(EDITS).join(', ')}`,
        )
      : EDITS[word].validate(value, context);
  },
  t.identity,
);

const sources = t.array(exactly({ ref: text, says: text }, 'a source'));

/** A patch as it is written in a file. */
export const patchCodec = exactlyWith(
  { patch: t.literal(1), title: text, base: text, edits: t.array(edit) },
  { why: text, sources },
  'a patch',
);

/** What a module says of its patch beside the function. */
export const moduleCodec = t.intersection(
  [t.type({ base: text }), t.partial({ title: text, why: text, sources })],
  'the exports of a patch',
);
