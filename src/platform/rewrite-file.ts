import { dirname, fs, join } from "./builtins.ts";
import { errnoOf, isVanished } from "./errno.ts";
import { confined, inFolder, topOf } from "./confined.ts";
import { exists } from "./pseudo-file.ts";
import { NotReplaceable, replaceFile, requireReplaceable } from "./replace-file.ts";
import { fileName } from "../core/base/file-name.ts";

/**
 * Gives a file of the host another text, or makes it. Mode and owner stay, and a symbolic link stays one: what it
 * points at is replaced. It is on disk when this returns. Throws what replaceFile() does.
 */
export function rewriteFile(path: string, text: string): void {
  const top = topOf(path);
  if (top !== null) return rewriteInside(top, path, text);
  const target = whereItIs(path);
  replaceFile(target, text, fs.statSync(target, { throwIfNoEntry: false }) ?? null);
  syncFolder(dirname(target));
}

/**
 * Throws where rewriteFile() certainly would: NotReplaceable for what is no regular file, ENOENT for a missing folder.
 */
export function requireRewritable(path: string): void {
  const place = topOf(path) !== null ? placeInside(path) : whereItIs(path);
  requireReplaceable(join(confined(dirname(place)), fileName(place)));
}

/** Removes a file, and has that on disk. */
export function removeFile(path: string): void {
  const top = topOf(path);
  if (top !== null) return inFolder(dirname(path), top, (folder) => fs.unlinkSync(`${folder}/${fileName(path)}`));
  fs.unlinkSync(path);
  syncFolder(dirname(path));
}

/** The same in a folder that stands for a host, and never out of it. */
function rewriteInside(top: string, path: string, text: string): void {
  const place = placeInside(path);
  inFolder(dirname(place), top, (folder) => {
    const target = `${folder}/${fileName(place)}`;
    try {
      replaceFile(target, text, fs.lstatSync(target, { throwIfNoEntry: false }) ?? null);
    } catch (error) {
      if (error instanceof NotReplaceable) throw new NotReplaceable(error.message.replace(target, place), error.errno);
      throw error;
    }
    syncFolder(folder);
  });
}

function placeInside(path: string): string {
  return exists(path) === true ? confined(path) : path;
}

function whereItIs(path: string): string {
  try {
    return fs.realpathSync(path);
  } catch (error) {
    if (!isVanished(error)) throw error;
    return join(fs.realpathSync(dirname(path)), fileName(path));
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
