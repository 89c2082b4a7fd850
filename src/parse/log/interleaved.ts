import { type BootRecord, bounds, emptyRecord } from "../../core/boot-record.ts";

/** A boot that a console's capture seems to show: its first and last stamp, and whether a kernel starts in it. */
interface ShownBoot {
  readonly from: number;
  readonly to: number;
  readonly starts: boolean;
}

/** One return to an earlier time may be a reboot without its first lines; this many in a row show a second clock. */
const leastReturns = 2;
/** Of what one clock advances, a second one advances this share at the least: its lines may be few. */
const leastAdvance = 1 / 20;
/** A boot with fewer lines before another kernel's first line was not rebooted. */
const fewLines = 6;

/**
 * Joins boots that are no boots: where the consoles of two machines are written into one file, stamps run back and
 * forth between two clocks, and each return to the earlier one looks like a reboot. In a reboot time begins anew; here
 * it continues where that clock had stopped. A boot of two writers (`ofTwoWriters`) is one machine's, unless its
 * kernel's first line cut another's boot off.
 */
export function joinInterleaved(
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
  return records.flatMap((record, index): readonly BootRecord[] => {
    if (!marked.has(index)) return [record];
    return marked.has(index - 1) ? [] : [joined(records.slice(index, endOfRun(marked, index)))];
  });
}

function endOfRun(marked: ReadonlySet<number>, first: number): number {
  let end = first;
  while (marked.has(end)) end++;
  return end;
}

/**
 * What is known of lines that are mixed: where they are, which of them report a ready CRNG, and which a fault: of one
 * of the machines, whichever. A kernel, a moment or a unit would be one machine's, and it is not known which.
 */
function joined(parts: readonly BootRecord[]): BootRecord {
  const none = emptyRecord();
  const [first, last] = [parts[0] ?? none, parts.at(-1) ?? none];
  const covers = first.covers && {
    ...first.covers,
    lastLine: last.covers?.lastLine ?? first.covers.lastLine,
    firstAt: null,
    lastAt: null,
    fromStart: false,
    wall: null,
  };
  const course = first.course && {
    ...first.course,
    logLines: parts.reduce((sum, { course: one }) => sum + (one?.logLines ?? 0), 0),
    userSpace: null,
    ready: null,
    longestSilence: null,
    last: null,
    interleaved: true,
  };
  const readyLines = parts.flatMap(({ observed }) => observed.readyLines).slice(0, bounds.readyLines);
  const faults = parts.flatMap(({ signs }) => signs.filter(({ gravity }) => gravity !== "notes"));
  const signs = faults.map((sign) => ({ ...sign, at: null })).slice(0, bounds.signs);
  return { ...none, file: first.file, covers, course, signs, observed: { ...none.observed, readyLines } };
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
    if (earlier !== null && beginsAnew(earlier, here)) break;
    // The later clock continues in it, unless the log ends first.
    if (here.to < before.to && earlier === null) break;
    last = index;
    if (here.to < before.to) break;
    earlier = here;
  }
  return last;
}

/**
 * In a loop of reboots each begins at about the same time, however long it runs. A second clock goes on: while it
 * advances, so does the first one.
 */
function beginsAnew(earlier: ShownBoot, here: ShownBoot): boolean {
  return here.from <= earlier.from + Math.abs(here.to - earlier.to) * leastAdvance;
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
