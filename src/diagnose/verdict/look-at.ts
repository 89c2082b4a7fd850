import { capped } from "../../core/one-line.ts";
import { durationWords } from "../../core/base/duration-words.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import type { Sign, SignKind } from "../../core/sign.ts";
import { slowParts } from "../boot-time/slow-parts.ts";
import type { Pointer } from "../../core/verdict.ts";

const most = 3;
const gravity: Readonly<Record<Sign["gravity"], number>> = { stops: 3, breaks: 2, warns: 1, notes: 0 };
/** Of the same gravity, what is nearer to the reason comes first: a panic follows from what is above it. */
const nearness: Readonly<Record<SignKind, number>> = {
  "fips-integrity": 1,
  "fips-selftest": 2,
  "root-device": 3,
  "dracut-initqueue": 4,
  filesystem: 5,
  oops: 6,
  "hung-task": 7,
  "soft-lockup": 8,
  "rcu-stall": 9,
  oom: 10,
  "unit-failed": 11,
  device: 12,
  "emergency-mode": 13,
  panic: 14,
  "unit-unfinished": 15,
  silence: 15,
  console: 15,
  network: 15,
  shutdown: 15,
  prompt: 15,
  other: 15,
};

/** Whether a sign is a wait for the CRNG itself, which other evidence shows better. */
function isOfCrng(sign: Sign, { waits }: Pick<BootRecord, "waits">): boolean {
  return (
    sign.kind === "hung-task" &&
    waits.some(({ line }) => line !== null && sign.line !== null && Math.abs(line - sign.line) <= 1)
  );
}

/** Trouble that explains a boot that does not go on, the gravest first. */
export function troubleOf(record: BootRecord): readonly Sign[] {
  return record.signs.filter((sign) => sign.gravity !== "notes" && !isOfCrng(sign, record)).toSorted(byWorth);
}

function byWorth(a: Sign, b: Sign): number {
  return (
    gravity[b.gravity] - gravity[a.gravity] || nearness[a.kind] - nearness[b.kind] || (a.line ?? 0) - (b.line ?? 0)
  );
}

/** Where to look: grave signs of different kinds first, then what else there is. */
export function pointersOf(record: BootRecord): readonly Pointer[] {
  const grave = troubleOf(record).filter(({ gravity: how }) => how !== "warns");
  const [first = null] = grave;
  const kinds = new Set<SignKind>();
  const ofKinds = grave.filter(({ kind }) => !kinds.has(kind) && kinds.add(kind));
  const warns = record.signs.filter(({ gravity: how }) => how === "warns");
  const notes = notesOf(record);
  const isMinor = (sign: Sign): boolean => minor.test(sign.text);
  const serious = [...warns, ...notes].filter((sign) => !isMinor(sign));
  const rest = [...ofKinds, ...grave.filter((sign) => sign !== first), ...serious];
  const slow = slowParts(record).map(({ words }): Pointer => ({ line: null, kind: "other", text: words }));
  const least = [...warns, ...notes].filter(isMinor).map(pointerOf);
  const pointers = distinct([...rest.map(pointerOf), ...silenceOf(record), ...slow, ...least]);
  return pointers.slice(0, most);
}

/**
 * What is put right at once, or what a healthy boot prints as well: hardware that corrected an error (PCIe's AER, APEI,
 * a machine check whose bit 61 says so), firmware files of which a driver tries one after the other, a driver that
 * waits for another one, and a partition that holds another file system than the one that was tried.
 */
const minor =
  /\bCorrected error\b|severity[=:] ?corrected|has been corrected by h\/w|: Machine Check: \d{1,3} Bank \d{1,3}: [89cd][0-9a-f]{15}\b|Direct firmware load for |still waits for another|Falling back to (?:sysfs|user helper)|: VFS: Can't find |: Invalid superblock magic number/i;
/** A driver that gave up on its device. */
const givenUp =
  /\bprobe of \S{1,64} failed\b|\bprobe with driver \S{1,64} failed\b|probe failed\b|\bunable to enumerate\b|\bfailed with error -\d/i;

/** A unit that systemd left out: what it would have done is not there. */
const notStarted = /: its job was deleted to break an ordering cycle$/;

/** An error number, and not the port in "usb 1-1". */
const numbered = /(?<!\w)-\d+\b|\*ERROR\*|timed? ?out|timeout/i;

/** A sign that shows what is wrong by its kind. */
function isOfKind(kind: SignKind): boolean {
  return kind !== "device" && kind !== "other";
}

/** How much one of many small errors shows: a unit without an end may have lost it with the log's writer. */
function worthOf({ kind, text }: Sign): number {
  if (kind === "unit-unfinished") return 1;
  if (isOfKind(kind)) return notStarted.test(text) ? 5 : 4;
  if (givenUp.test(text)) return 3;
  return numbered.test(text) ? 2 : 0;
}

/** The many small errors by what they show, one of each subsystem's first, in the log's order. */
function notesOf({ signs }: BootRecord): readonly Sign[] {
  const notes = signs.filter(({ gravity: how }) => how === "notes").toSorted((a, b) => worthOf(b) - worthOf(a));
  const seen = new Set<string>();
  const once = notes.filter(({ kind, text }) => {
    const subsystem = text.split(/[\s:]/, 1)[0] ?? "";
    return isOfKind(kind) || (!seen.has(subsystem) && seen.add(subsystem));
  });
  return [...once, ...notes.filter((sign) => !once.includes(sign))];
}

function silenceOf({ course }: BootRecord): readonly Pointer[] {
  const silence = course?.longestSilence ?? null;
  // Of a journal only some lines are read, and none has a number to look at.
  if (silence === null || silence.from.at === null || silence.to.at === null || silence.to.line === null) return [];
  const length = silence.to.at - silence.from.at;
  return [
    { line: silence.to.line, kind: "silence", text: `a silence of ${durationWords(length, 1)} ends here` },
    { line: silence.from.line, kind: "silence", text: `a silence of ${durationWords(length, 1)} begins here` },
  ];
}

/** The log's last line: what was going on when it ended. */
export function logEndPointer({ course, covers }: BootRecord): readonly Pointer[] {
  const last = course?.last ?? null;
  // The CRNG's own lines are in the verdict already.
  if (last === null || last.line === null || covers === null || last.text.startsWith("random: ")) return [];
  return [{ line: last.line, kind: "other", text: `the log ends here: ${capped(last.text, 90)}` }];
}

function pointerOf({ line, kind, text }: Sign): Pointer {
  return { line, kind, text };
}

/** Of pointers to one line, or with one text, the first. */
export function distinct(pointers: readonly Pointer[]): readonly Pointer[] {
  const isSame = (a: Pointer, b: Pointer): boolean => a.line === b.line && (a.line !== null || a.text === b.text);
  return pointers.filter((pointer, index) => pointers.findIndex((other) => isSame(other, pointer)) === index);
}
