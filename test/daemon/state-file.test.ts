import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootsSchema, emptyRecord } from "../../src/core/boot-record.ts";
import { stateFile } from "../../src/daemon/state-file.ts";
import { recordWithEverything } from "../support/full-record.ts";
import { temporaryFolder } from "../support/host-folder.ts";

const record = recordWithEverything();

/** A folder in which a daemon has saved this. */
function folderWith(saved: unknown): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "record.json"), typeof saved === "string" ? saved : JSON.stringify(saved));
  return folder;
}

describe("the state file", () => {
  it("gives back the record that was saved last, whole", () => {
    const folder = temporaryFolder();
    const file = stateFile(folder, "1.2.3");
    expect(file.load()).toBeNull();
    expect(file.save(emptyRecord())).toEqual({ kind: "ok", value: undefined });
    expect(file.save(record)).toEqual({ kind: "ok", value: undefined });
    expect(stateFile(folder, "1.2.3").load()).toEqual(record);
    expect(readdirSync(folder)).toEqual(["record.json"]);
  });

  it("follows nobody's link, neither in its place nor beside it", () => {
    const folder = temporaryFolder();
    const precious = join(temporaryFolder(), "precious");
    writeFileSync(precious, "precious");
    for (const name of ["record.json.new", `record.json.${process.pid}.new`]) symlinkSync(precious, join(folder, name));
    expect(stateFile(folder, "1.2.3").save(record).kind).toBe("ok");
    rmSync(join(folder, "record.json"));
    symlinkSync(precious, join(folder, "record.json"));
    expect(stateFile(folder, "1.2.3").save(record)).toEqual({ kind: "failed", errno: "ELOOP" });
    expect(readFileSync(precious, "utf8")).toBe("precious");
  });

  it("is a document of the schema, with the version that saved it", () => {
    const folder = temporaryFolder();
    stateFile(folder, "1.2.3").save(record);
    expect(JSON.parse(readFileSync(join(folder, "record.json"), "utf8"))).toEqual({
      schema: bootsSchema,
      savedBy: "1.2.3",
      boots: [record],
    });
  });

  it.each<[what: string, saved: unknown]>([
    ["another version saved", { schema: bootsSchema, savedBy: "1.2.2", boots: [record] }],
    ["is of another schema", { schema: "crngwatch.boots/0", savedBy: "1.2.3", boots: [record] }],
    ["holds no boot", { schema: bootsSchema, savedBy: "1.2.3", boots: [] }],
    ["holds no boots", { schema: bootsSchema, savedBy: "1.2.3" }],
    ["holds what is no record", { schema: bootsSchema, savedBy: "1.2.3", boots: [{ waits: 3 }] }],
    ["lacks a field of today's", { schema: bootsSchema, savedBy: "1.2.3", boots: [{ ...record, waits: undefined }] }],
    ["was cut off", '{"schema":'],
    ["is null", null],
    ["is empty", ""],
  ])("gives no record where the file %s", (_what, saved) => {
    expect(stateFile(folderWith(saved), "1.2.3").load()).toBeNull();
  });

  it("reports that it cannot be written, and gives no record, where its folder is away", () => {
    const file = stateFile(join(temporaryFolder(), "away"), "1.2.3");
    expect(file.save(record)).toMatchObject({ kind: "absent" });
    expect(file.load()).toBeNull();
  });
});
