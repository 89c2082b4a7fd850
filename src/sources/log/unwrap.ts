import { type Compression, formatOf, headBytes, isCompression, noLogKind } from "../../parse/archive/file-format.ts";
import { documentStart, documentStartBytes } from "../../parse/log/boots-document.ts";
import { CannotDecompress, decompressed } from "../../platform/unpack/decompressed.ts";
import { escapeText } from "../../render/escape.ts";
import { journalFile } from "./journal.ts";
import { cutOff } from "./journal-files.ts";
import { failedInput, isWanted, journalInput, type LogInput, type Place, textInput } from "./place.ts";
import { cannotRead, LogUnreadable, quoted } from "./log-unreadable.ts";
import { logsInTarball } from "./tarball.ts";

/** `sos collect` makes as many layers: a compressed archive of compressed reports with compressed logs. */
const mostCompressions = 3;
const mostArchives = 2;

/**
 * The logs in a stream of bytes, whatever is wrapped around them. Each must be read, or left, before the next is
 * requested.
 */
export async function* logsIn(place: Place, chunks: AsyncIterable<Buffer>): AsyncGenerator<LogInput, void, undefined> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const first = await firstOf(source);
    const all = resumed(first, source);
    const format = formatOf(first.bytes.subarray(0, headBytes));
    if (place.onlySaved === true && format !== "text" && !isCompression(format)) return;
    switch (format) {
      case "text":
        if (place.onlySaved === true && !(isSaved(first.bytes) && isWanted(place.count))) return;
        yield textInput(place, all);
        return;
      case "gzip":
      case "xz":
      case "zstd":
      case "bzip2":
        if (place.compressions === mostCompressions)
          throw cannotRead(place.name, `compressed more than ${mostCompressions} times`);
        yield* logsIn(
          { ...place, path: null, compressions: place.compressions + 1 },
          unpacked(place.name, format, all),
        );
        return;
      case "tar":
        if (place.archives === mostArchives)
          throw cannotRead(place.name, `more than ${mostArchives} archives inside each other`);
        yield* logsInTarball({ ...place, path: null, archives: place.archives + 1 }, all, logsIn);
        return;
      case "journal": {
        // journalctl maps the file into its memory.
        if (place.path === null) throw cannotRead(place.name, "a journal must be a file of its own, unpack it first");
        const damage = cutOff(place.path);
        yield damage === null ? journalInput(place, journalFile(place.name, place.path)) : failedInput(place, damage);
        return;
      }
      case "foreign-archive":
        throw cannotRead(place.name, "neither a log nor a gzip, xz, zstd, bzip2 or tar file, unpack it first");
      case "no-log":
        throw cannotRead(place.name, `no log but ${noLogKind(first.bytes)}`);
    }
  } finally {
    await source.return?.();
  }
}

function isSaved(head: Buffer): boolean {
  return documentStart(head.toString("latin1", 0, documentStartBytes)) !== null;
}

interface First {
  readonly bytes: Buffer;
  /** What ended them, reported after them. */
  readonly failed: { readonly error: unknown } | null;
}

/** The bytes from the start to at least the longest magic, or to the end. */
async function firstOf(source: AsyncIterator<Buffer>): Promise<First> {
  let bytes: Buffer = Buffer.alloc(0);
  while (bytes.length < headBytes) {
    try {
      const { done, value } = await source.next();
      if (done === true) break;
      // A chunk that is long enough stays where it is; a short one is copied, since its buffer is used again.
      bytes = bytes.length === 0 && value.length >= headBytes ? value : Buffer.concat([bytes, value]);
    } catch (error) {
      if (bytes.length === 0) throw error;
      return { bytes, failed: { error } };
    }
  }
  return { bytes, failed: null };
}

/** Does not close the source: its opener does. */
async function* resumed(
  { bytes, failed }: First,
  source: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  if (bytes.length > 0) yield bytes;
  if (failed !== null) throw failed.error;
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}

async function* unpacked(
  name: string,
  compression: Compression,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  let given = 0;
  try {
    for await (const chunk of decompressed(compression, chunks)) {
      given += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof CannotDecompress)) throw error;
    throw new LogUnreadable(
      `Cannot decompress ${quoted(name)}${given === 0 ? "" : " to its end"}: ${escapeText(error.message)}`,
      { cause: error },
    );
  }
}
