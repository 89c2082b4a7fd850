import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openApt, type PrivateApt } from "./host/apt.ts";
import { cached } from "./host/cache.ts";
import { hasCode, runProgram } from "./host/host-programs.ts";

/**
 * The kernels that the project proves itself on: one of each era of random.c that a living distribution still ships.
 */
export type KernelSeries = "5.10" | "6.1" | "6.12" | "7.2";

/** A kernel unpacked on the host; nothing of it is installed. */
export interface Kernel {
  readonly series: KernelSeries;
  /** What `uname -r` says. Debian unstable moves on, so "7.2" may be something newer. */
  readonly release: string;
  /** Path of the bzImage. */
  readonly image: string;
  /** Path of `lib/modules/<release>`, or null where the packages hold none. */
  readonly modules: string | null;
}

/** Debian's release with the kernel of each series. The cloud flavour is the smallest and boots the fastest. */
const SUITES: Readonly<Record<KernelSeries, string>> = {
  "5.10": "bullseye",
  "6.1": "bookworm",
  "6.12": "trixie",
  "7.2": "sid",
};

const METAPACKAGE = "linux-image-cloud-amd64";

/**
 * The packages that hold the kernel and its modules: up to trixie both are in `linux-image-<release>`;
 * in sid that one is empty, `linux-binary-<release>` and `linux-modules-<release>` hold them, and
 * `linux-base-<release>` the list of what is built in.
 */
const KERNEL_PACKAGE = /^linux-(?:base|image|binary|modules)-\d\S*$/;

/** Downloads and unpacks a kernel, once: afterwards it comes from the cache, without the network. */
export async function fetchKernel(series: KernelSeries): Promise<Kernel> {
  const entry = await cached(`kernel-${series}`, (directory) => downloadKernel(series, directory));
  const release = (await readFile(join(entry, "release"), "utf8")).trim();
  const modules = join(entry, "modules", release);
  return { series, release, image: join(entry, "vmlinuz"), modules: (await isDirectory(modules)) ? modules : null };
}

async function downloadKernel(series: KernelSeries, directory: string): Promise<void> {
  const work = join(directory, "work");
  const root = join(work, "root");
  await mkdir(root, { recursive: true });
  const apt = await openApt(SUITES[series], work);
  const packages = await kernelPackages(apt);
  await apt.run("apt-get", ["download", "-qq", ...packages], work);
  for (const name of await readdir(work)) {
    if (name.endsWith(".deb")) await runProgram("dpkg", ["-x", join(work, name), root]);
  }
  const files = await readdir(root, { recursive: true });
  const image = files.find((file) => /(^|\/)vmlinuz(-[^/]+)?$/.test(file));
  if (image === undefined)
    throw new Error(`The packages ${packages.join(", ")} of Debian ${apt.suite} hold no vmlinuz`);
  // boot/vmlinuz-<release>, or usr/lib/modules/<release>/vmlinuz.
  const release = basename(image).replace(/^vmlinuz-?/, "") || basename(dirname(image));
  await rename(join(root, image), join(directory, "vmlinuz"));
  const modules = files.find((file) => file.endsWith(`lib/modules/${release}`));
  if (modules !== undefined) {
    await mkdir(join(directory, "modules"));
    await rename(join(root, modules), join(directory, "modules", release));
  }
  await writeFile(join(directory, "release"), `${release}\n`);
  await rm(work, { recursive: true });
}

/** What the metapackage depends on, directly or not, that is a part of a kernel. */
async function kernelPackages(apt: PrivateApt): Promise<string[]> {
  const only = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map((kind) => `--no-${kind}`);
  const listing = await apt.run("apt-cache", ["depends", "--recurse", ...only, METAPACKAGE]);
  const packages = listing.split("\n").filter((line) => KERNEL_PACKAGE.test(line));
  if (packages.length === 0)
    throw new Error(`The metapackage '${METAPACKAGE}' of Debian ${apt.suite} leads to no kernel package`);
  return packages;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    await readdir(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}
