import { join } from "../platform/builtins.ts";
import { exists } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";
import { type Recorder, recorderArguments } from "../parse/command-line/recorder-arguments.ts";
import { Unchangeable } from "../parse/command-line/unchangeable.ts";
import { type BackEnd, inHost, nothingToDo, programOf } from "./back-end.ts";

/** A host on which crngwatch changes nothing, because a person's own text makes the command line there. */
interface ByHand extends Pick<BackEnd, "name" | "hosts" | "isHere" | "command"> {
  readonly pathOf: (roots: Roots) => string;
  /** What a person has to do, as a clause. */
  readonly how: (roots: Roots, recorder: Recorder) => string;
}

function byHand({ pathOf, how, ...host }: ByHand): BackEnd {
  const refuse = (roots: Roots, recorder: Recorder): never => {
    throw new Unchangeable(`Cannot change this host's kernel command line; by hand, ${how(roots, recorder)}`);
  };
  const state = (): never => {
    throw new Unchangeable("what the next boots record is not known: the kernel command line is changed by hand here");
  };
  return {
    ...host,
    changes: "nothing: it prints what to change by hand",
    file: (roots) => (exists(pathOf(roots)) === true ? inHost(roots, pathOf(roots)) : null),
    nextBoot: state,
    arm: refuse,
    disarm: () => nothingToDo,
  };
}

/** NixOS makes boot entries from its configuration, and makes them anew with each generation. */
export const nixos: BackEnd = byHand({
  name: "nixos",
  hosts: "NixOS",
  isHere: (roots) => exists(join(roots.etc, "NIXOS")) === true,
  command: () => "nixos-rebuild boot",
  pathOf: ({ etc }) => join(etc, "nixos/configuration.nix"),
  // Nix reads double quotes as they are between two single ones.
  how: (_roots, recorder) =>
    `put [ ${recorderArguments(recorder, '"')
      .map((word) => `''${word}''`)
      .join(" ")} ] into boot.kernelParams of the configuration, then run 'nixos-rebuild boot'`,
});

/** Alpine's boot loader where it is not GRUB. */
export const extlinux: BackEnd = byHand({
  name: "extlinux",
  hosts: "EXTLINUX (Alpine)",
  isHere: (roots) => exists(updateExtlinux(roots)) === true && programOf(roots, "update-extlinux") !== null,
  command: () => "update-extlinux",
  pathOf: updateExtlinux,
  // Its value is in a shell's double quotes, and no shell reads the line after it.
  how: (roots, recorder) =>
    `add ${recorderArguments(recorder, "").join(" ")} to default_kernel_opts in '${inHost(roots, updateExtlinux(roots))}', then run 'update-extlinux'`,
});

function updateExtlinux({ etc }: Roots): string {
  return join(etc, "update-extlinux.conf");
}
