import { membersOf } from "../../core/base/members.ts";
import { isTarHeader } from "./tar-header.ts";

/** How a file is packed, by its first bytes: names may be wrong, and data from a pipe has none. */
export type FileFormat = Compression | "tar" | "journal" | "foreign-archive" | "text";
export type Compression = "gzip" | "xz" | "zstd" | "bzip2";

/** As many first bytes as the longest of the answers needs: a tar header. */
export const headBytes = 512;

/**
 * RFC 1952 section 2.3 (with deflate, the one method there is), xz-file-format section 2.1.1.1, RFC 8878 section 3.1.1,
 * bzip2's head and the number of its first block or of its end, systemd's JOURNAL_FILE_FORMAT; zip, 7z, lz4 and rar are
 * named only to be refused.
 */
const magics: Readonly<Record<Exclude<FileFormat, "tar" | "text">, readonly Buffer[]>> = {
  gzip: [bytes("1f8b08")],
  xz: [bytes("fd377a585a00")],
  zstd: [bytes("28b52ffd")],
  bzip2: Array.from("123456789", (level) =>
    [bytes("314159265359"), bytes("177245385090")].map((next) => Buffer.concat([Buffer.from(`BZh${level}`), next])),
  ).flat(),
  journal: [Buffer.from("LPKSHHRH")],
  "foreign-archive": [bytes("504b0304"), bytes("377abcaf271c"), bytes("04224d18"), bytes("526172211a07")],
};

export function formatOf(head: Buffer): FileFormat {
  const format = membersOf(magics).find((name) =>
    magics[name].some((start) => head.subarray(0, start.length).equals(start)),
  );
  return format ?? (isTarHeader(head) ? "tar" : "text");
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}
