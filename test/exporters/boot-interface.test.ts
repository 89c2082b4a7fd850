import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import { bootInterface } from "../../src/exporters/boot-interface.ts";
import { recordWithEverything } from "../support/records/full-record.ts";
import { diagnose } from "../../src/diagnose/findings.ts";

const nobody = {
  record: () => diagnose(emptyRecord()),
  verdict: () => "",
  readiness: () => "",
  status: () => "",
  subscribe: () => () => {},
};
const { description, methods } = bootInterface(nobody);

/** The types of the description: what each of their fields holds, in Varlink's language. */
const types: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  [...description.matchAll(/^type (\w+) \(([^)]*)\)/gm)].map(([, name = "", body = ""]) => [
    name,
    new Map(body.split(",").map((field) => field.trim().split(/:\s*/) as [string, string])),
  ]),
);

const plain: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  bool: (value) => typeof value === "boolean",
  int: (value) => Number.isSafeInteger(value),
  float: (value) => Number.isFinite(value),
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** Where `value` differs from the description; `seen` collects each field that held more than null. */
function differences(value: unknown, type: string, path: string, seen: Set<string>): readonly string[] {
  if (type.startsWith("?")) return value === null ? [] : differences(value, type.slice(1), path, seen);
  if (type.startsWith("[]"))
    return Array.isArray(value)
      ? value.flatMap((item, index) => differences(item, type.slice(2), `${path}[${index}]`, seen))
      : [`${path} is no array`];
  if (type.startsWith("[string]"))
    return Object.entries(value as object).flatMap(([name, item]) =>
      differences(item, type.slice("[string]".length), `${path}.${name}`, seen),
    );
  const check = plain[type];
  if (check !== undefined) return check(value) ? [] : [`${path} is no ${type}: ${JSON.stringify(value)}`];
  const fields = types.get(type);
  if (fields === undefined) return [`${path}: the description has no type ${type}`];
  const given = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).filter((name) => !fields.has(name));
  return [
    ...unknown.map((name) => `${path}.${name} is not in the description`),
    ...[...fields].flatMap(([name, fieldType]) => {
      if (!Object.hasOwn(given, name)) return [`${path}.${name} is missing`];
      const field = given[name];
      if (field !== null && !(Array.isArray(field) && field.length === 0)) seen.add(`${type}.${name}`);
      return differences(field, fieldType, `${path}.${name}`, seen);
    }),
  ];
}

describe("the description of a record", () => {
  it("is true of every field of every type, in a record in which nothing is unknown", () => {
    const seen = new Set<string>();
    expect(differences(recordWithEverything(), "BootRecord", "record", seen)).toEqual([]);
    // What was null or empty has not been checked.
    const described = [...types].flatMap(([type, fields]) => [...fields.keys()].map((name) => `${type}.${name}`));
    expect(described.filter((field) => !seen.has(field))).toEqual([]);
  });

  it("is true of a record in which nothing is known", () => {
    expect(differences(emptyRecord(), "BootRecord", "record", new Set())).toEqual([]);
  });
});

it("describes every method that it has, and has every one that it describes", () => {
  const described = [...description.matchAll(/^method (\w+)/gm)].map(([, name]) => name as string);
  expect(described.toSorted()).toEqual(methods.map(({ name }) => name).toSorted());
});

it("documents for each streaming method that it requires 'more'", () => {
  for (const { name, streaming } of methods) {
    expect(new RegExp(`# \\[Requires 'more' flag\\]\\nmethod ${name}\\(`).test(description)).toBe(
      streaming === "required",
    );
  }
});
