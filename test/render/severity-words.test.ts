import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import { fold } from "../../src/core/fold/fold.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { bootsHtml } from "../../src/render/page/boots-page.ts";
import { severityWords } from "../../src/render/severity-words.ts";
import { checkLine, type Limit } from "../../src/render/text/check-line.ts";
import { recorderText } from "../../src/render/text/recorder-text.ts";
import { reportText } from "../../src/render/text/report-text.ts";
import { statusText } from "../../src/render/text/status.ts";
import { logged, readyLine } from "../support/records/evidence-of.ts";

const never: Limit = { text: "", alerts: () => false };
const reseeded = diagnose(
  fold(emptyRecord(), [readyLine(1), logged(90, { kind: "reseed", reason: "vm-fork" })]).record,
);

/** All that people read of a finding, by where it is shown. */
const surfaces: Readonly<Record<string, string>> = {
  status: statusText(reseeded),
  report: reportText(reseeded),
  check: checkLine(reseeded, { warning: never, critical: never, waited: never }, { long: true }).text,
  recorder: recorderText({
    nextBoot: { backEnd: null, armed: null, problem: null },
    thisBoot: { armed: false, recording: null, events: [], off: [], hits: null, missed: null },
    obstacles: [],
    findings: reseeded.findings,
  }),
  page: bootsHtml([reseeded]).replaceAll(/<[^>]*>/g, ""),
};

describe("severityWords", () => {
  it.each(Object.entries(surfaces))("a finding's severity has one word on every surface: %s", (_where, text) => {
    const [finding] = reseeded.findings;
    expect(finding?.severity).toBe("info");
    expect(text).toContain(`${severityWords.info}: ${finding?.summary}`);
    expect(text).not.toMatch(/\binfo: /);
  });
});
