import type { BootRecord } from "../../core/boot-record.ts";
import type { Sign } from "../../core/sign.ts";
import type { Pointer, Reason, Verdict, VerdictWaiter } from "../../core/verdict.ts";
import { troubleOf } from "./look-at.ts";
import { type Point, releaseOf } from "./release.ts";

/** What several rules need of a record. */
export interface Case {
  readonly record: BootRecord;
  /** From when on callers of getrandom(2) were let through. */
  readonly release: (Point & { readonly by: "ready" | "fast-init" }) | null;
  /** When user space began, by the clock of the log's course. */
  readonly userSpaceAt: number | null;
  /** When the log's ready line stands, by that same clock. */
  readonly readyAt: number | null;
  /** Signs of trouble that is not a wait for the CRNG, the gravest first. */
  readonly trouble: readonly Sign[];
}

/** What follows from a rule. */
export interface Ruling {
  /** The sentence after "Blocked on the CRNG: " and its like. */
  readonly says: string;
  /** Which task it was, as a clause after a semicolon. */
  readonly who?: string;
  readonly because: readonly Reason[];
  readonly waiters?: readonly VerdictWaiter[];
  /** The log itself reports their waits: they are not inferred from a silence. */
  readonly reported?: true;
  /** Put before where the record's signs point. */
  readonly lookAt?: readonly Pointer[];
}

/** What a verdict can be named after: the table of crngwatch(1) is made from these. */
export interface RuleName {
  readonly id: string;
  readonly crng: Verdict["crng"];
  readonly strength: Verdict["strength"];
  /** Which evidence it rests on, for people. */
  readonly means: string;
}

/** One kind of evidence and what follows from it. */
export interface VerdictRule extends RuleName {
  /** Null: this kind of evidence is not there. */
  readonly find: (of: Case) => Ruling | null;
}

/** What rules ask of a record, worked out once. */
export function caseOf(record: BootRecord): Case {
  const { course } = record;
  return {
    record,
    release: releaseOf(record),
    userSpaceAt: course?.userSpace?.at ?? null,
    readyAt: course?.ready?.ready.at ?? record.readiness.readyAt ?? record.readiness.notAfter,
    trouble: troubleOf(record),
  };
}
