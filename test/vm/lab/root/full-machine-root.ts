import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { DEBIAN_KEYRING, mirrors } from "../host/apt.ts";
import { packArchive } from "./archive.ts";
import { cached } from "../host/cache.ts";
import { runProgram } from "../host/host-programs.ts";

/** Debian 12 with systemd 252, and Debian 13 with systemd 257. */
export type Suite = "bookworm" | "trixie";

/** The C++ library is there for Node, which comes from the host. */
const PACKAGES = ["systemd", "systemd-sysv", "udev", "dbus", "gpgv", "procps", "kmod", "libstdc++6"];

/** What dpkg and the packages' own scripts need; in an archive of its own, for the tests that install a package. */
const PACKAGE_TOOLS = ["var/lib/dpkg", "usr/lib/x86_64-linux-gnu/perl-base"];

/** What no test looks at: two thirds of the whole, and each MiB is copied in emulation at every boot. */
const SUPERFLUOUS = [
  ...["cache", "log", "lib/apt", "lib/dpkg"].map((name) => `var/${name}`),
  ...["bash-completion", "doc", "i18n", "info", "locale", "man", "perl5", "zoneinfo", "zsh"].map(
    (name) => `usr/share/${name}`,
  ),
  // The generators look for disks, swap and scripts of System V, and find none: a dozen programs before the first unit.
  ...["apt", "systemd/system-generators", "udev/hwdb.bin", "udev/hwdb.d"].map((name) => `usr/lib/${name}`),
  ...["gconv", "perl-base"].map((name) => `usr/lib/x86_64-linux-gnu/${name}`),
  // apt's daily jobs, a console's login, and what debootstrap took over from the host.
  ...["systemd/system/timers.target.wants", "systemd/system/getty.target.wants", "resolv.conf"].map(
    (name) => `etc/${name}`,
  ),
];

/** Logins on the consoles would write among the kernel's messages; no test logs in. */
const LOGINS = ["getty@.service", "serial-getty@.service", "console-getty.service"];

/** What an installed machine does once after an update, this one would do at every boot. */
const UPDATES = ["ldconfig.service", "systemd-hwdb-update.service", "systemd-journal-catalog-update.service"];

/**
 * Each unit costs about 0.2 s of an emulated boot; modules there are none, huge pages and message queues are not used,
 * users and device nodes are there already, the root is in memory and writable, and the journal stays in memory.
 */
const POINTLESS = [
  "dev-hugepages.mount",
  "dev-mqueue.mount",
  "run-lock.mount",
  "tmp.mount",
  "modprobe@.service",
  "systemd-modules-load.service",
  "systemd-sysctl.service",
  "systemd-sysusers.service",
  "systemd-user-sessions.service",
  "systemd-tmpfiles-setup-dev-early.service",
  "systemd-tmpfiles-setup-dev.service",
  "systemd-remount-fs.service",
  "systemd-journal-flush.service",
  "systemd-update-done.service",
];

const MASKED = [...LOGINS, ...UPDATES, ...POINTLESS];

/** Small files that make the root a machine of its own. */
const SETTINGS: Readonly<Record<string, string>> = {
  "etc/hostname": "lab\n",
  // With an empty one systemd takes this for a machine's very first boot and draws random bytes.
  "etc/machine-id": "6c61622d6372676e7761746368000000\n",
  "etc/systemd/journald.conf.d/lab.conf": "[Journal]\nStorage=volatile\n",
};

/** The root of the full machine, unpacked by every boot. */
export interface FullMachineRoot {
  /** The cached archive. */
  readonly archive: string;
  /** The archive that adds dpkg's state and what it needs to install a package. */
  readonly packageTools: string;
  /** File names of the libraries that it holds. */
  readonly libraries: ReadonlySet<string>;
  /** Changes whenever the root does. */
  readonly identity: string;
}

/** Installs Debian with systemd into an archive, once; takes a minute and root's rights. */
export async function fullMachineRoot(suite: Suite = "trixie"): Promise<FullMachineRoot> {
  const identity = createHash("sha256")
    .update(JSON.stringify([suite, PACKAGES, PACKAGE_TOOLS, SUPERFLUOUS, MASKED, SETTINGS]))
    .digest("hex")
    .slice(0, 16);
  const entry = await cached(`full-machine-${identity}`, (directory) => installRoot(suite, directory));
  const libraries = (await readFile(join(entry, "libraries"), "utf8")).split("\n");
  return {
    archive: join(entry, "archive.cpio"),
    packageTools: join(entry, "package-tools.cpio"),
    libraries: new Set(libraries),
    identity,
  };
}

async function installRoot(suite: Suite, directory: string): Promise<void> {
  const root = join(directory, "root");
  const [mirror = ""] = await mirrors();
  const options = [
    "--variant=minbase",
    `--include=${PACKAGES.join(",")}`,
    `--keyring=${DEBIAN_KEYRING}`,
    "--arch=amd64",
  ];
  await runProgram("debootstrap", [...options, suite, root, mirror]);
  const tools = join(directory, "tools");
  for (const path of PACKAGE_TOOLS) {
    await mkdir(join(tools, path, ".."), { recursive: true });
    await cp(join(root, path), join(tools, path), { recursive: true, verbatimSymlinks: true });
  }
  await packArchive(tools, join(directory, "package-tools.cpio"));
  await rm(tools, { recursive: true });
  for (const path of SUPERFLUOUS) await rm(join(root, path), { recursive: true, force: true });
  for (const [path, text] of Object.entries(SETTINGS)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
  }
  for (const unit of MASKED) await symlink("/dev/null", join(root, "etc/systemd/system", unit));
  const files = await readdir(join(root, "usr/lib"), { recursive: true });
  const libraries = files.map((file) => basename(file)).filter((name) => /\.so(\.|$)/.test(name));
  await writeFile(join(directory, "libraries"), `${libraries.join("\n")}\n`);
  await packArchive(root, join(directory, "archive.cpio"), true);
  await rm(root, { recursive: true });
}
