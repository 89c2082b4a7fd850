import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { readinessFields, summaryFields } from "../../src/render/journal/journal-fields.ts";
import { openMetrics, prometheusText } from "../../src/render/metrics/open-metrics.ts";
import { reportMetrics } from "../../src/render/metrics/report-metrics.ts";
import { bootsHtml, bootsSvg } from "../../src/render/page/boots-page.ts";
import { bootListText } from "../../src/render/text/boot-list.ts";
import { checkLine } from "../../src/render/text/check-line.ts";
import { reportText } from "../../src/render/text/report-text.ts";
import { statusLine, statusText, summaryText } from "../../src/render/text/status.ts";

/** A boot of which nothing is known: no source has answered. */
const nothing = diagnose(emptyRecord());
const never = { text: "10", alerts: () => false };

describe("a record of which nothing is known", () => {
  it.each([
    ["Prometheus' text", prometheusText],
    ["OpenMetrics", openMetrics],
  ])("has in %s no sample but those about the record itself", (_format, format) => {
    const samples = format
      .render({ record: nothing, daemon: false })
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(samples.map((line) => line.replace(/ \S+$/, ""))).toEqual([
      expect.stringMatching(/^crngwatch_build_info\{/),
      // Without a label: each is left out where it is not known.
      "crngwatch_host_info",
      "crngwatch_daemon_up",
      'crngwatch_verdict_info{crng="undecided",rule="state-unknown"}',
      'crngwatch_readiness_info{level="unknown",cause="unknown"}',
      'crngwatch_findings{severity="warning"}',
      'crngwatch_findings{severity="critical"}',
      "crngwatch_anomalies",
      "crngwatch_dropped_total",
    ]);
  });

  it("has for systemd-report no metric but an open verdict and an unknown level", () => {
    expect(reportMetrics("s", nothing)).toEqual([
      { name: "s.Verdict", value: "undecided" },
      { name: "s.Level", value: "unknown" },
    ]);
  });

  it("is UNKNOWN to a check, and every figure is U", () => {
    const { state, text } = checkLine(nothing, { warning: never, critical: never, waited: never });
    expect(state).toBe("UNKNOWN");
    const data = text
      .slice(text.indexOf(" | ") + 3)
      .trim()
      .split(" ");
    expect(data.map((figure) => figure.replace(/^\w+=([^;]*);.*$/, "$1"))).toEqual(data.map(() => "U"));
  });

  it("has in its journal entries no field but what says that it is unknown", () => {
    const fields = Object.entries({ ...readinessFields(nothing), ...summaryFields(nothing) });
    const claims = fields.filter(([name, value]) => value !== null && /^CRNGWATCH_(?!RECORD)/.test(name));
    expect(Object.fromEntries(claims)).toEqual({
      CRNGWATCH_VERDICT: "undecided",
      CRNGWATCH_VERDICT_RULE: "state-unknown",
      CRNGWATCH_VERDICT_TEXT: "Undecided whether the CRNG delayed this boot: its state is unknown",
      CRNGWATCH_LEVEL: "unknown",
      CRNGWATCH_CAUSE: "unknown",
      CRNGWATCH_WAITS: "unknown",
      CRNGWATCH_WAITED_SECONDS: "unknown",
    });
  });

  it("has in a list of boots a mark for each figure that is not known", () => {
    const table = bootListText([{ index: 0, firstEntryAt: null, record: nothing, describedBy: null }]);
    expect(table.split("\n")[1]?.trim().split(/\s+/)).toEqual(["0", "?", "?", "undecided", "?", "?", "-"]);
  });

  it.each([
    ["status", statusText(nothing)],
    ["the unit's status line", statusLine(nothing, [])],
    ["the summary", summaryText(nothing)],
    ["the report", reportText(nothing)],
  ])("is not given a figure, a 'none', an 'ok' or an 'off' in %s", (_surface, text) => {
    const words = text.replaceAll(/<[^>]*>/g, " ");
    expect(words).not.toMatch(/\b(?:none|ok|off|nobody|false|no one|not ready|ready at)\b|\d+(?:\.\d+)? s\b/);
  });

  it.each([
    // The records, which are in it as JSON, the key to the colours and the report, which is tested above, are left out.
    [
      "the page",
      bootsHtml([nothing]).replace(/<script.*<\/script>|<style.*<\/style>|<figcaption.*<\/figcaption>/gs, ""),
    ],
    ["the picture", bootsSvg([nothing]).replace(/<style.*<\/style>/gs, "")],
  ])("is not given a number of gaps, of waits or a state in %s", (_surface, text) => {
    expect(text.replaceAll(/<[^>]*>/g, " ")).not.toMatch(/\b(?:none|ok|off|nobody|0 \w+s|not ready|ready at)\b/);
  });
});
