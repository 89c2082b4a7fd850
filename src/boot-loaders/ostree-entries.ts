import type { Roots } from "../platform/roots.ts";
import type { LineStyle } from "../parse/command-line/recorder-line.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";
import { loaderEntries } from "./loader-entries.ts";

/**
 * libostree writes arguments into the entries as they are given. GRUB's shell takes double quotes off; where no shell
 * reads them, the kernel does.
 */
export const ostreeStyle: LineStyle = { quoting: "grub", quote: '"' };

/**
 * The command line of the deployment that boots next: libostree gives its entry the highest version. Throws
 * Unchangeable.
 */
export function ostreeOptions(roots: Roots): string {
  const deployments = loaderEntries(roots).filter(({ name }) => name.startsWith("ostree-"));
  const next = deployments.toSorted((a, b) => Number(b.version) - Number(a.version))[0];
  if (next === undefined)
    throw new Unchangeable("Cannot find a boot entry of an ostree deployment in '/boot/loader/entries'");
  return next.options;
}
