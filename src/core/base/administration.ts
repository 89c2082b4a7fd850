/** The distribution, from os-release(5). */
export interface Distribution {
  /** ID= and ID_LIKE=: "ubuntu" and ["debian"]. */
  readonly id: string;
  readonly like: readonly string[];
  /** PRETTY_NAME=. */
  readonly name: string | null;
}

/** What keeps the kernel command line of a host's next boots: a back end of `boot-loaders/`. */
export type BootLoaderName =
  | "rpm-ostree"
  | "bootc"
  | "nixos"
  | "loader-entries"
  | "kernel-install"
  | "grubby"
  | "grub"
  | "extlinux"
  | "raspberry-pi";

/** The tool that changes the kernel command line of the next boots. */
export interface CommandLineTool {
  readonly backEnd: BootLoaderName;
  /**
   * The command that makes a change effective, as this host has it. Null: none is required, or this host alone cannot
   * change it.
   */
  readonly command: string | null;
  /** The file that holds it, or a pattern of several, for a person to edit. Null: none, or not there yet. */
  readonly file: string | null;
}
