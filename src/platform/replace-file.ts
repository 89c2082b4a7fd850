import { dirname, fs, join } from "./builtins.ts";
import { errnoOf, isVanished } from "./errno.ts";

/** Behind the name while it is written. One name, so that what a crash left is written over. */
const suffix = ".crngwatch-new";

/**
 * Writes a whole file so that there is the old or the new one at every moment, a power failure included: a new one beside it, on disk, then renamed.
 * Mode and owner stay, and a symbolic link stays one: what it points at is replaced. Throws what the file system answers.
 */
export function replaceFile(path: string, text: string): void {
  const target = whereItIs(path);
  const fresh = `${target}${suffix}`;
  const old = statOrNull(target);
  fs.rmSync(fresh, { force: true });
  const fd = fs.openSync(fresh, "wx", 0o600);
  try {
    try {
      fs.writeFileSync(fd, text);
      if (old !== null) fs.fchownSync(fd, old.uid, old.gid);
      fs.fchmodSync(fd, old === null ? 0o644 : old.mode & 0o7777);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(fresh, target);
  } catch (error) {
    fs.rmSync(fresh, { force: true });
    throw error;
  }
  syncFolder(dirname(target));
}

/** Removes a file, and has that on disk. */
export function removeFile(path: string): void {
  fs.unlinkSync(path);
  syncFolder(dirname(path));
}

function whereItIs(path: string): string {
  try {
    return fs.realpathSync(path);
  } catch (error) {
    if (!isVanished(error)) throw error;
    return join(fs.realpathSync(dirname(path)), path.slice(path.lastIndexOf("/") + 1));
  }
}

function statOrNull(path: string): { readonly uid: number; readonly gid: number; readonly mode: number } | null {
  try {
    return fs.statSync(path);
  } catch (error) {
    if (!isVanished(error)) throw error;
    return null;
  }
}

/** The renaming itself is on disk only then. FAT, where boot loaders live, may refuse to: it has nothing better. */
function syncFolder(path: string): void {
  const fd = fs.openSync(path, "r");
  try {
    fs.fsyncSync(fd);
  } catch (error) {
    if (errnoOf(error) !== "EINVAL") throw error;
  } finally {
    fs.closeSync(fd);
  }
}
