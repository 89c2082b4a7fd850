/** The schema of the JSON document that compares two boots. */
export const comparisonSchema = "crngwatch.comparison/1";

/** What differs between two boots, or two hosts, as far as both are known. Holds text of strangers. */
export interface BootComparison {
  readonly before: ComparedBoot;
  readonly after: ComparedBoot;
  /** How much later or earlier it was ready, and the likeliest reason. */
  readonly sentence: string;
  /** What a person notices: readiness, waits, the verdict. */
  readonly effects: readonly Difference[];
  /** What may have caused that, the likeliest first. */
  readonly reasons: readonly ComparedReason[];
  /** What could not be compared: null is what is not known of that boot. */
  readonly unknown: readonly Difference[];
}

export interface ComparedBoot {
  readonly file: string | null;
  readonly bootId: string | null;
  readonly release: string | null;
  /** The sentence of its verdict. */
  readonly verdict: string;
}

export interface Difference {
  readonly kind: string;
  /** Null: it was not there, or it is not known (in `unknown`). */
  readonly before: string | null;
  readonly after: string | null;
}

export interface ComparedReason extends Difference {
  /**
   * `likely`: it works in the direction in which readiness moved. `possible`: it may. `unlikely`: it has nothing
   * to do with randomness that is known. `no`: it works against it.
   */
  readonly explains: "likely" | "possible" | "unlikely" | "no";
}

/** "kernel build: 6.1 → 6.2"; of what was not there before, or is not there any more, that. */
export function differenceWords({ kind, before, after }: Difference): string {
  if (before === null) return `${kind}: ${after ?? ""} is new`;
  return after === null ? `${kind}: ${before} is gone` : `${kind}: ${before} → ${after}`;
}
