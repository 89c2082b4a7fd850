import { counted } from "../../core/base/counted.ts";
import { jsonText } from "../json-text.ts";
import type { Finding } from "../../core/finding.ts";
import { escapeText } from "../escape.ts";
import { remedyCommand, remedyText } from "../remedy-words.ts";
import { severityWords } from "../severity-words.ts";

/** All that `recorder status` shows; its JSON is this under the schema `crngwatch.recorder/1`. */
export interface RecorderStatus {
  readonly nextBoot: {
    /** How this host keeps its kernel command line; null: in no way that is known. */
    readonly backEnd: string | null;
    /** Null: not known, and `problem` says why. */
    readonly armed: boolean | null;
    readonly problem: string | null;
  };
  readonly thisBoot: {
    /** Null: /proc/cmdline cannot be read. */
    readonly armed: boolean | null;
    /** Null: tracefs cannot be read. */
    readonly recording: boolean | null;
    readonly events: readonly string[];
    /** Its events that were switched off since, as the daemon does when the CRNG is ready. */
    readonly off: readonly string[];
    readonly hits: number | null;
    readonly missed: number | null;
  };
  readonly obstacles: readonly string[];
  readonly findings: readonly Finding[];
}

/** The same with --json. */
export function recorderJson(status: RecorderStatus): string {
  return `${jsonText({ schema: "crngwatch.recorder/1", ...status }, 2)}\n`;
}

/** What `crngwatch recorder status` prints. */
export function recorderText({ nextBoot, thisBoot, obstacles, findings }: RecorderStatus): string {
  const lines = [
    `next boots: ${escapeText(nextBootText(nextBoot))}`,
    `this boot: ${escapeText(thisBootText(thisBoot))}`,
    ...obstacles.map((obstacle) => `obstacle: ${escapeText(obstacle)}`),
    ...findings.flatMap(({ severity, summary, detail, remedies }) => [
      `${severityWords[severity]}: ${escapeText(summary)}`,
      `  ${escapeText(detail)}`,
      ...remedies.flatMap((remedy) => {
        const command = remedyCommand(remedy);
        return [`  - ${remedyText(remedy)}`, ...(command === null ? [] : [`    ${command}`])];
      }),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function nextBootText({ backEnd, armed, problem }: RecorderStatus["nextBoot"]): string {
  const state = armed === null ? "unknown" : armed ? "armed" : "not armed";
  return `${state}${backEnd === null ? "" : ` (${backEnd})`}${problem === null ? "" : `: ${problem}`}`;
}

function thisBootText({ armed, recording, off, hits, missed }: RecorderStatus["thisBoot"]): string {
  const start = armed === null ? "unknown" : armed ? "armed" : "not armed";
  if (recording === null)
    return armed === true ? `${start}; root and tracefs are required to show whether it is recording` : start;
  const seen =
    hits === null
      ? ""
      : `, ${counted(hits, "entry", "entries")} into a wait${(missed ?? 0) > 0 ? `, ${missed} hits missed` : ""}`;
  if (!recording)
    return armed === true
      ? `${start}, and ${off.length > 0 ? `switched off since then${seen}` : "is not recording"}`
      : start;
  return `${armed === true ? "armed and recording" : "not on the command line, but recording"}${seen}`;
}
