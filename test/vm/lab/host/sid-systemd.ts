import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Ended, run } from "../../../support/running/program.ts";
import { openApt } from "./apt.ts";
import { cached } from "./cache.ts";
import { runProgram } from "./host-programs.ts";

/**
 * The newest systemd, of Debian unstable, unpacked and not installed: its programs run on this host by their own
 * loader.
 */
export interface SidSystemd {
  /** A command line that runs the program at this path of the packages. */
  readonly command: (path: string, ...words: readonly string[]) => readonly [string, ...string[]];
  readonly run: (
    path: string,
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ) => Promise<Ended>;
}

const packages = ["systemd", "systemd-report"];

/** Downloads and unpacks it with all its libraries, once: afterwards it comes from the cache, without the network. */
export async function fetchSidSystemd(): Promise<SidSystemd> {
  const root = join(await cached("systemd-sid", download), "root");
  const libraries = join(root, "usr/lib/x86_64-linux-gnu");
  const command = (path: string, ...words: readonly string[]): readonly [string, ...string[]] => [
    join(root, "usr/lib64/ld-linux-x86-64.so.2"),
    "--library-path",
    `${libraries}:${libraries}/systemd`,
    join(root, path),
    ...words,
  ];
  return {
    command,
    run(path, words, environment = {}) {
      const [program, ...rest] = command(path, ...words);
      return run(program, rest, { env: { ...process.env, ...environment } });
    },
  };
}

async function download(directory: string): Promise<void> {
  const [work, root] = [join(directory, "work"), join(directory, "root")];
  await mkdir(work);
  await mkdir(root);
  const apt = await openApt("sid", work);
  await apt.run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "--download-only", ...packages], work);
  const archives = join(work, "cache/archives");
  for (const name of await readdir(archives)) {
    if (name.endsWith(".deb")) await runProgram("dpkg", ["-x", join(archives, name), root]);
  }
  await rm(work, { recursive: true });
}
