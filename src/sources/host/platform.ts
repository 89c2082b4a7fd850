import type { CommandLineTool } from "../../core/base/administration.ts";
import { parseOsRelease } from "../../parse/proc/os-release.ts";
import { join } from "../../platform/builtins.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";
import { ok, type Source } from "../source.ts";

/**
 * How this host is administered, so that remedies name its own tools. `toolOf` finds what keeps its kernel command
 * line.
 */
export function platform(toolOf: (roots: Roots) => CommandLineTool | null): Source {
  return {
    name: "platform",
    reads: "/etc/os-release, and the files that identify the boot loader",
    needs: "nothing; if /boot is not readable, the boot loader is unknown",
    without: "remedies in the commands of this host's distribution and boot loader",
    schedule: "on-request",
    observe({ roots }) {
      const text = textOrNull(join(roots.etc, "os-release")) ?? textOrNull(join(roots.usr, "lib/os-release"));
      return ok({ kind: "platform", distribution: parseOsRelease(text ?? ""), commandLineTool: toolOf(roots) });
    },
  };
}
