import type { BootRecord, Diagnosed } from "../core/boot-record.ts";
import { isUnable } from "../core/base/health.ts";
import { type Change, fold } from "../core/fold/fold.ts";
import { diagnose } from "../diagnose/findings.ts";
import { stagesPassed } from "../diagnose/wait-stages.ts";
import type { Log } from "../exporters/log-lines.ts";
import { type Notifier, statusAssignment } from "../exporters/notify.ts";
import type { Host, Source } from "../sources/source.ts";
import { errnoText } from "../platform/errno.ts";
import { changeText } from "../render/text/change-text.ts";
import { escapeText } from "../render/escape.ts";
import { changeFields, eventFields, summaryFields, waitLastsFields } from "../render/journal/journal-fields.ts";
import { statusLine, summaryText } from "../render/text/status.ts";
import { openWaitText } from "../render/wait-text.ts";
import type { Taker } from "../observe/follow.ts";
import { openWaits, watchWaits } from "./long-waits.ts";
import type { StateFile } from "./state-file.ts";

/**
 * The daemon's record as it grows. Every change is logged, sent to systemd and to watching clients, and saved.
 */
export interface Story {
  readonly record: () => Diagnosed;
  readonly take: Taker;
  /** Calls back with each text that is logged for a person; the function returned ends it. */
  readonly subscribe: (changed: (text: string) => void) => () => void;
  readonly save: () => void;
  /** For STATUS=: the verdict, and the longest wait. */
  readonly status: () => string;
  /** Sums the boot up, and ends all timers. */
  readonly close: () => void;
}

/**
 * Facts on a boot's waits and its moment of readiness come within this time after readiness; then the summary is
 * written.
 */
const summaryMilliseconds = 10_000;
/**
 * How soon after a save the next one is made: a record of 512 waits takes milliseconds of a processor, and each change
 * of one of them would save it whole. What a kill loses is at most this young.
 */
const saveMilliseconds = 1_000;
/** Waits of the first stage, 1 s, are common; a longer one may be what a person cuts the power off for. */
const commonStages = 1;

interface StoryOptions {
  readonly host: Pick<Host, "now">;
  readonly sources: readonly Pick<Source, "name" | "standsInFor">[];
  readonly state: StateFile;
  readonly log: Log;
  readonly notify: Notifier;
}

/** Starts with the record `start`: an empty one, or the one that was saved. Only what comes after it is announced. */
export function keepStory(start: BootRecord, { host, sources, state, log, notify }: StoryOptions): Story {
  let record = diagnose(start);
  let lastStatus = "";
  let lostSources: readonly string[] = [];
  let summing: NodeJS.Timeout | null = null;
  let summedStage = commonStages;
  let saveFailed = false;
  let saving: NodeJS.Timeout | null = null;
  let saveDue = false;
  const subscribers = new Set<(text: string) => void>();

  const waits = watchWaits({
    record: () => record,
    now: host.now,
    report(due) {
      for (const { wait, seconds } of due)
        log.warn({ journal: waitLastsFields(wait, seconds) }, openWaitText(wait, seconds));
      // A boot that hangs and is cut off has no other end. Once for each stage of its longest wait, however many wait.
      const stage = stagesPassed(due[0]?.seconds ?? 0);
      if (stage <= summedStage) return;
      summedStage = stage;
      sumUp();
    },
  });
  const status = (): string => statusLine(record, openWaits(record, host.now()));

  /** Logs the change, and returns what was logged. */
  function announce(change: Change, now: BootRecord): readonly string[] {
    if (change.kind === "level" && change.to === "ready") summing ??= setTimeout(sumUp, summaryMilliseconds);
    const text = changeText(change, now);
    if (text === null) return [];
    log[levelOf(change)]({ journal: changeFields(change, now) }, text);
    return [text];
  }

  function sumUp(): void {
    log.info({ journal: summaryFields(record) }, summaryText(record));
  }

  function announceLostSources(): void {
    const lost = record.sources.filter(({ health }) => isUnable(health));
    for (const { name, health, detail } of lost.filter((source) => !lostSources.includes(source.name))) {
      const fields = { CRNGWATCH_SOURCE: name, CRNGWATCH_HEALTH: health, CRNGWATCH_DETAIL: detail };
      const other = health === "denied" ? workingFor(name) : null;
      const text = `Source '${name}' is ${health}: ${escapeText(detail ?? "no reason given")}, continuing ${other === null ? "without it" : `with '${other}'`}`;
      log[other === null ? "warn" : "info"]({ journal: eventFields("source-lost", fields) }, text);
    }
    lostSources = lost.map(({ name }) => name);
  }

  /** The source that a source stands in for, where that one works; else null. */
  function workingFor(name: string): string | null {
    const other = sources.find((source) => source.name === name)?.standsInFor;
    return record.sources.find((source) => source.name === other)?.health === "ok" ? (other ?? null) : null;
  }

  function announceStatus(): void {
    const text = status();
    if (text === lastStatus) return;
    lastStatus = text;
    notify.send([statusAssignment(text)]);
  }

  /** Now, or as soon as the last save is old enough. */
  function saveSoon(): void {
    if (saving !== null) {
      saveDue = true;
      return;
    }
    save();
    saving = setTimeout(() => {
      saving = null;
      if (!saveDue) return;
      saveDue = false;
      saveSoon();
    }, saveMilliseconds);
    saving.unref();
  }

  function save(): void {
    const saved = state.save(record);
    if (saved.kind !== "ok" && !saveFailed) {
      log.warn(
        `Cannot save the record: ${saved.kind === "failed" ? errnoText(saved.errno) : saved.kind}, continuing without: after a restart only what the kernel log still holds is known`,
      );
    }
    saveFailed = saved.kind !== "ok";
  }

  return {
    record: () => record,
    save,
    status,
    close() {
      if (summing !== null) clearTimeout(summing);
      if (saving !== null) clearTimeout(saving);
      waits.stop();
      sumUp();
    },
    take(evidence) {
      const folded = fold(record, evidence);
      const shown = record.readiness.basis.cause;
      // Before the boot is judged, which takes longer than all the rest; subscribers may ask for the verdict at once.
      const announced = folded.changes.flatMap((change) => announce(change, folded.record));
      record = diagnose(folded.record);
      for (const text of announced) for (const report of subscribers) report(text);
      announceLostSources();
      waits.look();
      announceStatus();
      // What showed the cause is no news; but the trace that it was read from is gone after a restart.
      if (folded.changes.length > 0 || record.readiness.basis.cause !== shown) saveSoon();
      return record;
    },
    subscribe(changed) {
      subscribers.add(changed);
      return () => subscribers.delete(changed);
    },
  };
}

function levelOf({ kind: change }: Change): "notice" | "info" | "warn" {
  switch (change) {
    case "level":
    case "reseed":
      return "notice";
    case "anomaly":
    case "gap":
      return "warn";
    case "wait-ended":
      return "notice";
    // A warning follows when it lasts.
    case "wait-began":
    case "moment":
    case "callers":
    case "early-use":
      return "info";
  }
}
