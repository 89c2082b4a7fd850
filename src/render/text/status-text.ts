import type { BootRecord } from "../../core/boot-record.ts";
import { escapeText } from "../escape.ts";
import { verdict } from "../verdict.ts";

/**
 * The answer for somebody in a hurry: the verdict, then a line for each finding and for each source that cannot tell.
 */
export function statusText(record: BootRecord): string {
  const lines = [
    verdict(record),
    ...record.findings.map(({ severity, summary }) => `${severity}: ${escapeText(summary)}`),
    ...record.sources
      .filter(({ health }) => health === "denied" || health === "failed")
      .map(({ name, health, detail }) => `${name} ${health}${detail === null ? "" : `: ${escapeText(detail)}`}`),
  ];
  return `${lines.join("\n")}\n`;
}
