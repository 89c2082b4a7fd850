import { join } from "../platform/builtins.ts";
import { type BootRecord, bootsSchema } from "../core/boot-record.ts";
import { isJsonObject, jsonIn } from "../core/base/json.ts";
import { recordDigest } from "../core/shape/record-digest.ts";
import { type SavedRecord, savedRecord } from "../core/shape/saved-record.ts";
import { attempt, type Read, readBytes } from "../platform/pseudo-file.ts";
import { NotReplaceable, replaceFile } from "../platform/replace-file.ts";

/**
 * The record kept in /run, so that a daemon that was killed and restarted reports the same boot, the kernel's ring
 * overwritten or not. The file is replaced whole: a kill at any moment leaves the old one or the new one.
 */
export interface StateFile {
  readonly load: () => LoadedRecord;
  readonly save: (record: BootRecord) => Read<void>;
}

/** What a saved record came to. Only "absent" is a first start: with the others, something was lost. */
export type LoadedRecord =
  | { readonly kind: "absent" }
  | ({ readonly kind: "saved" } & SavedRecord)
  /** No value of it can be relied upon. */
  | { readonly kind: "damaged" }
  /** `savedBy`: the version, where it can be read; that of this program, where another build of it wrote it. */
  | { readonly kind: "foreign"; readonly savedBy: string | null; readonly bootId: string | null }
  /** `why`: the name of an errno. */
  | { readonly kind: "unreadable"; readonly why: string };

interface Saved {
  readonly schema: typeof bootsSchema;
  /**
   * Another version's record may lack facts that this one concludes from; they are then read from the kernel's ring
   * again.
   */
  readonly savedBy: string;
  /** So may that of another build of this version: the digest of the shape that it has. */
  readonly shape: string;
  readonly boots: readonly [BootRecord];
}

/**
 * A record with every list full takes a quarter of it. A longer file is not parsed: its objects could take more than
 * the unit's MemoryMax=.
 */
const mostBytes = 64 << 20;

/** The record in `folder`; one that another `version` or another build wrote is foreign. */
export function stateFile(folder: string, version: string): StateFile {
  const path = join(folder, "record.json");
  return {
    load() {
      const read = readBytes(path, mostBytes + 1);
      switch (read.kind) {
        case "ok":
          if (read.value.length > mostBytes) return { kind: "damaged" };
          return parseSaved(read.value.toString("utf8"), version);
        case "absent":
          return read;
        case "denied":
          return { kind: "unreadable", why: "EACCES" };
        case "failed":
          return { kind: "unreadable", why: read.errno };
      }
    },
    save(record) {
      const saved: Saved = { schema: bootsSchema, savedBy: version, shape: recordDigest, boots: [record] };
      return attempt(() => {
        try {
          replaceFile(path, JSON.stringify(saved));
        } catch (error) {
          if (error instanceof NotReplaceable) throw Object.assign(error, { code: error.errno });
          throw error;
        }
      });
    },
  };
}

function parseSaved(text: string, version: string): LoadedRecord {
  const saved = jsonIn(text);
  if (!isJsonObject(saved) || typeof saved["schema"] !== "string") return { kind: "damaged" };
  const { schema, savedBy, shape, boots } = saved;
  const first: unknown = Array.isArray(boots) ? boots[0] : undefined;
  if (schema !== bootsSchema || savedBy !== version || shape !== recordDigest)
    return {
      kind: "foreign",
      savedBy: typeof savedBy === "string" && aVersion.test(savedBy) ? savedBy : null,
      bootId: isJsonObject(first) && typeof first["bootId"] === "string" ? first["bootId"] : null,
    };
  const record = savedRecord(first, { missing: "wrong" });
  return record === null ? { kind: "damaged" } : { kind: "saved", ...record };
}

/** What a message may contain unescaped. */
const aVersion = /^[0-9A-Za-z.+~-]{1,64}$/;
