import { type Wait, unknownWait } from "../../core/wait.ts";
import { earliest, latest, microseconds } from "../../core/base/time.ts";

/** One report in which a task was seen waiting for randomness. */
export interface Sighting extends Pick<Wait, "pid" | "comm" | "interface" | "generator" | "line"> {
  readonly evidence: "hung-task" | "task-state" | "stack";
  readonly at: number | null;
  /** A hung task's: for how long at least it had been blocked then. */
  readonly seconds: number | null;
}

/** A wait, and when it was last reported. */
export interface SightedWait {
  readonly wait: Wait;
  readonly lastAt: number | null;
}

/**
 * The waits with one more sighting. Sightings of the same task at the same door are one wait: that it waited twice
 * cannot be seen in a stack. Null: there are too many. A stack without a known task stays a wait of its own.
 */
export function mergeSighting(
  seen: readonly SightedWait[],
  sighting: Sighting,
  limit: number,
): readonly SightedWait[] | null {
  const index = sighting.pid === null ? -1 : seen.findLastIndex(({ wait }) => isSameTask(wait, sighting));
  const known = seen[index];
  if (known !== undefined && goesOn(known, sighting)) return seen.with(index, more(known, sighting));
  return seen.length < limit ? [...seen, first(sighting)] : null;
}

function isSameTask(wait: Wait, { pid, comm, interface: door, generator }: Sighting): boolean {
  if (wait.pid !== pid || wait.interface !== door || wait.generator !== generator) return false;
  // /proc/PID/stack gives no name.
  return wait.comm === comm || wait.comm === null || comm === null;
}

/**
 * Whether a report of a hung task is of the wait that was reported before. Up to 4.20 N is always the time-out, and
 * reports of one wait come that far apart; later N is the time since the task last ran, so that all reports of one wait
 * agree on its beginning.
 */
function goesOn({ lastAt }: SightedWait, { at, seconds }: Sighting): boolean {
  if (lastAt === null || at === null || seconds === null) return true;
  // Half of it: the check itself comes late on a busy machine.
  return at - seconds <= lastAt + seconds / 2;
}

function first({ pid, comm, interface: door, generator, line, evidence, at, seconds }: Sighting): SightedWait {
  return {
    // A report shows that a wait continues, never that it ended.
    wait: {
      ...unknownWait,
      pid,
      comm,
      interface: door,
      generator,
      from: beginning(at, seconds),
      seenAt: at,
      seconds,
      evidence,
      line,
    },
    lastAt: seconds === null ? null : at,
  };
}

function more({ wait, lastAt }: SightedWait, sighting: Sighting): SightedWait {
  const { at, seconds, evidence, comm, line } = sighting;
  const known = { ...wait, comm: wait.comm ?? comm, line: wait.line ?? line, seenAt: latest(wait.seenAt, at) };
  // A stack without a duration adds no time: between two sightings the task may have run.
  if (seconds === null)
    return { wait: { ...known, evidence: wait.evidence === "stack" ? evidence : wait.evidence }, lastAt };
  const from = earliest(wait.from, beginning(at, seconds));
  const last = latest(lastAt, at);
  const lasted = from === null || last === null ? seconds : Math.max(seconds, microseconds(last - from));
  return { wait: { ...known, evidence, from, seconds: Math.max(lasted, wait.seconds ?? 0) }, lastAt: last };
}

/** The latest moment at which a task can have begun to wait that had waited for `seconds` when it was reported. */
function beginning(at: number | null, seconds: number | null): number | null {
  return at === null || seconds === null ? null : Math.max(0, microseconds(at - seconds));
}
