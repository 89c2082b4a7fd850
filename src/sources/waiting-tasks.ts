import { byClockAhead } from "../core/blocked-task.ts";
import type { Evidence } from "../core/evidence.ts";
import { type Host, type Observation, ok, type Scan, type Source } from "./source.ts";
import { type Look, TaskScan } from "./task-scan.ts";
import { isUnready } from "./unready.ts";

/** One part in so many of a processor's time is spent on looking at what is new, and at all: below 5 % for both. */
const [glancePart, surveyPart] = [30, 100];
/** What it takes to wake up for a look, which the look itself does not see. */
const wakeMilliseconds = 0.25;
/** Where no stack is for us, that will hardly change. */
const deniedAgainMilliseconds = 60_000;
/** New tasks and those that wait are looked at this often, where that is cheap: it is the error of the times. */
const glanceMilliseconds = 10;

/**
 * Who waits now, by kernel stacks. It needs no tracing, so it is there under lockdown, and it sees what no probe does: waits for the DRBG
 * of a FIPS kernel, and who polls /dev/random.
 */
export const waitingTasks: Source = {
  name: "waiting-tasks",
  reads: "files: /proc/PID/stack of every thread, and /proc/PID/fd of who polls, while the CRNG is not ready",
  needs: "CAP_SYS_ADMIN, and sched_setaffinity(2) for who spins on a processor of its own; CAP_SYS_PTRACE for the program and its libraries",
  without: "who waits now, where no probe can be set",
  asked: "once",
  observe(host) {
    if (host.roots.live && !isUnready(host)) return ok();
    const scan = new TaskScan(host);
    const seen = scan.survey();
    scan.close();
    return { ...healthOf(seen), evidence: evidenceOf(seen, host) };
  },
  scan: (host) => (isUnready(host) ? scanOf(host) : null),
};

function scanOf(host: Host): Scan {
  const scan = new TaskScan(host);
  let nextSurvey = 0;
  let glanceCost = 0;
  let health: Pick<Observation, "health" | "detail"> = { health: "ok", detail: null };
  return {
    close: () => scan.close(),
    look() {
      const [now, before] = [performance.now(), cpuMilliseconds()];
      const isSurvey = now >= nextSurvey;
      const seen = isSurvey ? scan.survey() : scan.glance();
      const evidence = evidenceOf(seen, host);
      // Not the time that passed: on a busy machine most of that is others'.
      const took = cpuMilliseconds() - before;
      if (!isSurvey && !seen.met) glanceCost = took;
      if (isSurvey) nextSurvey = now + took * surveyPart;
      // A glance says nothing of tasks that it did not look at.
      if (isSurvey) health = healthOf(seen);
      const againMilliseconds = health.health === "denied" ? deniedAgainMilliseconds : Math.max(glanceMilliseconds, (glanceCost + wakeMilliseconds) * glancePart);
      return { observation: { ...health, evidence }, againMilliseconds, follows: scan.follows };
    },
  };
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function healthOf({ shown, hidden, running }: Look): Pick<Observation, "health" | "detail"> {
  if (shown === 0 && hidden > 0) return { health: "denied", detail: "Cannot read tasks' kernel stacks: needs CAP_SYS_ADMIN in the host's user namespace" };
  const unseen = [
    ...(hidden === 0 ? [] : [`tasks whose kernel stack could not be read: ${hidden}`]),
    ...(running === 0 ? [] : [`tasks that ran and so showed no stack, where sched_setaffinity(2) is needed to see it: ${running}`]),
  ];
  return { health: "ok", detail: unseen.length === 0 ? null : unseen.join("; ") };
}

/** Times are told by the kernel log's clock, which may be ahead of ours. */
function evidenceOf({ waits }: Look, host: Host): readonly Evidence[] {
  if (waits.length === 0) return [];
  const ahead = host.printkAhead() ?? 0;
  return waits.map((wait) => byClockAhead(wait, ahead));
}
