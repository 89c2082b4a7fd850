import type { BootRecord } from "../../core/boot-record.ts";
import type { Effect } from "../../core/fold.ts";
import { escapeText } from "../escape.ts";
import { seconds, verdict } from "../verdict.ts";
import { openWaitText, waitText } from "../wait-text.ts";

/** One line for a thing that has newly come true: what `watch` prints and the daemon logs. Null: nothing a person needs. */
export function effectText(effect: Effect, record: BootRecord): string | null {
  switch (effect.effect) {
    case "level":
      return verdict(record);
    case "moment":
      return `The moment of readiness is known now: ${verdict(record)}`;
    case "callers":
      return effect.callers.reason === null ? null : verdict(record);
    case "early-use": {
      const { kind, name, bytes, at } = effect.use;
      const amount = bytes === null ? "" : `, ${bytes} bytes`;
      const moment = at === null ? "" : ` at ${seconds(at)}`;
      if (kind === "kernel-call") return `kernel code ${escapeText(name)} drew random bytes before the CRNG was ready${moment}`;
      return `'${escapeText(name)}' read /dev/urandom before the CRNG was ready${moment}${amount}`;
    }
    case "wait-began":
      return openWaitText(effect.wait, 0);
    case "wait-ended":
      return waitText(effect.wait);
    case "reseed": {
      const moment = effect.reseed.at === null ? "" : ` at ${seconds(effect.reseed.at)}`;
      return `CRNG reseeded ${effect.reseed.reason === "vm-fork" ? "because the virtual machine was cloned or restored" : "on resume"}${moment}`;
    }
    case "gap": {
      const { of, from, to, lost } = effect.gap;
      const count = lost === null ? "an unknown number of" : lost;
      const [what, items] = of === "log" ? ["Kernel log", "records"] : ["Recorder's trace", "events"];
      return `${what} lost ${count} ${items}${from === null || to === null ? "" : ` between ${seconds(from)} and ${seconds(to)}`}`;
    }
    case "anomaly":
      return `Contradiction (${effect.anomaly.id}): ${escapeText(effect.anomaly.detail)}`;
  }
}
