import { chmod, cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runProgram } from "../host/host-programs.ts";

/**
 * A file for the guest: its text (executable when it begins with `#!`), its content with a mode, or a
 * file or directory of the host, copied with its modes and with symbolic links followed.
 */
export type GuestFile =
  | string
  | { readonly content: string | Uint8Array; readonly mode?: number }
  | { readonly from: string };

/** The kernel wants each archive after another one to start on a multiple of 4; cpio itself pads to this. */
const ARCHIVE_ALIGNMENT_BYTES = 512;

/**
 * Where a path lies in a guest. Guests are merged: `/bin`, `/lib` and the like are links into `/usr`, and an
 * archive that names one of them as a directory would make the kernel replace the link.
 */
function guestPath(path: string): string {
  return path.replace(/^\/(?=(?:bin|sbin|lib|lib64)\/)/, "/usr/");
}

/** Puts one file below `root`, which stands for the guest's `/`. `path` is absolute in the guest. */
export async function stageFile(root: string, path: string, file: GuestFile): Promise<void> {
  if (!path.startsWith("/")) throw new Error(`Cannot give the guest the file '${path}': the path must be absolute`);
  const target = join(root, guestPath(path));
  await mkdir(dirname(target), { recursive: true });
  if (typeof file === "object" && "from" in file) {
    await cp(file.from, target, { recursive: true, dereference: true, preserveTimestamps: true });
    return;
  }
  const content = typeof file === "string" ? file : file.content;
  const mode = typeof file === "string" ? undefined : file.mode;
  await writeFile(target, content);
  await chmod(target, mode ?? (typeof content === "string" && content.startsWith("#!") ? 0o755 : 0o644));
}

/**
 * Packs everything below `root` into `archive` in the format of an initramfs. All files become root's, unless
 * `keepOwners` is set (which takes root's rights to have staged them).
 */
export async function packArchive(root: string, archive: string, keepOwners = false): Promise<void> {
  const owner = keepOwners ? "" : "--owner=+0:+0";
  // Sorted, so that a directory comes before what it holds; without pipefail a failing find shows as an empty archive.
  const command = `find . -mindepth 1 | LC_ALL=C sort | cpio --quiet --create --format=newc ${owner} --file="$1"`;
  await runProgram("sh", ["-c", command, "sh", archive], { cwd: root });
}

/**
 * Writes the archives one after the other; the kernel unpacks them in this order, later files win. By cat, which lets
 * the kernel copy: 180 MB cost 0.1 s of the processor, as a stream of Node's 0.5 s.
 */
export async function concatenateArchives(archives: readonly string[], target: string): Promise<void> {
  const padding = `head -c $(((${ARCHIVE_ALIGNMENT_BYTES} - $(stat -c %s "$archive") % ${ARCHIVE_ALIGNMENT_BYTES}) % ${ARCHIVE_ALIGNMENT_BYTES})) /dev/zero`;
  const command = `set -e; target=$1; shift; for archive; do cat "$archive"; ${padding}; done >"$target"`;
  await runProgram("sh", ["-c", command, "sh", target, ...archives]);
}
