import { counted } from "../core/base/counted.ts";
import { durationWords } from "../core/base/duration-words.ts";
import { callerWords } from "../core/caller-words.ts";
import { earlyUseDevice } from "../core/kernel-message.ts";
import { isWhole, longestOf, nameOf, type Wait } from "../core/wait.ts";
import { beganBeforeMain } from "./before-main.ts";
import { remediesFor, supplyRemedies } from "./remedy/remedies.ts";
import type { Rule } from "./rule.ts";

/** A shorter start held no wait worth reporting: jitter entropy takes longer to gather. */
const ownWaitSeconds = 0.1;

/** PID 1 waited: nothing was started meanwhile. */
export const firstProcessWaited: Rule = {
  id: "first-process-waited",
  severity: "warning",
  find: (record) => {
    const wait = longestOf(record.waits.filter((one) => isOfFirstProcess(one) && one.generator === "crng"));
    if (wait === null) return null;
    return {
      summary: `${firstProcessWords(wait, beganBeforeMain(wait, record))}; nothing was started meanwhile`,
      detail:
        "While PID 1 is blocked no unit is started and nothing is written to the journal, so the machine appears to hang. In FIPS mode libraries run self-tests and initialise their generators when they are loaded",
      remedies: supplyRemedies(record),
    };
  },
};

/** Other tasks waited. */
export const waited: Rule = {
  id: "waited",
  severity: "warning",
  find: (record) => {
    const { waits, dropped } = record;
    const others = waits.filter(({ pid, polls, generator }) => pid !== 1 && !polls && generator === "crng");
    const longest = longestOf(others);
    if (longest === null) return null;
    const count = others.length + dropped.waits;
    const lasted = lastedWords(longest);
    return {
      summary: `${count === 1 ? `${nameOf(longest) ?? "A task"} waited for the CRNG${callerWords(longest)}` : `${count} tasks waited for the CRNG`}${lasted === null ? "" : `${count === 1 ? "" : ", the longest"} for ${lasted}`}`,
      detail: `Units that depend on ${count === 1 ? "it" : "them"} were delayed as well`,
      remedies: supplyRemedies(record),
    };
  },
};

/**
 * Tasks that poll /dev/random for the moment of readiness, such as another crngwatch: they wait and are not delayed.
 */
export const polled: Rule = {
  id: "polled",
  severity: "info",
  find: ({ waits }) => {
    const pollers = waits.filter(({ polls, generator }) => polls && generator === "crng");
    const [first] = pollers;
    if (first === undefined) return null;
    const names = pollers.length === 1 ? (nameOf(first) ?? "A task") : `${pollers.length} tasks`;
    return {
      summary: `${names} polled /dev/random for the CRNG becoming ready`,
      detail: "A task that polls has chosen to wait and may do other work meanwhile, so nothing is known to be delayed",
    };
  },
};

/** crngwatch itself may have waited. */
export const ownWait: Rule = {
  id: "own-wait",
  severity: "warning",
  find: (record) => {
    const { self, readiness } = record;
    if (self === null || self.nonblocking || self.startedAt === null) return null;
    const readyBefore = readiness.notAfter !== null && readiness.notAfter <= self.startedAt;
    const spent = self.runningAt - self.startedAt;
    if (readyBefore || spent < ownWaitSeconds) return null;
    return {
      summary: `crngwatch itself may have waited for the CRNG, for up to ${durationWords(spent, 2)}`,
      detail:
        "Its start object is not loaded. Without it Node.js calls getrandom() when it starts, which makes the kernel gather entropy and so changes the state that crngwatch observes",
      remedies: remediesFor(record, "build-start-object"),
    };
  },
};

/** Programs that read /dev/urandom too early. */
export const earlyReads: Rule = {
  id: "early-uses",
  severity: "info",
  find: ({ earlyUses, missedWarnings }) => {
    const names = new Set(earlyUses.filter(({ kind }) => earlyUseDevice[kind] !== null).map(({ name }) => name));
    if (names.size === 0) return null;
    const shown = [...names].slice(0, 5).join(", ");
    return {
      summary: `${shown}${names.size > 5 ? ` and ${names.size - 5} more` : ""} read /dev/urandom before the CRNG was ready`,
      detail: `Bytes read at that time may be guessable: harmless for hash tables, not for keys${missedWarnings === 0 ? "" : `. At least ${missedWarnings} more reads were not logged by name`}`,
    };
  },
};

/**
 * "PID 1 waited 1.5 s for the CRNG: libgcrypt.so.20 asked for 24 bytes from its constructor, in FIPS mode". Its stack
 * shows whose constructor; that it began before main() shows that some library's constructor called.
 */
function firstProcessWords(wait: Wait, beforeMain: boolean): string {
  const { caller, fips } = wait;
  const lasted = lastedWords(wait);
  const start = `PID 1 waited${lasted === null ? "" : ` ${lasted}`} for the CRNG`;
  if (caller === null || caller.library === null)
    return `${start}${wait.interface === "getrandom" ? " in getrandom" : ""}${callerWords(wait)}`;
  const request = caller.request ?? wait.request;
  const bytes = request === null ? "random bytes" : counted(request.bytes, "byte");
  const inConstructor = beforeMain ? " from a constructor, before main()" : "";
  const when = caller.fromConstructor === true ? " from its constructor" : inConstructor;
  return `${start}: ${caller.library} asked for ${bytes}${when}${fips === true ? ", in FIPS mode" : ""}`;
}

function isOfFirstProcess({ pid, polls }: Wait): boolean {
  return pid === 1 && !polls;
}

function lastedWords(wait: Wait): string | null {
  const { seconds } = wait;
  return seconds === null ? null : `${isWhole(wait) ? "" : "at least "}${durationWords(seconds, 1)}`;
}
