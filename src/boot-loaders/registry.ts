import type { CommandLineTool } from "../core/base/administration.ts";
import type { Roots } from "../platform/roots.ts";
import type { BackEnd } from "./back-end.ts";
import { bootc } from "./bootc.ts";
import { extlinux, nixos } from "./by-hand.ts";
import { grub } from "./grub.ts";
import { grubby } from "./grubby.ts";
import { kernelInstall } from "./kernel-install.ts";
import { loaderEntryFiles } from "./loader-entry-files.ts";
import { raspberryPi } from "./raspberry-pi.ts";
import { rpmOstree } from "./rpm-ostree.ts";

/**
 * Every way of changing the kernel command line of the next boots. The first that recognises this host is used:
 * images first, since they have the others' programs as well, and what is recognised by a file alone last. A new one is
 * its file and a line here.
 */
export const backEnds: readonly BackEnd[] = [
  rpmOstree,
  bootc,
  nixos,
  loaderEntryFiles,
  kernelInstall,
  grubby,
  grub,
  extlinux,
  raspberryPi,
];

/** The host's own; null where none is known. */
export function backEndOf(roots: Roots): BackEnd | null {
  return backEnds.find((backEnd) => backEnd.isHere(roots)) ?? null;
}

/** The same with the command that makes a change effective; for people. */
export function commandLineTool(roots: Roots): CommandLineTool | null {
  const backEnd = backEndOf(roots);
  return backEnd === null
    ? null
    : { backEnd: backEnd.name, command: backEnd.command(roots), file: backEnd.file(roots) };
}
