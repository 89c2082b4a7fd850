import { type MetricsFormat, openMetrics, prometheusText } from "../render/metrics/open-metrics.ts";

/** Versions of OpenMetrics whose readers read ours. */
const openMetricsVersions = ["1.0.0", "0.0.1"];

/**
 * The format that a client requests by its Accept header (RFC 9110, 12.5.1): OpenMetrics where it names that and likes
 * nothing of ours better; the old text for anyone else, also for a client that accepts neither, since a person with a
 * browser can read it.
 */
export function acceptedFormat(header: string): MetricsFormat {
  const ranges = header.split(",").map(parseRange);
  const weightOf = (...types: readonly string[]): number =>
    Math.max(0, ...ranges.filter(({ type }) => types.includes(type)).map(({ weight }) => weight));
  const openWeight = weightOf("application/openmetrics-text");
  return openWeight > 0 && openWeight >= weightOf("text/plain") ? openMetrics : prometheusText;
}

interface Range {
  readonly type: string;
  readonly weight: number;
}

function parseRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const valueOf = (name: string): string | null =>
    parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  const version = valueOf("version");
  const weight = Number(valueOf("q") ?? 1);
  const readable = type !== "application/openmetrics-text" || version === null || openMetricsVersions.includes(version);
  return { type, weight: readable && weight >= 0 && weight <= 1 ? weight : 0 };
}
