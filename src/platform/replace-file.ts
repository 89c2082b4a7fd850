import { fs } from "./builtins.ts";
import { isDenied, isVanished } from "./errno.ts";

/** Why a path cannot be replaced by a file: something else is there. */
export class NotReplaceable extends Error {
  override readonly name = "NotReplaceable";
  /** What a system call would have answered: EISDIR for a folder, ELOOP for a symbolic link, else EEXIST. */
  readonly errno: "EISDIR" | "ELOOP" | "EEXIST";

  constructor(message: string, errno: NotReplaceable["errno"]) {
    super(message);
    this.errno = errno;
  }
}

/** What a file is besides its text. */
export interface FileNature {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Replaces a file whole: a reader sees the old text or the new one, and after a crash of the machine too. Everyone may
 * read it, whatever our umask, or as `nature` says; "usual" is as a shell would create it, or as the file was before.
 * The new text lies beside it meanwhile, under a name that ends in ".new". Throws NotReplaceable for a device, a pipe,
 * a folder or a symbolic link, which a rename would put a file in place of; other failures are the system calls'.
 */
export function replaceFile(path: string, text: string, nature: FileNature | "usual" | null = null): void {
  const there = requireReplaceable(path);
  const beside = `${path}.${process.pid}.new`;
  fs.rmSync(beside, { force: true });
  try {
    // "wx": in a folder that others may write to, no link is followed.
    const fd = fs.openSync(beside, "wx", nature === "usual" && there === undefined ? 0o666 : 0o600);
    try {
      fs.writeFileSync(fd, text);
      if (nature === "usual") {
        if (there !== undefined) keepNature(fd, there);
      } else {
        if (nature !== null) fs.fchownSync(fd, nature.uid, nature.gid);
        fs.fchmodSync(fd, nature === null ? 0o644 : nature.mode & 0o7777);
      }
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

/** What is at a path that is to be replaced; undefined: nothing. Throws NotReplaceable where it is no regular file. */
export function requireReplaceable(path: string): FileNature | undefined {
  const there = fs.lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined || there.isFile()) return there;
  if (there.isSymbolicLink()) throw new NotReplaceable(`'${path}' is a symbolic link`, "ELOOP");
  throw new NotReplaceable(`'${path}' is not a regular file`, there.isDirectory() ? "EISDIR" : "EEXIST");
}

/** Mode and owner of the file before; the owner only where we may set it: otherwise the new file is ours. */
function keepNature(fd: number, { mode, uid, gid }: FileNature): void {
  try {
    fs.fchownSync(fd, uid, gid);
    fs.fchmodSync(fd, mode & 0o7777);
  } catch (error) {
    if (!isDenied(error)) throw error;
    // The file of another user in a folder of ours: without set-user-ID, which was that user's to give.
    fs.fchmodSync(fd, mode & 0o777);
  }
}
