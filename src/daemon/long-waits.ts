import { blockedOf, isOpen, type Wait } from "../core/wait.ts";
import type { BootRecord } from "../core/boot-record.ts";
import { nextStage, stagesPassed } from "../diagnose/wait-stages.ts";

/** A wait that has not ended, and how long it has lasted so far, at least. */
export interface LongWait {
  readonly wait: Wait;
  readonly seconds: number;
}

export interface LongWaits {
  /**
   * Waits that are due to be logged now: each once at 1 s, 10 s and 60 s, and then at each doubling. Of stages that
   * were missed, the last.
   */
  readonly due: (record: BootRecord, now: number) => readonly LongWait[];
}

/** Keeps which stage of each open wait was logged last. `now`: as the waits' times, seconds since the boot's start. */
export function longWaits(): LongWaits {
  let logged = new Map<string, number>();
  return {
    due(record, now) {
      const waits = openWaits(record, now);
      const passed = waits.map(({ wait, seconds }) => ({ key: keyOf(wait), stage: stagesPassed(seconds) }));
      const due = waits.filter((_, index) => (passed[index]?.stage ?? 0) > (logged.get(passed[index]?.key ?? "") ?? 0));
      // Waits that have ended are forgotten, so that this grows no further than the record.
      logged = new Map(passed.map(({ key, stage }) => [key, stage]));
      return due;
    },
  };
}

/** The tasks that are blocked now, the longest wait first. */
export function openWaits({ waits }: Pick<BootRecord, "waits">, now: number): readonly LongWait[] {
  return (
    blockedOf(waits)
      // A line of a log describes a moment.
      .filter((wait) => isOpen(wait) && wait.line === null)
      .map((wait) => ({ wait, seconds: Math.max(0, wait.from === null ? (wait.seconds ?? 0) : now - wait.from) }))
      .toSorted((a, b) => b.seconds - a.seconds)
  );
}

/** In how many seconds something is due next; null: no task waits, so nothing will be. */
export function nextDue(record: BootRecord, now: number): number | null {
  const open = openWaits(record, now).filter(({ wait }) => wait.from !== null);
  return open.length === 0 ? null : Math.min(...open.map(({ seconds }) => nextStage(seconds) - seconds));
}

/** One wait of one task. Not by when it began: that may be learned more exactly while it lasts. */
function keyOf({ pid, tid, startedAt, polls, interface: by }: Wait): string {
  return `${pid} ${tid} ${startedAt} ${by} ${polls}`;
}

export interface WaitWatch {
  /**
   * Reports what is due, and sets one timer for what is due next; none while no task waits. To be called when the
   * record has changed.
   */
  readonly look: () => void;
  readonly stop: () => void;
}

/** Looks at a record now and whenever something in it becomes due. */
export function watchWaits({
  record,
  now,
  report,
}: {
  readonly record: () => BootRecord;
  readonly now: () => number;
  readonly report: (due: readonly LongWait[]) => void;
}): WaitWatch {
  const waits = longWaits();
  let timer: NodeJS.Timeout | null = null;
  const stop = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const look = (): void => {
    stop();
    const at = now();
    const due = waits.due(record(), at);
    if (due.length > 0) report(due);
    const next = nextDue(record(), at);
    // Where a timer fires a little early, the next follows at once; and setTimeout(2^31) would fire at once.
    if (next !== null) timer = setTimeout(look, Math.min(next * 1000, 2 ** 31 - 1));
  };
  return { look, stop };
}
