import { membersOf } from "../../core/base/members.ts";
import type { Diagnosed } from "../../core/boot-record.ts";
import type { Tone } from "./lane.ts";
import { type Markup, tag, asText } from "./markup.ts";
import { timeLine } from "./time-line.ts";

/** A boot's picture with the legend of what it shows. */
export function figure(record: Diagnosed, id: string): Markup {
  const picture = timeLine(record, id);
  if (picture === null) return tag("p", { class: "facts" }, asText("No time line: no time of this boot is known"));
  const { markup, height, tones } = picture;
  const shown = membersOf(key).filter((tone) => tones.has(tone));
  const notes = throughAllRows.filter(([tone]) => tones.has(tone)).map(([, words]) => words);
  return tag(
    "figure",
    {},
    tag("svg", { xmlns: "http://www.w3.org/2000/svg", width: "100%", height }, markup),
    tag(
      "figcaption",
      { class: "key" },
      ...shown.map((tone) => tag("span", {}, tag("i", { class: tone }), asText(key[tone]))),
      ...notes.map((words) => tag("span", {}, asText(words))),
    ),
  );
}

/** What each tone means, in the order of the legend. */
const key: Readonly<Record<Tone, string>> = {
  unready: "not ready",
  early: "fast init",
  ready: "ready",
  unknown: "not known",
  reseed: "reseeded",
  use: "early use",
  first: "PID 1 blocked",
  wait: "blocked",
  held: "start delayed",
  unit: "starting",
  chain: "unit of the critical chain",
  finish: "boot finished",
  covered: "covered by evidence",
  silence: "silent",
  gap: "lost",
};

/** What is drawn through the rows rather than in one. */
const throughAllRows: readonly (readonly [Tone, string])[] = [
  ["first", "Shaded through all rows: PID 1 was blocked and nothing was started."],
  ["ready", "Dashed green line: the CRNG became ready."],
  ["held", "Dotted line: from the blocked unit to the unit that started later because of it."],
];
