import { accessSync } from "node:fs";
import { DEBIAN_KEYRING } from "./host/apt.ts";
import { findProgram, hasCode } from "./host/host-programs.ts";

/** The machines of the lab: a shell as PID 1 (boot.ts), or systemd (full-machine.ts), which asks for more. */
export type LabMachine = "micro" | "full";

/** Host programs, and the Debian package that each comes from. */
const PROGRAMS: Readonly<Record<LabMachine, Readonly<Record<string, string>>>> = {
  micro: {
    "qemu-system-x86_64": "qemu-system-x86",
    busybox: "busybox-static",
    cpio: "cpio",
    dpkg: "dpkg",
    "apt-get": "apt",
    ldd: "libc-bin",
    xz: "xz-utils",
    cc: "gcc libc6-dev",
  },
  full: { debootstrap: "debootstrap", systemctl: "systemd" },
};

/**
 * Why a suite that boots this machine cannot run here, in one line, or null when it can. Suites pass it to
 * `describe.skipIf` and print it.
 */
export function skipReason(machine: LabMachine = "micro"): string | null {
  if (process.platform !== "linux" || process.arch !== "x64") return "the VM suites need Linux on x86-64";
  const lacking = absent(machine);
  if (lacking.length > 0) {
    const names = lacking.map(({ name }) => name).join(", ");
    return `the VM suites need ${names} (apt-get install ${lacking.map(({ from }) => from).join(" ")})`;
  }
  if (machine === "full" && process.getuid?.() !== 0) return "the suites on a full machine need root (debootstrap)";
  return null;
}

interface Requirement {
  readonly name: string;
  readonly from: string;
}

function absent(machine: LabMachine): Requirement[] {
  const programs = { ...PROGRAMS.micro, ...(machine === "full" ? PROGRAMS.full : {}) };
  const lacking = Object.entries(programs)
    .filter(([name]) => findProgram(name) === null)
    .map(([name, from]) => ({ name, from }));
  // Without Debian's keys nothing that is downloaded could be trusted, and root runs a part of it.
  if (!isThere(DEBIAN_KEYRING)) lacking.push({ name: DEBIAN_KEYRING, from: "debian-archive-keyring" });
  return lacking;
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}
