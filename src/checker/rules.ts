/** A case of a table: the facts that hold in it, and what it is worth. */
export interface TableCase {
  readonly facts: readonly string[];
  /** What is asked for; null, less than anything else, for nothing. */
  readonly need: number | null;
}

/** Something that is asked for where all of some facts hold, or do not. */
export interface Rule {
  readonly need: number;
  readonly holding: readonly string[];
  readonly missing: readonly string[];
}

type Condition = Omit<Rule, 'need'>;

const matches = ({ facts }: TableCase, { holding, missing }: Condition): boolean =>
  holding.every((fact) => facts.includes(fact)) && !missing.some((fact) => facts.includes(fact));

const without = (facts: readonly string[], fact: string): string[] =>
  facts.filter((other) => other !== fact);

/** The condition with as much left out as may be; that a fact is missing goes first. */
function shortened(whole: Condition, mayBe: (shorter: Condition) => boolean): Condition {
  let short = whole;
  for (const fact of whole.missing) {
    const shorter = { ...short, missing: without(short.missing, fact) };
    if (mayBe(shorter)) short = shorter;
  }
  for (const fact of whole.holding) {
    const shorter = { ...short, holding: without(short.holding, fact) };
    if (mayBe(shorter)) short = shorter;
  }
  return short;
}

/**
 * Rules that say the same as a table: a case needs what the first rule that fits it asks for, and nothing
 * where none fits. The most demanding come first. Nothing is said of cases that the table does not have.
 */
export function rulesOf(table: readonly TableCase[]): Rule[] {
  const known = [...new Set(table.flatMap(({ facts }) => facts))];
  const levels = [...new Set(table.flatMap(({ need }) => need ?? []))].sort((a, b) => b - a);
  return levels.flatMap((level) => {
    const rules: Rule[] = [];
    for (const one of table) {
      if (one.need !== level || rules.some((rule) => matches(one, rule))) continue;
      const missing = known.filter((fact) => !one.facts.includes(fact));
      const rule = shortened({ holding: one.facts, missing }, (shorter) =>
        table.every((other) => !matches(other, shorter) || (other.need ?? -1) >= level),
      );
      rules.push({ need: level, ...rule });
    }
    return rules;
  });
}

/** What the first rule that fits asks for. */
export const ruledNeed = (rules: readonly Rule[], facts: readonly string[]): number | null =>
  rules.find((rule) => matches({ facts, need: null }, rule))?.need ?? null;
