import type { Diagnosed, Finding, Remedy } from "../../core/boot-record.ts";
import { callerWords } from "../../core/caller-words.ts";
import { isWhole } from "../../core/same-wait.ts";
import { reportText } from "../text/report-text.ts";
import { seconds, verdict } from "../verdict.ts";
import { waiterName } from "../wait-text.ts";
import { byWeight } from "./lanes.ts";
import { joined, type Markup, tag, text, trusted } from "./markup.ts";
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
    tag("h1", { id: `${id}-verdict` }, text(verdict(record))),
    facts(record),
    ...record.findings.map(finding),
    figure(record, id),
    waitTable(record),
    earlyUseTable(record),
    folded("The whole report as text", tag("pre", {}, lines(reportText(record)))),
  );
}

function facts({ kernel, bootId, file, covers, host }: Diagnosed): Markup {
  const parts = [
    kernel.release === null ? null : `Linux ${kernel.release}`,
    bootId === null ? null : `boot ${bootId}`,
    file === null ? "observed live" : file,
    covers === null || covers.firstLine === null ? null : `lines ${covers.firstLine} to ${covers.lastLine ?? "the end"}`,
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
    ...(remedies.length === 0 ? [] : [tag("ul", {}, ...remedies.map(remedy))]),
  );
}

function remedy({ text: words, command }: Remedy): Markup {
  const shown = command === null ? [] : [trusted(" "), tag("code", {}, text(command))];
  return tag("li", {}, text(words), ...shown);
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
      ...key.map(([tone, words]) => joined(tag("i", { class: tone }), text(words))),
      text(". Shaded through all rows: PID 1 was blocked, and nothing was started. Dashed green line: the CRNG was ready"),
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
      wait.unit ?? "",
      moment(wait.from),
      wait.seconds === null ? "not known" : `${isWhole(wait) ? "" : "at least "}${wait.seconds.toFixed(3)} s`,
      `${wait.interface}${callerWords(wait)}`,
      wait.exe ?? "",
      wait.line === null ? "" : String(wait.line),
    ]);
  const more = dropped.waits > 0 ? ` (${dropped.waits} more were not kept)` : "";
  return table(`Waits: ${rows.length}${more}`, ["task", "unit", "began", "blocked for", "in", "program", "line"], rows);
}

function earlyUseTable({ earlyUses }: Diagnosed): Markup {
  const rows = earlyUses.map(({ name, at, bytes, kind, line }) => [
    moment(at),
    name,
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
    tag("tbody", {}, ...rows.map((cells) => tag("tr", {}, ...cells.map((cell) => tag("td", {}, text(shown(cell))))))),
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

function shown(cell: string): string {
  return cell.length <= longestCell ? cell : `${cell.slice(0, longestCell)}…`;
}

/** Text whose lines stay, and which is escaped for a terminal already. */
function lines(report: string): Markup {
  return trusted(report.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"));
}
