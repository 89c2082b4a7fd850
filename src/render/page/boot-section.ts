import { undecided } from "../../core/verdict.ts";
import type { Diagnosed } from "../../core/boot-record.ts";
import type { Finding, Remedy } from "../../core/finding.ts";
import { remedyCommand, remedyPriceText, remedyText } from "../remedy-words.ts";
import { reportText } from "../text/report-text.ts";
import { severityWords } from "../severity-words.ts";
import { readinessLine } from "../verdict.ts";
import { wallWords } from "../wall-words.ts";
import { figure } from "./figure.ts";
import { escaped, joined, type Markup, tag, asText } from "./markup.ts";
import { chainTable, delayTable, earlyUseTable, folded, stacks, waitTable } from "./tables.ts";

/** One boot: the verdict, what to do, the picture, and the tables behind it. */
export function bootSection(record: Diagnosed, id: string): Markup {
  return tag(
    "section",
    { class: "boot", id, "aria-labelledby": `${id}-verdict` },
    ...answer(record, `${id}-verdict`),
    facts(record),
    ...clock(record),
    figure(record, id),
    ...findings(record),
    waitTable(record),
    stacks(record),
    delayTable(record),
    chainTable("Critical chain", record.correctedBoot?.chain ?? []),
    chainTable("Critical chain without the waits", record.correctedBoot?.chainWithoutWaits ?? []),
    earlyUseTable(record),
    folded("The whole report as text", tag("pre", {}, escaped(reportText(record)))),
  );
}

/** The answer and what it rests on, then the CRNG's state. */
function answer(record: Diagnosed, id: string): readonly Markup[] {
  const { verdict } = record;
  const state = readinessLine(record);
  if (verdict.rule === undecided.rule) return [tag("h1", { id }, asText(state))];
  return [
    tag("h1", { id }, asText(verdict.sentence)),
    tag("p", {}, asText(state)),
    titled(
      "Because",
      verdict.because.map(({ line, text: words }) => asText(withLine(line, words))),
    ),
    titled(
      "Look at",
      verdict.lookAt.map(({ line, kind, text: words }) => asText(withLine(line, `${kind}: ${words}`))),
    ),
    titled("What to do", verdict.remedies.map(remedyWords)),
  ];
}

function withLine(line: number | null, words: string): string {
  return line === null ? words : `line ${line}: ${words}`;
}

function titled(title: string, items: readonly Markup[]): Markup {
  return items.length === 0 ? asText("") : joined(tag("h2", {}, asText(title)), list(items));
}

function list(items: readonly Markup[]): Markup {
  return items.length === 0 ? asText("") : tag("ul", {}, ...items.map((item) => tag("li", {}, item)));
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
  return tag("p", { class: "facts" }, asText(parts.filter((part) => part !== null).join(", ")));
}

function clock(record: Diagnosed): readonly Markup[] {
  const words = wallWords(record);
  return words === null ? [] : [tag("p", { class: "facts" }, escaped(`Wall clock: ${words}`))];
}

/** What was found; a remedy is on the page once, as several findings may have the same. */
function findings({ findings: found, verdict }: Diagnosed): readonly Markup[] {
  const shown = new Set(verdict.rule === undecided.rule ? [] : verdict.remedies.map(({ text: words }) => words));
  return found.map((one) => {
    const remedies = one.remedies.filter(({ text: words }) => !shown.has(words));
    for (const { text: words } of remedies) shown.add(words);
    return finding({ ...one, remedies });
  });
}

function finding({ severity, summary, detail, remedies }: Finding): Markup {
  const word = severityWords[severity];
  return tag(
    "div",
    { class: word },
    tag("p", {}, tag("strong", {}, asText(`${word}: `)), asText(summary)),
    tag("p", { class: "detail" }, asText(detail)),
    list(remedies.map(remedyWords)),
  );
}

function remedyWords(remedy: Remedy): Markup {
  const command = remedyCommand(remedy);
  return joined(
    escaped(remedyText(remedy)),
    command === null ? asText("") : tag("pre", {}, tag("code", {}, escaped(command))),
    tag("p", { class: "detail" }, escaped(remedyPriceText(remedy))),
  );
}
