import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import { fold } from "../../src/core/fold/fold.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { bootsHtml } from "../../src/render/page/boots-page.ts";
import { remediesOf } from "../../src/render/remedy-words.ts";
import { checkLine, type Limit } from "../../src/render/text/check-line.ts";
import { recorderText } from "../../src/render/text/recorder-text.ts";
import { reportText } from "../../src/render/text/report-text.ts";
import { statusText } from "../../src/render/text/status.ts";
import { readyLine } from "../support/records/evidence-of.ts";

const never: Limit = { text: "", alerts: () => false };
/** A late boot of a host with GRUB, which is advised a command of sed's with a backslash. */
const late = diagnose(
  fold(emptyRecord(), [
    readyLine(61),
    { kind: "supply", cpu: { rdrand: true, rdseed: false, other: null, trusted: false, why: "" } },
    {
      kind: "platform",
      distribution: null,
      commandLineTool: { backEnd: "grub", command: "update-grub", file: "/etc/default/grub" },
    },
    {
      kind: "kernel",
      bootId: null,
      release: "6.1.0",
      version: null,
      buildId: null,
      commandLine: "random.trust_cpu=off",
    },
  ]).record,
);
const command = remediesOf(late)[0]?.command ?? "";

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const surfaces: Readonly<Record<string, string>> = {
  status: statusText(late),
  report: reportText(late),
  check: checkLine(late, { warning: never, critical: never, waited: never }, { long: true }).text,
  recorder: recorderText({
    nextBoot: { backEnd: null, armed: null, problem: null },
    thisBoot: { armed: false, recording: null, events: [], off: [], hits: null, missed: null },
    obstacles: [],
    findings: late.findings,
  }),
  page: bootsHtml([late])
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&([\w#]+);/g, (_all, name: string) => entities[name] ?? "?"),
};

describe("remedyCommand", () => {
  it.each(Object.entries(surfaces))(
    "a command can be pasted from every surface, backslashes and all: %s",
    (_where, text) => {
      expect(command).toContain(String.raw`random\.trust_cpu=off`);
      expect(text).toContain(command);
    },
  );
});
