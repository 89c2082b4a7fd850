import type { BootLoaderName } from "../../core/base/administration.ts";
import type { Machine } from "./machine.ts";

/** How an argument gets onto the kernel command line of the next boots. */
interface ArgumentChange {
  /** After the remedy's own words. Null: the command says it all. */
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
    const install = `kernel-install add "$(uname -r)" ${imageOf(machine)}`;
    if (!machine.ofLog && machine.tool.file === null)
      return {
        text: `write the words of /proc/cmdline but for 'initrd=' and 'BOOT_IMAGE=', with '${wanted.argument}', into /etc/kernel/cmdline, then run '${install}'`,
        command: null,
      };
    return {
      text: "/etc/kernel/cmdline has the command line for kernels that are installed from now on",
      command: `${adding(wanted, "1")} /etc/kernel/cmdline && ${install}`,
    };
  },
  "loader-entries": (wanted, { tool }) => ({
    text: null,
    command: `${adding(wanted, String.raw`/^options[ \t]/`)} ${tool.file ?? "/boot/loader/entries/*.conf"}`,
  }),
  "raspberry-pi": (wanted, { tool }) =>
    tool.file === null
      ? { text: `${inWords(wanted)} in cmdline.txt on the boot partition`, command: null }
      : { text: null, command: `${adding(wanted, "1")} ${tool.file}` },
  nixos: (wanted, { tool }) => ({
    text: `put "${wanted.argument}" into boot.kernelParams of ${tool.file ?? "the configuration"}${insteadOf(wanted.old)}, then run '${tool.command ?? "nixos-rebuild boot"}'`,
    command: null,
  }),
  extlinux(wanted, { tool }) {
    const edit =
      wanted.old.length === 0 ? `sed -i '/^default_kernel_opts=/s/"$/ ${wanted.argument}"/'` : replacing(wanted);
    return {
      text: null,
      command: `${edit} /etc/update-extlinux.conf && ${tool.command ?? "update-extlinux"}`,
    };
  },
};

function inWords({ argument, old }: Wanted): string {
  return old.length === 0
    ? `add '${argument}' to the kernel command line`
    : `replace '${old.join(" ")}' with '${argument}' on the kernel command line`;
}

function insteadOf(old: readonly string[]): string {
  return old.length === 0 ? "" : ` instead of '${old.join(" ")}'`;
}

/** The change of one line, which `address` of sed(1) selects, by a command that its file follows. */
function adding(wanted: Wanted, address: string): string {
  return wanted.old.length === 0 ? `sed -i '${address}s/$/ ${wanted.argument}/'` : replacing(wanted);
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
  return { text: `${inWords({ argument, old })} in the boot loader's configuration`, command: null };
}

/** Words that mean nothing to a shell, to sed or to a regular expression, but for the dot. */
const plain = /^[\w.,:=@%-]+$/;

/** Words of a command line with the name of `argument`, but for itself, each once; after "--" they are init's. */
function othersOfName(commandLine: string, argument: string): readonly string[] {
  const words: readonly string[] = commandLine.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  const end = words.indexOf("--");
  const own = (end === -1 ? words : words.slice(0, end)).filter(
    (word) => nameOf(word) === nameOf(argument) && word !== argument,
  );
  return [...new Set(own)];
}

/** `-` and `_` are one letter to the kernel (parameq() of kernel/params.c). */
function nameOf(word: string): string {
  const equals = word.indexOf("=");
  return (equals === -1 ? word : word.slice(0, equals)).replaceAll("-", "_");
}

/** Tools that take arguments off again by themselves; with the others a person edits a file. */
const removals: Readonly<Partial<Record<BootLoaderName, (words: readonly string[]) => string>>> = {
  grubby: (words) => `grubby --update-kernel=ALL --remove-args="${words.join(" ")}"`,
  "rpm-ostree": (words) => ["rpm-ostree kargs", ...words.map((word) => `--delete-if-present=${word}`)].join(" "),
};
/** Where a person takes it off; the others have no one file. */
const places: Readonly<Partial<Record<BootLoaderName, string>>> = {
  grub: "edit /etc/default/grub",
  "kernel-install": "edit /etc/kernel/cmdline",
  bootc: "edit the image's /usr/lib/bootc/kargs.d",
  "loader-entries": "edit /boot/loader/entries",
  "raspberry-pi": "edit cmdline.txt on the boot partition",
  nixos: "edit boot.kernelParams of the configuration",
  extlinux: "edit /etc/update-extlinux.conf",
};

/** How arguments leave the command line of the next boots; they mean nothing to a shell. */
export function withoutKernelArguments({ tool }: Machine, words: readonly string[]): ArgumentChange {
  const command = tool === null ? null : (removals[tool.backEnd]?.(words) ?? null);
  if (command !== null) return { text: null, command };
  const edit = tool === null ? null : tool.file === null ? (places[tool.backEnd] ?? null) : `edit ${tool.file}`;
  if (tool === null || edit === null) return { text: "in the boot loader's configuration", command: null };
  // kernel-install is given the kernel, too, which differs.
  const then =
    tool.command === null || tool.backEnd === "bootc" || tool.backEnd === "kernel-install"
      ? ""
      : `, then run '${tool.command}'`;
  return { text: `${edit}${then}`, command: null };
}
