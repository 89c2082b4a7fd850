import { durationWords } from "../core/base/duration-words.ts";
import type { BootRecord } from "../core/boot-record.ts";
import { remediesFor, supplyRemedies } from "./remedy/remedies.ts";
import type { Rule } from "./rule.ts";

/** Later than this, a person notices; most machines are ready within the first second. */
const lateSeconds = 10;
/** Callers block, and libraries request random bytes as they are loaded. */
export const fipsUnready: Rule = {
  id: "fips-unready",
  severity: "critical",
  find: (record) =>
    callersWait(record) && librariesTestThemselves(record)
      ? {
          summary: `${record.fips === true ? "FIPS mode is on" : "/etc/system-fips exists"} and the CRNG is not ready: every program that loads libgcrypt, OpenSSL or GnuTLS blocks`,
          detail:
            "In FIPS mode, or if /etc/system-fips exists, these libraries run self-tests when they are loaded, and the self-tests block in getrandom(). When PID 1 loads one of them, the boot stops and the journal stays empty",
          remedies: supplyRemedies(record),
        }
      : null,
};

/** Callers block. */
export const notReady: Rule = {
  id: "not-ready",
  severity: "critical",
  find: (record) =>
    callersWait(record) && !librariesTestThemselves(record)
      ? {
          summary: "The CRNG is not ready: callers of getrandom() block",
          detail:
            "Key generation, TLS and sshd-keygen block until it is ready. From kernel 5.4 on, the first blocked caller makes the kernel gather jitter entropy, which takes about a second if the CPU has a cycle counter",
          remedies: supplyRemedies(record),
        }
      : null,
};

/** The CRNG became ready late. */
export const readyLate: Rule = {
  id: "ready-late",
  severity: "warning",
  find: (record) => {
    const since = record.readiness.notBefore;
    if (record.readiness.level !== "ready" || since === null || since < lateSeconds) return null;
    // No task waited for it: the kernel's FIPS generator served them.
    if (record.callers.reason === "extrng") return null;
    return {
      summary: `The CRNG became ready only ${record.readiness.exact ? "at" : "after"} ${durationWords(since, 1)}`,
      detail:
        "Callers that needed random bytes earlier were blocked; slow parts of this boot may have been blocked on it",
      remedies: [...supplyRemedies(record), ...remediesFor(record, "arm-recorder")],
    };
  },
};

/** Readers of the old /dev/random block for another reason. */
export const oldBlockingPool: Rule = {
  id: "old-blocking-pool",
  severity: "warning",
  find: (record) =>
    record.callers.reason === "old-blocking-pool"
      ? {
          summary: "Readers of /dev/random block, but callers of getrandom() do not",
          detail:
            "Up to kernel 5.5 /dev/random has a pool of its own that may be empty at any time. This does not show whether the CRNG is ready",
          remedies: remediesFor(record, "use-getrandom"),
        }
      : null,
};

/** The kernel lets callers through before the CRNG is fully initialised. */
export const callersServedEarly: Rule = {
  id: "early-is-enough",
  severity: "info",
  find: ({ callers }) =>
    callers.reason === "early-is-enough"
      ? {
          summary: "On this kernel getrandom() does not block after 'fast init done'",
          detail: "The CRNG is not fully initialised, but no caller of getrandom() blocks any more",
        }
      : null,
};

/** A log that does not show readiness. */
export const notShown: Rule = {
  id: "not-shown",
  severity: "info",
  find: (record) => {
    const { readiness, covers, observed } = record;
    if (covers === null || readiness.level === "ready") return null;
    const part =
      covers.lastAt === null || covers.stamps === "none" ? "" : `, which ends at ${durationWords(covers.lastAt, 1)},`;
    return {
      summary: `This log${part} does not show the CRNG becoming ready`,
      detail: `${covers.fromStart ? "It may have become ready after the end of the log" : "The log does not begin at the boot's start: it may have become ready before the log begins, or after its end"}. Or the line is missing: a console with 'quiet' does not show it, RHEL 7.3 and kernels before 3.13 do not print it${observed.earlyInits.length > 0 ? ". The log has 'fast init done': on some kernels (4.8-4.16, RHEL 7, old Ubuntu) getrandom() does not block after that" : ""}`,
      remedies: remediesFor(record, "ready-line", "capture-console"),
    };
  },
};

function librariesTestThemselves({ fips, observed }: BootRecord): boolean {
  return fips === true || observed.fips?.systemFips === true;
}

function callersWait({ readiness, callers }: BootRecord): boolean {
  return readiness.level !== "ready" && readiness.level !== "unknown" && callers.wouldWait === true;
}
