import { createHash } from "node:crypto";
import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { packArchive, stageFile } from "./archive.ts";
import { cached } from "../host/cache.ts";
import { findProgram, runProgram } from "../host/host-programs.ts";
import { dependenciesIdentity, stageDependencies } from "./project-files.ts";
import { fileIdentity, stageProgram } from "./shared-libraries.ts";

/** Where Node lies in every guest, whatever it was on the host. */
const GUEST_NODE = "/usr/bin/node";

/** Directories of a merged system that other places link to. */
const MERGED = ["bin", "sbin", "lib", "lib64"];

/** An archive with the micro machine's directories and all of busybox's programs; the path of the cached file. */
export async function busyboxLayer(): Promise<string> {
  const busybox = findProgram("busybox");
  if (busybox === null)
    throw new Error("Cannot make the micro machine: busybox is missing (apt-get install busybox-static)");
  return await layer("busybox", await fileIdentity(busybox), async (root) => {
    await stageProgram(root, busybox, "/usr/bin/busybox");
    for (const name of MERGED) {
      await mkdir(join(root, "usr", name), { recursive: true });
      await symlink(`usr/${name}`, join(root, name));
    }
    for (const name of ["dev", "proc", "sys", "run", "tmp", "root", "var/lib"])
      await mkdir(join(root, name), { recursive: true });
    const applets = (await runProgram(busybox, ["--list"])).trim().split("\n");
    for (const applet of applets) {
      if (applet !== "busybox") await symlink("busybox", join(root, "usr/bin", applet));
    }
    await stageFile(root, "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    await stageFile(root, "/etc/group", "root:x:0:\n");
  });
}

/** What a layer lies upon: its libraries must not be replaced by the host's, which may be older. */
export interface LayerBase {
  readonly identity: string;
  /** File names of the libraries that are there already. */
  readonly libraries: ReadonlySet<string>;
}

/** An archive with a host's `node` and those of its libraries that the base lacks; the path of the cached file. */
export async function nodeLayer(
  node: string,
  base: LayerBase = { identity: "", libraries: new Set() },
): Promise<string> {
  return await layer("node", `${await fileIdentity(node)}${base.identity}`, (root) =>
    stageProgram(root, node, GUEST_NODE, base.libraries),
  );
}

/** An archive with the packages that crngwatch needs when it runs; the path of the cached file. */
export async function dependenciesLayer(project: string): Promise<string> {
  return await layer("dependencies", await dependenciesIdentity(project), (root) => stageDependencies(root, project));
}

/** Packs what `stage` puts below its root, once per `identity`. */
async function layer(kind: string, identity: string, stage: (root: string) => Promise<void>): Promise<string> {
  const key = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  const entry = await cached(`${kind}-${key}`, async (directory) => {
    const root = join(directory, "root");
    await mkdir(root);
    await stage(root);
    await packArchive(root, join(directory, "archive.cpio"));
    await rm(root, { recursive: true });
  });
  return join(entry, "archive.cpio");
}
