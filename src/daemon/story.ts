import type { BootRecord } from "../core/boot-record.ts";
import { type Effect, fold } from "../core/readiness.ts";
import { diagnose } from "../diagnose/findings.ts";
import type { Log } from "../exporters/log-lines.ts";
import { type Notifier, statusAssignment } from "../exporters/notify.ts";
import { effectText } from "../render/effect-text.ts";
import { verdict } from "../render/verdict.ts";
import type { Taker } from "./follow.ts";
import type { StateFile } from "./state-file.ts";

/** The daemon's record as it grows. Whatever newly comes true is logged, told to systemd and to who watches, and saved. */
export interface Story {
  readonly record: () => BootRecord;
  readonly take: Taker;
  /** Calls back with each thing that a person would be told; the function returned ends it. */
  readonly subscribe: (changed: (text: string) => void) => () => void;
  readonly save: () => void;
}

export function keepStory(start: BootRecord, { state, log, notify }: { readonly state: StateFile; readonly log: Log; readonly notify: Notifier }): Story {
  let record = start;
  let saveFailed = false;
  const subscribers = new Set<(text: string) => void>();

  function announce(effect: Effect): void {
    const text = effectText(effect, record);
    if (text === null) return;
    log[levelOf(effect)](text);
    for (const tell of subscribers) tell(text);
  }

  function save(): void {
    const saved = state.save(record);
    if (saved.is !== "ok" && !saveFailed) {
      log.warn(`Cannot save the record (${saved.is}), continuing without: after a restart only what the kernel log still holds can be told`);
    }
    saveFailed = saved.is !== "ok";
  }

  return {
    record: () => record,
    save,
    take(evidence) {
      const folded = fold(record, evidence);
      record = folded.record;
      // Told first: a second later nobody would call it live.
      for (const effect of folded.effects) announce(effect);
      record = diagnose(record);
      if (folded.effects.length > 0) {
        notify.send([statusAssignment(verdict(record))]);
        save();
      }
      return record;
    },
    subscribe(changed) {
      subscribers.add(changed);
      return () => subscribers.delete(changed);
    },
  };
}

function levelOf({ effect }: Effect): "notice" | "info" | "warn" {
  switch (effect) {
    case "level":
    case "reseed":
      return "notice";
    case "anomaly":
    case "gap":
    case "wait-began":
      return "warn";
    case "wait-ended":
      return "notice";
    case "moment":
    case "callers":
    case "early-use":
      return "info";
  }
}
