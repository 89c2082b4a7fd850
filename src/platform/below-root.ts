import { fs, join } from "./builtins.ts";
import { attempt } from "./pseudo-file.ts";

/** As many as the kernel follows (MAXSYMLINKS, path_resolution(7)). */
const mostLinks = 40;

/**
 * Where a host's path leads when its links are followed within the host: a link to `/x` in a folder that stands for a
 * host is not this machine's `/x`. Again a path of that host; null where nothing is there, or where we may not know.
 */
export function followBelow(top: string, path: string): string | null {
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
    const target = attempt(() => {
      const stats = fs.lstatSync(here, { throwIfNoEntry: false });
      return stats === undefined ? undefined : stats.isSymbolicLink() ? fs.readlinkSync(here) : null;
    });
    if (target.kind !== "ok" || target.value === undefined) return null;
    if (target.value === null) {
      done.push(name);
      continue;
    }
    if (++links > mostLinks) return null;
    if (target.value.startsWith("/")) done = [];
    pending.push(...target.value.split("/").toReversed());
  }
  return `/${done.join("/")}`;
}
