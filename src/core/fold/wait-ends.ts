import { clockSkew, latest, microseconds, type Seconds } from "../base/time.ts";
import type { BootRecord } from "../boot-record.ts";
import { type Wait, lastedSeconds } from "../wait.ts";

/**
 * What a clock of a trace and the kernel log's may differ by once they are aligned, and how long after it wakes
 * the waiters the kernel prints its line.
 */
export const releaseSeconds = 0.05;

/**
 * A wait of which the kernel recorded the return and not its value, with what that was: no task returns from these
 * before `releasedAt` but by a signal (wait_for_random_bytes() of drivers/char/random.c returns -ERESTARTSYS then). A
 * reader of /dev/urandom gives up by itself.
 */
export function withInterruption(wait: Wait, releasedAt: Seconds): Wait {
  const { evidence, ended, to, line, endShown } = wait;
  if (wait.generator !== "crng" || endShown) return wait;
  // What a file holds of a trace is by the trace's clock.
  const error = (wait.errorSeconds ?? 0) + (line === null ? releaseSeconds : clockSkew(releasedAt));
  const returned =
    evidence === "recorder" && ended === "returned" && wait.interface !== "urandom" && wait.interface !== "kernel";
  return returned && to !== null && to < releasedAt - error ? { ...wait, ended: "interrupted" } : wait;
}

/**
 * A wait that was sampled, with its end narrowed by the moment of readiness: no wait ends before it, and none
 * lasts beyond it. The sample that no longer showed it limits the error.
 */
export function withRelease(wait: Wait, readyAt: Seconds): Wait {
  const { evidence, seenAt, to, from, notBefore } = wait;
  if (wait.generator !== "crng") return wait;
  if (evidence !== "live" || seenAt === null || to === null || seenAt >= readyAt) return wait;
  // `to` is the middle between the last sample that showed it and the first that did not.
  const missedAt = 2 * to - seenAt;
  if (missedAt < readyAt) return wait;
  const error = Math.max(from === null || notBefore === null ? 0 : from - notBefore, missedAt - readyAt);
  return {
    ...wait,
    seenAt: readyAt,
    to: readyAt,
    errorSeconds: microseconds(error),
    seconds: lastedSeconds(from, readyAt) ?? wait.seconds,
  };
}

/**
 * A wait without an observed end, once nothing samples it any more: its return was not recorded, or the daemon was not
 * running. Waits for the CRNG ended as it became ready; of others no more is known than that they were
 * seen.
 */
export function withUnseenEnd(wait: Wait, record: Pick<BootRecord, "readiness" | "observed">): Wait {
  const { from, seenAt } = wait;
  const readyAt = record.readiness.readyAt ?? record.readiness.notAfter;
  const ended = endsWithReadiness(wait, readyAt, record) ? "returned" : null;
  const to =
    ended !== null && readyAt !== null && (from === null || from <= readyAt)
      ? latest(readyAt, seenAt)
      : (seenAt ?? from);
  return {
    ...wait,
    to,
    ended,
    errorSeconds: null,
    seconds: wait.times > 1 ? wait.seconds : (lastedSeconds(from, to) ?? wait.seconds),
  };
}

/**
 * Whether it was a wait for the CRNG itself. A stack does not always distinguish it from one for the old blocking pool
 * (up to 5.5).
 */
function endsWithReadiness(
  { evidence, interface: by, generator, from, seenAt }: Wait,
  readyAt: Seconds | null,
  { observed: { pool } }: Pick<BootRecord, "observed">,
): boolean {
  if (generator !== "crng") return false;
  // A task that reaches a probe of the CRNG's waits for it.
  if (evidence === "recorder") return true;
  const isBlockingPool = by === "dev-random" && (pool?.readWakeupBits ?? null) !== null;
  if (readyAt === null || isBlockingPool) return false;
  return (latest(from, seenAt) ?? readyAt) <= readyAt + clockSkew(readyAt);
}
