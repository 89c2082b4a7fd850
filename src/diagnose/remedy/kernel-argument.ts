import type { BootLoaderName } from "../../core/base/administration.ts";
import type { Machine } from "./machine.ts";

/** How an argument gets onto the kernel command line of the next boots. */
interface ArgumentChange {
  /** Behind the remedy's own words. Null: the command says it all. */
  readonly text: string | null;
  readonly command: string | null;
}

/** An argument that is to be there; neither part has blanks or quotes. */
interface Wanted {
  readonly argument: string;
  /** Words of the same name on the command line now, each once: the last one counts, so they have to go. */
  readonly old: readonly string[];
}

type ToolChange = (
  wanted: Wanted,
  machine: Machine & { readonly tool: NonNullable<Machine["tool"]> },
) => ArgumentChange;

/** By each boot loader's own tool. */
const changes: Readonly<Record<BootLoaderName, ToolChange>> = {
  grubby({ argument, old }) {
    const removed = old.length === 0 ? "" : ` --remove-args="${old.join(" ")}"`;
    return { text: null, command: `grubby --update-kernel=ALL${removed} --args=${argument}` };
  },
  "rpm-ostree": ({ argument, old }) => ({
    text: null,
    command: [
      "rpm-ostree kargs",
      ...old.map((word) => `--delete-if-present=${word}`),
      `--append-if-missing=${argument}`,
    ].join(" "),
  }),
  // --replace adds what is not there.
  bootc: ({ argument, old }, { tool }) =>
    tool.command === null
      ? {
          text: `put kargs = ["${argument}"] into a file of the image's /usr/lib/bootc/kargs.d${insteadOf(old)}`,
          command: null,
        }
      : { text: null, command: `ostree admin instutil set-kargs --merge --replace=${argument}` },
  grub(wanted, { tool }) {
    const make = tool.command ?? "update-grub";
    const { argument, old } = wanted;
    // The file is a shell script, so that what comes last adds to what comes before.
    if (old.length === 0)
      return {
        text: null,
        command: `echo 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${argument}"' >> /etc/default/grub && ${make}`,
      };
    // Cloud images have it in a file of the folder. Without a file sed fails, and nothing is made anew.
    const files = `$(grep -lrs ${old.map((word) => `-e '${literal(word)}'`).join(" ")} /etc/default/grub /etc/default/grub.d)`;
    return { text: null, command: `${replacing(wanted)} ${files} && ${make}` };
  },
  "kernel-install"(wanted, machine) {
    const edit = wanted.old.length === 0 ? `sed -i '1s/$/ ${wanted.argument}/'` : replacing(wanted);
    return {
      text: "/etc/kernel/cmdline has the command line for kernels that are installed from now on",
      command: `${edit} /etc/kernel/cmdline && kernel-install add "$(uname -r)" ${imageOf(machine)}`,
    };
  },
};

function insteadOf(old: readonly string[]): string {
  return old.length === 0 ? "" : ` instead of '${old.join(" ")}'`;
}

/** A command that puts an argument in the place of others of its name, in the files that follow it. */
function replacing({ argument, old }: Wanted): string {
  const edits = old.map((word) => `-e 's/${literal(word)}/${argument}/g'`);
  return `sed -i ${edits.join(" ")}`;
}

/** A word in a basic regular expression; of the letters that `plain` lets through only the dot means something. */
function literal(word: string): string {
  return word.replaceAll(".", String.raw`\.`);
}

/** Where packages put the running kernel's image. */
function imageOf({ family }: Machine): string {
  const isDebian = family === "debian" || family === "ubuntu";
  return isDebian ? '"/boot/vmlinuz-$(uname -r)"' : '"/usr/lib/modules/$(uname -r)/vmlinuz"';
}

/** The change of the command line on this machine; where its tool is not known, in words. */
export function kernelArgument(machine: Machine, argument: string): ArgumentChange {
  const { tool, commandLine } = machine;
  const old = othersOfName(commandLine ?? "", argument);
  // A word of a stranger's log goes into no command.
  if (tool !== null && old.every((word) => plain.test(word)))
    return changes[tool.backEnd]({ argument, old }, { ...machine, tool });
  const what =
    old.length === 0
      ? `add '${argument}' to the kernel command line`
      : `replace '${old.join(" ")}' with '${argument}' on the kernel command line`;
  return { text: `${what} in the boot loader's configuration`, command: null };
}

/** Words that mean nothing to a shell, to sed or to a regular expression, but for the dot. */
const plain = /^[\w.,:=@%-]+$/;

/** Words of a command line with the name of `argument`, but for itself, each once; behind "--" they are init's. */
function othersOfName(commandLine: string, argument: string): readonly string[] {
  const words: readonly string[] = commandLine.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  const end = words.indexOf("--");
  const own = (end < 0 ? words : words.slice(0, end)).filter(
    (word) => nameOf(word) === nameOf(argument) && word !== argument,
  );
  return [...new Set(own)];
}

/** `-` and `_` are one letter to the kernel (parameq() of kernel/params.c). */
function nameOf(word: string): string {
  const equals = word.indexOf("=");
  return (equals < 0 ? word : word.slice(0, equals)).replaceAll("-", "_");
}

/** Tools that take an argument off again by themselves; with the others a person edits a file. */
const removals: Readonly<Partial<Record<BootLoaderName, (argument: string) => string>>> = {
  grubby: (argument) => `grubby --update-kernel=ALL --remove-args=${argument}`,
  "rpm-ostree": (argument) => `rpm-ostree kargs --delete-if-present=${argument}`,
};
const places: Readonly<Partial<Record<BootLoaderName, string>>> = {
  grub: "edit /etc/default/grub",
  "kernel-install": "edit /etc/kernel/cmdline",
  bootc: "edit the image's /usr/lib/bootc/kargs.d",
};

/** How an argument leaves the command line of the next boots. */
export function withoutKernelArgument({ tool }: Machine, argument: string): ArgumentChange {
  const command = tool === null ? null : (removals[tool.backEnd]?.(argument) ?? null);
  if (tool === null || command !== null)
    return { text: command === null ? "it is in the boot loader's configuration" : null, command };
  const then = tool.command === null || tool.backEnd !== "grub" ? "" : `, then run '${tool.command}'`;
  return { text: `${places[tool.backEnd] ?? ""}${then}`, command: null };
}
