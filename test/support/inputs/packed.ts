import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Compression } from "../../../src/parse/archive/file-format.ts";
import { whyMissing } from "../running/programs.ts";

/** The ways of packing, and why one cannot be tested here. */
export const packings: readonly { readonly compression: Compression; readonly why: string | null }[] = (
  ["gzip", "xz", "zstd", "bzip2"] as const
).map((compression) => ({
  compression,
  why: compression === "gzip" ? null : whyMissing(compression),
}));

export function packed(compression: Compression, text: string | Buffer): Buffer {
  return compression === "gzip"
    ? gzipSync(text)
    : execFileSync(compression, ["-c"], { input: text, maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "ignore"] });
}

/** Lines that do not pack to nothing, as a log's. */
export function logLines(count: number): string {
  return Array.from(
    { length: count },
    (_, index) =>
      `[${(index * 0.000_731).toFixed(6).padStart(12)}] line ${index} of ${((index * 2_654_435_761) % 4_294_967_296).toString(16)}\n`,
  ).join("");
}

/** The files and pipes that this process has open, and its children. */
export function openThings(): readonly string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === process.pid);
  const descriptors = readdirSync("/proc/self/fd").map((fd) => `${fd} ${linkOf(`/proc/self/fd/${fd}`)}`);
  // A socket without a name may be of the test's own runner; those to children go with them.
  return [
    ...descriptors.filter((text) => / (?:\/(?!proc\/|dev\/)|pipe:)/.test(text)),
    ...pids.map((pid) => `child ${pid}`),
  ];
}

function parentOf(pid: string): number | null {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
  } catch {
    return null;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
