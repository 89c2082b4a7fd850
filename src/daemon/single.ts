import { fs, join } from "../platform/builtins.ts";
import { parseProcessStat } from "../parse/proc-stat.ts";
import { errnoOf } from "../platform/errno.ts";
import { attempt, textOrNull } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";

export type Claimed = { readonly is: "ours"; readonly release: () => void } | { readonly is: "taken"; readonly pid: number };

/**
 * Makes this process the one daemon of its state folder, or names the one that is. The file holds a pid and its start time,
 * so that a killed daemon's leftover, even with the pid in use again, stands in nobody's way. Throws where the folder cannot be written.
 */
export function claim(folder: string, roots: Roots): Claimed {
  const path = join(folder, "daemon.pid");
  makeFolder(folder);
  const mine = `${process.pid} ${startTicks(roots, process.pid) ?? 0}\n`;
  for (;;) {
    try {
      fs.writeFileSync(path, mine, { flag: "wx", mode: 0o644 });
      return { is: "ours", release: () => fs.rmSync(path, { force: true }) };
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
    const held = attempt(() => fs.readFileSync(path, "utf8"));
    if (held.is === "absent") continue;
    const [pid = Number.NaN, ticks] = held.is === "ok" ? held.value.trim().split(" ").map(Number) : [];
    if (Number.isInteger(pid) && startTicks(roots, pid) === ticks) return { is: "taken", pid };
    fs.rmSync(path, { force: true });
  }
}

/** Not with `recursive`: Node's mkdir then never returns below /proc (it takes ENOENT for a parent to make, again and again). */
function makeFolder(path: string): void {
  try {
    fs.mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}

/** When the process started; null where it has ended, a zombie included. */
function startTicks(roots: Roots, pid: number): number | null {
  const stat = parseProcessStat(textOrNull(join(roots.proc, String(pid), "stat")) ?? "");
  return stat === null || stat.state === "Z" ? null : stat.startTicks;
}
