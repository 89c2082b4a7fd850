import { join } from "../../platform/builtins.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";

/**
 * The running kernel's build configuration, where Fedora or Debian put it, or where crngwatch.service shows it to the
 * daemon, which does not see /usr/lib/modules.
 */
export function kernelConfig(roots: Roots): string | null {
  const release = textOrNull(join(roots.proc, "sys/kernel/osrelease")) ?? "";
  return (
    textOrNull(join(roots.usr, "lib/modules", release, "config")) ??
    textOrNull(join(roots.boot, `config-${release}`)) ??
    textOrNull(join(roots.run, "crngwatch/kernel-config"))
  );
}
