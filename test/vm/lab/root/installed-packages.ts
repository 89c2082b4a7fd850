import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { packArchive } from "./archive.ts";
import type { FullMachineRoot } from "./full-machine-root.ts";
import { runProgram } from "../host/host-programs.ts";

/**
 * Installs Debian packages of this host into the full machine's root, by the root's own dpkg and with the packages' own
 * scripts, as an installation into an image does. Resolves to the archives that add this to the root: what dpkg
 * needs, and what it changed. Takes root's rights.
 */
export async function installedPackages(
  root: FullMachineRoot,
  packages: readonly string[],
  work: string,
): Promise<string[]> {
  const [system, changes] = [join(work, "system"), join(work, "changes.cpio")];
  await mkdir(system);
  for (const archive of [root.archive, root.packageTools])
    await runProgram("sh", ["-c", 'cpio --quiet -idmu <"$1"', "sh", archive], { cwd: system });
  const stamp = join(work, "stamp");
  await runProgram("touch", [stamp]);
  await mkdir(join(system, "lab"), { recursive: true });
  for (const file of packages) {
    await runProgram("cp", [file, join(system, "lab")]);
    await runProgram("chroot", [system, "dpkg", "--install", `/lab/${basename(file)}`]);
  }
  // Directories that hold something new among them; what is older comes from the root's own archive.
  const older = 'find . -mindepth 1 ! -cnewer "$1" ! -type d -delete';
  await runProgram("sh", ["-c", older, "sh", stamp], { cwd: system });
  await runProgram("sh", ["-c", "find . -mindepth 1 -type d -empty -delete"], { cwd: system });
  await packArchive(system, changes, true);
  return [root.packageTools, changes];
}
