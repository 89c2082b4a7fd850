import { dirname, fs, join } from "./builtins.ts";
import { errnoOf, isVanished } from "./errno.ts";
import { replaceFile } from "./replace-file.ts";

/**
 * Gives a file of the host another text, or makes it. Mode and owner stay, and a symbolic link stays one: what it
 * points at is replaced. It is on disk when this returns. Throws what replaceFile() does.
 */
export function rewriteFile(path: string, text: string): void {
  const target = whereItIs(path);
  replaceFile(target, text, fs.statSync(target, { throwIfNoEntry: false }) ?? null);
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

/** A renaming is on disk only then. FAT, where boot loaders live, may refuse to: it has nothing better. */
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
