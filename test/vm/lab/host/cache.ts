import { access, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { hasCode, isAlive } from "./host-programs.ts";

/** How often a process that waits for another builder looks again. */
const LOCK_POLL_MS = 250;

/** Distinguishes two temporary names of one process (two promises, or two worker threads). */
let temporaries = 0;

/**
 * Where the lab keeps what is slow to make: kernels, the full machine's root, archives of Node. It lies
 * outside the repository, so it outlives a fresh clone. `$CRNGWATCH_LAB_CACHE` names another place.
 */
function cacheRoot(): string {
  const named = process.env["CRNGWATCH_LAB_CACHE"];
  if (named !== undefined && named !== "") return named;
  const base = process.env["XDG_CACHE_HOME"];
  return join(base !== undefined && base !== "" ? base : join(homedir(), ".cache"), "crngwatch-lab");
}

/**
 * The directory of one cache entry, built first where it is missing. `name` must carry whatever the
 * content depends on: an entry is never rebuilt. `build` fills the empty directory it is given; it is
 * renamed into place only when `build` has succeeded, so an entry is whole or absent. When several
 * workers ask for the same entry one builds and the others wait.
 */
export async function cached(name: string, build: (directory: string) => Promise<void>): Promise<string> {
  const entry = join(cacheRoot(), name);
  if (await exists(entry)) return entry;
  await mkdir(dirname(entry), { recursive: true });
  const unlock = await lock(entry);
  try {
    if (await exists(entry)) return entry;
    await removeAbandoned(entry);
    const building = temporaryName(entry, "building");
    await mkdir(building);
    try {
      await build(building);
      await rename(building, entry);
    } catch (error) {
      await rm(building, { recursive: true, force: true });
      throw error;
    }
    return entry;
  } finally {
    await unlock();
  }
}

/**
 * Takes `<entry>.lock`, a directory that holds the owner's pid; resolves to the function that gives it
 * back. The directory is made elsewhere and renamed into place, so no lock is ever seen without its pid.
 */
async function lock(entry: string): Promise<() => Promise<void>> {
  const path = `${entry}.lock`;
  const mine = temporaryName(entry, "locking");
  await mkdir(mine);
  await writeFile(join(mine, "pid"), `${process.pid}\n`);
  for (;;) {
    try {
      await rename(mine, path);
      return () => rm(path, { recursive: true, force: true });
    } catch (error) {
      if (!hasCode(error, "ENOTEMPTY", "EEXIST")) throw error;
    }
    if (await isStale(path)) await breakLock(path);
    else await sleep(LOCK_POLL_MS);
  }
}

/** True when the process that holds this lock has died; false for a lock that has just been given back. */
async function isStale(path: string): Promise<boolean> {
  try {
    const pid = Number((await readFile(join(path, "pid"), "utf8")).trim());
    return !isAlive(pid);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

/**
 * Removes a dead owner's lock. Two breakers may meet and one of them may take away the other's fresh
 * lock: then both build, and the last rename finds the entry there. That costs time, not correctness.
 */
async function breakLock(path: string): Promise<void> {
  const broken = temporaryName(path, "broken");
  try {
    await rename(path, broken);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  await rm(broken, { recursive: true, force: true });
}

/** Half-built directories of builders that were killed. Called with the lock held, so none of them is in use. */
async function removeAbandoned(entry: string): Promise<void> {
  const prefix = `${basename(entry)}.building.`;
  for (const name of await readdir(dirname(entry))) {
    if (name.startsWith(prefix)) await rm(join(dirname(entry), name), { recursive: true, force: true });
  }
}

function temporaryName(path: string, purpose: string): string {
  temporaries += 1;
  return `${path}.${purpose}.${process.pid}-${threadId}-${temporaries}`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}
