import { withoutTrailing } from "../core/base/without-trailing.ts";
import { join } from "../platform/builtins.ts";
import { exists, readBytes, namesOrNone, textOrNull } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";
import type { Recorder } from "../parse/command-line/recorder-arguments.ts";
import { armedLine, armLine, disarmLine, kernelStyle } from "../parse/command-line/recorder-line.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";
import { type BackEnd, type Plan, type Command, inHost, programOf, relabelling } from "./back-end.ts";
import { hostText, loaderEntries } from "./loader-entries.ts";

/** Hosts whose kernels are installed by kernel-install(8) with the command line of a file. */
export const kernelInstall: BackEnd = {
  name: "kernel-install",
  hosts: "systemd-boot and unified kernel images (UKI)",
  changes: "/etc/kernel/cmdline, then `kernel-install add` for each kernel",
  isHere: (roots) => programOf(roots, "kernel-install") !== null && isBootedWithoutGrub(roots),
  command: () => "kernel-install",
  file: (roots) => (exists(path(roots)) === true ? inHost(roots, path(roots)) : null),
  nextBoot(roots) {
    const armed = armedLine(hostText(path(roots)) ?? "", kernelStyle);
    return hasOtherEntries(roots, armed)
      ? { armed: null, problem: `'${path(roots)}' and the boot entries differ: the kernels are to be installed anew` }
      : { armed, problem: null };
  },
  arm: (roots, recorder) => changeTo(roots, (text) => armLine(text, kernelStyle, recorder)),
  disarm: (roots) => changeTo(roots, (text) => disarmLine(text, kernelStyle)),
};

const path = ({ etc }: Roots): string => join(etc, "kernel/cmdline");

function changeTo(roots: Roots, change: (text: string) => string): Plan {
  const before = hostText(path(roots));
  const taken = before ?? madeByUs(withoutFile(roots));
  const after = change(taken);
  // The entries differ after a kernel-install that failed.
  if (after === taken)
    return { files: [], commands: hasOtherEntries(roots, armedLine(after, kernelStyle)) ? additions(roots) : [] };
  const isSuperfluous =
    before !== null && armedLine(after, kernelStyle) === null && after === madeByUs(withoutFile(roots));
  const relabel = isSuperfluous ? [] : relabelling(roots, [path(roots)]);
  return {
    files: [{ path: path(roots), before, after: isSuperfluous ? null : after }],
    commands: [...relabel, ...additions(roots)],
  };
}

/**
 * A file that was not there: an empty line marks it, since comments are none here, and it goes again when it says no
 * more than kernel-install takes without it.
 */
function madeByUs(line: string): string {
  return `${line.trimEnd()}\n\n`;
}

/**
 * What kernel-install takes where there is no such file: the vendor's, or the words of this boot that no boot loader
 * added.
 */
function withoutFile(roots: Roots): string {
  const vendor = hostText(join(roots.usr, "lib/kernel/cmdline"));
  if (vendor !== null) return vendor;
  const words = (textOrNull(join(roots.proc, "cmdline")) ?? "")
    .split(/\s+/)
    .filter((word) => !/^(?:BOOT_IMAGE|initrd)=/.test(word));
  return disarmLine(words.join(" "), kernelStyle);
}

/** Whether a boot entry of an installed kernel says otherwise. Unified images cannot be read. */
function hasOtherEntries(roots: Roots, wanted: Recorder | null): boolean {
  const versions = kernelsOf(roots).map(({ version }) => version);
  return loaderEntries(roots).some(
    ({ version, options }) => versions.includes(version) && armedLine(options, kernelStyle) !== wanted,
  );
}

function kernelsOf(roots: Roots): readonly { readonly version: string; readonly image: string }[] {
  const modules = join(roots.usr, "lib/modules");
  return namesOrNone(modules).flatMap((version) => {
    const image = [join(modules, version, "vmlinuz"), join(roots.boot, `vmlinuz-${version}`)].find(
      (place) => exists(place) === true,
    );
    return image === undefined ? [] : [{ version, image }];
  });
}

/** Each kernel is installed anew: entries and images hold a copy of the line. */
function additions(roots: Roots): readonly Command[] {
  const program = programOf(roots, "kernel-install");
  if (program === null) throw new Unchangeable("Cannot install the kernels anew: there is no kernel-install");
  const kernels = kernelsOf(roots);
  if (kernels.length === 0)
    throw new Unchangeable(`Cannot find a kernel to install anew below '${join(roots.usr, "lib/modules")}'`);
  return kernels.map(({ version, image }) => ({ program, words: ["add", version, image] }));
}

/**
 * By the boot loader's own variables (the Boot Loader Interface), else by the files in /boot; where /boot may not be
 * read, GRUB is assumed.
 */
export function isBootedWithoutGrub(roots: Roots): boolean {
  const said = loaderName(roots);
  if (said !== null) return said.startsWith("systemd-");
  const isGrub = ["grub/grub.cfg", "grub2/grub.cfg"].some((file) => exists(join(roots.boot, file)) !== false);
  const isSystemd =
    ["loader/loader.conf", "efi/loader/loader.conf"].some((file) => exists(join(roots.boot, file)) === true) ||
    exists(join(roots.top, "efi/loader/loader.conf")) === true;
  return !isGrub && (isSystemd || exists(path(roots)) === true);
}

/** "systemd-boot 257.1" or "GRUB 2.12"; null where it prints none. */
function loaderName({ sys }: Roots): string | null {
  const folder = join(sys, "firmware/efi/efivars");
  for (const name of ["LoaderInfo", "StubInfo"]) {
    const read = readBytes(join(folder, `${name}-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f`));
    // After 4 bytes of attributes.
    if (read.kind === "ok" && read.value.length > 4)
      return withoutTrailing(read.value.subarray(4).toString("utf16le"), "\0");
  }
  return null;
}
