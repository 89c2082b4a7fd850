import { durationWords } from "../core/base/duration-words.ts";
import type { BootRecord } from "../core/boot-record.ts";
import { fipsGenerator } from "../core/fips-generator.ts";
import { isOpen, isWhole, longestOf, nameOf, type Wait } from "../core/wait.ts";
import type { Rule } from "./rule.ts";

/** A shorter wait for the FIPS generator is not noticed: seeding takes as long on a slow machine. */
const shortSeconds = 1;
/** From here on a ready CRNG was late. */
const lateSeconds = 10;

/** Tasks that waited for the kernel's FIPS generator. It is no fault of the CRNG's, and more entropy is no remedy. */
export const fipsGeneratorWaits: Rule = {
  id: "fips-generator-waits",
  severity: "warning",
  find(record) {
    const waits = record.waits.filter(({ generator }) => generator === "drbg");
    const first = longestOf(waits.filter(({ pid }) => pid === 1));
    const longest = longestOf(waits);
    if (longest === null) return null;
    const who =
      first !== null
        ? "PID 1"
        : waits.length === 1
          ? nameWords(longest)
          : `${new Set(waits.map(({ tid, pid, startedAt }) => `${tid ?? pid} ${startedAt}`)).size} tasks`;
    const lasted = first ?? longest;
    // A log does not show which tasks are blocked now.
    const isNow = record.covers === null && (first ?? (waits.length === 1 ? longest : waits.find(isOpen)) ?? longest);
    const verb =
      isNow !== false && isOpen(isNow) ? (first !== null || waits.length === 1 ? "waits" : "wait") : "waited";
    const most = first !== null || waits.length === 1 ? "" : ", the longest";
    const count = lasted.times > 1 ? " again and again" : "";
    return {
      severity: (longest.seconds ?? 0) < shortSeconds ? "info" : "warning",
      summary: `${who} ${verb}${count} for the kernel's FIPS generator${durationOf(lasted, most)}`,
      detail:
        "In FIPS mode this kernel serves getrandom(), /dev/random and /dev/urandom from its DRBG. The first caller may wait until the DRBG is seeded. Each call with GRND_RANDOM reseeds it, and such callers queue. Both also happen when the CRNG is ready",
    };
  },
};

export const fipsGeneratorRules: readonly Rule[] = [
  {
    id: "extrng",
    severity: "info",
    find: (record) =>
      record.callers.reason === "extrng"
        ? {
            summary: "Callers get their bytes from the kernel's FIPS generator, whatever the CRNG's state",
            detail: `In FIPS mode RHEL 8.3 and later, and some Fedora kernels, serve getrandom() and the devices from their DRBG, so no task waits for the CRNG. ${howKnown(record)}${late(record)}. crngwatch samples the queue for that generator only while the CRNG is not ready`,
          }
        : null,
  },
  {
    id: "callers-unknown",
    severity: "info",
    find: ({ readiness, callers, covers }) =>
      covers === null && (readiness.level === "unseeded" || readiness.level === "early") && callers.wouldWait === null
        ? {
            summary: "Whether callers are blocked cannot be determined from here",
            detail:
              "In FIPS mode RHEL 8.3 and later, and some Fedora kernels, serve getrandom() from their own generator. Only a call on the running host shows which generator answers",
          }
        : null,
  },
];

function howKnown(record: BootRecord): string {
  if (fipsGenerator(record) === "likely")
    return "This kernel has such a generator (/proc/kallsyms) and is in FIPS mode. No call has shown yet that it is in use";
  const waited = record.waits.some(({ generator }) => generator === "drbg");
  return waited ? "Tasks were observed inside it" : "A call returned while the CRNG was not ready";
}

function late({ readiness }: BootRecord): string {
  const since = readiness.notBefore;
  if (readiness.level !== "ready" || since === null || since < lateSeconds) return "";
  return `. The CRNG itself became ready only ${readiness.exact ? "at" : "after"} ${durationWords(since, 1)}`;
}

function nameWords(wait: Wait): string {
  return nameOf(wait) ?? "A task";
}

/** `what`: of several waits, which one. */
function durationOf(wait: Wait, what: string): string {
  const { seconds, times, evidence } = wait;
  if (seconds === null || seconds === 0) return "";
  const isKnown = isWhole(wait) && (times === 1 || evidence === "recorder");
  const amount = `${isKnown ? "" : "at least "}${durationWords(seconds, seconds < shortSeconds ? 3 : 1)}`;
  return `${what} for ${amount}${times > 1 ? " in all" : ""}`;
}
