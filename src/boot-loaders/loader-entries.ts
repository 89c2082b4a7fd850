import { join } from "../platform/builtins.ts";
import { readNames } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";
import { hostText } from "./host-text.ts";

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
        new RegExp(`^${key}[ \\t]+(.*)$`, "m").exec(text)?.[1]?.trim() ?? null;
      const options = (field("options") ?? "").replace("$kernelopts", () => kernelOptions(roots));
      return { name, kernel: field("linux"), version: field("version") ?? "", options };
    });
}

/** RHEL 8 keeps the command line that all entries share in GRUB's environment. */
function kernelOptions({ boot }: Roots): string {
  const environment = hostText(join(boot, "grub2/grubenv")) ?? "";
  return /^kernelopts=(.*)$/m.exec(environment)?.[1]?.trim() ?? "";
}
