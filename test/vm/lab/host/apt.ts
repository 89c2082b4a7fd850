import { access, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, runProgram } from "./host-programs.ts";

/** Debian's own signing keys; without them nothing is downloaded (requirements.ts asks for the package). */
export const DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Asked when this host's own sources name no mirror that has the suite. */
const PUBLIC_MIRROR = "http://deb.debian.org/debian";

/** Where a suite goes when its support ends. */
const ARCHIVE_MIRROR = "http://archive.debian.org/debian";

/** An apt of our own: its lists, its cache and its sources lie in a directory, and nothing of the host's is touched. */
export interface PrivateApt {
  readonly suite: string;
  readonly mirror: string;
  /** Runs `apt-get` or `apt-cache` with the private state; resolves to its standard output. */
  run(program: "apt-get" | "apt-cache", args: readonly string[], cwd?: string): Promise<string>;
}

/**
 * Prepares apt for one suite under `directory` and reads the suite's package list. Tries this host's own
 * mirror first, then Debian's public one and its archive; throws the first mirror's complaint when none has the suite.
 */
export async function openApt(suite: string, directory: string): Promise<PrivateApt> {
  const failures: unknown[] = [];
  for (const mirror of await mirrors()) {
    const apt = await prepare(suite, mirror, directory);
    try {
      await apt.run("apt-get", ["update", "-qq", "-o", "APT::Update::Error-Mode=any"]);
      return apt;
    } catch (error) {
      failures.push(error);
    }
  }
  const tried = (await mirrors()).join(", ");
  throw new Error(
    `Cannot read the package list of Debian ${suite} from ${tried}: check the network, or fill the cache on another host`,
    {
      cause: failures[0],
    },
  );
}

/** Debian mirrors in the order in which to ask them: those of this host's apt sources come first. */
export async function mirrors(): Promise<string[]> {
  const found = (await sourcesText()).matchAll(
    /^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(https?:\/\/\S+\/debian)\/?(?=\s|$)/gm,
  );
  return [...new Set([...[...found].map((match) => match[1] ?? PUBLIC_MIRROR), PUBLIC_MIRROR, ARCHIVE_MIRROR])];
}

async function prepare(suite: string, mirror: string, directory: string): Promise<PrivateApt> {
  const state = join(directory, "state");
  await mkdir(join(state, "lists", "partial"), { recursive: true });
  await mkdir(join(directory, "cache", "archives", "partial"), { recursive: true });
  await mkdir(join(directory, "preferences.d"), { recursive: true });
  const sources = join(directory, "sources.list");
  await writeFile(sources, `deb [signed-by=${DEBIAN_KEYRING}] ${mirror} ${suite} main\n`);
  await writeFile(join(state, "status"), "");
  const options = [
    `Dir::Etc::SourceList=${sources}`,
    "Dir::Etc::SourceParts=/dev/null",
    "Dir::Etc::Preferences=/dev/null",
    `Dir::Etc::PreferencesParts=${join(directory, "preferences.d")}`,
    `Dir::State=${state}`,
    `Dir::State::Lists=${join(state, "lists")}`,
    `Dir::State::status=${join(state, "status")}`,
    `Dir::Cache=${join(directory, "cache")}`,
    "Acquire::Languages=none",
    // The user _apt may not be allowed into the cache; everything downloaded is verified all the same.
    "APT::Sandbox::User=root",
    "APT::Architecture=amd64",
    "APT::Architectures=amd64",
  ].flatMap((option) => ["-o", option]);
  return {
    suite,
    mirror,
    run: (program, args, cwd) => runProgram(program, [...options, ...args], cwd === undefined ? {} : { cwd }),
  };
}

/** All apt sources of this host, both formats, in one text; empty where there is no apt configuration. */
async function sourcesText(): Promise<string> {
  const parts = "/etc/apt/sources.list.d";
  const texts: string[] = [];
  for (const path of ["/etc/apt/sources.list", ...(await namesIn(parts)).map((name) => join(parts, name))]) {
    try {
      await access(path);
      texts.push(await readFile(path, "utf8"));
    } catch (error) {
      if (!hasCode(error, "ENOENT", "EACCES")) throw error;
    }
  }
  return texts.join("\n");
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => /\.(list|sources)$/.test(name)).toSorted();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}
