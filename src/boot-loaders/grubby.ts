import { join } from "../platform/builtins.ts";
import { textOfProgram } from "../platform/child.ts";
import { exists } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";
import { type KernelArgument, kernelArguments, valueText } from "../parse/command-line/kernel-arguments.ts";
import { armedLine, armLine, disarmLine, type LineStyle } from "../parse/command-line/recorder-line.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";
import { type BackEnd, type Plan, type Command, nothingToDo, programOf } from "./back-end.ts";
import { loaderEntries } from "./loader-entries.ts";

/** Fedora's and RHEL's own tool. It keeps the entries, GRUB's environment and /etc/default/grub the same. */
export const grubby: BackEnd = {
  name: "grubby",
  hosts: "Fedora, RHEL and their kin",
  changes: "all boot entries, through `grubby --update-kernel`",
  isHere: (roots) =>
    programOf(roots, "grubby") !== null && (isZipl(roots) || exists(join(roots.boot, "grub2")) === true),
  command: () => "grubby",
  file: () => null,
  async nextBoot(roots) {
    const armed = (await entries(roots)).map(({ options }) => armedLine(options, styleOf(roots)));
    const first = armed[0] ?? null;
    return armed.every((each) => each === first)
      ? { armed: first, problem: null }
      : { armed: null, problem: "only some of the boot entries have the recorder" };
  },
  arm: (roots, recorder) => changeTo(roots, (options) => armLine(options, styleOf(roots), recorder)),
  disarm: (roots) => changeTo(roots, (options) => disarmLine(options, styleOf(roots))),
};

const names = ["kprobe_event", "trace_event"] as const;

interface GrubbyEntry {
  readonly kernel: string;
  readonly options: string;
}

/**
 * On s390x zipl takes the line as it is. Single quotes for GRUB's shell: grubby writes double ones around the whole
 * into /etc/default/grub.
 */
function styleOf(roots: Roots): LineStyle {
  return isZipl(roots) ? { quoting: "kernel", quote: "" } : { quoting: "grub", quote: "'" };
}

function isZipl({ etc }: Roots): boolean {
  return exists(join(etc, "zipl.conf")) === true;
}

async function entries(roots: Roots): Promise<readonly GrubbyEntry[]> {
  const all = roots.live
    ? parseGrubbyEntries(await textOfProgram(programOf(roots, "grubby") ?? "grubby", ["--info=ALL"]))
    : loaderEntries(roots).map(({ kernel, options }) => ({ kernel: kernel ?? "", options }));
  if (all.length === 0) throw new Unchangeable("Cannot find a boot entry: grubby lists none");
  return all;
}

/** What `grubby --info=ALL` prints: `index=`, `kernel="…"`, `args="…"` and others, a block for each entry. */
export function parseGrubbyEntries(text: string): readonly GrubbyEntry[] {
  return text.split(/^(?=index=)/m).flatMap((block) => {
    const field = (key: string): string | null =>
      new RegExp(`^${key}=(.*)$`, "m").exec(block)?.[1]?.replace(/^"(.*)"$/, "$1") ?? null;
    const [kernel, options] = [field("kernel"), field("args")];
    return kernel === null || options === null ? [] : [{ kernel, options }];
  });
}

/**
 * One command for all entries where they are to become the same in what is ours, which covers kernels yet to come; else
 * one for each.
 */
async function changeTo(roots: Roots, change: (options: string) => string): Promise<Plan> {
  const program = programOf(roots, "grubby") ?? "grubby";
  const wanted = (await entries(roots)).map(({ kernel, options }) => ({ kernel, options, after: change(options) }));
  const differing = wanted.filter(({ options, after }) => after !== options);
  const [first] = differing;
  if (first === undefined) return nothingToDo;
  const words = differing.map(({ options, after }) => wordsFor(options, after, styleOf(roots)));
  const isAlike = words.every((each) => each.join("\n") === words[0]?.join("\n"));
  const commands: readonly Command[] = isAlike
    ? [{ program, words: ["--update-kernel=ALL", ...(words[0] ?? [])] }]
    : differing.map(({ kernel }, index) => ({
        program,
        words: [`--update-kernel=${kernel}`, ...(words[index] ?? [])],
      }));
  return { files: [], commands };
}

/**
 * `--args` takes every argument of a name away and puts the given ones at the end; `--remove-args` with a bare name
 * takes all away. So each name is given as a whole, a stranger's included. Throws Unchangeable for a stranger's that
 * grubby would not take as it is: it splits at blanks, and takes what is before the last `=` for the name.
 */
function wordsFor(before: string, after: string, { quoting }: LineStyle): readonly string[] {
  const ours = (text: string): readonly KernelArgument[] =>
    kernelArguments(text, quoting).valued.filter(({ name }) => names.some((own) => own === name));
  const kept = ours(after).map((argument) => {
    const word = after.slice(argument.start, argument.end);
    if (/[\s=]/.test(valueText(argument.value)))
      throw new Unchangeable(`Cannot keep '${word}' through grubby: it has a blank or a second '='`);
    return word;
  });
  const gone = names.filter(
    (name) =>
      ours(before).some((argument) => argument.name === name) &&
      !ours(after).some((argument) => argument.name === name),
  );
  return [
    ...(gone.length > 0 ? [`--remove-args=${gone.join(" ")}`] : []),
    ...(kept.length > 0 ? [`--args=${kept.join(" ")}`] : []),
  ];
}
