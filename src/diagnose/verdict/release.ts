import { isFrom, kernelVersion } from "../../core/base/kernel-version.ts";
import type { BootRecord } from "../../core/boot-record.ts";

/** A moment of the boot as the log gives it. */
export interface Point {
  readonly at: number | null;
  readonly line: number | null;
}

/**
 * Whether getrandom(2) returns once "fast init done" is printed, as far as the kernel's version line shows: on Ubuntu
 * kernels before the rewrite (one that prints "fast init done" is one), on mainline 4.8 to 4.16 before the fix of
 * CVE-2018-1108, and on RHEL 7. Stable fixes: 4.14.36, 4.16.4, 4.9.96. Unknown kernels: false. Debian's release
 * ("4.9.0-11-amd64") lacks the stable number, which its version line has ("Debian 4.9.189-3+deb9u2").
 */
function fastInitReleases({ kernel, earlyInit }: Pick<BootRecord, "kernel" | "earlyInit">): boolean {
  if (earlyInit === null || kernel.release === null) return false;
  const version = kernel.version ?? "";
  if (/-Ubuntu\b/.test(version)) return true;
  const ofDebian = /\bDebian (\d{1,3}\.\d{1,3}(?:\.\d{1,4})?)/.exec(version)?.[1];
  if (ofDebian === undefined && /^4\.\d{1,3}\.0-\d{1,3}-/.test(kernel.release)) return false;
  const [, major, minor, patch] = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,4}))?/.exec(ofDebian ?? kernel.release) ?? [];
  const [x, y, z] = [Number(major), Number(minor), Number(patch ?? 0)];
  if (x === 3 && y === 10) return /\.el7/.test(kernel.release);
  if (x !== 4) return false;
  const fixedIn: Readonly<Record<number, number>> = { 9: 96, 14: 36, 16: 4 };
  return y >= 8 && y <= 16 && z < (fixedIn[y] ?? Infinity);
}

/**
 * Whether the kernel is older than getrandom(2) (3.17): no program can wait for its nonblocking pool. RHEL 7 has the
 * system call in a 3.10 kernel.
 */
export function hasNoGetrandom({ kernel }: Pick<BootRecord, "kernel">): boolean {
  const version = kernelVersion(kernel.release);
  return version !== null && !/\.el7/.test(kernel.release ?? "") && !isFrom(version, 3, 17);
}

/** From when on callers of getrandom(2) were let through, and the line that shows it. Null: not shown. */
export function releaseOf(record: BootRecord): (Point & { readonly by: "ready" | "fast-init" }) | null {
  const { readiness, earlyInit } = record;
  if (earlyInit !== null && fastInitReleases(record))
    return { at: earlyInit.at, line: earlyInit.line, by: "fast-init" };
  if (readiness.level !== "ready") return null;
  return { at: readiness.readyAt ?? readiness.notAfter, line: readiness.line, by: "ready" };
}
