import { exists } from "../platform/pseudo-file.ts";
import { join } from "../platform/builtins.ts";
import type { BootLoaderName } from "../core/base/administration.ts";
import type { Roots } from "../platform/roots.ts";
import type { Recorder } from "../parse/command-line/recorder-arguments.ts";

/** A file that changes; null: it is not there. */
export interface FileChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Command {
  readonly program: string;
  readonly words: readonly string[];
}

/** What is to be done, in order: the files, then the commands. Nothing at all where it is so already. */
export interface Plan {
  readonly files: readonly FileChange[];
  readonly commands: readonly Command[];
}

export const nothingToDo: Plan = { files: [], commands: [] };

/** What the next boots would record; `problem` says in words what stands against it, and null where nothing does. */
export interface NextBoot {
  readonly armed: Recorder | null;
  readonly problem: string | null;
}

/** One way in which hosts keep the kernel command line of their next boots. Its methods throw Unchangeable. */
export interface BackEnd {
  readonly name: BootLoaderName;
  /** The hosts that it is for, and what it changes there; for people. */
  readonly hosts: string;
  readonly changes: string;
  readonly isHere: (roots: Roots) => boolean;
  /** The command that makes a change of it effective, as people type it; null: none, or this host alone cannot. */
  readonly command: (roots: Roots) => string | null;
  /** The file that holds it, or a pattern of several, as the host itself has it; null: none, or not there yet. */
  readonly file: (roots: Roots) => string | null;
  readonly nextBoot: (roots: Roots) => NextBoot | Promise<NextBoot>;
  readonly arm: (roots: Roots, recorder: Recorder) => Plan | Promise<Plan>;
  readonly disarm: (roots: Roots) => Plan | Promise<Plan>;
}

/** A path as the host itself has it. */
export function inHost({ top }: Roots, path: string): string {
  return top !== "/" && path.startsWith(`${top}/`) ? path.slice(top.length) : path;
}

/** SELinux' labels of files that were written anew. */
export function relabelling(roots: Roots, paths: readonly string[]): readonly Command[] {
  const program = exists(join(roots.sys, "fs/selinux")) === true ? programOf(roots, "restorecon") : null;
  return program === null || paths.length === 0 ? [] : [{ program, words: paths }];
}

/**
 * Where the host has a program of the administrator's; null: it has not. Unlike a user's PATH, this includes /usr/sbin.
 */
export function programOf({ usr }: Roots, ...names: readonly string[]): string | null {
  const places = names.flatMap((name) => [join(usr, "sbin", name), join(usr, "bin", name)]);
  return places.find((place) => exists(place) === true) ?? null;
}
