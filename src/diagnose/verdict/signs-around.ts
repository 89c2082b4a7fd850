import { capped } from "../../core/one-line.ts";
import type { Sign } from "../../core/sign.ts";
import type { Reason } from "../../core/verdict.ts";
import type { Case } from "./rule.ts";

/**
 * Whether a unit before it failed, timed out or did not finish: then others may have gone on only because that one's
 * wait ended so.
 */
export function failedBefore({ record }: Case): boolean {
  const ready = record.course?.ready?.ready.line ?? Infinity;
  return record.signs.some(
    ({ kind, byTimeout, line }) =>
      (byTimeout || kind === "unit-failed" || kind === "unit-unfinished") && (line === null || line < ready),
  );
}

/** How often a fault must stand on either side of the ready line. */
const leastRepeats = 2;

/** The first sign of a fault that is at least twice before a line and twice after it, the same but for its numbers. */
export function repeatedAround(signs: readonly Sign[], line: number): Sign | null {
  const seen = new Map<string, { readonly first: Sign; readonly before: number; readonly after: number }>();
  for (const sign of signs) {
    if (sign.line === null) continue;
    const key = `${sign.kind} ${sign.text.replace(/\d+/g, "#")}`;
    const { first, before, after } = seen.get(key) ?? { first: sign, before: 0, after: 0 };
    const isBefore = sign.line < line;
    seen.set(key, { first, before: before + (isBefore ? 1 : 0), after: after + (isBefore ? 0 : 1) });
  }
  for (const { first, before, after } of seen.values())
    if (before >= leastRepeats && after >= leastRepeats) return first;
  return null;
}

/** What would have handed the kernel entropy, and was not started: why the CRNG is late. */
export function entropyLeftOut(signs: readonly Sign[]): readonly Reason[] {
  return signs
    .filter(({ kind, text }) => kind === "unit-failed" && text.includes(", which gives the kernel entropy: "))
    .slice(0, 1)
    .map(({ text, line }) => ({ text: capped(text), line }));
}
