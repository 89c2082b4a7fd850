import type { Diagnosed } from "../../../src/core/boot-record.ts";
import type { Change } from "../../../src/core/fold/fold.ts";
import { compareBoots } from "../../../src/diagnose/compare.ts";
import { bootsJson } from "../../../src/render/boots-json.ts";
import {
  changeFields,
  readinessFields,
  summaryFields,
  waitLastsFields,
} from "../../../src/render/journal/journal-fields.ts";
import { openMetrics, prometheusText } from "../../../src/render/metrics/open-metrics.ts";
import { bootsHtml, bootsSvg } from "../../../src/render/page/boots-page.ts";
import { bootListJson, bootListText } from "../../../src/render/text/boot-list.ts";
import { bootsText } from "../../../src/render/text/boots-text.ts";
import { changeText } from "../../../src/render/text/change-text.ts";
import { checkLine } from "../../../src/render/text/check-line.ts";
import { plain } from "../../../src/render/text/layout.ts";
import { comparisonJson, comparisonText } from "../../../src/render/text/comparison-text.ts";
import { statusText, summaryText } from "../../../src/render/text/status.ts";
import { readinessLine } from "../../../src/render/verdict.ts";

const anything = { text: "", alerts: () => false };
const limits = { warning: anything, critical: anything, waited: anything };

/** All that a record alone can have made come true. */
function changesIn(record: Diagnosed): readonly Change[] {
  const { readiness, callers, earlyUses, waits, reseeds, gaps, anomalies } = record;
  return [
    { kind: "level", from: "unknown", to: readiness.level },
    { kind: "callers", callers },
    ...earlyUses.map((use) => ({ kind: "early-use", use }) as const),
    ...waits.flatMap((wait) => [{ kind: "wait-began", wait } as const, { kind: "wait-ended", wait } as const]),
    ...reseeds.map((reseed) => ({ kind: "reseed", reseed }) as const),
    ...gaps.map((gap) => ({ kind: "gap", gap }) as const),
    ...anomalies.map((anomaly) => ({ kind: "anomaly", anomaly }) as const),
  ];
}

const inList = (record: Diagnosed) => ({ index: 0, firstEntryAt: null, record, describedBy: "crngwatch" }) as const;

/** Texts that go to a terminal or to the journal as they are, by what makes them. */
export const textRenderers: Readonly<Record<string, (record: Diagnosed) => string>> = {
  bootsText: (record) => bootsText([record], "full", plain),
  statusText,
  summaryText,
  readinessLine,
  bootListText: (record) => bootListText([inList(record)]),
  checkLine: (record) => checkLine(record, limits).text,
  comparisonText: (record) => comparisonText(compareBoots(record, record), plain),
  changeText: (record) =>
    changesIn(record)
      .map((change) => changeText(change, record) ?? "")
      .join("\n"),
  openMetrics: (record) => openMetrics.render({ record, daemon: true }),
  prometheusText: (record) => prometheusText.render({ record, daemon: false }),
};

/** Documents of JSON. */
export const jsonRenderers: Readonly<Record<string, (record: Diagnosed) => string>> = {
  bootsJson: (record) => bootsJson([record]),
  bootListJson: (record) => bootListJson([inList(record)]),
  comparisonJson: (record) => comparisonJson(compareBoots(record, record)),
};

/** What else is made of a record: pages, and fields whose values the journal keeps as they are. */
export const otherRenderers: Readonly<Record<string, (record: Diagnosed) => unknown>> = {
  bootsHtml: (record) => bootsHtml([record]),
  bootsSvg: (record) => bootsSvg([record]),
  readinessFields,
  summaryFields,
  changeFields: (record) => changesIn(record).map((change) => changeFields(change, record)),
  waitLastsFields: (record) => record.waits.map((wait) => waitLastsFields(wait, 1)),
};
