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
  const silent = silenceOf(record);
  const rest = [...ofKinds, ...grave.filter((sign) => sign !== first), ...warns, ...notes];
  const slow = slowParts(record).map(({ words }): Pointer => ({ line: null, kind: "other", text: words }));
  const pointers = distinct([...rest.map(pointerOf), ...silent, ...slow]);
  return pointers.slice(0, most);
}

/** Of the many small errors: what repeats or carries an error number, one of each subsystem, in the log's order. */
function notesOf({ signs }: BootRecord): readonly Sign[] {
  const notes = signs.filter(({ gravity: how }) => how === "notes");
  const special = notes.filter(({ kind }) => kind !== "device" && kind !== "other");
  const devices = notes.filter(({ kind }) => kind === "device" || kind === "other");
  const subsystem = ({ text }: Sign): string => text.split(/[\s:]/, 1)[0] ?? "";
  const seen = new Set<string>();
  // An error number, and not the port in "usb 1-1".
  const strong = (sign: Sign): boolean => /(?<!\w)-\d+\b|\*ERROR\*|timed? ?out|timeout/i.test(sign.text);
  const once = devices
    .toSorted((a, b) => Number(strong(b)) - Number(strong(a)))
    .filter((sign) => !seen.has(subsystem(sign)) && seen.add(subsystem(sign)));
  return [...special, ...once, ...devices.filter((sign) => !once.includes(sign))];
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

export function distinct(pointers: readonly Pointer[]): readonly Pointer[] {
  const isSame = (a: Pointer, b: Pointer): boolean => a.line === b.line && (a.line !== null || a.text === b.text);
  return pointers.filter((pointer, index) => pointers.findIndex((other) => isSame(other, pointer)) === index);
}
