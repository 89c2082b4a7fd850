import { describe, expect, it } from "vitest";
import type { BootRecord, Diagnosed } from "../../src/core/boot-record.ts";
import { recordShape } from "../../src/core/shape/record-shape.ts";
import { savedRecord } from "../../src/core/shape/saved-record.ts";
import type { Form } from "../../src/core/shape/shape.ts";
import { undecided } from "../../src/core/verdict.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { recordWithEverything } from "../support/records/full-record.ts";
import { mutations } from "../support/inputs/mutations.ts";
import { jsonRenderers, otherRenderers, textRenderers } from "../support/records/renderers.ts";

const renderers = { ...textRenderers, ...jsonRenderers, ...otherRenderers };
const full = recordWithEverything();

/** What a terminal would obey, hide, or reorder text by, other than line ends and tabs. */
// oxlint-disable-next-line no-control-regex -- it looks for control characters
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const hostile = "\u001b[31mx\u009b2J\u202eabc\u2028\u2066\u200f\ufeff";

/** Values that the check accepts somewhere; for the others the record is the same as with the first. */
const keptValues: readonly unknown[] = [undefined, null, -1, 2 ** 53, ""];

/** `value` with every text in it that is free replaced. */
function withText(form: Form, value: unknown, text: string): unknown {
  if (value === null) return null;
  if (form.kind === "text") return text;
  if (form.kind === "optional") return withText(form.of, value, text);
  if (form.kind === "list") return (value as readonly unknown[]).map((item) => withText(form.of, item, text));
  if (form.kind !== "object") return value;
  const given = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(form.fields).map(([name, field]) => [name, withText(field, given[name], text)]),
  );
}

function problemOf(render: (record: Diagnosed) => unknown, record: Diagnosed): string | null {
  try {
    render(record);
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

describe("a saved record that others changed", () => {
  it("every renderer: renders what is left of it, whatever one value is replaced by", () => {
    const failures = new Set<string>();
    const seen = new Set<string>();
    for (const { path, wrong, value } of mutations(full, keptValues)) {
      const saved = savedRecord(value, { missing: "unknown" });
      if (saved === null) continue;
      const key = JSON.stringify(saved.record);
      if (seen.has(key)) continue;
      seen.add(key);
      const undiagnosed = problemOf(diagnose, saved.record as Diagnosed);
      if (undiagnosed !== null) failures.add(`diagnose, ${path} = ${wrong}: ${undiagnosed}`);
      for (const [name, render] of Object.entries(renderers)) {
        const problem = problemOf(render, saved.record as Diagnosed);
        if (problem !== null) failures.add(`${name}, ${path} = ${wrong}: ${problem}`);
      }
    }
    expect([...failures]).toEqual([]);
    expect(seen.size).toBeGreaterThan(400);
  });

  it.each(Object.entries(textRenderers))("%s: escapes every text in it for a terminal", (_, render) => {
    const record = withText(recordShape, full, hostile) as BootRecord;
    const variants: readonly BootRecord[] = [
      record,
      { ...record, waits: [] },
      { ...record, waits: [], covers: null },
      { ...record, verdict: undecided, covers: null },
    ];
    for (const shown of variants.flatMap((variant) => [variant as Diagnosed, diagnose(variant)])) {
      const text = render(shown);

      expect(text.split("\n").filter((line) => obeyed.test(line))).toEqual([]);
    }
  });

  it.each(Object.entries(jsonRenderers))(
    "%s: holds every text in it, and nothing that a terminal obeys",
    (_, render) => {
      const record = withText(recordShape, full, hostile) as Diagnosed;
      const text = render(record);
      expect(obeyed.exec(text)).toBeNull();
      expect(JSON.stringify(JSON.parse(text))).toContain(JSON.stringify(hostile));
    },
  );
});
