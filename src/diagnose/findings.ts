import { isKernelsOwn } from "../core/kernel-message.ts";
import { isWhole, longestOf, nameOf, type Wait } from "../core/wait.ts";
import type { BootRecord, Finding, Diagnosed } from "../core/boot-record.ts";
import { callerWords } from "../core/caller-words.ts";
import { vmFork } from "./clone-findings.ts";
import { correctedBoot } from "./boot-time/corrected-boot.ts";
import { fipsGeneratorRules, fipsGeneratorWaits } from "./fips-generator-findings.ts";
import { gapRules, recorderIncomplete } from "./gap-findings.ts";
import { remediesFor, supplyRemedies } from "./remedy/remedies.ts";
import type { Rule } from "./rule.ts";
import { slowBoot } from "./slow-boot.ts";
import { judge } from "./verdict/judge.ts";

/** Later than this, a person notices; most machines are ready within the first second. */
const lateSeconds = 10;
/** A shorter start held no wait worth reporting: jitter entropy takes longer to gather. */
const ownWaitSeconds = 0.1;

/** "PID 1 waited 1.5 s for the CRNG: libgcrypt.so.20 requested 24 bytes from its constructor, in FIPS mode". */
function firstProcessWords(wait: Wait): string {
  const { caller, fips } = wait;
  const lasted = lastedWords(wait);
  const waited = `PID 1 waited${lasted === null ? "" : ` ${lasted}`} for the CRNG`;
  if (caller === null || caller.library === null)
    return `${waited}${wait.interface === "getrandom" ? " in getrandom" : ""}${callerWords(wait)}`;
  const request = caller.request ?? wait.request;
  const asked = request === null ? " random bytes" : ` ${request.bytes} ${request.bytes === 1 ? "byte" : "bytes"}`;
  const when = caller.fromConstructor === true ? " from its constructor" : "";
  return `${waited}: ${caller.library} requested${asked}${when}${fips === true ? ", in FIPS mode" : ""}`;
}

function isOfFirstProcess({ pid, polls }: Wait): boolean {
  return pid === 1 && !polls;
}

function lastedWords(wait: Wait): string | null {
  const { seconds } = wait;
  return seconds === null ? null : `${isWhole(wait) ? "" : "at least "}${seconds.toFixed(1)} s`;
}

/** All findings, the gravest first. A new finding is an entry here and a fixture host that shows it. */
const rules: readonly Rule[] = [
  {
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
  },
  {
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
  },
  {
    id: "first-process-waited",
    severity: "warning",
    find: (record) => {
      const wait = longestOf(record.waits.filter((one) => isOfFirstProcess(one) && one.generator === "crng"));
      if (wait === null) return null;
      return {
        summary: `${firstProcessWords(wait)}; nothing was started meanwhile`,
        detail:
          "While PID 1 is blocked no unit is started and nothing is written to the journal, so the machine appears to hang. In FIPS mode libraries run self-tests and initialise their generators when they are loaded",
        remedies: supplyRemedies(record),
      };
    },
  },
  {
    id: "waited",
    severity: "warning",
    find: (record) => {
      const { waits, dropped } = record;
      const others = waits.filter((wait) => !isOfFirstProcess(wait) && wait.generator === "crng");
      const longest = longestOf(others);
      if (longest === null) return null;
      const count = others.length + dropped.waits;
      const lasted = lastedWords(longest);
      return {
        summary: `${count === 1 ? `${nameOf(longest) ?? "A task"} waited for the CRNG${callerWords(longest)}` : `${count} tasks waited for the CRNG`}${lasted === null ? "" : `${count === 1 ? "" : ", the longest"} for ${lasted}`}`,
        detail: "Units that depend on these tasks were delayed as well",
        remedies: supplyRemedies(record),
      };
    },
  },
  fipsGeneratorWaits,
  {
    id: "ready-late",
    severity: "warning",
    find: (record) => {
      const since = record.readiness.notBefore;
      if (record.readiness.level !== "ready" || since === null || since < lateSeconds) return null;
      // No task waited for it: the kernel's FIPS generator served them.
      if (record.callers.reason === "extrng") return null;
      return {
        summary: `The CRNG became ready only ${record.readiness.exact ? "at" : "after"} ${since.toFixed(1)} s`,
        detail:
          "Callers that needed random bytes earlier were blocked; slow parts of this boot may have been blocked on it",
        remedies: [...supplyRemedies(record), ...remediesFor(record, "arm-recorder")],
      };
    },
  },
  {
    id: "contradiction",
    severity: "warning",
    find: ({ anomalies }) =>
      anomalies.length === 0
        ? null
        : {
            summary:
              anomalies.length === 1
                ? "Two pieces of evidence contradict each other"
                : `The evidence contains ${anomalies.length} contradictions`,
            detail: anomalies.map(({ detail }) => detail).join("; "),
          },
  },
  {
    id: "forged-line",
    severity: "warning",
    find({ covers }) {
      const forged = covers?.forged ?? null;
      if (forged === null) return null;
      const where = forged.line === null ? "One" : `Line ${forged.line}`;
      return {
        summary: `${forged.count === 1 ? "A line" : `${forged.count} lines`} of this log only ${forged.count === 1 ? "looks" : "look"} like the kernel's own message`,
        detail: `${where} reads "${forged.text}", but is a part of another record, as any user can make the kernel print it. It is not counted`,
      };
    },
  },
  {
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
  },
  {
    id: "system-fips-alone",
    severity: "warning",
    find: (record) =>
      record.observed.fips?.systemFips === true && record.observed.fips.kernel === false
        ? {
            summary: "/etc/system-fips exists although the kernel is not in FIPS mode",
            detail:
              "libgcrypt, OpenSSL and GnuTLS then run their FIPS self-tests in every program that loads them, and the self-tests block in getrandom() until the CRNG is ready. In May 2018 that blocked PID 1",
            remedies: remediesFor(record, "remove-system-fips"),
          }
        : null,
  },
  {
    id: "fips-ignored",
    severity: "warning",
    find: ({ observed }) =>
      observed.fips?.commandLine === true && observed.fips.kernel === false
        ? {
            summary: "fips=1 is on the command line, but this kernel is not in FIPS mode",
            detail: "A kernel built without CRYPTO_FIPS ignores the argument without a message",
          }
        : null,
  },
  {
    id: "no-cycle-counter",
    severity: "warning",
    find: (record) =>
      record.observed.notes.some(({ note }) => note === "no-cycle-counter")
        ? {
            summary: "This machine has no cycle counter: gathering entropy is slow",
            detail: "Jitter entropy needs a fast counter. Without one a caller can block for minutes on any kernel",
            remedies: supplyRemedies(record),
          }
        : null,
  },
  {
    id: "cpu-rng-problem",
    severity: "warning",
    find: (record) => {
      const note = record.observed.notes.find((known) => known.note === "cpu-rng-problem");
      return note === undefined
        ? null
        : {
            summary: `The kernel reports a problem with the CPU's random number generator: ${note.text ?? "it is not reliable"}`,
            detail:
              "The kernel does not use a disabled instruction as a seed source. RDRAND and RDSEED are disabled separately, so the other one may still be used",
            remedies: remediesFor(record, "update-microcode"),
          };
    },
  },
  {
    id: "own-wait",
    severity: "warning",
    find: (record) => {
      const { self, readiness } = record;
      if (self === null || self.nonblocking || self.startedAt === null) return null;
      const readyBefore = readiness.notAfter !== null && readiness.notAfter <= self.startedAt;
      const spent = self.runningAt - self.startedAt;
      if (readyBefore || spent < ownWaitSeconds) return null;
      return {
        summary: `crngwatch itself may have waited for the CRNG, for up to ${spent.toFixed(2)} s`,
        detail:
          "Its start object is not loaded. Without it Node.js calls getrandom() when it starts, which makes the kernel gather entropy and so changes the state that crngwatch observes",
        remedies: remediesFor(record, "build-start-object"),
      };
    },
  },
  recorderIncomplete,
  ...fipsGeneratorRules,
  {
    id: "early-is-enough",
    severity: "info",
    find: ({ callers }) =>
      callers.reason === "early-is-enough"
        ? {
            summary: "On this kernel getrandom() does not block after 'fast init done'",
            detail: "The CRNG is not fully initialised, but no caller of getrandom() blocks any more",
          }
        : null,
  },
  {
    id: "cpu-not-trusted",
    severity: "info",
    find: (record) => {
      const { cpu } = record.supply;
      return cpu !== null && cpu.trusted === false && (cpu.rdrand || cpu.rdseed || cpu.other !== null)
        ? {
            summary: "The CPU has a random number generator, but the kernel does not credit it",
            detail: `${cpu.why}. If the kernel credited it, the CRNG would be ready before user space starts`,
            remedies: remediesFor(record, "trust-cpu"),
          }
        : null;
    },
  },
  {
    id: "early-uses",
    severity: "info",
    find: ({ earlyUses, missedWarnings }) => {
      const names = new Set(earlyUses.filter(({ kind }) => !isKernelsOwn[kind]).map(({ name }) => name));
      if (names.size === 0) return null;
      const shown = [...names].slice(0, 5).join(", ");
      return {
        summary: `${shown}${names.size > 5 ? ` and ${names.size - 5} more` : ""} read /dev/urandom before the CRNG was ready`,
        detail: `Bytes read at that time may be guessable: harmless for hash tables, not for keys${missedWarnings === 0 ? "" : `. At least ${missedWarnings} more reads were not logged by name`}`,
      };
    },
  },
  vmFork,
  {
    id: "not-shown",
    severity: "info",
    find: (record) => {
      const { readiness, covers, observed } = record;
      if (covers === null || readiness.level === "ready") return null;
      const part =
        covers.lastAt === null || covers.stamps === "none" ? "" : `, which ends at ${covers.lastAt.toFixed(1)} s,`;
      return {
        summary: `This log${part} does not show the CRNG becoming ready`,
        detail: `${covers.fromStart ? "It may have become ready after the end of the log" : "The log does not begin at the boot's start: it may have become ready before the log begins, or after its end"}. Or the line is missing: a console with 'quiet' does not show it, RHEL 7.3 and kernels before 3.13 do not print it${observed.earlyInits.length > 0 ? ". The log has 'fast init done': on some kernels (4.8-4.16, RHEL 7, old Ubuntu) getrandom() does not block after that" : ""}`,
        remedies: remediesFor(record, "ready-line", "capture-console"),
      };
    },
  },
  slowBoot,
  ...gapRules,
  {
    id: "container",
    severity: "info",
    find: (record) => {
      const container = record.supply.virtualization?.container ?? null;
      if (container === null) return null;
      return {
        summary: `This is a container (${container}): the CRNG and its log are the host's`,
        detail: "Processes outside the container are not visible from here",
        remedies: remediesFor(record, "look-on-the-host"),
      };
    },
  },
];

/** The record with what follows from it for a person. Pure: the same record gives the same findings. */
export function diagnose(observed: BootRecord): Diagnosed {
  // First, since remedies say what they would have saved.
  const record: BootRecord = { ...observed, correctedBoot: correctedBoot(observed) };
  const findings = rules.flatMap(({ id, severity, find }): readonly Finding[] => {
    const found = find(record);
    return found === null ? [] : [{ id, severity, remedies: [], ...found }];
  });
  const concluded: BootRecord = { ...record, verdict: judge(record), findings };
  return concluded as Diagnosed;
}

function librariesTestThemselves({ fips, observed }: BootRecord): boolean {
  return fips === true || observed.fips?.systemFips === true;
}

function callersWait({ readiness, callers }: BootRecord): boolean {
  return readiness.level !== "ready" && readiness.level !== "unknown" && callers.wouldWait === true;
}
