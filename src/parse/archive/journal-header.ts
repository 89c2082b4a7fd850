/** Bytes at the start of a journal file that hold its size. */
export const journalHeadBytes = 104;

const [signature, headerSizeAt, arenaSizeAt] = ["LPKSHHRH", 88, 96];

/**
 * The bytes that a journal file has, by its header (systemd, JOURNAL_FILE_FORMAT: header_size and arena_size). Null:
 * the text is no such header, or the writer had not got that far.
 */
export function journalBytes(head: Buffer): number | null {
  if (head.length < journalHeadBytes || head.toString("latin1", 0, signature.length) !== signature) return null;
  return Number(head.readBigUInt64LE(headerSizeAt)) + Number(head.readBigUInt64LE(arenaSizeAt));
}
