import { join } from "../platform/builtins.ts";
import { exists, namesOrNone, textOrNull } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";
import { armedLine, armLine, disarmLine, kernelStyle } from "../parse/command-line/recorder-line.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";
import { type BackEnd, type FileChange, inHost, type Plan } from "./back-end.ts";
import { isBootedWithoutGrub } from "./kernel-install.ts";
import { hostText, loaderEntries } from "./loader-entries.ts";

/** systemd-boot with entries that a person wrote, as Arch's guide says; kernel-install would add others beside them. */
export const loaderEntryFiles: BackEnd = {
  name: "loader-entries",
  hosts: "systemd-boot with entries written by hand (Arch)",
  changes: "the line `options` of each file in /boot/loader/entries",
  isHere(roots) {
    if (exists(join(roots.etc, "kernel/cmdline")) === true || !isBootedWithoutGrub(roots)) return false;
    const entries = namesOrNone(folderOf(roots)).filter((name) => name.endsWith(".conf"));
    // kernel-install writes the kernel's version into each of its own.
    const isOther = (name: string): boolean => /^version[ \t]/m.test(textOrNull(join(folderOf(roots), name)) ?? "");
    return entries.length > 0 && !entries.some(isOther);
  },
  command: () => null,
  file: (roots) => inHost(roots, join(folderOf(roots), "*.conf")),
  nextBoot(roots) {
    const armed = files(roots).map(({ options }) => armedLine(options, kernelStyle));
    const first = armed[0] ?? null;
    return armed.every((each) => each === first)
      ? { armed: first, problem: null }
      : { armed: null, problem: "only some of the boot entries have the recorder" };
  },
  arm: (roots, recorder) => changeTo(roots, (options) => armLine(options, kernelStyle, recorder)),
  disarm: (roots) => changeTo(roots, (options) => disarmLine(options, kernelStyle)),
};

const folderOf = ({ boot }: Roots): string => join(boot, "loader/entries");

interface EntryFile {
  readonly path: string;
  readonly text: string;
  /** Where its one line of options is in the text, without the word `options`. */
  readonly start: number;
  readonly options: string;
}

const optionsLine = /^(options[ \t]{1,99})(.*)$/gm;

/** The entries of kernels. Throws Unchangeable where one has its options in several lines. */
function files(roots: Roots): readonly EntryFile[] {
  return loaderEntries(roots).flatMap(({ name }): readonly EntryFile[] => {
    const path = join(folderOf(roots), name);
    const text = hostText(path) ?? "";
    const [line, ...more] = text.matchAll(optionsLine);
    if (line === undefined) return [];
    if (more.length > 0) throw new Unchangeable(`Cannot change '${path}': it has several lines of options`);
    const [, word = "", options = ""] = line;
    return [{ path, text, start: line.index + word.length, options }];
  });
}

function changeTo(roots: Roots, change: (options: string) => string): Plan {
  const changed = files(roots).flatMap(({ path, text, start, options }): readonly FileChange[] => {
    const after = change(options);
    if (after === options) return [];
    return [{ path, before: text, after: text.slice(0, start) + after + text.slice(start + options.length) }];
  });
  return { files: changed, commands: [] };
}
