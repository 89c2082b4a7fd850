import { expect, it } from "vitest";
import { bootsSchema, emptyRecord } from "../../src/core/boot-record.ts";
import { bootsJson } from "../../src/render/boots-json.ts";
import { diagnose } from "../../src/diagnose/findings.ts";

/** The fields that the schema promises; more may be there. */
const fields = [
  "file",
  "bootId",
  "kernel",
  "readiness",
  "callers",
  "earlyInit",
  "earlyUses",
  "missedWarnings",
  "waits",
  "reseeds",
  "fips",
  "gaps",
  "sources",
  "findings",
];

it("is one document, with every field there and what is not known null", () => {
  const text = bootsJson([diagnose(emptyRecord())]);
  expect(text.endsWith("}\n")).toBe(true);
  const { schema, boots } = JSON.parse(text) as {
    readonly schema: string;
    readonly boots: readonly Record<string, unknown>[];
  };
  expect(schema).toBe(bootsSchema);
  expect(boots).toHaveLength(1);
  expect(Object.keys(boots[0] ?? {})).toEqual(expect.arrayContaining(fields));
  expect(boots[0]).toMatchObject({
    file: null,
    bootId: null,
    kernel: { release: null, version: null, buildId: null, commandLine: null },
    readiness: {
      level: "unknown",
      readyAt: null,
      notBefore: null,
      notAfter: null,
      exact: false,
      evidence: null,
      line: null,
      cause: "unknown",
    },
    callers: { wouldWait: null, reason: null },
    earlyInit: null,
    fips: null,
  });
});

it("holds no boot as well as several", () => {
  expect(JSON.parse(bootsJson([]))).toEqual({ schema: bootsSchema, boots: [] });
  expect(JSON.parse(bootsJson([diagnose(emptyRecord()), diagnose(emptyRecord())]))).toMatchObject({
    boots: [{ file: null }, { file: null }],
  });
});
