import type { LineStyle } from "../parse/command-line/recorder-line.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";
import { join } from "../platform/builtins.ts";
import { readBytes, readNames } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";

const whys = { denied: "no permission; run it as root", failed: "it cannot be read" } as const;

/**
 * A text file of the host; null where there is none. Throws Unchangeable where there is one that cannot be read, or
 * that is no text: it would be damaged.
 */
export function hostText(path: string): string | null {
  const read = readBytes(path);
  if (read.kind === "absent") return null;
  if (read.kind !== "ok") throw new Unchangeable(`Cannot read '${path}': ${whys[read.kind]}`);
  const text = read.value.toString("utf8");
  if (!Buffer.from(text).equals(read.value)) throw new Unchangeable(`Cannot change '${path}': it is not UTF-8`);
  return text;
}

/** A boot entry of the Boot Loader Specification. */
export interface LoaderEntry {
  readonly name: string;
  /** The path of its kernel, as the entry has it. */
  readonly kernel: string | null;
  readonly version: string;
  /** Its command line, with GRUB's variable $kernelopts put in. */
  readonly options: string;
}

/** The entries of a host in /boot/loader/entries; empty where it has none. Throws Unchangeable. */
export function loaderEntries(roots: Roots): readonly LoaderEntry[] {
  const folder = join(roots.boot, "loader/entries");
  const names = readNames(folder);
  if (names.kind === "absent") return [];
  if (names.kind !== "ok")
    throw new Unchangeable(
      `Cannot read '${folder}': ${names.kind === "denied" ? "no permission; run it as root" : names.errno}`,
    );
  return names.value
    .filter((name) => name.endsWith(".conf"))
    .map((name) => {
      const text = hostText(join(folder, name)) ?? "";
      const field = (key: string): string | null =>
        new RegExp(`^${key}[ \\t](.*)$`, "m").exec(text)?.[1]?.trim() ?? null;
      const options = (field("options") ?? "").replace("$kernelopts", () => kernelOptions(roots));
      return { name, kernel: field("linux"), version: field("version") ?? "", options };
    });
}

/** RHEL 8 keeps the command line that all entries share in GRUB's environment. */
function kernelOptions({ boot }: Roots): string {
  const environment = hostText(join(boot, "grub2/grubenv")) ?? "";
  return /^kernelopts=(.*)$/m.exec(environment)?.[1]?.trim() ?? "";
}

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
