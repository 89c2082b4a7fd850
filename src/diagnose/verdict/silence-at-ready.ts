import type { Case } from "./rule.ts";

/** Silence that is shorter says nothing. */
export const silenceSeconds = 1.5;
/** What goes on with the CRNG goes on this soon behind it. */
const goesOnSeconds = 1;

export interface SilenceAtReady {
  readonly seconds: number;
  readonly from: { readonly line: number | null; readonly at: number; readonly text: string };
  readonly to: { readonly line: number | null; readonly at: number };
  readonly after: { readonly line: number | null; readonly text: string } | null;
  readonly goesOn: "goes on" | "log ends";
}

/**
 * Silence in user space that ends with the line that the CRNG is ready, and after which the boot goes on; or behind which
 * the log ends, where the last word before it was a program's.
 */
export function silenceAtReady({ record, release, userSpaceAt }: Case): SilenceAtReady | null {
  const around = record.course?.ready ?? null;
  const [before, at] = [around?.before ?? null, around?.ready.at ?? null];
  if (around === null || before === null || before.at === null || at === null || release?.by === "fast-init")
    return null;
  const seconds = Math.min(at - before.at, around.programQuiet ?? Infinity);
  // A wall clock of whole seconds makes up to one second of silence.
  const least = record.course?.clock === "wall" ? silenceSeconds + 1 : silenceSeconds;
  if (seconds < least || userSpaceAt === null || userSpaceAt > before.at || around.finishedBefore > 0) return null;
  const soon = around.programAfter?.at != null && around.programAfter.at - at <= goesOnSeconds;
  const goesOn =
    soon || around.soonAfter >= 3 ? "goes on" : around.linesAfter === 0 && before.byProgram ? "log ends" : null;
  if (goesOn === null) return null;
  return {
    seconds,
    from: { line: before.line, at: before.at, text: before.text },
    to: { line: around.ready.line, at },
    after: around.after,
    goesOn,
  };
}
