import type { Stats } from "node:fs";
import { dirname, fs, join, resolve } from "./builtins.ts";
import { confined, followLinks } from "./confined.ts";
import { errnoOf } from "./errno.ts";

/** Others may write to a folder or to one on the way to it: they could put something else in its place. */
export class FolderShared extends Error {
  override readonly name = "FolderShared";
}

/**
 * The path of a folder without links; the folder is made if it is not there. Only root and this user can write to it,
 * or put something else in its place or in that of a folder on the way: the answer leads to the same folder from now
 * on. Throws FolderShared where others can, and what lstat(2) and mkdir(2) answer.
 */
export function trustedFolder(folder: string): string {
  const named = resolve(folder);
  const path = join(confined(dirname(named)), named.slice(dirname(named).length));
  // Nothing is made where others may write.
  trustedWay(dirname(path));
  makeFolder(path);
  const real = trustedWay(confined(path));
  const { mode } = fs.lstatSync(real);
  if ((mode & shared) !== 0) throw new FolderShared(`other users may write to '${real}'`);
  return real;
}

/** Group and others may write. */
const shared = 0o022;
/** In a folder with this bit, only the owner of a name may give it to something else. */
const sticky = 0o1000;

/** Where a path leads. Examines every folder on the way, those of links included. */
function trustedWay(path: string): string {
  requireTrusted("/");
  const way = followLinks("/", path, requireTrusted);
  if (way === null) throw Object.assign(new Error(`ENOENT: '${path}'`), { code: "ENOENT" });
  return way;
}

/** The lstat(2) of a place that no other user can replace. */
function requireTrusted(path: string): Stats {
  const stats = fs.lstatSync(path);
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.())
    throw new FolderShared(`'${path}' belongs to user ${stats.uid}, who may put something else in its place`);
  // The mode of a link means nothing.
  if (!stats.isSymbolicLink() && (stats.mode & shared) !== 0 && (stats.mode & sticky) === 0)
    throw new FolderShared(`other users may write to '${path}'`);
  return stats;
}

/**
 * Not with `recursive`: Node's mkdir then never returns below /proc (it takes ENOENT for a parent to make, again and
 * again).
 */
function makeFolder(path: string): void {
  try {
    fs.mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}
