import type { PrintkSeconds } from "../../core/base/time.ts";

/** One record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg). */
export interface KmsgRecord {
  /** 0 is the kernel; whatever user space writes to /dev/kmsg gets another, since the kernel refuses it 0. */
  readonly facility: number;
  /** 0 emergency to 7 debug. */
  readonly level: number;
  readonly seq: number;
  readonly at: PrintkSeconds;
  /** `c` starts a line that later fragments, `+`, go on (kernels before 4.10); `-` is whole. */
  readonly fragment: "whole" | "start" | "more";
  readonly text: string;
}

/** Facility of syslog(3): LOG_KERN >> 3. */
export const kernelFacility = 0;

/** PRIORITY is at most 2047: a facility of 8 bits, a level of 3. */
const head = /^(\d{1,4}),(\d{1,20}),(\d{1,20}),([^,;]*)(?:,[^;]*)?;/;

/**
 * Reads one record, `PRIORITY,SEQ,MICROSECONDS,FLAG[,key=value…];TEXT` and continuation lines ` KEY=VALUE` after it,
 * which are the dictionary and not part of the text. Null: not a record.
 */
export function parseKmsgRecord(raw: string): KmsgRecord | null {
  const match = head.exec(raw);
  if (match === null) return null;
  const [whole, priority, seq, microseconds, flag] = match;
  const end = raw.indexOf("\n", whole.length);
  const text = raw.slice(whole.length, end === -1 ? raw.length : end);
  return {
    facility: Number(priority) >> 3,
    level: Number(priority) & 7,
    seq: Number(seq),
    at: Number(microseconds) / 1e6,
    fragment: flag === "c" ? "start" : flag === "+" ? "more" : "whole",
    text: unescapeKmsg(text),
  };
}

/**
 * Splits the text of several records, as in a copy of /dev/kmsg: a line that starts with a blank belongs to the one
 * before.
 */
export function splitKmsgRecords(copy: string): readonly string[] {
  return copy.split(/\n(?! )/).filter((raw) => raw !== "");
}

/**
 * The kernel writes control bytes, backslashes and bytes from 0x7f up as `\xHH` (msg_add_ext_text() in
 * kernel/printk/printk.c).
 */
function unescapeKmsg(text: string): string {
  if (!text.includes("\\x")) return text;
  const bytes = text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/**
 * Puts the fragments of a line together (continuation lines of kernels before 4.10); its number and stamp are the
 * first's.
 */
export function joinFragments(records: readonly KmsgRecord[]): readonly KmsgRecord[] {
  const whole: KmsgRecord[] = [];
  for (const record of records) {
    const start = whole.at(-1);
    if (record.fragment === "more" && start?.fragment === "start" && start.facility === record.facility) {
      whole[whole.length - 1] = { ...start, text: start.text + record.text };
    } else {
      whole.push(record);
    }
  }
  return whole;
}
