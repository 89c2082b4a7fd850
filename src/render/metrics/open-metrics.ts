import { escapeText } from "../escape.ts";
import { type Metered, type MetricFamily, metricFamilies, type Sample } from "./metric-families.ts";

/** The longest value of a label, in characters; names from a host have no bound of their own. */
const mostLabelCharacters = 128;

/** A text of metrics: what HTTP calls it, and how a record becomes one. */
export interface MetricsFormat {
  readonly contentType: string;
  readonly render: (metered: Metered) => string;
}

/** OpenMetrics 1.0 (prometheus/OpenMetrics, specification/OpenMetrics.md): the format that Prometheus prefers. */
export const openMetrics: MetricsFormat = {
  contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  render: (metered) => `${textOf(metered, openMetricsHead)}# EOF\n`,
};

/**
 * Prometheus' own text format 0.0.4, which is all that node_exporter's textfile collector and `promtool check metrics`
 * read: of OpenMetrics they refuse the type "info", and take a counter whose `# TYPE` has no "_total" for two families.
 */
export const prometheusText: MetricsFormat = {
  contentType: "text/plain; version=0.0.4; charset=utf-8",
  render: (metered) => textOf(metered, prometheusHead),
};

function textOf(metered: Metered, head: (family: MetricFamily) => readonly string[]): string {
  let text = "";
  for (const family of metricFamilies) {
    const samples = family.samples(metered);
    if (samples.length > 0)
      text += [...head(family), ...samples.map((sample) => sampleLine(sampleName(family), sample))]
        .map((line) => `${line}\n`)
        .join("");
  }
  return text;
}

function openMetricsHead({ name, type, unit, help }: MetricFamily): readonly string[] {
  return [`# TYPE ${name} ${type}`, ...(unit === null ? [] : [`# UNIT ${name} ${unit}`]), `# HELP ${name} ${help}`];
}

function prometheusHead(family: MetricFamily): readonly string[] {
  return [
    `# HELP ${sampleName(family)} ${family.help}`,
    `# TYPE ${sampleName(family)} ${family.type === "info" ? "gauge" : family.type}`,
  ];
}

/** The name as Prometheus stores it, the same by both formats. */
export function sampleName({ name, type }: Pick<MetricFamily, "name" | "type">): string {
  return { gauge: name, counter: `${name}_total`, info: `${name}_info` }[type];
}

function sampleLine(name: string, { labels, value }: Sample): string {
  // To Prometheus a label without a value is no label.
  const pairs = Object.entries(labels).filter(([, text]) => text !== "");
  const braced =
    pairs.length === 0 ? "" : `{${pairs.map(([label, text]) => `${label}="${labelValue(text)}"`).join(",")}}`;
  // The kernel's stamps have microseconds; sums of them have noise in further decimals.
  return `${name}${braced} ${Number(value.toFixed(6))}`;
}

/**
 * A label's value. Control characters and characters that hide text are shown as in all our texts, since people read
 * metrics on terminals; but a backslash stays one, so that a unit's name (`dev-disk-by\x2duuid-….device`) is the one
 * that other exporters report.
 */
function labelValue(text: string): string {
  const shown = escapeText(text).replaceAll("\\\\", "\\");
  // By characters: half of one would be no UTF-8.
  const cut =
    shown.length > mostLabelCharacters ? `${Array.from(shown).slice(0, mostLabelCharacters).join("")}…` : shown;
  return cut.replaceAll(/[\\"]/g, (character) => `\\${character}`);
}
