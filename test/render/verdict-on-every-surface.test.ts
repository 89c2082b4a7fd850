import { describe, expect, it } from "vitest";
import type { Diagnosed } from "../../src/core/boot-record.ts";
import { answerWords } from "../../src/core/verdict.ts";
import { compareBoots } from "../../src/diagnose/compare.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { bootsJson } from "../../src/render/boots-json.ts";
import { escapeText } from "../../src/render/escape.ts";
import { summaryFields } from "../../src/render/journal/journal-fields.ts";
import { openMetrics } from "../../src/render/metrics/open-metrics.ts";
import { reportMetrics } from "../../src/render/metrics/report-metrics.ts";
import { bootsHtml } from "../../src/render/page/boots-page.ts";
import { bootListRows } from "../../src/render/text/boot-list.ts";
import { bootsText } from "../../src/render/text/boots-text.ts";
import { checkLine, type Limit } from "../../src/render/text/check-line.ts";
import { plain } from "../../src/render/text/layout.ts";
import { reportText } from "../../src/render/text/report-text.ts";
import { statusLine, statusText, summaryText } from "../../src/render/text/status.ts";
import { ruleCases } from "../diagnose/verdict/rule-cases.ts";

const never: Limit = { text: "", alerts: () => false };
const limits = { warning: never, critical: never, waited: never };
const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";

/** The verdict's sentence as each surface has it, which is the whole of it. */
const sentences: Readonly<Record<string, (record: Diagnosed) => string>> = {
  status: (record) => firstLine(statusText(record)),
  report: (record) => firstLine(reportText(record)),
  // A log's own name stands above it.
  analyze: (record) => bootsText([record], "brief", plain).split("\n")[record.file === null ? 0 : 1] ?? "",
  "STATUS=": (record) => firstSentence(statusLine(record, []), record),
  "boot summary": (record) => firstSentence(summaryText(record).replace("Boot summary: ", ""), record),
  check: (record) => {
    const [, words = ""] = /^CRNG \w+ - ([^|]*)/.exec(checkLine(record, limits).text) ?? [];
    // What alerts stands in front.
    return words.includes(escapeText(record.verdict.sentence)) ? escapeText(record.verdict.sentence) : words;
  },
  "journal field": (record) => escapeText(String(summaryFields(record)["CRNGWATCH_VERDICT_TEXT"])),
  JSON: (record) => escapeText(verdictOf(JSON.parse(bootsJson([record]))).sentence),
  page: (record) => unescaped(/<h1[^>]*>([^<]*)<\/h1>/.exec(bootsHtml([record]))?.[1] ?? ""),
  comparison: (record) => escapeText(compareBoots(record, record).after.verdict),
};

/** The verdict's word, strength and rule where a surface has them apart. */
const words: Readonly<Record<string, (record: Diagnosed) => readonly unknown[]>> = {
  metric: (record) => {
    const labels = /^crngwatch_verdict_info\{([^}]*)\} 1$/m.exec(openMetrics.render({ record, daemon: true }))?.[1];
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels ?? "")?.[1] ?? "";
    return [label("crng"), label("strength"), label("rule")];
  },
  "journal fields": (record) => {
    const fields = summaryFields(record);
    const strength = fields["CRNGWATCH_VERDICT_STRENGTH"] ?? "";
    return [fields["CRNGWATCH_VERDICT"], strength, fields["CRNGWATCH_VERDICT_RULE"]];
  },
  JSON: (record) => {
    const { crng, strength, rule } = verdictOf(JSON.parse(bootsJson([record])));
    return [crng, strength ?? "", rule];
  },
};

function firstSentence(text: string, { verdict }: Diagnosed): string {
  const sentence = escapeText(verdict.sentence);
  return text.startsWith(`${sentence}; CRNG `) ? sentence : text;
}

function verdictOf(document: unknown): Diagnosed["verdict"] {
  return (document as { readonly boots: readonly [Diagnosed] }).boots[0].verdict;
}

function unescaped(html: string): string {
  return html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll(/&quot;|&#34;/g, '"')
    .replaceAll(/&#39;|&apos;/g, "'")
    .replaceAll("&amp;", "&");
}

describe.each(Object.entries(ruleCases))("the verdict by rule '%s'", (rule, { fires }) => {
  const record = diagnose(fires);

  it.each(Object.entries(sentences))("has the same sentence in %s", (_surface, sentence) => {
    expect(sentence(record)).toBe(escapeText(record.verdict.sentence));
  });

  it("has the same word, strength and rule in metrics, journal and JSON", () => {
    const { crng, strength } = record.verdict;
    for (const read of Object.values(words)) expect(read(record)).toEqual([crng, strength ?? "", rule]);
    expect(reportMetrics("crng", record).some(({ value }) => value === crng)).toBe(true);
    const [row = []] = bootListRows([{ index: 0, firstEntryAt: null, record, describedBy: "crngwatch" }]);
    expect(row).toContain(answerWords(record.verdict));
  });

  it("is not contradicted by what the report says of waits", () => {
    const blocked = /^ {2}blocked {2,}(.*)$/m.exec(reportText(record))?.[1] ?? "";
    if (record.verdict.crng === "cause") expect(blocked).not.toMatch(/^(?:none|not recorded|unknown)\b/);
    if (record.verdict.strength === "shown" && record.verdict.crng === "innocent" && record.cost.tasks === 0)
      expect(blocked).toMatch(/^(?:none|not recorded|unknown)\b/);
  });
});
