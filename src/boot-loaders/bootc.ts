import { join } from "../platform/builtins.ts";
import { exists, textOrNull } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";
import { parseCommandLine } from "../parse/command-line/command-line.ts";
import { kernelArguments } from "../parse/command-line/kernel-arguments.ts";
import { type Recorder, recorderArguments } from "../parse/command-line/recorder-arguments.ts";
import { armedLine, armLine, disarmLine } from "../parse/command-line/recorder-line.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";
import { type BackEnd, type Plan, nothingToDo, programOf } from "./back-end.ts";
import { ostreeOptions, ostreeStyle } from "./loader-entries.ts";

/** Image-based hosts without rpm-ostree. bootc itself changes no arguments of one machine: libostree below it does. */
export const bootc: BackEnd = {
  name: "bootc",
  hosts: "bootc and other ostree hosts without rpm-ostree",
  changes: "the next deployment, through `ostree admin instutil set-kargs`",
  isHere: (roots) => exists(join(roots.run, "ostree-booted")) === true || isSealed(roots),
  command: (roots) => (isSealed(roots) || programOf(roots, "ostree") === null ? null : "ostree"),
  file: () => null,
  nextBoot: (roots) => ({ armed: armedLine(optionsOf(roots), ostreeStyle), problem: null }),
  arm: (roots, recorder) => changeTo(roots, (text) => armLine(text, ostreeStyle, recorder), recorder),
  disarm: (roots) => changeTo(roots, (text) => disarmLine(text, ostreeStyle)),
};

/**
 * Booted from an image that holds its own arguments. That bootc is installed says nothing: images are built on ordinary
 * hosts.
 */
function isSealed({ proc }: Roots): boolean {
  return parseCommandLine(textOrNull(join(proc, "cmdline")) ?? "").some(([name]) => name === "composefs");
}

function optionsOf(roots: Roots, recorder: Recorder = "kprobes"): string {
  if (!isSealed(roots) && programOf(roots, "ostree") !== null) return ostreeOptions(roots);
  const list = recorderArguments(recorder, "").map((word) => JSON.stringify(word));
  throw new Unchangeable(
    `Cannot change this host's kernel command line: it belongs to the image; put kargs = [${list.join(", ")}] into a file of the image's /usr/lib/bootc/kargs.d`,
  );
}

/** The whole line is given: libostree adds `ostree=`, which names the deployment, by itself. */
function changeTo(roots: Roots, change: (text: string) => string, recorder?: Recorder): Plan {
  const before = optionsOf(roots, recorder);
  const after = change(before);
  if (after === before) return nothingToDo;
  const program = programOf(roots, "ostree") ?? "ostree";
  return {
    files: [],
    commands: [
      {
        program,
        words: ["admin", "instutil", "set-kargs", ...wordsOf(after).filter((word) => !word.startsWith("ostree="))],
      },
    ],
  };
}

function wordsOf(line: string): readonly string[] {
  return kernelArguments(line, ostreeStyle.quoting).words.map(({ start, end }) => line.slice(start, end));
}
