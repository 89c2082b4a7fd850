import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootsSchema, emptyRecord } from "../src/core/boot-record.ts";
import { recordWithEverything } from "./support/records/full-record.ts";
import { crngwatch, run } from "./support/running/program.ts";
import { whyMissing } from "./support/running/programs.ts";
import { meaningsIn, objectsOf, recordSchema, recordTables } from "./support/records/record-description.ts";

const docs = join(import.meta.dirname, "../docs");
const pageFile = join(docs, "man/crngwatch-record.5.md");
const schemaFile = join(docs, "crngwatch-record.schema.json");
const update = process.env["UPDATE_README"] === "1";
const place = /(<!-- record -->\n)[^]*(<!-- \/record -->)/;

const page = readFileSync(pageFile, "utf8");
const meanings = meaningsIn(page);

describe("crngwatch-record(5)", () => {
  it("the page has each field of the record with its type, as the record's shape has it", () => {
    const updated = page.replace(place, (_, start: string, end: string) => `${start}${recordTables(meanings)}${end}`);
    if (update) writeFileSync(pageFile, updated);
    else expect(page).toBe(updated);
  });

  it("the page says of each field what it means", () => {
    const silent = objectsOf().flatMap(({ name, fields }) =>
      Object.keys(fields)
        .map((field) => `${name}.${field}`)
        .filter((field) => (meanings.get(field) ?? "") === ""),
    );
    expect(silent).toEqual([]);
  });

  it("the JSON Schema is that of the record's shape, with the page's meanings", () => {
    const schema = recordSchema(meanings);
    if (update) writeFileSync(schemaFile, `${JSON.stringify(schema, null, 2)}\n`);
    else expect(JSON.parse(readFileSync(schemaFile, "utf8"))).toEqual(schema);
  });
});

const missing = whyMissing("python3");
const validates = `
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
for path in sys.argv[2:]:
    for error in list(validator.iter_errors(json.load(open(path))))[:3]:
        print(path, error.json_path, error.message[:200])
`;

describe.skipIf(missing !== null)(`the JSON Schema ${missing ?? ""}`, () => {
  /** What python3-jsonschema finds wrong in documents; null where it is not installed. */
  const faultsIn = async (documents: readonly string[]): Promise<string | null> => {
    const folder = mkdtempSync(join(tmpdir(), "crngwatch-schema-"));
    try {
      const paths = documents.map((text, index) => {
        const path = join(folder, `${index}.json`);
        writeFileSync(path, text);
        return path;
      });
      const { code, stdout, stderr } = await run("python3", ["-c", validates, schemaFile, ...paths]);
      if (/ModuleNotFoundError/.test(stderr)) return null;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return stdout;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const document = (boot: object): string => JSON.stringify({ schema: bootsSchema, boots: [boot] });

  it("the JSON Schema: holds for the records of all fixture hosts and logs, and for a full and an empty one", async ({
    skip,
  }) => {
    const hosts = join(import.meta.dirname, "fixtures/hosts");
    const logs = join(import.meta.dirname, "fixtures/logs");
    const folders = readdirSync(logs, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const files = folders.map(({ name }) => join(logs, name, "kmsg"));
    const { stdout } = await crngwatch(["analyze", "--json", ...files]);
    const faults = await faultsIn([
      ...readdirSync(hosts).map((name) => readFileSync(join(hosts, name, "expected.json"), "utf8")),
      stdout,
      document(recordWithEverything()),
      document(emptyRecord()),
    ]);
    if (faults === null) return skip("not installed: python3-jsonschema");
    expect(faults).toBe("");
  });

  it("the JSON Schema: refuses a record that lacks a field, or has one of another type or an unknown word", async ({
    skip,
  }) => {
    const full = JSON.parse(JSON.stringify(recordWithEverything())) as Record<string, Record<string, unknown>>;
    const { waits: _, ...lacking } = full;
    const wrong = [
      lacking,
      { ...full, missedWarnings: -1 },
      { ...full, readiness: { ...full["readiness"], level: "perhaps" } },
      { ...full, verdict: null },
    ];
    const faults = await faultsIn(wrong.map(document));
    if (faults === null) return skip("not installed: python3-jsonschema");
    for (const index of wrong.keys()) expect(faults).toContain(`/${index}.json`);
  });
});
