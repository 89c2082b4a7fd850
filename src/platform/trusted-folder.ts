import { dirname, fs, join, resolve } from "./builtins.ts";
import { confined } from "./confined.ts";
import { errnoOf } from "./errno.ts";

/** Others may write to a folder or to one on the way to it: they could put something else in its place. */
export class FolderShared extends Error {
  override readonly name = "FolderShared";
}

/** As many as the kernel follows (MAXSYMLINKS, path_resolution(7)). */
const mostLinks = 40;

/**
 * The path of a folder without links; the folder is made if it is not there. Only root and this user can write to it, or
 * put something else in its place or in that of a folder on the way: the answer leads to the same folder from now on.
 * Throws FolderShared where others can, and what lstat(2) and mkdir(2) answer.
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
  const pending = path.split("/").toReversed();
  let done: string[] = [];
  let links = 0;
  requireTrusted("/");
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      done.pop();
      continue;
    }
    const here = `/${[...done, name].join("/")}`;
    requireTrusted(here);
    if (!fs.lstatSync(here).isSymbolicLink()) {
      done.push(name);
      continue;
    }
    if (++links > mostLinks) throw Object.assign(new Error(`ELOOP: '${here}'`), { code: "ELOOP" });
    const target = fs.readlinkSync(here);
    if (target.startsWith("/")) done = [];
    pending.push(...target.split("/").toReversed());
  }
  return `/${done.join("/")}`;
}

function requireTrusted(path: string): void {
  const stats = fs.lstatSync(path);
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.())
    throw new FolderShared(`'${path}' belongs to user ${stats.uid}, who may put something else in its place`);
  // The mode of a link means nothing.
  if (!stats.isSymbolicLink() && (stats.mode & shared) !== 0 && (stats.mode & sticky) === 0)
    throw new FolderShared(`other users may write to '${path}'`);
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
