import type { Threshold } from "../threshold.ts";
import type { ConfigNode } from "./config-tree.ts";
import type { Language } from "../expression.ts";

/** A file of some monitoring system's configuration. */
export interface AlertConfig {
  readonly text: string;
  /** Null where the file is neither YAML nor JSON nor XML. */
  readonly tree: ConfigNode | null;
}

/** What one file defines and another names. */
export interface SharedNames {
  /** PromQL with the recording rules. */
  readonly promql: Language;
  /** Defaults of Terraform's variables. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Of one file; what generates more has one mistake, not thousands. */
export const mostThresholds = 1000;

/** Reads the thresholds of one system out of a file; may stop once there are more than `mostThresholds`. */
export type AlertReader = (config: AlertConfig, shared: SharedNames) => readonly Threshold[];

/**
 * Longer expressions, commands and blocks are not written by hand; what is longer is not searched, so that no file
 * takes long.
 */
export const mostLength = 4096;

/** A file may hold more than a person would write: one line for a person. */
export class TooManyRules extends Error {
  override readonly name = "TooManyRules";
}

/** Gives the 1-based line of an index of the text. */
export function lineFinder(text: string): (index: number) => number {
  const ends: number[] = [];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) ends.push(at);
  return (index) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] as number) < index) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}
