import type { BootLoaderName } from "../../core/base/administration.ts";
import type { Machine } from "./machine.ts";

/** How an argument gets onto the kernel command line of the next boots. */
interface ArgumentChange {
  /** Behind the remedy's own words. Null: the command says it all. */
  readonly text: string | null;
  readonly command: string | null;
}

/** By each boot loader's own tool; `argument` has neither blanks nor quotes. `command` is the host's own. */
const changes: Readonly<Record<BootLoaderName, (argument: string, command: string | null) => ArgumentChange>> = {
  grubby: (argument) => ({ text: null, command: `grubby --update-kernel=ALL --args=${argument}` }),
  "rpm-ostree": (argument) => ({ text: null, command: `rpm-ostree kargs --append-if-missing=${argument}` }),
  bootc: (argument, command) =>
    command === null
      ? { text: `put kargs = ["${argument}"] into a file of the image's /usr/lib/bootc/kargs.d`, command: null }
      : { text: null, command: `ostree admin instutil set-kargs --merge --append=${argument}` },
  // /etc/default/grub is a shell script, so that what comes last adds to what comes before.
  grub: (argument, command) => ({
    text: null,
    command: `echo 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${argument}"' >> /etc/default/grub && ${command ?? "update-grub"}`,
  }),
  "kernel-install": (argument) => ({
    text: "/etc/kernel/cmdline has the command line for kernels that are installed from now on",
    command: `sed -i '1s/$/ ${argument}/' /etc/kernel/cmdline && kernel-install add "$(uname -r)" "/usr/lib/modules/$(uname -r)/vmlinuz"`,
  }),
};

/** The change of the command line on this machine; where its tool is not known, in words. */
export function kernelArgument({ tool }: Machine, argument: string): ArgumentChange {
  if (tool === null)
    return { text: `add '${argument}' to the kernel command line in the boot loader's configuration`, command: null };
  return changes[tool.backEnd](argument, tool.command);
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
