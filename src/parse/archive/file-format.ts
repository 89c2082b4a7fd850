import { membersOf } from "../../core/base/members.ts";
import { isTarHeader } from "./tar-header.ts";

/** How a file is packed, by its first bytes: names may be wrong, and data from a pipe has none. */
export type FileFormat = Compression | "tar" | "journal" | "foreign-archive" | "no-log" | "text";
export type Compression = "gzip" | "xz" | "zstd" | "bzip2";

/** As many first bytes as the longest of the answers needs: a tar header. */
export const headBytes = 512;

/**
 * RFC 1952 section 2.3 (with deflate, the one method there is), xz-file-format section 2.1.1.1, RFC 8878 section 3.1.1,
 * bzip2's head and the number of its first block or of its end, systemd's JOURNAL_FILE_FORMAT; zip, 7z, lz4 and rar are
 * named only to be refused.
 */
const magics: Readonly<Record<Exclude<FileFormat, "tar" | "no-log" | "text">, readonly Buffer[]>> = {
  gzip: [bytes("1f8b08")],
  xz: [bytes("fd377a585a00")],
  zstd: [bytes("28b52ffd")],
  bzip2: Array.from("123456789", (level) =>
    [bytes("314159265359"), bytes("177245385090")].map((next) => Buffer.concat([Buffer.from(`BZh${level}`), next])),
  ).flat(),
  journal: [Buffer.from("LPKSHHRH")],
  "foreign-archive": [bytes("504b0304"), bytes("377abcaf271c"), bytes("04224d18"), bytes("526172211a07")],
};

/**
 * What people name by mistake, with the way to a log where there is one: ELF (elf(5)) and what a kernel's crash leaves
 * in that form, trace-cmd.dat(5), perf's data, and what graphical programs save. Read as lines, any of them holds text
 * that may look like a log's.
 */
const noLogs: readonly (readonly [what: string, ...magics: readonly Buffer[]])[] = [
  ["a program or a core dump (ELF); 'makedumpfile --dump-dmesg' takes the log out of a vmcore", bytes("7f454c46")],
  ["a crash dump; 'makedumpfile --dump-dmesg' takes the log out of it", Buffer.from("KDUMP   ")],
  ["a recording of trace-cmd; 'trace-cmd report' prints it as text", bytes("170844747261636966")],
  ["a recording of perf; 'perf script' prints it as text", Buffer.from("PERFILE2")],
  ["an RPM package", bytes("edabeedb")],
  ["a deb package or a library of objects", Buffer.from("!<arch>\n")],
  ["a picture; a log is needed as text", bytes("89504e470d0a1a0a"), bytes("ffd8ff"), Buffer.from("GIF8")],
  ["a PDF document; a log is needed as text", Buffer.from("%PDF-")],
  ["a database (SQLite)", Buffer.from("SQLite format 3\0")],
];

export function formatOf(head: Buffer): FileFormat {
  const format = membersOf(magics).find((name) => startsWithOneOf(head, magics[name]));
  if (format !== undefined) return format;
  if (noLogKind(head) !== null) return "no-log";
  return isTarHeader(head) ? "tar" : "text";
}

export function isCompression(format: FileFormat): format is Compression {
  return format === "gzip" || format === "xz" || format === "zstd" || format === "bzip2";
}

/** What a file is that is no log, in words; null: it may be one. */
export function noLogKind(head: Buffer): string | null {
  return noLogs.find(([, ...starts]) => startsWithOneOf(head, starts))?.[0] ?? null;
}

function startsWithOneOf(head: Buffer, starts: readonly Buffer[]): boolean {
  return starts.some((start) => head.subarray(0, start.length).equals(start));
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}
