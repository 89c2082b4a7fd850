import { fs } from "./builtins.ts";
import { attempt } from "./pseudo-file.ts";

/** Which file it is, by whatever name: its device and inode, stat(2). */
export type FileIdentity = `${bigint}:${bigint}`;

/**
 * The identity of an open file, or of what a path leads to; null where nothing is there, or where it may not be known.
 */
export function identityOf(file: number | string): FileIdentity | null {
  // As bigint: the inodes of some file systems (overlayfs with xino, CIFS) are above 2^53.
  const stats = attempt(() =>
    typeof file === "number"
      ? fs.fstatSync(file, { bigint: true })
      : fs.statSync(file, { bigint: true, throwIfNoEntry: false }),
  );
  return stats.kind === "ok" && stats.value !== undefined ? `${stats.value.dev}:${stats.value.ino}` : null;
}
