import type { Stats } from "node:fs";
import { fs, join } from "./builtins.ts";
import { attempt } from "./errno.ts";

/**
 * The folders that stand for a host. One set for the process, on purpose: all reads go through the functions of
 * `platform/`, which ask here, so that no source can forget to stay inside.
 */
const tops = new Set<string>();

/** From now on, no path below `top` leads out of it: an absolute link in there means a path in there. */
export function confineTo(top: string): void {
  tops.add(top);
}

/** The folder that a path may not leave; null: it may lead anywhere. */
export function topOf(path: string): string | null {
  for (const top of tops) if (path === top || path.startsWith(`${top}/`)) return top;
  return null;
}

/**
 * Where a path leads: itself, where it may lead anywhere, and else its place without links inside its folder. Throws
 * ENOENT where it leads to nothing there, and what lstat(2) answers.
 */
export function confined(path: string): string {
  const top = topOf(path);
  if (top === null) return path;
  const place = followStrictly(top, path.slice(top.length));
  if (place === null) throw failed("ENOENT", path);
  return join(top, place);
}

/** The same for a link that is itself to be read: only the folders on the way are followed. */
export function confinedLink(path: string): string {
  const slash = path.lastIndexOf("/");
  return topOf(path) === null || slash < 1 ? path : join(confined(path.slice(0, slash)), path.slice(slash + 1));
}

/**
 * Opens a file to read it. Below a folder that stands for a host only regular files: opening a device may act, opening
 * a FIFO or reading either may block. Throws EINVAL for others, EXDEV where it was moved out meanwhile, and what
 * open(2) answers.
 */
export function openToRead(path: string, flags = 0): number {
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW } = fs.constants;
  const top = topOf(path);
  if (top === null) return fs.openSync(path, O_RDONLY | flags);
  const place = confined(path);
  if (!fs.lstatSync(place).isFile()) throw failed("EINVAL", path);
  const fd = fs.openSync(place, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | flags);
  try {
    requireInside(fd, top);
    if (!fs.fstatSync(fd).isFile()) throw failed("EINVAL", path);
    return fd;
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

/**
 * Runs `use` with a path to the folder of `path` that stays what it is, whatever is renamed meanwhile: by its
 * descriptor, proc_pid_fd(5).
 */
export function inFolder<T>(path: string, top: string, use: (folder: string) => T): T {
  const fd = fs.openSync(confined(path), fs.constants.O_RDONLY | fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW);
  try {
    requireInside(fd, top);
    return use(`/proc/self/fd/${fd}`);
  } finally {
    fs.closeSync(fd);
  }
}

/** The kernel's own name of an open file: a link that replaced it between lstat(2) and open(2) shows here. */
function requireInside(fd: number, top: string): void {
  const real = fs.realpathSync(top);
  const place = fs.readlinkSync(`/proc/self/fd/${fd}`);
  if (place !== real && !place.startsWith(real === "/" ? real : `${real}/`)) throw failed("EXDEV", place);
}

function failed(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: '${path}'`), { code });
}

/** As many as the kernel follows (MAXSYMLINKS, path_resolution(7)). */
const mostLinks = 40;

/**
 * Where a host's path leads when its links are followed within the host: a link to `/x` in a folder that stands for a
 * host is not this machine's `/x`. Again a path of that host; null where nothing is there, or where we may not know.
 */
export function followBelow(top: string, path: string): string | null {
  const followed = attempt(() => followStrictly(top, path));
  return followed.kind === "ok" ? followed.value : null;
}

/** The same, null only where nothing is there. Throws what lstat(2) answers otherwise, and ELOOP. */
function followStrictly(top: string, path: string): string | null {
  return followLinks(top, path, (place) => fs.lstatSync(place, { throwIfNoEntry: false }));
}

/**
 * The same by the lstat(2) of each place on the way, those of links included, which `statOf` answers; undefined:
 * nothing is there. Throws what it throws, and ELOOP.
 */
export function followLinks(top: string, path: string, statOf: (place: string) => Stats | undefined): string | null {
  const pending = path.split("/").toReversed();
  let done: string[] = [];
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      done.pop();
      continue;
    }
    const here = join(top, ...done, name);
    const stats = statOf(here);
    if (stats === undefined) return null;
    if (!stats.isSymbolicLink()) {
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
