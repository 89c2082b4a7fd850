import { expect, it } from "vitest";
import { type BootRecord, emptyRecord } from "../../src/core/boot-record.ts";
import { bootInterface } from "../../src/exporters/boot-interface.ts";
import { diagnose } from "../../src/diagnose/findings.ts";

const nobody = {
  record: () => diagnose(emptyRecord()),
  verdict: () => "",
  status: () => "",
  subscribe: () => () => {},
};
const { description, methods } = bootInterface(nobody);

/** The fields that the description gives to a type, in its order. */
function fieldsOf(type: string): readonly string[] {
  const body = new RegExp(`^type ${type} \\(([^)]*)\\)`, "m").exec(description)?.[1];
  if (body === undefined) throw new Error(`The description has no type ${type}`);
  return body.split(",").map((field) => field.trim().split(":")[0] as string);
}

const record: BootRecord = emptyRecord();

it.each([
  ["BootRecord", record],
  ["Readiness", record.readiness],
  ["Basis", record.readiness.basis],
  ["Callers", record.callers],
  ["Kernel", record.kernel],
])("introspection tells the truth about %s", (type, value) => {
  expect(fieldsOf(type).toSorted()).toEqual(Object.keys(value).toSorted());
});

it("describes every method that it has, and has every one that it describes", () => {
  const described = [...description.matchAll(/^method (\w+)/gm)].map(([, name]) => name as string);
  expect(described.toSorted()).toEqual(methods.map(({ name }) => name).toSorted());
});

it("says of each streaming method that it wants 'more'", () => {
  for (const { name, streaming } of methods) {
    expect(new RegExp(`# \\[Requires 'more' flag\\]\\nmethod ${name}\\(`).test(description)).toBe(
      streaming === "required",
    );
  }
});
