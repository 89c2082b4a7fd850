import { expect, it } from "vitest";
import { acceptedFormat } from "../../src/exporters/accept-header.ts";
import { openMetrics, prometheusText } from "../../src/render/metrics/open-metrics.ts";

it.each([
  [
    "Prometheus 2",
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
  ],
  [
    "Prometheus 3",
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
  ],
  ["who names it without a version", "application/openmetrics-text"],
  ["who writes with blanks and capitals", "Application/OpenMetrics-Text ; version=1.0.0 ; q=0.9 , text/plain ; q=0.9"],
])("OpenMetrics for %s", (_, header) => expect(acceptedFormat(header)).toBe(openMetrics));

it.each([
  ["who says nothing", ""],
  ["curl", "*/*"],
  ["a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
  ["who likes it better", "application/openmetrics-text;q=0.5,text/plain;q=0.9"],
  ["who refuses OpenMetrics", "application/openmetrics-text;q=0"],
  ["who wants an OpenMetrics that is not ours", "application/openmetrics-text;version=2.0.0"],
  ["who takes neither", "application/json"],
  ["who sends rubbish", ";;,,q=;application/openmetrics-text;q=abc,=\u0000"],
])("the old text for %s", (_, header) => expect(acceptedFormat(header)).toBe(prometheusText));
