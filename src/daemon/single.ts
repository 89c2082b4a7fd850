import { fs, join } from "../platform/builtins.ts";
import { parseProcessStat, type ProcessStat } from "../parse/proc/proc-stat.ts";
import { errnoOf, isDenied } from "../platform/errno.ts";
import { attempt, textOrNull } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";

export type Claimed =
  | { readonly kind: "ours"; readonly release: () => void }
  | { readonly kind: "taken"; readonly pid: number };

/**
 * Makes this process the one daemon of its state folder, or names the one that is. The file holds a pid and its start
 * time, so that the leftover of a killed daemon is no obstacle, even with its pid in use again. Throws where the
 * folder cannot be written. The folder is one of trustedFolder().
 */
export function claim(folder: string, roots: Roots): Claimed {
  return claimFile(join(folder, "daemon.pid"), roots);
}

/**
 * A leftover is removed by the one process that holds the claim of its removal, a file of its own that is named after
 * the leftover's content: of two that see it at once, the second would remove the first one's new file.
 */
function claimFile(path: string, roots: Roots): Claimed {
  const mine = `${process.pid} ${processStat(roots, process.pid)?.startTicks ?? 0}`;
  for (;;) {
    if (isCreated(path, mine)) return { kind: "ours", release: () => releaseFile(path, mine) };
    const held = contentOf(path);
    if (held === null) continue;
    const [pid = Number.NaN, ticks] = held.split(" ").map(Number);
    if (isAlive(roots, pid, ticks)) return { kind: "taken", pid };
    const removal = claimFile(`${path}.${held.replaceAll(/[^0-9]/g, "-").slice(0, 40)}`, roots);
    if (removal.kind === "taken") return removal;
    try {
      if (contentOf(path) === held) fs.rmSync(path, { force: true });
    } finally {
      removal.release();
    }
  }
}

/** Creates a file with its content at once, by a link; false where something is there. */
function isCreated(path: string, content: string): boolean {
  const beside = `${path}.${process.pid}.new`;
  fs.rmSync(beside, { force: true });
  fs.writeFileSync(beside, `${content}\n`, { flag: "wx", mode: 0o644 });
  try {
    fs.linkSync(beside, path);
    return true;
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    return false;
  } finally {
    fs.rmSync(beside, { force: true });
  }
}

function releaseFile(path: string, mine: string): void {
  if (contentOf(path) === mine) fs.rmSync(path, { force: true });
}

/** Null: nothing is there. A file that cannot be read is no claim. */
function contentOf(path: string): string | null {
  // Not through a link, and no more than a claim has.
  const held = attempt(() => {
    const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(64);
      return bytes.toString("latin1", 0, fs.readSync(fd, bytes, 0, bytes.length, 0)).trim();
    } finally {
      fs.closeSync(fd);
    }
  });
  if (held.kind === "absent") return null;
  return held.kind === "ok" ? held.value : "";
}

/**
 * Whether the process that wrote the file still runs. Where /proc hides it (hidepid=), that its pid is in use must
 * do.
 */
function isAlive(roots: Roots, pid: number, ticks: number | undefined): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  const seen = processStat(roots, pid);
  if (seen !== null) return seen.state !== "Z" && seen.startTicks === ticks;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isDenied(error);
  }
}

function processStat(roots: Roots, pid: number): ProcessStat | null {
  return parseProcessStat(textOrNull(join(roots.proc, String(pid), "stat")) ?? "");
}
