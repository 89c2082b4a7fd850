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
 * time, so that a killed daemon's leftover, even with the pid in use again, stands in nobody's way. Throws where the
 * folder cannot be written.
 */
export function claim(folder: string, roots: Roots): Claimed {
  const path = join(folder, "daemon.pid");
  makeFolder(folder);
  const mine = `${process.pid} ${processStat(roots, process.pid)?.startTicks ?? 0}\n`;
  for (;;) {
    try {
      fs.writeFileSync(path, mine, { flag: "wx", mode: 0o644 });
      return { kind: "ours", release: () => fs.rmSync(path, { force: true }) };
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
    const held = attempt(() => fs.readFileSync(path, "utf8"));
    if (held.kind === "absent") continue;
    const [pid = Number.NaN, ticks] = held.kind === "ok" ? held.value.trim().split(" ").map(Number) : [];
    if (isAlive(roots, pid, ticks)) return { kind: "taken", pid };
    fs.rmSync(path, { force: true });
  }
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

/**
 * Whether the process that wrote the file still runs. Where /proc hides it (hidepid=), that somebody has its pid must
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
