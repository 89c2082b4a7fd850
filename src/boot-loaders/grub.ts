import { join } from "../platform/builtins.ts";
import { exists, namesOrNone, textOrNull } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";
import { armedGrub, armGrub, disarmGrub, type DefaultsFile } from "../parse/command-line/grub-defaults.ts";
import type { Recorder } from "../parse/command-line/recorder-arguments.ts";
import { type BackEnd, type Plan, type Command, type FileChange, inHost, programOf, relabelling } from "./back-end.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";
import { hostText } from "./loader-entries.ts";
import { fileName } from "../core/base/file-name.ts";

/** GRUB where grub-mkconfig makes its configuration. */
export const grub: BackEnd = {
  name: "grub",
  hosts: "GRUB (Debian, Ubuntu, Arch, Gentoo, openSUSE)",
  changes: "`GRUB_CMDLINE_LINUX` in /etc/default/grub, then `update-grub` or `grub-mkconfig`",
  isHere: (roots) => exists(defaultsPath(roots)) === true || generator(roots) !== null,
  command(roots) {
    const made = generator(roots);
    if (made === null) return null;
    const program = fileName(made.program);
    return [program, ...made.words.map((word) => inHost(roots, word))].join(" ");
  },
  file: (roots) => inHost(roots, defaultsPath(roots)),
  nextBoot(roots) {
    const armed = armedGrub(defaults(roots));
    const made = armedConfiguration(roots);
    if (made === null || made === (armed !== null)) return { armed, problem: null };
    return {
      armed: null,
      problem: `'${defaultsPath(roots)}' and '${configurationPath(roots)}' differ: the latter is to be made anew`,
    };
  },
  arm: (roots, recorder) => changeOf(roots, (files) => armGrub(files, recorder), recorder),
  disarm: (roots) => changeOf(roots, disarmGrub, null),
};

/** At the head of a file that was not there: it goes again with what is in it. */
const madeByUs = "# Made by crngwatch recorder arm\n";

const defaultsPath = ({ etc }: Roots): string => join(etc, "default/grub");

/** The files in the order in which they are sourced; the first may not be there. Throws Unchangeable. */
function defaults(roots: Roots): readonly DefaultsFile[] {
  const folder = join(roots.etc, "default/grub.d");
  const added = namesOrNone(folder).filter((name) => name.endsWith(".cfg"));
  return [defaultsPath(roots), ...added.map((name) => join(folder, name))].map((path) => ({
    path,
    text: hostText(path) ?? "",
  }));
}

function changeOf(
  roots: Roots,
  change: (files: readonly DefaultsFile[]) => readonly DefaultsFile[],
  wanted: Recorder | null,
): Plan {
  const before = defaults(roots);
  const isNew = exists(defaultsPath(roots)) === false;
  const files = change(before).flatMap(({ path, text }, index): readonly FileChange[] => {
    const old = before[index]?.text ?? "";
    if (text === old) return [];
    if (isNew && index === 0) return [{ path, before: null, after: `${madeByUs}${text}` }];
    return [{ path, before: old, after: text === madeByUs ? null : text }];
  });
  // As after a generator that failed.
  const isStale = (armedConfiguration(roots) ?? wanted !== null) !== (wanted !== null);
  if (files.length === 0 && !isStale) return { files, commands: [] };
  const command = generator(roots);
  if (command === null)
    throw new Unchangeable("Cannot make GRUB's configuration anew: there is neither update-grub nor grub-mkconfig");
  return {
    files,
    commands: [
      ...relabelling(
        roots,
        files.map(({ path }) => path),
      ),
      command,
    ],
  };
}

/** What makes GRUB's configuration: Debian's wrapper knows where it lies, the others need its path. */
function generator(roots: Roots): Command | null {
  const wrapper = programOf(roots, "update-grub");
  if (wrapper !== null) return { program: wrapper, words: [] };
  const program = programOf(roots, "grub2-mkconfig", "grub-mkconfig");
  if (program === null) return null;
  // If entries are files of their own, Fedora's changes their command lines only on request.
  const updatesEntries =
    /^[ \t]*GRUB_ENABLE_BLSCFG=["']?true/m.test(textOrNull(defaultsPath(roots)) ?? "") &&
    (textOrNull(program) ?? "").includes("--update-bls-cmdline");
  return { program, words: ["-o", configurationPath(roots), ...(updatesEntries ? ["--update-bls-cmdline"] : [])] };
}

function configurationPath({ boot }: Roots): string {
  const fedora = join(boot, "grub2/grub.cfg");
  return exists(fedora) === true ? fedora : join(boot, "grub/grub.cfg");
}

/**
 * Whether the boot menu's own `linux` lines have the recorder; null where it may not be read, or has none since each
 * entry is a file of its own.
 */
function armedConfiguration(roots: Roots): boolean | null {
  if (exists(configurationPath(roots)) === false) return false;
  const lines = (textOrNull(configurationPath(roots)) ?? "").match(/^[ \t]*linux(?:efi|16)?\s.*$/gm);
  return lines === null ? null : lines.some((line) => /[:/]crngwatch\/|syscalls:sys_enter_getrandom/.test(line));
}
