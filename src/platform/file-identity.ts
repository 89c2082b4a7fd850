import type { BigIntStats } from "node:fs";
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

/** The content of a file, as far as fstat(2) shows it: no other file has all of these, and no later content of it. */
export type FileVersion = `${FileIdentity}:${bigint}:${bigint}:${bigint}`;

/** By what an open descriptor answers: a path may lead to another file by now. ctime is set by the kernel alone. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileVersion {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}
