import { remediesFor, supplyRemedies } from "./remedy/remedies.ts";
import type { Rule } from "./rule.ts";

/** Libraries run self-tests without FIPS mode. */
export const systemFipsAlone: Rule = {
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
};

/** The kernel ignores fips=1. */
export const fipsIgnored: Rule = {
  id: "fips-ignored",
  severity: "warning",
  find: ({ observed }) =>
    observed.fips?.commandLine === true && observed.fips.kernel === false
      ? {
          summary: "fips=1 is on the command line, but this kernel is not in FIPS mode",
          detail: "A kernel built without CRYPTO_FIPS ignores the argument without a message",
        }
      : null,
};

/** Jitter entropy is slow on this machine. */
export const noCycleCounter: Rule = {
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
};

/** The kernel reports that the CPU's generator is faulty. */
export const cpuRngProblem: Rule = {
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
};

/** The kernel does not credit the CPU's generator. */
export const cpuNotTrusted: Rule = {
  id: "cpu-not-trusted",
  severity: "info",
  find: (record) => {
    const { cpu } = record.supply;
    return cpu !== null && cpu.trusted === false && (cpu.rdrand || cpu.rdseed || cpu.other !== null)
      ? {
          summary: "The CPU has a random number generator, but the kernel does not credit it",
          detail: `${cpu.why}. If the kernel credited it, the CRNG would be ready before user space starts`,
          remedies: remediesFor(record, "take-off-argument", "trust-cpu"),
        }
      : null;
  },
};

/** The host is a container. */
export const container: Rule = {
  id: "container",
  severity: "info",
  find: (record) => {
    const kind = record.supply.virtualization?.container ?? null;
    if (kind === null) return null;
    return {
      summary: `This is a container (${kind}): the CRNG and its log are the host's`,
      detail: "Processes outside the container are not visible from here",
      remedies: remediesFor(record, "look-on-the-host"),
    };
  },
};
