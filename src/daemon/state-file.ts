import { fs, join } from "../platform/builtins.ts";
import { type BootRecord, bootsSchema } from "../core/boot-record.ts";
import { savedRecord } from "../core/saved-record.ts";
import { attempt, type Read } from "../platform/pseudo-file.ts";
import { NotReplaceable, replaceFile } from "../platform/replace-file.ts";

/**
 * The record kept in /run, so that a daemon that was killed and comes back tells the same boot, the kernel's ring
 * overwritten or not. The file is replaced whole: a kill at any moment leaves the old one or the new one.
 */
export interface StateFile {
  readonly load: () => BootRecord | null;
  readonly save: (record: BootRecord) => Read<void>;
}

interface Saved {
  readonly schema: typeof bootsSchema;
  /** Another version's record may lack facts that this one concludes from; the kernel's ring then tells again. */
  readonly savedBy: string;
  readonly boots: readonly [BootRecord];
}

export function stateFile(folder: string, version: string): StateFile {
  const path = join(folder, "record.json");
  return {
    load() {
      const read = attempt(() => fs.readFileSync(path, "utf8"));
      return read.kind === "ok" ? parseSaved(read.value, version) : null;
    },
    save(record) {
      const saved: Saved = { schema: bootsSchema, savedBy: version, boots: [record] };
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

function parseSaved(text: string, version: string): BootRecord | null {
  try {
    const saved = JSON.parse(text) as Partial<Saved> | null;
    return saved?.schema === bootsSchema && saved.savedBy === version ? savedRecord(saved.boots?.[0]) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
