import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BootRecord, bootsSchema, emptyRecord } from "../../../src/core/boot-record.ts";
import { recordDigest } from "../../../src/core/shape/record-digest.ts";
import { version } from "../../../src/core/base/version.ts";
import { temporaryFolder } from "../host/host-folder.ts";

/** A daemon's folder in which one of this boot left a record with these facts. */
export function folderWithRecord(facts: Partial<BootRecord>): string {
  const folder = temporaryFolder();
  const record: BootRecord = { ...emptyRecord(), bootId: bootId(), ...facts };
  writeFileSync(
    join(folder, "record.json"),
    JSON.stringify({ schema: bootsSchema, savedBy: version, shape: recordDigest, boots: [record] }),
  );
  return folder;
}

/** This boot's ID. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
