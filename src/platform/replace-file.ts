import { fs } from "./builtins.ts";
import { isVanished } from "./errno.ts";

/** Why a path cannot be replaced by a file: something else is there. */
export class NotReplaceable extends Error {
  override readonly name = "NotReplaceable";
}

/**
 * Replaces a file whole: who reads it sees the old text or the new one, and after a crash of the machine too. It is for everyone to
 * read, whatever our umask. The new text lies beside it meanwhile, under a name that ends in ".new". Throws NotReplaceable for a
 * device, a pipe or a link, which a rename would put a file in place of; other failures are the system calls'.
 */
export function replaceFile(path: string, text: string): void {
  const there = fs.lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) throw new NotReplaceable(`'${path}' is no regular file`);
  const beside = `${path}.${process.pid}.new`;
  fs.rmSync(beside, { force: true });
  try {
    // "wx": in a folder that others may write to, nobody's link is followed.
    const fd = fs.openSync(beside, "wx", 0o600);
    try {
      fs.writeFileSync(fd, text);
      fs.fchmodSync(fd, 0o644);
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
