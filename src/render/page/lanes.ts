import type { BootRecord, Gap } from "../../core/boot-record.ts";
import { isKernelsOwn } from "../../core/kernel-message.ts";
import { isOpen } from "../../core/same-wait.ts";
import type { Wait } from "../../core/wait.ts";
import { escapeText } from "../escape.ts";
import { readinessLine, seconds } from "../verdict.ts";
import { openWaitText, waiterName, waitText } from "../wait-text.ts";

/** What a mark shows; the style sheet has a colour and the label a word for each. */
export type Tone = "unready" | "early" | "ready" | "unknown" | "wait" | "first" | "use" | "reseed" | "covered" | "gap";

/** A stretch of time in the picture, or a moment where `to` is null. */
export interface Mark {
  readonly tone: Tone;
  readonly from: number;
  readonly to: number | null;
  readonly title: string;
}

/** One row of the picture: a line of text with marks below it. Texts are escaped as for a terminal, not as markup. */
export interface Lane {
  readonly label: string;
  readonly title: string;
  readonly marks: readonly Mark[];
  /** Bits of entropy over time, of `most`. */
  readonly curve?: {
    readonly points: readonly { readonly at: number; readonly bits: number }[];
    readonly most: number;
  };
}

/** More rows of waiters than this hide the picture, and do not print on one page; the table has all of them. */
const waitersDrawn = 12;

/** The last moment that is known of the boot; 1 s where none is. */
export function endOf(record: BootRecord): number {
  const { readiness, earlyInit, earlyUses, waits, reseeds, gaps, covers, observed, self } = record;
  const moments = [
    readiness.readyAt,
    readiness.notAfter,
    readiness.notBefore,
    earlyInit?.at,
    covers?.lastAt,
    self?.runningAt,
    ...[...earlyUses, ...reseeds].map(({ at }) => at),
    ...waits.flatMap(({ from, to, seenAt }) => [from, to, seenAt]),
    ...gaps.flatMap(({ from, to }) => [from, to]),
    ...observed.log.map(({ lastAt }) => lastAt),
  ].filter((at) => typeof at === "number");
  return Math.max(...moments, 0) * 1.02 || 1;
}

/** The rows of one boot's picture, from the CRNG down to what the evidence covers. */
export function lanesOf(record: BootRecord, end: number): readonly Lane[] {
  return [
    crngLane(record, end),
    ...earlyUseLanes(record),
    ...waitLanes(record, end),
    coverageLane(record, end),
    recorderLane(record, end),
  ];
}

function crngLane(record: BootRecord, end: number): Lane {
  const { readiness, earlyInit, reseeds, observed } = record;
  const { level, notBefore, notAfter, readyAt, exact } = readiness;
  const readyFrom = level === "ready" ? (readyAt ?? notAfter) : null;
  const unreadyUntil = exact && readyAt !== null ? readyAt : (notBefore ?? null);
  const earlyFrom = earlyInit?.at ?? null;
  const marks: Mark[] = [];
  const stretch = (tone: Tone, from: number, to: number, title: string): void => {
    if (to > from) marks.push({ tone, from, to, title });
  };
  if (unreadyUntil !== null) {
    const split = earlyFrom !== null && earlyFrom < unreadyUntil ? earlyFrom : unreadyUntil;
    stretch("unready", 0, split, `Not ready until ${seconds(split)}`);
    stretch("early", split, unreadyUntil, `Partly initialised ("fast init") from ${seconds(split)}`);
  }
  const known = unreadyUntil ?? 0;
  stretch("unknown", known, readyFrom ?? end, `State not known after ${seconds(known)}`);
  if (readyFrom !== null) stretch("ready", readyFrom, end, `Ready from ${seconds(readyFrom)} at the latest`);
  for (const { at, reason } of reseeds)
    if (at !== null) marks.push({ tone: "reseed", from: at, to: null, title: `${seconds(at)}: reseeded (${reason})` });
  const curve = observed.pool?.curve ?? [];
  return {
    label: readinessLine(record),
    title: `${readinessLine(record)}, cause: ${readiness.cause}`,
    marks,
    ...(observed.pool === null || curve.length < 2 ? {} : { curve: { points: curve, most: observed.pool.poolBits } }),
  };
}

function earlyUseLanes({ earlyUses, dropped }: BootRecord): readonly Lane[] {
  const lane = (kernel: boolean, name: string): readonly Lane[] => {
    const uses = earlyUses.filter(({ kind }) => isKernelsOwn[kind] === kernel);
    if (uses.length === 0) return [];
    const label = `${name}: ${uses.length}${dropped.earlyUses > 0 ? " or more" : ""}`;
    const marks = uses.flatMap(({ at, name: who, bytes }): readonly Mark[] =>
      at === null
        ? []
        : [
            {
              tone: "use",
              from: at,
              to: null,
              title: `${seconds(at)}: ${escapeText(who)}${bytes === null ? "" : `, ${bytes} bytes`}`,
            },
          ],
    );
    return [{ label, title: label, marks }];
  };
  return [...lane(true, "Kernel's own early uses"), ...lane(false, "Early reads of /dev/urandom")];
}

/** PID 1 first, then the longest. */
export function byWeight(a: Wait, b: Wait): number {
  return Number(b.pid === 1) - Number(a.pid === 1) || (b.seconds ?? 0) - (a.seconds ?? 0);
}

function waitLanes({ waits, covers, dropped }: BootRecord, end: number): readonly Lane[] {
  const sorted = waits.toSorted(byWeight);
  const drawn = sorted.slice(0, waitersDrawn).map((wait) => waitLane(wait, covers === null, end));
  const others = sorted.slice(waitersDrawn);
  const count = others.length + dropped.waits;
  if (count === 0) return drawn;
  const label = `${count} more waits, see the table`;
  return [...drawn, { label, title: label, marks: others.flatMap((wait) => waitMarks(wait, covers === null, end)) }];
}

function waitLane(wait: Wait, live: boolean, end: number): Lane {
  const { seconds: lasted, unit, caller } = wait;
  const parts = [
    lasted === null ? "blocked" : `${lasted.toFixed(3)} s`,
    waiterName(wait),
    unit === null ? null : escapeText(unit),
    caller?.library == null ? null : `via ${escapeText(caller.library)}`,
  ];
  return {
    label: parts.filter((part) => part !== null).join("  "),
    title: waitTitle(wait, live),
    marks: waitMarks(wait, live, end),
  };
}

function waitTitle(wait: Wait, live: boolean): string {
  return live && isOpen(wait) ? openWaitText(wait, wait.seconds ?? 0) : waitText(wait);
}

function waitMarks(wait: Wait, live: boolean, end: number): readonly Mark[] {
  const { pid, polls, from, to, seenAt, seconds: lasted } = wait;
  const until = to ?? (live && isOpen(wait) ? end : seenAt);
  const since = from ?? (until !== null && lasted !== null ? Math.max(0, until - lasted) : until);
  if (since === null) return [];
  const tone = pid === 1 && !polls ? "first" : "wait";
  return [{ tone, from: since, to: until !== null && until > since ? until : null, title: waitTitle(wait, live) }];
}

/** What is lost in a gap. */
const lostWords: Readonly<Record<Gap["source"], string>> = {
  trace: "events of the recorder's trace",
  log: "records of the kernel log",
};

function coverageLane({ covers, observed, gaps }: BootRecord, end: number): Lane {
  const stretches: readonly {
    readonly firstAt: number | null;
    readonly lastAt: number | null;
    readonly until?: number;
  }[] =
    covers === null
      ? observed.log.map(({ firstAt, lastAt, readAt }) => ({ firstAt, lastAt, until: readAt }))
      : [covers];
  const marks: Mark[] = [];
  for (const { firstAt, lastAt, until } of stretches) {
    const to = Math.min(end, until ?? lastAt ?? -1);
    if (firstAt !== null && to >= firstAt)
      marks.push({
        tone: "covered",
        from: firstAt,
        to,
        title: `Kernel log read from ${seconds(firstAt)} to ${seconds(to)}`,
      });
  }
  for (const { from, to, lost, source } of gaps) {
    const at = from ?? to;
    const what = lostWords[source];
    if (at !== null) marks.push({ tone: "gap", from: at, to, title: `${lost ?? "an unknown number of"} ${what} lost` });
  }
  const shown = marks.length - gaps.filter(({ from, to }) => (from ?? to) !== null).length;
  const lost = shown === 0 && gaps.length === 0 ? "" : `, ${counted(gaps.length, "gap", "gaps")}`;
  const label = `Kernel log: ${shown === 0 ? "time covered not known" : counted(shown, "stretch", "stretches")}${lost}`;
  return { label, title: label, marks };
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function recorderLane({ recorder, self, covers }: BootRecord, end: number): Lane {
  const marks: Mark[] = [];
  const whole = recorder?.armed === true && recorder.recording === true && recorder.problem === null;
  if (whole)
    marks.push({ tone: "covered", from: 0, to: end, title: "The flight recorder recorded from the boot's start" });
  else if (covers === null && self !== null)
    marks.push({ tone: "covered", from: self.runningAt, to: end, title: "crngwatch observed waits while it ran" });
  const label = `Waits: ${
    whole
      ? "recorded from the boot's start"
      : marks.length > 0
        ? "observed since crngwatch runs, earlier ones not recorded"
        : "no recorder known; waits may be missing"
  }`;
  return { label, title: label, marks };
}
