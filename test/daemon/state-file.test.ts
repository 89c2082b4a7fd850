import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootsSchema, emptyRecord } from "../../src/core/boot-record.ts";
import { stateFile } from "../../src/daemon/state-file.ts";
import { recordDigest } from "../../src/core/shape/record-digest.ts";
import { recordWithEverything } from "../support/records/full-record.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";

const record = recordWithEverything();
const saved = { schema: bootsSchema, savedBy: "1.2.3", shape: recordDigest, boots: [record] };

/** A folder in which a daemon has saved this. */
function folderWith(content: unknown): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "record.json"), typeof content === "string" ? content : JSON.stringify(content));
  return folder;
}

describe("the state file", () => {
  it("gives back the record that was saved last, whole", () => {
    const folder = temporaryFolder();
    const file = stateFile(folder, "1.2.3");
    expect(file.load()).toEqual({ kind: "absent" });
    expect(file.save(emptyRecord())).toEqual({ kind: "ok", value: undefined });
    expect(file.save(record)).toEqual({ kind: "ok", value: undefined });
    expect(stateFile(folder, "1.2.3").load()).toEqual({ kind: "saved", record, wrong: null });
    expect(readdirSync(folder)).toEqual(["record.json"]);
  });

  it("follows no link, neither in its place nor beside it", () => {
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
      shape: recordDigest,
      boots: [record],
    });
  });

  it("loses what is damaged in it, and names that", () => {
    const damaged = { ...record, waits: [null, ...record.waits], readiness: { ...record.readiness, readyAt: "soon" } };
    expect(stateFile(folderWith({ ...saved, boots: [damaged] }), "1.2.3").load()).toEqual({
      kind: "saved",
      record: { ...record, readiness: { ...record.readiness, readyAt: null } },
      wrong: "readiness.readyAt, waits[0]",
    });
  });

  it.each<[what: string, saved: unknown]>([
    ["holds no boot", { ...saved, boots: [] }],
    ["holds no boots", { ...saved, boots: undefined }],
    ["holds something else as boots", { ...saved, boots: true }],
    ["holds what is no record", { ...saved, boots: [{ waits: 3 }] }],
    ["lacks the readiness", { ...saved, boots: [{ ...record, readiness: undefined }] }],
    ["has null as the readiness", { ...saved, boots: [{ ...record, readiness: null }] }],
    ["has no schema", { ...saved, schema: undefined }],
    ["was cut off", '{"schema":'],
    ["is null", null],
    ["is a list", []],
    ["is empty", ""],
    ["is binary", "\u0000\u0001\ufffd\u007fELF"],
    ["has deeper brackets than the stack", "[".repeat(200_000)],
    ["is larger than any record, though it is valid JSON", `${JSON.stringify(saved)}${" ".repeat(64 << 20)}`],
  ])("is damaged where it %s", (_what, content) => {
    expect(stateFile(folderWith(content), "1.2.3").load()).toEqual({ kind: "damaged" });
  });

  const { bootId } = record;
  it.each<[what: string, saved: unknown, savedBy: string | null, boot: string | null]>([
    ["another version", { ...saved, savedBy: "1.2.2" }, "1.2.2", bootId],
    ["another build of this version", { ...saved, shape: "0123456789abcdef" }, "1.2.3", bootId],
    ["a version with another schema", { schema: "crngwatch.boots/0", savedBy: "0.9" }, "0.9", null],
    ["something that names itself with control characters", { ...saved, savedBy: "1\u001b[31m" }, null, bootId],
  ])("is foreign where %s saved it, and names that", (_what, content, savedBy, boot) => {
    expect(stateFile(folderWith(content), "1.2.3").load()).toEqual({ kind: "foreign", savedBy, bootId: boot });
  });

  it("that cannot be read is neither absent nor damaged", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "record.json"));
    expect(stateFile(folder, "1.2.3").load()).toEqual({ kind: "unreadable", why: "EISDIR" });
  });

  it("reports that it cannot be written, and gives no record, where its folder is away", () => {
    const file = stateFile(join(temporaryFolder(), "away"), "1.2.3");
    expect(file.save(record)).toMatchObject({ kind: "absent" });
    expect(file.load()).toEqual({ kind: "absent" });
  });
});
