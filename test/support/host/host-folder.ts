import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Evidence } from "../../../src/core/evidence.ts";
import { errnoOf } from "../../../src/platform/errno.ts";
import { attempt } from "../../../src/platform/pseudo-file.ts";
import type { Libc } from "../../../src/platform/libc.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import type { Host, Observation } from "../../../src/sources/source.ts";

/** What is at a path: a file with this content, a folder where a file should be, or a file that may not be read. */
export type Entry = string | Uint8Array | typeof aFolder | typeof denied;
export const aFolder = Symbol("a folder");
export const denied = Symbol("denied");

/**
 * A folder of its own for a test, removed after it. Not for concurrent tests: which of them runs, onTestFinished()
 * cannot know.
 */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A temporary folder that looks like a host. */
export function hostFolder(files: Readonly<Record<string, Entry>> = {}): string {
  const top = temporaryFolder();
  for (const [path, entry] of Object.entries(files)) {
    const full = join(top, path);
    mkdirSync(entry === aFolder ? full : dirname(full), { recursive: true });
    if (entry === denied) makeDenied(full);
    else if (entry !== aFolder) writeFileSync(full, entry);
  }
  return top;
}

/** Such a host. With `libc` it stands for this machine: there is a kernel to ask. */
export function hostOf(files: Readonly<Record<string, Entry>>, libc: Libc | null = null): Host {
  const roots = { ...rootsBelow(hostFolder(files)), live: libc !== null };
  return {
    roots,
    libc,
    libcProblem: libc === null ? "the test has none" : null,
    now: () => 42.5,
    printkAhead: () => null,
  };
}

/** A C library whose getrandom() answers so: null for success, else the errno's name. */
export function libcAnswering(errno: string | null, asked?: () => void): Libc {
  return {
    getrandomNonblock() {
      asked?.();
      return errno;
    },
    poll: () => Promise.reject(new Error("not to be called")),
    eventfd: () => null,
    onProcessor: () => null,
    readOnce(path, into) {
      const read = attempt(() => {
        const fd = openSync(path, "r");
        try {
          return readSync(fd, into);
        } finally {
          closeSync(fd);
        }
      });
      return read.kind === "ok" ? read.value : { absent: "ENOENT", denied: "EACCES", failed: "EIO" }[read.kind];
    },
    readInTime: () => "ENOSYS",
    dropCapabilities: () => "ENOSYS",
    forgetPages: () => "ENOSYS",
    peerUser: () => null,
    sendDatagram: () => "ENOSYS",
    lock: () => null,
    sendSealed: () => "ENOSYS",
  };
}

/** The one piece of evidence that an observation is to have. */
export function onlyEvidence({ health, detail, evidence }: Observation): Evidence {
  const [one, ...more] = evidence;
  if (health !== "ok" || detail !== null || one === undefined || more.length > 0)
    throw new Error(`not one piece of evidence: ${health}, ${detail}, ${JSON.stringify(evidence)}`);
  return one;
}

/**
 * sysctl files of mode 0200 answer EACCES to root as well (proc_sys_permission()): root's tests meet a real denial by a
 * link to one.
 */
export const writeOnly = "/proc/sys/vm/drop_caches";

/** Why no file can be made that this user may not read; null where one can. */
export const whyNothingIsDenied: string | null =
  isDeniedToUs(writeOnly) || process.getuid?.() !== 0 ? null : `root may read '${writeOnly}' here`;

function makeDenied(path: string): void {
  if (isDeniedToUs(writeOnly)) symlinkSync(writeOnly, path);
  else {
    writeFileSync(path, "");
    chmodSync(path, 0);
  }
}

function isDeniedToUs(path: string): boolean {
  try {
    closeSync(openSync(path, "r"));
    return false;
  } catch (error) {
    return errnoOf(error) === "EACCES";
  }
}
