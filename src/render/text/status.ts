import { isUnable } from "../../core/base/health.ts";
import { blockedOf, longestOf, type Wait } from "../../core/wait.ts";
import type { BootRecord, Diagnosed } from "../../core/boot-record.ts";
import { escapeText } from "../escape.ts";
import { severityWords } from "../severity-words.ts";
import { firstLines, readinessLine } from "../verdict.ts";
import { remediesOf, remedyCommand, remedyText } from "../remedy-words.ts";
import { openWaitText, waitText } from "../wait-text.ts";
import { isQuiet } from "./detail.ts";

/**
 * The answer in short: the verdict, then a line for each finding and for each source that cannot report.
 * Where something is wrong, the first remedy and the command that describes the boot follow.
 */
export function statusText(record: Diagnosed, reportCommand = "crngwatch report"): string {
  const lines = [
    ...firstLines(record),
    ...record.findings.map(({ severity, summary }) => `${severityWords[severity]}: ${escapeText(summary)}`),
    ...record.sources
      .filter(({ health }) => isUnable(health))
      .map(
        ({ name, health, detail }) =>
          `${escapeText(name)} ${health}${detail === null ? "" : `: ${escapeText(detail)}`}`,
      ),
    ...(isQuiet(record) ? [] : [...firstRemedyLines(record), `details: ${reportCommand}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function firstRemedyLines(record: Diagnosed): readonly string[] {
  const remedies = remediesOf(record);
  const [first] = remedies;
  if (first === undefined) return [];
  const place = remedies.length === 1 ? "" : ` (1 of ${remedies.length})`;
  const command = remedyCommand(first);
  return [`remedy${place}: ${remedyText(first)}`, ...(command === null ? [] : [`    ${command}`])];
}

/** A wait that has not ended, and how long it has lasted so far. */
interface Waiter {
  readonly wait: Wait;
  readonly seconds: number;
}

/**
 * The unit's STATUS=: the answer and the CRNG's state; while tasks wait, the longest wait first. `waiting`: the longest
 * first.
 */
export function statusLine(record: BootRecord, waiting: readonly Waiter[]): string {
  const [longest, ...others] = waiting;
  if (longest === undefined) return firstLines(record).join("; ");
  const more = others.length === 0 ? "" : `, and ${others.length} more wait`;
  return `${openWaitText(longest.wait, longest.seconds)}${more}; ${readinessLine(record)}`;
}

/** The boot in one line, with its longest wait. */
export function summaryText(record: Diagnosed): string {
  const { dropped } = record;
  const waits = blockedOf(record.waits);
  const longest = longestOf(waits);
  const summary = `Boot summary: ${firstLines(record).join("; ")}`;
  if (longest === null) return summary;
  const count = waits.length + dropped.waits;
  return `${summary}; ${count === 1 ? waitText(longest) : `${count} waits, the longest: ${waitText(longest)}`}`;
}
