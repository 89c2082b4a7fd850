import { spawnSync } from "node:child_process";

/** Why there can be no mounts of a test's own; null where there can. */
export const noMounts =
  spawnSync("unshare", ["--mount", "true"]).status === 0 ? null : "mounts of a test's own need root and unshare";

/** A program that mounts as `script` says, where only what it starts sees it, and starts its arguments. */
export function mounted(script: string): readonly [string, ...string[]] {
  return ["unshare", "--mount", "sh", "-c", `mount --make-rprivate / && ${script} && exec "$@"`, "sh"];
}
