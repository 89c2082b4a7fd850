import type {
  BootUnit,
  ChainLink,
  CorrectedBoot,
  DelayedUnit,
  JournalMoment,
  JournalSilence,
  UnitTimes,
} from "../boot-units.ts";
import { list, number, object, optional, text } from "./shape.ts";

/** More units than any boot has. */
const most = { units: 20_000, silences: 64 };

const journalMoment = object<JournalMoment>("JournalMoment", { at: number, by: text, text });

export const unitTimesShape = object<UnitTimes>("UnitTimes", {
  initrdAt: optional(number),
  userspaceAt: optional(number),
  finishedAt: optional(number),
  units: list(
    object<BootUnit>("Unit", {
      name: text,
      startedAt: number,
      doneAt: optional(number),
      after: list(text, most.units),
    }),
    most.units,
  ),
  silences: optional(
    list(object<JournalSilence>("JournalSilence", { from: journalMoment, to: journalMoment }), most.silences),
  ),
});

const chain = list(object<ChainLink>("ChainLink", { name: text, startedAt: number, doneAt: number }), most.units);
export const correctedBootShape = object<CorrectedBoot>("CorrectedBoot", {
  finishedAt: number,
  withoutWaitsAt: number,
  firstProcessSeconds: number,
  delayed: list(
    object<DelayedUnit>("DelayedUnit", {
      name: text,
      ownSeconds: number,
      heldSeconds: number,
      behind: optional(text),
    }),
    most.units,
  ),
  chain,
  chainWithoutWaits: chain,
});
