import type { Mutant } from "./mutants.ts";

/** A mutant and the number that switches it on. */
export interface Numbered {
  readonly number: number;
  readonly mutant: Mutant;
}

/**
 * The source with all its mutants, each behind a switch: `isMutant(7) ? (mutated) : (original)`. One tree then serves
 * all runs. runner.ts defines the switch, which also counts, so that a test shows which mutants it reaches.
 */
export function switched(source: string, mutants: readonly Numbered[]): string {
  // An outer one before those inside it, which are in its original alone: one mutant is on at a time.
  const sorted = mutants.toSorted((a, b) => a.mutant.start - b.mutant.start || b.mutant.end - a.mutant.end);
  const between = (start: number, end: number): string => {
    let text = "";
    let at = start;
    for (let next = sorted[0]; next !== undefined && next.mutant.end <= end; next = sorted[0]) {
      sorted.shift();
      const { mutant, number } = next;
      text += source.slice(at, mutant.start);
      const original = between(mutant.start, mutant.end);
      text += mutant.leftOut
        ? `if (!isMutant(${number})) { ${original} }`
        : `(isMutant(${number}) ? (${mutant.text}) : (${original}))`;
      at = mutant.end;
    }
    return text + source.slice(at, end);
  };
  return between(0, source.length);
}
