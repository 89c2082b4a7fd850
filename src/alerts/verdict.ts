import {
  entropyComparisons,
  type Expression,
  type JudgedThreshold,
  mentions,
  partsOf,
  type PoolBits,
  type Threshold,
  type AlertVerdict,
} from "./threshold.ts";
import { holds, type PoolState, possible, type Tri } from "./possible.ts";
import { replacement } from "./replacement.ts";

/**
 * Since the rewrite `entropy_avail` is `init_bits` of drivers/char/random.c: it grows up to 256, readiness, and stays
 * there.
 */
const ready: PoolState = { entropy: [256, 256], poolBits: 256 };
const unready: PoolState = { entropy: [0, 255], poolBits: 256 };
/** Before, it is the input pool's estimate, which readers draw down at any time. */
const oldPool: PoolState = { entropy: [0, 4096], poolBits: 4096 };

/** Judges what a threshold does on a kernel with such a pool, and what to write instead. */
export function judgeThreshold(threshold: Threshold, file: string, pool: PoolBits): JudgedThreshold {
  const { verdict, why } = isAlwaysAValue(threshold)
    ? alwaysAValue
    : pool === 256
      ? onNewPool(threshold)
      : onOldPool(threshold);
  return { ...threshold, file, verdict, why, instead: replacement(threshold.system, pool) };
}

/** Whether a verdict means that the threshold does not do what it was written for. */
export function isWrong(verdict: AlertVerdict): boolean {
  return verdict === "never" || verdict === "always" || verdict === "unrelated";
}

interface Judgement {
  readonly verdict: AlertVerdict;
  readonly why: string;
}

const alwaysAValue: Judgement = {
  verdict: "always",
  why: "'bool' makes it 0 or 1, and Prometheus fires on any value, 0 too",
};
const unread: Judgement = { verdict: "unknown", why: "it is not in a form that crngwatch reads" };

function isAlwaysAValue({ condition, fires }: Threshold): boolean {
  return fires === "any-value" && condition?.kind === "comparison" && !condition.filters;
}

function onNewPool({ condition, fires }: Threshold): Judgement {
  if (condition === null) return unread;
  const [whenReady, before] = [outcome(condition, ready, fires), outcome(condition, unready, fires)];
  if (whenReady !== null) return judgement(whenReady, before, "");
  const parts = entropyComparisons(condition);
  const [partsReady, partsBefore] = [same(parts, ready), same(parts, unready)];
  if (partsReady === null) return undecided(parts);
  return judgement(partsReady, partsBefore, "; the rest of the expression is about other things");
}

function judgement(whenReady: boolean, before: Tri, more: string): Judgement {
  if (!whenReady) {
    return before === false
      ? {
          verdict: "never",
          why: `the value is 0 to 255 until the CRNG is ready and 256 from then on, and it holds for none of them${more}`,
        }
      : {
          verdict: "unready-only",
          why:
            before === true
              ? `it holds until the CRNG is ready, and never again: the value is 256 for good${more}`
              : `it can hold before the CRNG is ready, and never again: the value stays 256${more}`,
        };
  }
  return before === true
    ? { verdict: "always", why: `it holds for 0 to 255, before the CRNG is ready, and for 256, from then on${more}` }
    : { verdict: "always", why: `once the CRNG is ready the value is 256 for good, and it holds from then on${more}` };
}

function onOldPool({ condition, fires }: Threshold): Judgement {
  if (condition === null) return unread;
  const parts = entropyComparisons(condition);
  const result = outcome(condition, oldPool, fires) ?? same(parts, oldPool);
  if (result === true) return { verdict: "always", why: "it holds for every value from 0 to 4096" };
  if (result === false) return { verdict: "never", why: "it holds for no value from 0 to 4096" };
  if (!parts.every(followsLevel)) return undecided(parts);
  return {
    verdict: "unrelated",
    why: "on an old pool the value moves between 0 and 4096 with what is drawn from it, and says nothing of readiness: it drops to 0 as the CRNG becomes ready",
  };
}

/** Whether the level of an old pool decides: nothing unknown does, or nothing but which of some limits holds. */
function followsLevel(part: Expression): boolean {
  if (!mentions(part, "unknown")) return true;
  const [empty, full] = oldPool.entropy.map((bits) => same([part], { ...oldPool, entropy: [bits, bits] }));
  return empty !== null && full !== null && empty !== full;
}

function undecided(parts: readonly Expression[]): Judgement {
  const names = [...new Set(parts.flatMap(unknownsIn))].slice(0, 3);
  return {
    verdict: "unknown",
    why:
      names.length === 0 ? "crngwatch cannot follow it" : `it depends on what is not known here: ${names.join(", ")}`,
  };
}

function unknownsIn(expression: Expression): readonly string[] {
  return expression.kind === "unknown" ? [expression.name] : partsOf(expression).flatMap(unknownsIn);
}

function outcome(condition: Expression, state: PoolState, fires: Threshold["fires"]): Tri {
  const value = possible(condition, state);
  return fires === "any-value" ? value.present : holds(value);
}

/** What all parts say alike; null where they differ, or where one may be either. */
function same(parts: readonly Expression[], state: PoolState): Tri {
  const outcomes = new Set(
    parts.map((part) => outcome(part, state, part.kind === "comparison" && part.filters ? "any-value" : "nonzero")),
  );
  const [only] = outcomes;
  return outcomes.size === 1 ? (only ?? null) : null;
}
