import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../src/core/boot-record.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { journalEvents } from "../../../src/render/journal/journal-events.ts";
import {
  changeFields,
  summaryFields,
  waitEndedFields,
  waitLastsFields,
} from "../../../src/render/journal/journal-fields.ts";
import { logged, readyLine, stretch, urandomRead } from "../../support/records/evidence-of.ts";
import { aCaller, aWait } from "../../support/records/waits.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";

/** The fields of all that `after` brings, once `before` is known. */
function fields(before: readonly Evidence[], ...after: readonly Evidence[]): readonly unknown[] {
  const folded = fold(fold(emptyRecord(), before).record, after);
  const [record, changes] = [diagnose(folded.record), folded.changes];
  return changes.map((change) => changeFields(change, record));
}

describe("an entry's fields", () => {
  it.each<[what: string, before: readonly Evidence[], after: Evidence, expected: Readonly<Record<string, unknown>>]>([
    [
      "readiness",
      [],
      readyLine(2.5),
      {
        MESSAGE_ID: journalEvents.ready.id,
        CRNGWATCH_LEVEL: "ready",
        CRNGWATCH_READY_AT: "2.5",
        CRNGWATCH_EVIDENCE: "kernel-log",
      },
    ],
    [
      "unreadiness",
      [],
      urandomRead(2),
      {
        MESSAGE_ID: journalEvents.unseeded.id,
        CRNGWATCH_LEVEL: "unseeded",
        CRNGWATCH_NOT_BEFORE: "2",
        CRNGWATCH_READY_AT: null,
      },
    ],
    [
      "a clone",
      [readyLine(1)],
      logged(61.2, { kind: "reseed", reason: "vm-fork" }),
      { MESSAGE_ID: journalEvents.reseeded.id, CRNGWATCH_REASON: "vm-fork", CRNGWATCH_AT: "61.2" },
    ],
    [
      "a gap",
      [readyLine(1), stretch(0, 2, 3)],
      stretch(4, 5, 6),
      { MESSAGE_ID: journalEvents["log-gap"].id, CRNGWATCH_FROM: "2", CRNGWATCH_TO: "4", CRNGWATCH_LOST: "1999" },
    ],
    [
      "a contradiction",
      [readyLine(1)],
      urandomRead(9, "ghost"),
      { MESSAGE_ID: journalEvents.contradiction.id, CRNGWATCH_ANOMALY: "unready-after-ready" },
    ],
  ])("of %s", (_what, before, after, expected) => {
    expect(fields(before, after)).toContainEqual(expect.objectContaining(expected));
  });

  it("of a wait name the waiter's unit: through its process while it lives, by its name afterwards", () => {
    expect(waitLastsFields(aWait(), 41.25)).toMatchObject({
      MESSAGE_ID: journalEvents["wait-lasts"].id,
      OBJECT_PID: "612",
      CRNGWATCH_PID: "612",
      CRNGWATCH_SECONDS: "41.25",
      CRNGWATCH_CALLER: null,
      CRNGWATCH_LIBRARIES: ["libcrypto.so.3"],
      CRNGWATCH_LIBRARIES_SOURCE: "maps",
      CRNGWATCH_FIPS: "0",
    });
    const ended = waitEndedFields(aWait({ to: 3, seconds: 2 }));
    expect(ended).toMatchObject({
      MESSAGE_ID: journalEvents["wait-ended"].id,
      OBJECT_SYSTEMD_UNIT: "sshd-keygen@rsa.service",
      CRNGWATCH_TO: "3",
    });
    expect(ended).not.toHaveProperty("OBJECT_PID");
  });

  it("of a wait keep who is proven to have called apart from the candidates", () => {
    const stack = [
      { file: "/usr/lib64/libc.so.6", function: "getentropy", offset: 0x3f1b0, buildId: "ab", byFramePointer: false },
      { file: "/usr/lib64/libgcrypt.so.20.4.1", function: null, offset: 0xe110, buildId: "cd", byFramePointer: false },
      { file: null, function: null, offset: null, buildId: null, byFramePointer: false },
    ];
    const facts = { function: "gcry_control", buildId: "cd", fromConstructor: true, stack };
    expect(
      waitEndedFields(
        aWait({
          caller: aCaller("libgcrypt.so.20", facts),
          request: { syscall: "getrandom", bytes: 24, flags: 0 },
          to: 3,
          seconds: 2,
        }),
      ),
    ).toMatchObject({
      CRNGWATCH_CALLER: "libgcrypt.so.20",
      CRNGWATCH_CALLER_HOW: "stack",
      CRNGWATCH_CALLER_FUNCTION: "gcry_control",
      CRNGWATCH_CALLER_BUILD_ID: "cd",
      CRNGWATCH_CALLER_CONSTRUCTOR: "1",
      CRNGWATCH_CALLER_STACK: ["libc.so.6 getentropy +0x3f1b0", "libgcrypt.so.20.4.1 +0xe110", "?"],
      CRNGWATCH_LIBRARIES: ["libcrypto.so.3"],
      CRNGWATCH_REQUEST_BYTES: "24",
      CRNGWATCH_REQUEST_FLAGS: "0",
    });
    expect(waitEndedFields(aWait({ caller: aCaller(null), to: 3 }))).toMatchObject({
      CRNGWATCH_CALLER: "program",
      CRNGWATCH_CALLER_STACK: [],
    });
  });

  it("of a summary hold the record", () => {
    const record = { ...diagnose(emptyRecord()), waits: [aWait({ seconds: 0.1 }), aWait({ pid: 2, seconds: 0.2 })] };
    const summary = summaryFields(record);
    expect(summary).toMatchObject({ CRNGWATCH_WAITS: "2", CRNGWATCH_WAITED_SECONDS: "0.3" });
    expect(JSON.parse(String(summary["CRNGWATCH_RECORD"]))).toEqual(record);
  });

  it("each kind has an ID of its own", () => {
    const ids = Object.values(journalEvents).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it("are all in the manual page, there without their prefix after the first of a row", () => {
    const project = join(import.meta.dirname, "../../..");
    const folder = join(project, "src/render/journal");
    const code = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    const written = new Set(code.join("\n").match(/\bCRNGWATCH_[A-Z_]+/g));
    const page = readFileSync(join(project, "docs/man/crngwatch-journal.7.md"), "utf8");
    const named = new Set([...page.matchAll(/`(?:CRNGWATCH)?(_[A-Z_]+)`/g)].map(([, name]) => `CRNGWATCH${name}`));
    expect(written.size).toBeGreaterThan(50);
    expect([...written].filter((field) => !named.has(field))).toEqual([]);
  });
});
