import { isKernelsOwn } from "../core/kernel-message.ts";
import type { Wait } from "../core/wait.ts";
import type { BootRecord, Finding, Diagnosed } from "../core/boot-record.ts";
import { callerWords } from "../core/caller-words.ts";
import { isWhole, longestOf, nameOf } from "../core/same-wait.ts";
import { vmFork } from "./clone-findings.ts";
import { correctedBoot } from "./boot-time/corrected-boot.ts";
import { fipsGeneratorRules, fipsGeneratorWaits } from "./fips-generator-findings.ts";
import { gapRules, recorderIncomplete } from "./gap-findings.ts";
import { remediesFor, supplyRemedies } from "./remedy/remedies.ts";
import type { Rule } from "./rule.ts";
import { slowBoot } from "./slow-boot.ts";
import { judge } from "./verdict/judge.ts";

/** Later than this, somebody has noticed; most machines are ready within the first second. */
const lateSeconds = 10;
/** A start shorter than this held no wait worth telling: jitter entropy takes longer to gather. */
const ownWaitSeconds = 0.1;

/** "PID 1 waited 1.5 s for the CRNG: libgcrypt.so.20 asked for 24 bytes from its constructor, in FIPS mode". */
function firstProcessWords(wait: Wait): string {
  const { caller, fips } = wait;
  const lasted = lastedWords(wait);
  const waited = `PID 1 waited${lasted === null ? "" : ` ${lasted}`} for the CRNG`;
  if (caller === null || caller.library === null)
    return `${waited}${wait.interface === "getrandom" ? " in getrandom" : ""}${callerWords(wait)}`;
  const request = caller.request ?? wait.request;
  const asked = request === null ? "" : ` for ${request.bytes} ${request.bytes === 1 ? "byte" : "bytes"}`;
  const when = caller.fromConstructor === true ? " from its constructor" : "";
  return `${waited}: ${caller.library} asked${asked}${when}${fips === true ? ", in FIPS mode" : ""}`;
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
            summary: `${record.fips === true ? "FIPS mode is on" : "/etc/system-fips is there"} and the CRNG is not ready: every program that loads libgcrypt, OpenSSL or GnuTLS waits`,
            detail:
              "In FIPS mode, or where /etc/system-fips is there, these libraries run self-tests as they are loaded, and the tests wait in getrandom(). When PID 1 loads one of them, the boot stops with nothing in the journal",
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
            summary: "The CRNG is not ready: callers of getrandom() wait",
            detail:
              "Keys, TLS and sshd-keygen wait for it. From kernel 5.4 on the first caller that waits makes the kernel gather jitter entropy, which takes about a second where the CPU has a cycle counter",
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
          "Until the first process goes on nothing is started and nothing gets into the journal: the machine looks dead. In FIPS mode libraries test themselves and bring up their generators as they are loaded",
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
        summary: `${count === 1 ? `${nameOf(longest) ?? "A task"} waited for the CRNG${callerWords(longest)}` : `${count} tasks waited for the CRNG`}${lasted === null ? "" : `, the longest for ${lasted}`}`,
        detail: "What depends on them waited too: a unit that does not start, a boot that does not go on",
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
      // Nobody waited for it: the kernel's FIPS generator served them.
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
                : `Evidence contradicts itself in ${anomalies.length} places`,
            detail: anomalies.map(({ detail }) => detail).join("; "),
          },
  },
  {
    id: "old-blocking-pool",
    severity: "warning",
    find: (record) =>
      record.callers.reason === "old-blocking-pool"
        ? {
            summary: "Readers of /dev/random wait, although getrandom() does not",
            detail:
              "Until kernel 5.5 /dev/random has a pool of its own that runs empty at any time; it says nothing about the CRNG",
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
            summary: "/etc/system-fips is there although the kernel is not in FIPS mode",
            detail:
              "libgcrypt, OpenSSL and GnuTLS then run their FIPS self-tests in every program that loads them, and those wait in getrandom() before the CRNG is ready: in May 2018 that stopped PID 1",
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
            detail: "A kernel built without CRYPTO_FIPS ignores it in silence",
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
            detail: "Jitter entropy needs a fast counter; without one a caller can wait for minutes on any kernel",
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
            summary: `The kernel says of the CPU's random number generator: ${note.text ?? "it is not reliable"}`,
            detail: "What is switched off seeds nothing; the other instruction, where there is one, still does",
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
          "Its start object is not loaded, and without it Node asks getrandom() as it starts: that makes the kernel gather entropy and ends the state that crngwatch is to observe",
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
            summary: "On this kernel getrandom() returns from 'fast init done' on",
            detail: "The CRNG is not fully initialised, but nobody waits for it any more",
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
            detail: `${cpu.why}; credited, it makes the CRNG ready before user space starts`,
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
        detail: `Bytes read then may be guessable; harmless for hash tables, not for keys${missedWarnings === 0 ? "" : `. At least ${missedWarnings} more reads were not logged by name`}`,
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
        detail: `${covers.fromStart ? "It may have become ready after the log ends, or" : "The log does not hold the boot's start; it may have become ready before, or after the log ends, or"} the line is not in this copy: a console set to 'quiet' does not show it, RHEL 7.3 and kernels before 3.13 print none${observed.earlyInits.length > 0 ? ". 'fast init done' is there, from which on some kernels (4.8-4.16, RHEL 7, old Ubuntu) let callers of getrandom() go on" : ""}`,
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
        detail: "Processes outside of the container are not visible here",
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
    const told = find(record);
    return told === null ? [] : [{ id, severity, remedies: [], ...told }];
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
