import { fs } from "./builtins.ts";
import { isVanished } from "./errno.ts";

/** Why a path cannot be replaced by a file: something else is there. */
export class NotReplaceable extends Error {
  override readonly name = "NotReplaceable";
}

/** What a file is besides its text. */
export interface FileNature {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Replaces a file whole: who reads it sees the old text or the new one, and after a crash of the machine too. It is for
 * everyone to read, whatever our umask, or as `nature` says. The new text lies beside it meanwhile, under a name that
 * ends in ".new". Throws NotReplaceable for a device, a pipe or a link, which a rename would put a file in place of;
 * other failures are the system calls'.
 */
export function replaceFile(path: string, text: string, nature: FileNature | null = null): void {
  const there = fs.lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) throw new NotReplaceable(`'${path}' is no regular file`);
  const beside = `${path}.${process.pid}.new`;
  fs.rmSync(beside, { force: true });
  try {
    // "wx": in a folder that others may write to, nobody's link is followed.
    const fd = fs.openSync(beside, "wx", 0o600);
    try {
      fs.writeFileSync(fd, text);
      if (nature !== null) fs.fchownSync(fd, nature.uid, nature.gid);
      fs.fchmodSync(fd, nature === null ? 0o644 : nature.mode & 0o7777);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(beside, path);
  } catch (error) {
    if (!isVanished(error)) fs.rmSync(beside, { force: true });
    throw error;
  }
}
