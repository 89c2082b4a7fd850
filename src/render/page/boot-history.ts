import { counted } from "../../core/base/counted.ts";
import type { Level } from "../../core/boot-record.ts";
import { type BootOfList, buildOf, readyBy, sameSeconds } from "../text/boot-list.ts";
import { escapeText } from "../escape.ts";

/** A boot in the picture of many. Texts are escaped as for a terminal. */
export interface HistoryBar {
  /** Seconds from the boot's start to readiness, at the latest; null: not known. */
  readonly readyBy: number | null;
  /**
   * `slow`: something was blocked on the CRNG. `ready`: ready, and no wait is known. `bound`: only a moment at which it
   * was ready is known, and it may have been so earlier. `never`: the log does not show that it became ready.
   * `unknown`: nothing is known.
   */
  readonly tone: "slow" | "ready" | "bound" | "never" | "unknown";
  readonly title: string;
  /** The kernel that this boot was the first to run; null: the same as the boot before, or not known. */
  readonly newKernel: string | null;
}

/** The largest rise from one boot to the next. */
export interface Rise {
  /** Where in the list. */
  readonly position: number;
  readonly seconds: number;
  readonly withNewKernel: boolean;
}

/** The bars of a list of boots, the earliest first. */
export function historyBars(boots: readonly BootOfList[]): readonly HistoryBar[] {
  let build: string | null = null;
  return boots.map((boot) => {
    const { record, index, firstEntryAt } = boot;
    const at = readyBy(record);
    const { release } = record.kernel;
    const before = build;
    build = buildOf(record) ?? before;
    const parts = [
      `boot ${index}`,
      firstEntryAt,
      release === null ? null : escapeText(release),
      at === null
        ? "ready at an unknown time"
        : `${record.readiness.exact ? "ready at" : "ready by"} ${at.toFixed(3)} s`,
      record.waits.length === 0 ? null : `waits: ${record.waits.length + record.dropped.waits}`,
    ];
    return {
      readyBy: at,
      tone: toneOf(boot, at),
      title: parts.filter((part) => part !== null).join(", "),
      newKernel: before !== null && build !== before && release !== null ? escapeText(release) : null,
    };
  });
}

/** Where the time of readiness is not known: whether something says that the CRNG was not ready. */
const unreadyTones: Readonly<Record<Level, HistoryBar["tone"]>> = {
  unknown: "unknown",
  unseeded: "never",
  early: "never",
  ready: "unknown",
};

function toneOf({ record, describedBy }: BootOfList, at: number | null): HistoryBar["tone"] {
  const { level, exact } = record.readiness;
  if (record.waits.some(({ polls }) => !polls)) return "slow";
  if (at === null) return describedBy === null ? "unknown" : unreadyTones[level];
  return exact ? "ready" : "bound";
}

/** The largest rise from one known boot to the next; null where none was later than the one before it. */
export function largestRise(boots: readonly BootOfList[]): Rise | null {
  const known = boots.flatMap(({ record }, position) => {
    const at = readyBy(record);
    return at === null ? [] : [{ position, at, build: buildOf(record) }];
  });
  const rises = known.slice(1).map(({ position, at, build }, index): Rise => {
    const before = known[index];
    const withNewKernel = build !== null && before !== undefined && before.build !== null && build !== before.build;
    return { position, seconds: at - (before?.at ?? at), withNewKernel };
  });
  const [most] = rises.toSorted((a, b) => b.seconds - a.seconds);
  return most === undefined || most.seconds < sameSeconds ? null : most;
}

/** The history in one line, and where its largest rise is. */
export function historyWords(boots: readonly BootOfList[]): { readonly title: string; readonly rise: string | null } {
  const known = boots.map(({ record }) => readyBy(record)).filter((at) => at !== null);
  const count = counted(boots.length, "boot");
  const [least, most] = [Math.min(...known).toFixed(3), Math.max(...known).toFixed(3)];
  const range = least === most ? `CRNG ready at ${least} s` : `CRNG ready at ${least} to ${most} s`;
  const missing = boots.length - known.length;
  const more = missing === 0 || known.length === 0 ? "" : `, unknown for ${missing}`;
  const rise = largestRise(boots);
  const at = rise === null ? null : (boots[rise.position] ?? null);
  return {
    title: known.length === 0 ? `${count}: when the CRNG became ready is unknown` : `${count}: ${range}${more}`,
    rise:
      rise === null || at === null
        ? null
        : `Largest rise: ${rise.seconds.toFixed(3)} s later in boot ${at.index} than in the last known boot before it` +
          (rise.withNewKernel ? `, with a new kernel: ${escapeText(at.record.kernel.release ?? "")}` : ""),
  };
}
