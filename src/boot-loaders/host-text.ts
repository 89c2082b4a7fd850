import { readBytes } from "../platform/pseudo-file.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";

const whys = { denied: "no permission; run it as root", failed: "it cannot be read" } as const;

/**
 * A text file of the host; null where there is none. Throws Unchangeable where there is one that cannot be read, or
 * that is no text: it would be damaged.
 */
export function hostText(path: string): string | null {
  const read = readBytes(path);
  if (read.kind === "absent") return null;
  if (read.kind !== "ok") throw new Unchangeable(`Cannot read '${path}': ${whys[read.kind]}`);
  const text = read.value.toString("utf8");
  if (!Buffer.from(text).equals(read.value)) throw new Unchangeable(`Cannot change '${path}': it is not UTF-8`);
  return text;
}
