import { openToRead } from "../../platform/confined.ts";
import { fs, join } from "../../platform/builtins.ts";
import type { Evidence } from "../../core/evidence.ts";
import { parseKernelMessage } from "../../parse/kernel-log/kernel-messages.ts";
import {
  joinFragments,
  type KmsgRecord,
  kernelFacility,
  parseKmsgRecord,
  splitKmsgRecords,
} from "../../parse/kernel-log/kmsg.ts";
import { errnoOf, isDenied, isDry, isOverrun } from "../../platform/errno.ts";
import { attempt, readBytes } from "../../platform/pseudo-file.ts";
import { type Drained, type Follower, type Host, type Observation, type Source, unable } from "../source.ts";

/**
 * The kernel log as the kernel keeps it: one record a read, numbered, from the oldest that the ring still holds.
 * Records of another facility than the kernel's were written by user space, and are not believed.
 */
export const kmsg: Source = {
  name: "kmsg",
  reads: "records of facility kern in /dev/kmsg",
  needs: "CAP_SYSLOG, or kernel.dmesg_restrict=0",
  without: "the exact moment of readiness, early uses, reseeds",
  schedule: "once",
  observe(host) {
    const opened = open(host);
    if ("health" in opened) return opened;
    opened.close();
    return opened.first;
  },
  follow(host) {
    const opened = host.roots.live ? open(host) : null;
    return opened === null || "health" in opened ? null : opened;
  },
};

/**
 * More than the kernel ever writes for one record (CONSOLE_EXT_LOG_MAX, PRINTK_MESSAGE_MAX); too small a buffer is
 * EINVAL.
 */
const recordBytes = 16 * 1024;
/** The largest ring that a kernel can be given is smaller (log_buf_len=). */
const copyBytes = 1 << 28;
/** Records taken in one go, more than a ring holds; so a writer that never stops cannot keep the daemon here. */
const recordsPerDrain = 200_000;

function open({ roots, now }: Host): Follower | Observation {
  const path = join(roots.dev, "kmsg");
  const opened = attempt(() => openToRead(path, fs.constants.O_NONBLOCK));
  switch (opened.kind) {
    case "absent":
      return unable("absent", `'${path}' is not there`);
    case "denied":
      return unable("denied", `Cannot read '${path}': needs CAP_SYSLOG or kernel.dmesg_restrict=0`);
    case "failed":
      return unable("failed", `Cannot open '${path}': ${opened.errno}`);
    case "ok":
      break;
  }
  const fd = opened.value;
  // In a folder that stands for a host it is a file, with all records in one read.
  const isDevice = fs.fstatSync(fd).isCharacterDevice();
  const buffer = Buffer.allocUnsafe(recordBytes);
  return { first: isDevice ? drain() : copied(), fd, drain, close: () => fs.closeSync(fd) };

  function drain(): Drained {
    const records: KmsgRecord[] = [];
    for (let count = 0; count < recordsPerDrain;) {
      const read = readRecord(fd, buffer);
      if (read.kind === "dry") break;
      if (read.kind === "overrun") continue;
      if (read.kind !== "record") {
        return {
          health: read.kind,
          detail: `Cannot read '${path}': ${read.reason}`,
          evidence: evidenceOf(records, now()),
          more: false,
        };
      }
      count++;
      const record = parseKmsgRecord(read.raw);
      if (record !== null) records.push(record);
    }
    return { health: "ok", detail: null, evidence: evidenceOf(records, now()), more: true };
  }

  function copied(): Observation {
    const read = fs.fstatSync(fd).isFile()
      ? readBytes(path, copyBytes)
      : ({ kind: "failed", errno: "neither a device nor a file" } as const);
    if (read.kind !== "ok")
      return unable(read.kind, `Cannot read '${path}'${read.kind === "failed" ? `: ${read.errno}` : ""}`);
    const records = splitKmsgRecords(read.value.toString("utf8")).map(parseKmsgRecord);
    const good = records.filter((record) => record !== null);
    const bad = records.length - good.length;
    return {
      health: "ok",
      detail: bad === 0 ? null : `${bad} records could not be read`,
      evidence: evidenceOf(good, now()),
    };
  }
}

type RecordRead =
  | { readonly kind: "record"; readonly raw: string }
  /** Nothing more now, or records lost before this read. */
  | { readonly kind: "dry" }
  | { readonly kind: "overrun" }
  | { readonly kind: "denied" | "failed"; readonly reason: string };

function readRecord(fd: number, buffer: Buffer): RecordRead {
  try {
    return { kind: "record", raw: buffer.toString("utf8", 0, fs.readSync(fd, buffer)) };
  } catch (error) {
    if (isDry(error)) return { kind: "dry" };
    if (isOverrun(error)) return { kind: "overrun" };
    if (isDenied(error)) return { kind: "denied", reason: "needs CAP_SYSLOG or kernel.dmesg_restrict=0" };
    return { kind: "failed", reason: errnoOf(error) ?? String(error) };
  }
}

function evidenceOf(records: readonly KmsgRecord[], readAt: number): readonly Evidence[] {
  const evidence: Evidence[] = [];
  for (const stretch of stretchesOf(records)) {
    const [first, last] = [stretch[0], stretch.at(-1)];
    if (first === undefined || last === undefined) continue;
    evidence.push({
      kind: "log-coverage",
      firstSeq: first.seq,
      firstAt: first.at,
      lastSeq: last.seq,
      lastAt: last.at,
      readAt,
    });
    for (const { facility, fragment, text, seq, at } of joinFragments(stretch)) {
      // The rest of a line has no meaning without its start.
      const message = facility === kernelFacility && fragment !== "more" ? parseKernelMessage(text) : null;
      if (message !== null) evidence.push({ kind: "message", at, seq, line: null, message });
    }
  }
  return evidence;
}

/** A hole in the numbers is a loss, whether the kernel returned EPIPE or not. */
function stretchesOf(records: readonly KmsgRecord[]): readonly (readonly KmsgRecord[])[] {
  const stretches: KmsgRecord[][] = [];
  let last: KmsgRecord | null = null;
  for (const record of records) {
    if (last === null || record.seq !== last.seq + 1) stretches.push([]);
    stretches.at(-1)?.push(record);
    last = record;
  }
  return stretches;
}
