import type { Diagnosed } from "../../core/boot-record.ts";
import type { ChainLink } from "../../core/boot-units.ts";
import { callerWords, frameWords } from "../../core/caller-words.ts";
import { isWhole } from "../../core/wait.ts";
import { escapeText } from "../escape.ts";
import { seconds } from "../verdict.ts";
import { waiterName } from "../wait-text.ts";
import { escaped, type Markup, tag, asText } from "./markup.ts";
import { byWeight } from "./wait-lanes.ts";

/** All waits, the worst first, as the picture has only some of them. */
export function waitTable({ waits, dropped }: Diagnosed): Markup {
  const rows = waits
    .toSorted(byWeight)
    .map((wait) => [
      waiterName(wait),
      escapeText(wait.unit ?? ""),
      moment(wait.from),
      wait.seconds === null ? "not known" : `${isWhole(wait) ? "" : "at least "}${wait.seconds.toFixed(3)} s`,
      `${wait.interface}${escapeText(callerWords(wait))}`,
      escapeText(wait.exe ?? ""),
      wait.line === null ? "" : String(wait.line),
    ]);
  const more = dropped.waits > 0 ? ` (${dropped.waits} more were not kept)` : "";
  return table(`Waits: ${rows.length}${more}`, ["task", "unit", "began", "blocked for", "in", "program", "line"], rows);
}

/** Requests that did not block. */
export function earlyUseTable({ earlyUses }: Diagnosed): Markup {
  const rows = earlyUses.map(({ name, at, bytes, kind, line }) => [
    moment(at),
    escapeText(name),
    kind,
    bytes === null ? "" : String(bytes),
    line === null ? "" : String(line),
  ]);
  return table(`Early uses: ${rows.length}`, ["time", "name", "kind", "bytes", "line"], rows);
}

/** The units that waits delayed, those that lost most first. */
export function delayTable({ correctedBoot }: Diagnosed): Markup {
  const rows = (correctedBoot?.delayed ?? []).map((unit) => [
    escapeText(unit.name),
    `${unit.ownSeconds.toFixed(3)} s`,
    `${unit.heldSeconds.toFixed(3)} s`,
    escapeText(unit.behind ?? ""),
  ]);
  return table(`Units delayed: ${rows.length}`, ["unit", "blocked itself", "started later by", "behind"], rows);
}

/** The units that decided when the boot was finished, the last one first. */
export function chainTable(title: string, chain: readonly ChainLink[]): Markup {
  const rows = chain.map(({ name, startedAt, doneAt }) => [
    escapeText(name),
    seconds(startedAt),
    `${(doneAt - startedAt).toFixed(3)} s`,
  ]);
  return table(title, ["unit", "started", "took"], rows);
}

/** How many different stacks are shown; the JSON has all of them. */
const stacksShown = 50;

/** The user stacks of the waiters, as far as they were unwound, each with the tasks that had it. */
export function stacks({ waits }: Diagnosed): Markup {
  const tasks = new Map<string, readonly string[]>();
  for (const wait of waits) {
    const frames = wait.caller?.stack.map(frameWords).join("\n") ?? "";
    if (frames !== "") tasks.set(frames, [...(tasks.get(frames) ?? []), waiterName(wait)]);
  }
  if (tasks.size === 0) return asText("");
  const shown = [...tasks].slice(0, stacksShown).map(([frames, names]) => {
    const more = names.length > 1 ? ` and ${names.length - 1} more` : "";
    return `${shortened(names[0] ?? "")}${more}\n${frames
      .split("\n")
      .map((frame) => `  ${shortened(escapeText(frame))}\n`)
      .join("")}`;
  });
  return folded(`Callers' stacks: ${tasks.size}, the innermost frame first`, tag("pre", {}, escaped(shown.join("\n"))));
}

/** A folded table of escaped cells; nothing where it has no rows. */
export function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  if (rows.length === 0) return asText("");
  const content = tag(
    "table",
    {},
    tag("thead", {}, tag("tr", {}, ...head.map((name) => tag("th", { scope: "col" }, asText(name))))),
    tag(
      "tbody",
      {},
      ...rows.map((cells) => tag("tr", {}, ...cells.map((cell) => tag("td", {}, escaped(shortened(cell)))))),
    ),
  );
  return folded(title, tag("div", { class: "scroll" }, content));
}

/** Closed until a reader opens it. */
export function folded(title: string, content: Markup): Markup {
  return tag("details", {}, tag("summary", {}, asText(title)), content);
}

function moment(at: number | null): string {
  return at === null ? "not known" : seconds(at);
}

/** Longer cells are in the JSON. */
const longestCell = 300;

function shortened(cell: string): string {
  return cell.length <= longestCell ? cell : `${cell.slice(0, longestCell)}…`;
}
