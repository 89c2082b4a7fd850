import { isOpen, type Wait } from "../wait.ts";
import type { Anomaly, BootRecord, Callers, EarlyUse, Gap, Level, Reseed } from "../boot-record.ts";
import { conclude, isAbove } from "./conclude.ts";
import type { Evidence } from "../evidence.ts";
import { byPosition } from "../ordered-list.ts";
import { take } from "./take.ts";
import type { Seconds } from "../base/time.ts";
import { isSameWait } from "../same-wait.ts";

/** What has newly come true with one piece of evidence: what the daemon acts on and says, once each. */
export type Change =
  | { readonly kind: "level"; readonly from: Level; readonly to: Level }
  /** The moment of readiness, so far known as an interval, is known. */
  | { readonly kind: "moment"; readonly at: Seconds }
  | { readonly kind: "callers"; readonly callers: Callers }
  | { readonly kind: "early-use"; readonly use: EarlyUse }
  | { readonly kind: "wait-began"; readonly wait: Wait }
  | { readonly kind: "wait-ended"; readonly wait: Wait }
  | { readonly kind: "reseed"; readonly reseed: Reseed }
  | { readonly kind: "gap"; readonly gap: Gap }
  | { readonly kind: "anomaly"; readonly anomaly: Anomaly };

export interface Step {
  readonly record: BootRecord;
  readonly changes: readonly Change[];
}

/**
 * One step: unknown -> unseeded -> early -> ready, never down and each announced once. The record that comes out
 * depends on the set of evidence, not on its order; further evidence narrows the interval of readiness or, where it
 * contradicts, becomes an anomaly that holds both facts.
 */
export function step(before: BootRecord, evidence: Evidence): Step {
  return fold(before, [evidence]);
}

/** Takes evidence that was observed together in as one step: changes are those of the whole, not of its parts. */
export function fold(before: BootRecord, evidence: Iterable<Evidence>): Step {
  let taken = before;
  for (const one of evidence) taken = take(taken, one);
  const record = conclude(taken);
  return { record, changes: changesOf(before, record) };
}

function changesOf(before: BootRecord, after: BootRecord): readonly Change[] {
  const changes: Change[] = [];
  const [from, to] = [before.readiness.level, after.readiness.level];
  if (isAbove(to, from)) changes.push({ kind: "level", from, to });
  else if (after.readiness.readyAt !== null && after.readiness.exact && !before.readiness.exact)
    changes.push({ kind: "moment", at: after.readiness.readyAt });
  if (before.callers.wouldWait !== after.callers.wouldWait || before.callers.reason !== after.callers.reason) {
    changes.push({ kind: "callers", callers: after.callers });
  }
  for (const use of added(before.earlyUses, after.earlyUses, (a, b) => byPosition(a, b) === 0))
    changes.push({ kind: "early-use", use });
  if (before.waits !== after.waits) changes.push(...waitChanges(before.waits, after.waits));
  for (const reseed of added(before.reseeds, after.reseeds, (a, b) => byPosition(a, b) === 0))
    changes.push({ kind: "reseed", reseed });
  for (const gap of added(
    before.gaps,
    after.gaps,
    (a, b) => a.source === b.source && a.from === b.from && a.to === b.to && a.lost === b.lost,
  ))
    changes.push({ kind: "gap", gap });
  // An anomaly's words hold the moving end of an interval; its kind is announced once.
  for (const anomaly of added(before.anomalies, after.anomalies, (a, b) => a.id === b.id))
    changes.push({ kind: "anomaly", anomaly });
  return changes;
}

/** A wait that is over when it is first seen is one change: it ended. */
function waitChanges(before: readonly Wait[], after: readonly Wait[]): readonly Change[] {
  return after.flatMap((wait): readonly Change[] => {
    const known = before.find((other) => isSameWait(other, wait));
    if (isOpen(wait)) return known === undefined ? [{ kind: "wait-began", wait }] : [];
    return known === undefined || isOpen(known) ? [{ kind: "wait-ended", wait }] : [];
  });
}

function added<T>(before: readonly T[], after: readonly T[], same: (a: T, b: T) => boolean): readonly T[] {
  if (before === after) return [];
  return after.filter((item) => !before.some((known) => same(known, item)));
}
