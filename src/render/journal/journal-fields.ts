import type { Wait } from "../../core/wait.ts";
import type { BootRecord, Diagnosed, Level } from "../../core/boot-record.ts";
import { frameWords } from "../../core/caller-words.ts";
import { waitTotals } from "../../core/fold/cost.ts";
import type { Change } from "../../core/fold/fold.ts";
import { type EntryFields } from "./journal-datagram.ts";
import { documentation, type JournalEvent, journalEvents } from "./journal-events.ts";
import { jsonText } from "../json-text.ts";

/**
 * The fields of an entry of this kind, with those that journalctl finds it by. Strangers' texts are not escaped here.
 */
export function eventFields(event: JournalEvent, fields: EntryFields): EntryFields {
  return { MESSAGE_ID: journalEvents[event].id, DOCUMENTATION: documentation, ...fields };
}

const levelEvents: Readonly<Record<Level, JournalEvent>> = {
  unknown: "unseeded",
  unseeded: "unseeded",
  early: "unseeded",
  ready: "ready",
};

/** The fields of what has newly come true. What is no kind of its own has no MESSAGE_ID. */
export function changeFields(change: Change, record: BootRecord): EntryFields {
  switch (change.kind) {
    case "level":
      return eventFields(levelEvents[change.to], readinessFields(record));
    case "moment":
    case "callers":
      return readinessFields(record);
    case "early-use": {
      const { kind, name, at } = change.use;
      return { CRNGWATCH_KIND: kind, CRNGWATCH_NAME: name, CRNGWATCH_AT: number(at) };
    }
    case "wait-began":
      // It becomes an event of its own when it lasts.
      return waitFields(change.wait, null);
    case "wait-ended":
      return waitEndedFields(change.wait);
    case "reseed":
      return eventFields("reseeded", {
        CRNGWATCH_REASON: change.reseed.reason,
        CRNGWATCH_AT: number(change.reseed.at),
      });
    case "gap": {
      const { from, to, lost } = change.gap;
      return eventFields("log-gap", {
        CRNGWATCH_FROM: number(from),
        CRNGWATCH_TO: number(to),
        CRNGWATCH_LOST: number(lost),
      });
    }
    case "anomaly":
      return eventFields("contradiction", {
        CRNGWATCH_ANOMALY: change.anomaly.id,
        CRNGWATCH_DETAIL: change.anomaly.detail,
      });
  }
}

/** The fields of an entry on the CRNG's state (crngwatch-journal(7)). */
export function readinessFields({ bootId, readiness, callers }: BootRecord): EntryFields {
  return {
    CRNGWATCH_BOOT_ID: bootId,
    CRNGWATCH_LEVEL: readiness.level,
    CRNGWATCH_READY_AT: number(readiness.readyAt),
    CRNGWATCH_NOT_BEFORE: number(readiness.notBefore),
    CRNGWATCH_NOT_AFTER: number(readiness.notAfter),
    CRNGWATCH_EVIDENCE: readiness.evidence,
    CRNGWATCH_CAUSE: readiness.cause,
    CRNGWATCH_CALLERS_WAIT: flag(callers.wouldWait),
    CRNGWATCH_CALLERS_REASON: callers.reason,
  };
}

/** One wait. `seconds` is how long it has lasted. */
function waitFields(wait: Wait, seconds: number | null): EntryFields {
  return {
    CRNGWATCH_PID: number(wait.pid),
    CRNGWATCH_TID: number(wait.tid),
    CRNGWATCH_COMM: wait.comm,
    CRNGWATCH_EXE: wait.exe,
    CRNGWATCH_COMMAND_LINE: wait.commandLine,
    CRNGWATCH_PARENT_PID: number(wait.parent?.pid ?? null),
    CRNGWATCH_PARENT_COMM: wait.parent?.comm ?? null,
    CRNGWATCH_UNIT: wait.unit,
    CRNGWATCH_CONTAINER: wait.container,
    CRNGWATCH_INTERFACE: wait.interface,
    CRNGWATCH_GENERATOR: wait.generator,
    CRNGWATCH_TIMES: number(wait.times),
    // Proven; "program": its own code.
    CRNGWATCH_CALLER: wait.caller === null ? null : (wait.caller.library ?? "program"),
    CRNGWATCH_CALLER_HOW: wait.caller?.how ?? null,
    CRNGWATCH_CALLER_FUNCTION: wait.caller?.function ?? null,
    CRNGWATCH_CALLER_BUILD_ID: wait.caller?.buildId ?? null,
    CRNGWATCH_CALLER_CONSTRUCTOR: flag(wait.caller?.fromConstructor ?? null),
    CRNGWATCH_CALLER_STACK: wait.caller?.stack.map(frameWords) ?? null,
    // Candidates.
    CRNGWATCH_LIBRARIES: wait.libraries,
    CRNGWATCH_LIBRARIES_SOURCE: wait.librariesSource,
    CRNGWATCH_REQUEST_BYTES: number(wait.request?.bytes ?? null),
    CRNGWATCH_REQUEST_FLAGS: number(wait.request?.flags ?? null),
    CRNGWATCH_RUNTIME: wait.runtime,
    CRNGWATCH_FIPS: flag(wait.fips),
    CRNGWATCH_FIPS_WHY: wait.fipsWhy,
    CRNGWATCH_FROM: number(wait.from),
    CRNGWATCH_TO: number(wait.to),
    CRNGWATCH_SECONDS: number(seconds),
    CRNGWATCH_ENDED: wait.ended,
    CRNGWATCH_EVIDENCE: wait.evidence,
  };
}

/**
 * A wait that lasts. OBJECT_PID= makes journald add the waiter's unit and command, so that `journalctl -u` of that unit
 * shows the entry; journald accepts it from root alone.
 */
export function waitLastsFields(wait: Wait, seconds: number): EntryFields {
  return eventFields("wait-lasts", { ...waitFields(wait, seconds), OBJECT_PID: number(wait.pid) });
}

/**
 * A wait that is over. Its process may be gone and its number another's, so the unit is named by what was seen while it
 * waited.
 */
export function waitEndedFields(wait: Wait): EntryFields {
  return eventFields("wait-ended", { ...waitFields(wait, wait.seconds), OBJECT_SYSTEMD_UNIT: wait.unit });
}

/** The whole record, and the fields that queries need most. */
export function summaryFields(record: Diagnosed): EntryFields {
  const { kernel, verdict } = record;
  const { count, seconds } = waitTotals(record);
  return eventFields("boot-summary", {
    ...readinessFields(record),
    CRNGWATCH_VERDICT: verdict.crng,
    CRNGWATCH_VERDICT_STRENGTH: verdict.strength,
    CRNGWATCH_VERDICT_RULE: verdict.rule,
    CRNGWATCH_VERDICT_TEXT: verdict.sentence,
    CRNGWATCH_KERNEL: kernel.release,
    CRNGWATCH_BUILD_ID: kernel.buildId,
    // The catalog's text names both, so that neither may be missing.
    CRNGWATCH_WAITS: number(count) ?? "unknown",
    CRNGWATCH_WAITED_SECONDS: number(seconds) ?? "unknown",
    CRNGWATCH_RECORD: jsonText(record),
  });
}

/** At most microseconds: a difference of two times has noise in its further decimals. */
function number(value: number | null): string | null {
  return value === null ? null : String(Math.round(value * 1e6) / 1e6);
}

function flag(value: boolean | null): string | null {
  return value === null ? null : value ? "1" : "0";
}
