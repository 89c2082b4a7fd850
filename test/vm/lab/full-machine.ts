import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { stageFile } from "./root/archive.ts";
import { fullMachineRoot, type Suite } from "./root/full-machine-root.ts";
import { GUEST_RUNNER } from "./guest-shell.ts";
import { nodeOf, projectOf, runGuest, type GuestOptions } from "./guest.ts";
import { runProgram } from "./host/host-programs.ts";
import { installedPackages } from "./root/installed-packages.ts";
import { fetchKernel, type KernelSeries } from "./kernels.ts";
import { nodeLayer } from "./root/layers.ts";
import { shippedUnits } from "./root/project-files.ts";
import type { Transcript } from "./transcript.ts";
import { withWorkDirectory } from "./work-directory.ts";

/** The full machine: Debian with systemd as PID 1. */
export interface FullMachine extends GuestOptions {
  /** Default "trixie", Debian 13 with systemd 257. */
  readonly suite?: Suite;
  /** Debian packages of this host that are installed before the boot, as dpkg does; dpkg is in the guest, too. */
  readonly packages?: readonly string[];
  /** Archives (cpio, "newc") that are unpacked over the root. */
  readonly payload?: readonly string[];
  /** Default "6.12", the kernel of Debian 13. */
  readonly kernel?: KernelSeries;
  /**
   * Units to enable, as `systemctl enable` does: shipped by the project, or put into /etc/systemd/system by `files`.
   */
  readonly enable?: readonly string[];
  /** Units that are not to start, even if another unit asks for them. */
  readonly mask?: readonly string[];
  /** Whether udevd runs, as it does on a stock machine. Default false: it is a third of what systemd's start costs. */
  readonly udev?: boolean;
}

/**
 * The units of a stock boot that end the unready state by waiting for the CRNG: systemd-random-seed in
 * getrandom, dbus-daemon in a read of /dev/urandom, which leaves no trace in the log. To be masked
 * where the test itself is to bring the first waiter.
 */
export const SEEDING_UNITS: readonly string[] = [
  "systemd-random-seed.service",
  "dbus.service",
  "dbus.socket",
  "systemd-logind.service",
];

/** No rule of theirs has anything to do with what is tested. */
const UDEV_UNITS = [
  "systemd-udevd.service",
  "systemd-udevd-control.socket",
  "systemd-udevd-kernel.socket",
  "systemd-udev-trigger.service",
  "systemd-udev-load-credentials.service",
];

const UNIT_DIRECTORY = "/etc/systemd/system";

/**
 * Runs the script once multi-user.target is reached and then powers off without stopping anything. A simple
 * service, not a oneshot: systemd takes the boot for finished while the script runs, so systemd-analyze answers.
 */
const SCRIPT_UNIT = `[Unit]
Description=The lab's script
After=multi-user.target

[Service]
Type=simple
Environment=HOME=/root TERM=dumb LC_ALL=C
ExecStart=/bin/sh -c '${GUEST_RUNNER}; systemctl poweroff --force --force'

[Install]
WantedBy=multi-user.target
`;

const SCRIPT_UNIT_NAME = "lab-script.service";

/**
 * Boots Debian with systemd, with the project's units installed unchanged, runs the script when multi-user.target
 * is reached and powers off. Units that are stopped only by a shutdown (a daemon's SIGTERM) the script stops
 * itself. Throws like `boot`.
 */
export async function bootFullMachine(machine: FullMachine): Promise<Transcript> {
  const root = await fullMachineRoot(machine.suite);
  const node = nodeOf(machine);
  const kernel = await fetchKernel(machine.kernel ?? "6.12");
  return await withWorkDirectory(async (work) => {
    const installed = machine.packages === undefined ? [] : await installedPackages(root, machine.packages, work);
    return await runGuest(machine, kernel, {
      layers: [
        root.archive,
        ...(node === null ? [] : [await nodeLayer(node, root)]),
        ...installed,
        ...(machine.payload ?? []),
      ],
      stage: (directory) => stageSystem(machine, directory),
      // The kernel hands TERM on to PID 1, which then writes no colours to the console.
      commandLine: "rdinit=/usr/lib/systemd/systemd TERM=dumb",
      memoryMiB: 2_048,
      timeoutSeconds: 570,
    });
  });
}

async function stageSystem(machine: FullMachine, root: string): Promise<void> {
  const project = projectOf(machine);
  for (const unit of project === null ? [] : await shippedUnits(project)) {
    await stageFile(root, `${UNIT_DIRECTORY}/${unit}`, { from: join(project ?? "", "systemd", unit) });
  }
  await stageFile(root, `${UNIT_DIRECTORY}/${SCRIPT_UNIT_NAME}`, SCRIPT_UNIT);
  // The test's own units must be there before they can be enabled; the rest of its files come later.
  for (const [path, file] of Object.entries(machine.files ?? {})) {
    if (path.startsWith(`${UNIT_DIRECTORY}/`)) await stageFile(root, path, file);
  }
  await runProgram("systemctl", [`--root=${root}`, "enable", "--quiet", SCRIPT_UNIT_NAME, ...(machine.enable ?? [])]);
  for (const unit of [...(machine.mask ?? []), ...(machine.udev === true ? [] : UDEV_UNITS)]) {
    await mkdir(join(root, UNIT_DIRECTORY), { recursive: true });
    await symlink("/dev/null", join(root, UNIT_DIRECTORY, unit));
  }
}
