import type { BootRecord } from "../../core/boot-record.ts";

/** A boot that a console's capture seems to show: its first and last stamp, and whether a kernel starts in it. */
interface ShownBoot {
  readonly from: number;
  readonly to: number;
  readonly starts: boolean;
}

/** One return to an earlier time may be a reboot whose first lines are missing; so many in a row are a second clock. */
const leastReturns = 2;
/** A boot that another kernel's first line cuts off so soon was not rebooted. */
const fewLines = 6;

/**
 * Marks boots that are no boots: where the consoles of two machines are written into one file, stamps run back and
 * forth between two clocks, and each return to the earlier one looks like a reboot. In a reboot time begins anew; here
 * it goes on where the other clock was left. A boot of two writers (`ofTwoWriters`) is one machine's, unless its
 * kernel's first line cut another's boot off.
 */
export function markInterleaved(
  records: readonly BootRecord[],
  ofTwoWriters: { has(record: BootRecord): boolean },
): readonly BootRecord[] {
  const marked = new Set<number>();
  for (const [index, record] of records.entries())
    if (ofTwoWriters.has(record) && startsKernel(record) && isShort(records[index - 1]))
      marked.add(index - 1).add(index);
  for (let first = 1; first < records.length; first++) {
    const last = lastReturn(records, first);
    const isCutOff = first >= 2 && isShort(records[first - 2]) && startsKernel(records[first - 1]);
    if (last - first + 1 >= (isCutOff ? 1 : leastReturns))
      for (let index = first - (isCutOff ? 2 : 1); index <= last; index++) marked.add(index);
    first = Math.max(first, last);
  }
  if (marked.size === 0) return records;
  return records.map((record, index) => (marked.has(index) ? withMark(record) : record));
}

/**
 * The last of the boots from `first` on that return to an earlier time without a kernel's start; below `first`: none.
 */
function lastReturn(records: readonly BootRecord[], first: number): number {
  let last = first - 1;
  let earlier: ShownBoot | null = null;
  for (let index = first; index < records.length; index++) {
    const [before, here] = [shownBoot(records[index - 1]), shownBoot(records[index])];
    if (before === null || here === null || here.starts || here.from >= before.to) break;
    // In a loop of reboots each begins at the same time.
    if (earlier !== null && here.from <= earlier.from) break;
    // The later clock goes on in it, but where the log ends before.
    if (here.to < before.to && earlier === null) break;
    last = index;
    if (here.to < before.to) break;
    earlier = here;
  }
  return last;
}

function shownBoot(record: BootRecord | undefined): ShownBoot | null {
  const covers = record?.covers ?? null;
  if (covers === null || covers.firstAt === null || covers.lastAt === null || covers.stamps !== "printk") return null;
  return { from: covers.firstAt, to: covers.lastAt, starts: covers.fromStart };
}

function isShort(record: BootRecord | undefined): boolean {
  const covers = record?.covers ?? null;
  return (
    covers !== null &&
    covers.fromStart &&
    covers.firstLine !== null &&
    covers.lastLine !== null &&
    covers.lastLine - covers.firstLine + 1 < fewLines
  );
}

function startsKernel(record: BootRecord | undefined): boolean {
  return record?.covers?.fromStart === true;
}

function withMark(record: BootRecord): BootRecord {
  if (record.course === null) return record;
  return { ...record, course: { ...record.course, interleaved: true } };
}
