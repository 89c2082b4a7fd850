import { createReadStream } from "node:fs";
import { chmod, cp, mkdir, open, stat, writeFile, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { runProgram } from "../host/host-programs.ts";

/**
 * A file for the guest: its text (executable when it begins with `#!`), its content with a mode, or a
 * file or directory of the host, copied with its modes and with symbolic links followed.
 */
export type GuestFile =
  | string
  | { readonly content: string | Uint8Array; readonly mode?: number }
  | { readonly from: string };

/** The kernel wants each archive behind another one to start on a multiple of 4; cpio itself pads to this. */
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

/** Writes the archives one behind the other; the kernel unpacks them in this order, later files win. */
export async function concatenateArchives(archives: readonly string[], target: string): Promise<void> {
  const file = await open(target, "w");
  try {
    for (const archive of archives) await appendAligned(file, archive);
  } finally {
    await file.close();
  }
}

async function appendAligned(file: FileHandle, archive: string): Promise<void> {
  await pipeline(createReadStream(archive, { highWaterMark: 1 << 20 }), async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) await file.write(chunk);
  });
  const excess = (await stat(archive)).size % ARCHIVE_ALIGNMENT_BYTES;
  if (excess > 0) await file.write(Buffer.alloc(ARCHIVE_ALIGNMENT_BYTES - excess));
}
