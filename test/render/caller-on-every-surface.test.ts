import { describe, expect, it } from "vitest";
import { type Diagnosed, emptyRecord } from "../../src/core/boot-record.ts";
import { fold } from "../../src/core/fold/fold.ts";
import { longestOf, type Wait } from "../../src/core/wait.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { waitEndedFields, waitLastsFields } from "../../src/render/journal/journal-fields.ts";
import { openMetrics } from "../../src/render/metrics/open-metrics.ts";
import { reportMetrics } from "../../src/render/metrics/report-metrics.ts";
import { bootsHtml, bootsSvg } from "../../src/render/page/boots-page.ts";
import { checkLine, type Limit } from "../../src/render/text/check-line.ts";
import { reportText } from "../../src/render/text/report-text.ts";
import { statusLine, statusText, summaryText } from "../../src/render/text/status.ts";
import { openWaitText, waitText } from "../../src/render/wait-text.ts";
import { readyLine, wait } from "../support/records/evidence-of.ts";
import { aCaller } from "../support/records/waits.ts";

const never: Limit = { text: "", alerts: () => false };

/** All that is shown of a boot in which this task waited, by where it is shown. */
function shown(facts: Partial<Wait>, pid: number): Readonly<Record<string, string>> {
  const its = { pid, comm: "task", libraries: ["libone.so.1", "libtwo.so.2"], ...facts };
  const record: Diagnosed = diagnose(
    fold(emptyRecord(), [wait(2, 31.5, { ...its, to: 33.5, ended: "returned" }), readyLine(33.5)]).record,
  );
  const open: Diagnosed = diagnose(fold(emptyRecord(), [wait(2, 31.5, its)]).record);
  const [ended, waiting] = [longestOf(record.waits), longestOf(open.waits)];
  if (ended === null || waiting === null) throw new Error("The record has no wait");
  return {
    status: statusText(record),
    "status of who waits": statusText(open),
    "unit's status": statusLine(open, [{ wait: waiting, seconds: 31.5 }]),
    "unit's status when ready": statusLine(record, []),
    report: reportText(record),
    summary: summaryText(record),
    check: checkLine(record, { warning: never, critical: never, waited: never }).text,
    page: bootsHtml([record]),
    picture: bootsSvg([record]),
    "journal, of who waits": openWaitText(waiting, 31.5),
    journal: waitText(ended),
    "journal's fields": JSON.stringify(
      [waitLastsFields(waiting, 31.5), waitEndedFields(ended)].map((fields) => fields["CRNGWATCH_CALLER"]),
    ),
    metrics: openMetrics.render({ record, daemon: true }),
    "report's metrics": JSON.stringify(reportMetrics("crng", record)),
    verdict: JSON.stringify(record.verdict),
    findings: JSON.stringify(record.findings),
  };
}

const proof = /via (?:the constructor of )?lib|lib(?:one|two)\.so\.\d asked|library="lib/;
const sources = ["maps", "elf", "request"] as const;

describe.each([1, 612])("every text that names a library as the caller, for PID %d,", (pid) => {
  it.each(sources)("has proof: libraries known by %s are candidates", (librariesSource) => {
    const texts = Object.entries(shown({ librariesSource, fips: true }, pid));
    expect(texts.filter(([, text]) => proof.test(text)).map(([where]) => where)).toEqual([]);
  });

  it("names none where the program itself called", () => {
    const texts = Object.entries(shown({ librariesSource: "maps", caller: aCaller(null) }, pid));
    expect(texts.filter(([, text]) => proof.test(text)).map(([where]) => where)).toEqual([]);
  });

  it("names the proven one, not the first candidate", () => {
    const texts = shown({ librariesSource: "maps", caller: aCaller("libtwo.so.2"), fips: true }, pid);
    const naming = Object.entries(texts).filter(([, text]) => proof.test(text) || text.includes("libtwo.so.2 asked"));
    expect(naming.map(([where]) => where)).toEqual(
      expect.arrayContaining(["status", "report", "summary", "page", "journal", "verdict", "findings", "metrics"]),
    );
    const wrong = naming.filter(([, text]) => /via libone|libone\.so\.1 asked|library="libone/.test(text));
    expect(wrong).toEqual([]);
  });
});

it("verdict: candidates stand in parentheses after the times, and what is proven after a comma", () => {
  const sentence = (facts: Partial<Wait>): string => shown(facts, 612)["verdict"] ?? "";
  expect(sentence({ librariesSource: "maps", libraries: ["libone.so.1"] })).toContain(
    "task[612] for 31.5 s, from 2.000 s to 33.500 s (has libone.so.1 loaded)",
  );
  expect(sentence({ librariesSource: "elf", libraries: ["libone.so.1"], fips: true })).toContain(
    "from 2.000 s to 33.500 s, in FIPS mode (is linked with libone.so.1)",
  );
  expect(sentence({ caller: aCaller(null) })).toContain("from 2.000 s to 33.500 s, from its own code");
  expect(sentence({ caller: aCaller("libone.so.1"), fips: true })).toContain(
    "from 2.000 s to 33.500 s, via libone.so.1 in FIPS mode",
  );
});
