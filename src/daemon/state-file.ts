import { join } from "../platform/builtins.ts";
import { type BootRecord, bootsSchema } from "../core/boot-record.ts";
import { recordDigest } from "../core/shape/record-digest.ts";
import { type SavedRecord, savedRecord } from "../core/shape/saved-record.ts";
import { attempt, type Read, readBytes } from "../platform/pseudo-file.ts";
import { NotReplaceable, replaceFile } from "../platform/replace-file.ts";

/**
 * The record kept in /run, so that a daemon that was killed and restarted reports the same boot, the kernel's ring
 * overwritten or not. The file is replaced whole: a kill at any moment leaves the old one or the new one.
 */
export interface StateFile {
  readonly load: () => SavedRecord | null;
  readonly save: (record: BootRecord) => Read<void>;
}

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

/** A record in which every list is full is a quarter of it; what is longer is cut, and so no JSON. */
const mostBytes = 64 << 20;

export function stateFile(folder: string, version: string): StateFile {
  const path = join(folder, "record.json");
  return {
    load() {
      const read = readBytes(path, mostBytes);
      return read.kind === "ok" ? parseSaved(read.value.toString("utf8"), version) : null;
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

function parseSaved(text: string, version: string): SavedRecord | null {
  try {
    const saved = JSON.parse(text) as Partial<Saved> | null;
    const isOurs = saved?.schema === bootsSchema && saved.savedBy === version && saved.shape === recordDigest;
    return isOurs ? savedRecord(saved.boots?.[0], { missing: "wrong" }) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
