import { describe, expect, it } from "vitest";
import { bounds, emptyRecord } from "../../../src/core/boot-record.ts";
import { recordShape } from "../../../src/core/shape/record-shape.ts";
import { savedRecord } from "../../../src/core/shape/saved-record.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { digestOf, type Form } from "../../../src/core/shape/shape.ts";
import { fullRecord, recordWithEverything } from "../../support/records/full-record.ts";
import { aWait } from "../../support/records/waits.ts";
import { mutations, wrongValues } from "../../support/inputs/mutations.ts";

const full = recordWithEverything();
const strict = { missing: "wrong" } as const;

/** The fields of the shape that are null or empty in `value`. */
function unused(form: Form, values: readonly unknown[], path: string): readonly string[] {
  const known = values.filter((value) => value !== null && value !== undefined);
  if (known.length === 0) return [path];
  if (form.kind === "optional") return unused(form.of, known, path);
  if (form.kind === "list") return unused(form.of, known.flat(), `${path}[]`);
  if (form.kind !== "object") return [];
  return Object.entries(form.fields).flatMap(([name, field]) =>
    unused(
      field,
      known.map((value) => (value as Readonly<Record<string, unknown>>)[name]),
      `${path}.${name}`,
    ),
  );
}

describe("the shape of a record", () => {
  it("is true of every field of a record in which nothing is unknown", () => {
    expect(unused(recordShape, [full], "record")).toEqual([]);
    expect(savedRecord(full, strict)).toEqual({ record: full, wrong: null });
  });

  it("is true of what is made of as many waits as a record holds", () => {
    const waits = Array.from({ length: bounds.waits }, (_, index) => aWait({ pid: 1000 + index, from: 1, to: 31 }));
    for (const some of [waits, waits.map((wait) => ({ ...wait, to: null, ended: null }))]) {
      const record = diagnose({ ...fullRecord(), covers: null, waits: some });
      expect(record.verdict.waiters).toHaveLength(bounds.waits);
      expect(savedRecord(JSON.parse(JSON.stringify(record)), strict)?.wrong).toBeNull();
    }
  });

  it.each([
    ["a record in which nothing is known", emptyRecord()],
    ["a boot's record", fullRecord()],
  ])("is true of %s", (_what, record) => {
    expect(savedRecord(JSON.parse(JSON.stringify(record)), strict)).toEqual({ record, wrong: null });
  });

  it("digestOf: changes with a field, a type, a word and a bound", () => {
    const variants: readonly Form[] = [
      recordShape,
      { ...recordShape, fields: { ...recordShape.fields, more: { kind: "text" } } },
      { ...recordShape, fields: { ...recordShape.fields, missedWarnings: { kind: "number" } } },
      { kind: "word", words: ["a"] },
      { kind: "word", words: ["a", "b"] },
      { kind: "list", of: { kind: "text" }, most: 1 },
      { kind: "list", of: { kind: "text" }, most: 2 },
    ];
    expect(new Set(variants.map(digestOf)).size).toBe(variants.length);
    expect(digestOf(recordShape)).toMatch(/^[0-9a-f]{8}$/);
  });
});

describe("savedRecord", () => {
  it.each([null, undefined, 7, "record", [], {}, { readiness: null }, { readiness: { level: "whole" } }])(
    "is null for what is no record: %j",
    (value) => {
      expect(savedRecord(value, { missing: "unknown" })).toBeNull();
    },
  );

  it("gives what has the shape of a record, whatever one value of it is replaced by", () => {
    const failures: string[] = [];
    const checked = new Set<string>();
    let [changed, lost] = [0, 0];
    for (const { path, wrong, value } of mutations(full, wrongValues)) {
      const saved = savedRecord(value, strict);
      if (saved === null) {
        if (!path.startsWith("readiness")) failures.push(`${path} = ${wrong} loses the record`);
        lost++;
        continue;
      }
      if (saved.wrong === null) continue;
      changed++;
      // Whatever is refused there, the same is left.
      const left = `${path}: ${saved.wrong}`;
      if (checked.has(left)) continue;
      checked.add(left);
      const again = savedRecord(saved.record, strict);
      if (again?.wrong !== null) failures.push(`${path} = ${wrong} leaves ${again?.wrong}`);
    }
    expect(failures).toEqual([]);
    expect(changed).toBeGreaterThan(2_000);
    expect(lost).toBeGreaterThan(20);
  }, 120_000);

  it("leaves out what is wrong alone: a field becomes unknown, an entry is dropped, a part is as if nothing was known", () => {
    const of = (more: object) => savedRecord({ ...full, ...more }, strict);
    const [wait] = full.waits;
    expect(of({ waits: [null, wait] })).toEqual({ record: full, wrong: "waits[0]" });
    expect(of({ sources: [null] })).toEqual({ record: { ...full, sources: [] }, wrong: "sources[0]" });
    expect(of({ waits: [{ ...wait, evidence: "\u001b[31m" }] })).toEqual({
      record: { ...full, waits: [] },
      wrong: "waits[0].evidence",
    });
    expect(of({ cost: { ...full.cost, tasks: -1 } })).toEqual({
      record: { ...full, cost: emptyRecord().cost },
      wrong: "cost.tasks",
    });
    expect(of({ kernel: { ...full.kernel, release: ["6.12"] } })).toEqual({
      record: { ...full, kernel: { ...full.kernel, release: null } },
      wrong: "kernel.release",
    });
  });

  it("loses of the readiness a field for itself, which then claims the least, and with its level the record", () => {
    const of = (more: object) => savedRecord({ ...full, readiness: { ...full.readiness, ...more } }, strict);
    const claimsLess = (more: object, wrong: string) => ({
      record: { ...full, readiness: { ...full.readiness, ...more } },
      wrong: `readiness.${wrong}`,
    });
    expect(of({ forgeable: -1 })).toEqual(claimsLess({ forgeable: true }, "forgeable"));
    expect(of({ settled: "yes" })).toEqual(claimsLess({ settled: false }, "settled"));
    expect(of({ exact: null })).toEqual(claimsLess({ exact: false }, "exact"));
    expect(of({ cause: "magic" })).toEqual(claimsLess({ cause: "unknown" }, "cause"));
    expect(of({ basis: [] })).toEqual(claimsLess({ basis: emptyRecord().readiness.basis }, "basis"));
    expect(of({ level: "whole" })).toBeNull();
  });

  it("reads a field that an older crngwatch did not know as unknown, and drops one of a newer in silence", () => {
    const {
      platform: _,
      waits: [wait],
      ...older
    } = full;
    const { userStack: _stack, ...olderWait } = wait ?? {};
    expect(savedRecord({ ...older, waits: [olderWait], newer: 1 }, { missing: "unknown" })).toEqual({
      record: { ...full, platform: null, waits: [{ ...wait, userStack: [] }] },
      wrong: null,
    });
  });

  it("keeps no more of a list than its bound, and names a few places of many", () => {
    const waits = Array.from({ length: 600 }, () => full.waits[0]);
    const saved = savedRecord({ ...full, waits, sources: [1, 2, 3, 4, 5, 6] }, strict);
    expect(saved?.record.waits).toHaveLength(512);
    expect(saved?.wrong).toBe("waits[512] and those after it, sources[0], sources[1], sources[2] and 3 more");
  });

  it("reads nothing from a prototype, and follows no depth but its own", () => {
    const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
    const text = JSON.stringify(full).replace(
      '"host":{',
      `"__proto__":{"x":1},"course":${deep},"host":{"__proto__":7,`,
    );
    const saved = savedRecord(JSON.parse(text), strict);
    expect(saved?.record.host).toEqual(full.host);
    expect(Object.keys(saved?.record ?? {})).toEqual(Object.keys(recordShape.fields));
  });
});
