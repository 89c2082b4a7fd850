import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import type { BackEnd, Command } from "../../src/boot-loaders/back-end.ts";
import { carryOut } from "../../src/boot-loaders/carry-out.ts";
import { type Roots, rootsBelow } from "../../src/platform/roots.ts";
import type { Recorder } from "../../src/parse/command-line/recorder-arguments.ts";

/** A folder that represents this machine: commands are run, by its own programs in usr/bin and usr/sbin. */
export function actingHost(top: string): Roots {
  return { ...rootsBelow(top), live: true };
}

export async function arm(backEnd: BackEnd, roots: Roots, recorder: Recorder = "kprobes"): Promise<readonly Command[]> {
  const change = await backEnd.arm(roots, recorder);
  await carryOut(change);
  return change.commands;
}

export async function disarm(backEnd: BackEnd, roots: Roots): Promise<readonly Command[]> {
  const change = await backEnd.disarm(roots);
  await carryOut(change);
  return change.commands;
}

/** Puts a shell script into the host as one of its programs. */
export function putProgram(top: string, path: string, script: string): void {
  const full = join(top, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, `#!/bin/sh\n${script}\n`);
  chmodSync(full, 0o755);
}

/** Every file below a folder, with its bytes, mode and owner. */
export function contentsOf(top: string): ReadonlyMap<string, string> {
  const names = readdirSync(top, { recursive: true, encoding: "utf8" }).toSorted();
  return new Map(
    names.flatMap((name) => {
      const path = join(top, name);
      const stat = lstatSync(path);
      if (stat.isDirectory()) return [];
      const content = stat.isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, "latin1");
      return [[name, `${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${content}`]];
    }),
  );
}

/** Why no test can give real tools another /etc and /boot; null where one can. */
export const whyNoMounts: string | null =
  spawnSync("unshare", ["--mount", "true"]).status === 0 ? null : "needs root, for unshare --mount";
