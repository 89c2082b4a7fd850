import { undecided } from "../../core/verdict.ts";
import type { Diagnosed, Finding, Remedy } from "../../core/boot-record.ts";
import { callerWords } from "../../core/caller-words.ts";
import { isWhole } from "../../core/same-wait.ts";
import { escapeText } from "../escape.ts";
import { remedyPriceText, remedyText } from "../remedy-words.ts";
import { reportText } from "../text/report-text.ts";
import { readinessLine, seconds } from "../verdict.ts";
import { waiterName } from "../wait-text.ts";
import { byWeight } from "./lanes.ts";
import { escaped, joined, type Markup, tag, text } from "./markup.ts";
import { timeLine } from "./time-line.ts";

const severityWords: Readonly<Record<Finding["severity"], string>> = {
  critical: "critical",
  warning: "warning",
  info: "note",
};

/** One boot: the verdict, what to do, the picture, and the tables behind it. */
export function bootSection(record: Diagnosed, id: string): Markup {
  return tag(
    "section",
    { class: "boot", id, "aria-labelledby": `${id}-verdict` },
    ...answer(record, `${id}-verdict`),
    facts(record),
    ...record.findings.map(finding),
    figure(record, id),
    waitTable(record),
    earlyUseTable(record),
    folded("The whole report as text", tag("pre", {}, escaped(reportText(record)))),
  );
}

/** The answer and what it rests on, then the CRNG's state. */
function answer(record: Diagnosed, id: string): readonly Markup[] {
  const { verdict } = record;
  const state = readinessLine(record);
  if (verdict.rule === undecided.rule) return [tag("h1", { id }, text(state))];
  return [
    tag("h1", { id }, text(verdict.sentence)),
    tag("p", {}, text(state)),
    list(verdict.because.map(({ line, text: words }) => text(withLine(line, words)))),
    list(verdict.lookAt.map(({ line, kind, text: words }) => text(withLine(line, `${kind}: ${words}`)))),
    list(verdict.remedies.map(remedyWords)),
  ];
}

function withLine(line: number | null, words: string): string {
  return line === null ? words : `line ${line}: ${words}`;
}

function list(items: readonly Markup[]): Markup {
  return items.length === 0 ? text("") : tag("ul", {}, ...items.map((item) => tag("li", {}, item)));
}

function facts({ kernel, bootId, file, covers, host }: Diagnosed): Markup {
  const parts = [
    kernel.release === null ? null : `Linux ${kernel.release}`,
    bootId === null ? null : `boot ${bootId}`,
    file === null ? "observed live" : file,
    covers === null || covers.firstLine === null
      ? null
      : `lines ${covers.firstLine} to ${covers.lastLine ?? "the end"}`,
    host?.distribution ?? null,
  ];
  return tag("p", { class: "facts" }, text(parts.filter((part) => part !== null).join(", ")));
}

function finding({ severity, summary, detail, remedies }: Finding): Markup {
  const word = severityWords[severity];
  return tag(
    "div",
    { class: word },
    tag("p", {}, tag("strong", {}, text(`${word}: `)), text(summary)),
    tag("p", { class: "detail" }, text(detail)),
    list(remedies.map(remedyWords)),
  );
}

function remedyWords(remedy: Remedy): Markup {
  const { command } = remedy;
  return joined(
    text(`${remedyText(remedy)} `),
    command === null ? text("") : tag("code", {}, text(command)),
    tag("p", { class: "detail" }, text(remedyPriceText(remedy))),
  );
}

function figure(record: Diagnosed, id: string): Markup {
  const { markup, height } = timeLine(record, id);
  return tag(
    "figure",
    {},
    tag("svg", { xmlns: "http://www.w3.org/2000/svg", width: "100%", height }, markup),
    tag(
      "figcaption",
      { class: "key" },
      ...key.map(([tone, words]) => tag("span", {}, tag("i", { class: tone }), text(words))),
      text(
        ". Shaded through all rows: PID 1 was blocked, and nothing was started. Dashed green line: the CRNG was ready",
      ),
    ),
  );
}

const key = [
  ["unready", "not ready"],
  ["early", "fast init"],
  ["ready", "ready"],
  ["unknown", "not known"],
  ["first", "PID 1 blocked"],
  ["wait", "blocked"],
  ["use", "early use"],
  ["covered", "covered by evidence"],
] as const;

function waitTable({ waits, dropped }: Diagnosed): Markup {
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

function earlyUseTable({ earlyUses }: Diagnosed): Markup {
  const rows = earlyUses.map(({ name, at, bytes, kind, line }) => [
    moment(at),
    escapeText(name),
    kind,
    bytes === null ? "" : String(bytes),
    line === null ? "" : String(line),
  ]);
  return table(`Early uses: ${rows.length}`, ["time", "name", "kind", "bytes", "line"], rows);
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  if (rows.length === 0) return text("");
  const content = tag(
    "table",
    {},
    tag("thead", {}, tag("tr", {}, ...head.map((name) => tag("th", { scope: "col" }, text(name))))),
    tag(
      "tbody",
      {},
      ...rows.map((cells) => tag("tr", {}, ...cells.map((cell) => tag("td", {}, escaped(shortened(cell)))))),
    ),
  );
  return folded(title, tag("div", { class: "scroll" }, content));
}

function folded(title: string, content: Markup): Markup {
  return tag("details", {}, tag("summary", {}, text(title)), content);
}

function moment(at: number | null): string {
  return at === null ? "not known" : seconds(at);
}

/** Longer cells are in the JSON. */
const longestCell = 300;

function shortened(cell: string): string {
  return cell.length <= longestCell ? cell : `${cell.slice(0, longestCell)}…`;
}
