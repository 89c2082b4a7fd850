import { earlyUseDevice, type ReseedReason } from "../../core/kernel-message.ts";
import type { BootRecord, Gap } from "../../core/boot-record.ts";
import type { Change } from "../../core/fold/fold.ts";
import { escapeText } from "../escape.ts";
import { seconds, readinessLine } from "../verdict.ts";
import { openWaitText, waitText } from "../wait-text.ts";

const reseedWords: Readonly<Record<ReseedReason, string>> = {
  "vm-fork": "because the virtual machine was cloned or restored",
  resume: "on resume",
};

const lossWords: Readonly<Record<Gap["source"], { readonly what: string; readonly items: string }>> = {
  log: { what: "Kernel log", items: "records" },
  trace: { what: "Recorder's trace", items: "events" },
};

/**
 * One line for a thing that has newly come true: what `watch` prints and the daemon logs. Null: nothing a person needs.
 */
export function changeText(change: Change, record: BootRecord): string | null {
  switch (change.kind) {
    case "level":
      return readinessLine(record);
    case "moment":
      return `The time of readiness is now known: ${readinessLine(record)}`;
    case "callers":
      return change.callers.reason === null ? null : readinessLine(record);
    case "early-use": {
      const { kind, name, bytes, at } = change.use;
      const device = earlyUseDevice[kind];
      const [who, source] =
        device === null ? [`kernel code ${escapeText(name)}`, ""] : [`'${escapeText(name)}'`, ` from /dev/${device}`];
      return `${momentOf(at)}${who} read ${bytes ?? "random"} bytes${source} before the CRNG was ready`;
    }
    case "wait-began":
      return openWaitText(change.wait, 0);
    case "wait-ended":
      return waitText(change.wait);
    case "reseed":
      return `${momentOf(change.reseed.at)}CRNG reseeded ${reseedWords[change.reseed.reason]}`;
    case "gap": {
      const { source: of, from, to, lost } = change.gap;
      const count = lost === null ? "an unknown number of" : lost;
      const { what, items } = lossWords[of];
      return `${what} lost ${count} ${items}${from === null || to === null ? "" : ` between ${seconds(from)} and ${seconds(to)}`}`;
    }
    case "anomaly":
      return `Contradiction (${change.anomaly.id}): ${escapeText(change.anomaly.detail)}`;
  }
}

/** The time of an event, in front of it. */
function momentOf(at: number | null): string {
  return at === null ? "" : `${seconds(at)}: `;
}
