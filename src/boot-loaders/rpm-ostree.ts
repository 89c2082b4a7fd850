import { join } from "../platform/builtins.ts";
import { textOfProgram } from "../platform/child.ts";
import { exists } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";
import { kernelArguments } from "../parse/command-line/kernel-arguments.ts";
import { armedLine, armLine, disarmLine } from "../parse/command-line/recorder-line.ts";
import { type BackEnd, type Plan, nothingToDo, programOf } from "./back-end.ts";
import { ostreeOptions, ostreeStyle } from "./loader-entries.ts";

/** Fedora's image-based hosts: a change of arguments is a new deployment. */
export const rpmOstree: BackEnd = {
  name: "rpm-ostree",
  hosts: "Silverblue, CoreOS and bootc hosts that have rpm-ostree",
  changes: "the next deployment, through `rpm-ostree kargs`",
  isHere: (roots) => exists(join(roots.run, "ostree-booted")) === true && programOf(roots, "rpm-ostree") !== null,
  command: () => "rpm-ostree",
  file: () => null,
  nextBoot: async (roots) => ({ armed: armedLine(await options(roots), ostreeStyle), problem: null }),
  arm: async (roots, recorder) => changeTo(roots, await options(roots), (text) => armLine(text, ostreeStyle, recorder)),
  disarm: async (roots) => changeTo(roots, await options(roots), (text) => disarmLine(text, ostreeStyle)),
};

/** The arguments of the deployment that boots next, a staged one included. */
async function options(roots: Roots): Promise<string> {
  if (!roots.live) return ostreeOptions(roots);
  return (await textOfProgram(programOf(roots, "rpm-ostree") ?? "rpm-ostree", ["kargs"])).trim();
}

function changeTo(roots: Roots, before: string, change: (text: string) => string): Plan {
  const after = change(before);
  if (after === before) return nothingToDo;
  const program = programOf(roots, "rpm-ostree") ?? "rpm-ostree";
  return { files: [], commands: [{ program, words: ["kargs", ...differences(before, after)] }] };
}

/**
 * Options of `rpm-ostree kargs` that change one line to the other. `--replace=NAME=OLD=NEW` changes a value and keeps
 * the argument's place; it is not used where a value contains `=`.
 */
function differences(before: string, after: string): readonly string[] {
  const [old, fresh] = [written(before), written(after)];
  const gone = old.filter(({ word }) => !fresh.some((other) => other.word === word));
  const come = fresh.filter(({ word }) => !old.some((other) => other.word === word));
  const replaced = gone.flatMap((from) =>
    come
      .filter((to) => to.name === from.name && !/=.*=/s.test(from.word + to.value))
      .slice(0, 1)
      .map((to) => ({ from, to })),
  );
  return [
    ...replaced.map(({ from, to }) => `--replace=${from.word}=${to.value}`),
    ...gone.filter((argument) => !replaced.some(({ from }) => from === argument)).map(({ word }) => `--delete=${word}`),
    ...come.filter((argument) => !replaced.some(({ to }) => to === argument)).map(({ word }) => `--append=${word}`),
  ];
}

/** Arguments as they are written, with their quotes. */
function written(line: string): readonly { readonly name: string; readonly word: string; readonly value: string }[] {
  return kernelArguments(line, ostreeStyle.quoting).valued.map(({ name, start, end }) => {
    const word = line.slice(start, end);
    return { name, word, value: word.slice(word.indexOf("=") + 1) };
  });
}
