import type { BootRecord, Readiness } from "../core/boot-record.ts";

/** A moment of the boot with the precision that a reader of logs expects: "12.345678 s". */
export function seconds(at: number): string {
  return `${at.toFixed(6)} s`;
}

/** The whole story in one line: the first line of `status`, the unit's STATUS= and the daemon's announcement. */
export function verdict(record: BootRecord): string {
  return `CRNG ${state(record)}`;
}

function state({ readiness, callers, observed }: BootRecord): string {
  switch (readiness.level) {
    case "ready":
      return `ready ${when(readiness)}`;
    case "early":
    case "unseeded": {
      const level = readiness.level === "early" ? "partly initialised ('fast init')" : "not ready";
      const until = readiness.notBefore === null ? "" : ` as of ${seconds(readiness.notBefore)}`;
      if (callers.reason === "extrng") return `${level}${until}, but callers get bytes from the kernel's FIPS generator`;
      if (callers.reason === "early-is-enough") return `${level}${until}, and this kernel's getrandom() returns from there on`;
      if (!readiness.settled) return `at least partly initialised: getrandom() returns, and this kernel does not tell more`;
      return `${level}${until}${callers.wouldWait === true ? ": a caller of getrandom() waits" : ""}`;
    }
    case "unknown":
      if (observed.probe.unsupported) return "state unknown: this kernel has no getrandom() to ask, and its log does not say";
      return callers.getrandom === false ? "state unknown, but callers of getrandom() do not wait" : "state unknown";
  }
}

/** When it became ready, as precisely as it is known and no more, with what says so. */
export function when({ readyAt, notBefore, notAfter, evidence }: Readiness): string {
  const source = evidence === "kernel-log" ? "kernel log" : (evidence ?? "no evidence");
  if (readyAt === 0) return `at the very start, before the kernel's clock ran (${source})`;
  if (readyAt !== null) return `at ${seconds(readyAt)} (${source})`;
  if (notAfter === null) return `at a moment that the log does not give (${source})`;
  if (notBefore === null || notBefore === 0) return `no later than ${seconds(notAfter)} (${source})`;
  return `between ${seconds(notBefore)} and ${seconds(notAfter)} (${source})`;
}
