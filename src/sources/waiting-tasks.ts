import { byClockAhead } from "../core/blocked-task.ts";
import type { Host, Observation, Scan, Source } from "./source.ts";
import { ok, unable } from "./source.ts";
import { type Look, TaskScan } from "./task-scan.ts";
import { isUnready } from "./unready.ts";

/** One part in so many of a processor's time is spent on looking at what is new, and at all: 5 % for both. */
const [glancePart, surveyPart] = [25, 100];
/** New tasks and those that wait are looked at this often, where that is cheap: it is the error of the times. */
const glanceMilliseconds = 10;

/**
 * Who waits now, by kernel stacks. It needs no tracing, so it is there under lockdown, and it sees what no probe does: waits for the DRBG
 * of a FIPS kernel, and who polls /dev/random.
 */
export const waitingTasks: Source = {
  name: "waiting-tasks",
  reads: "files: /proc/PID/stack of every thread, and /proc/PID/fd of who polls, while the CRNG is not ready",
  needs: "CAP_SYS_ADMIN; CAP_SYS_PTRACE for the program and its libraries",
  without: "who waits now, where no probe can be set",
  asked: "once",
  observe(host) {
    if (host.roots.live && !isUnready(host)) return ok();
    const scan = new TaskScan(host);
    const found = scan.survey();
    scan.close();
    return observationOf(found, host.printkAhead() ?? 0);
  },
  scan: (host) => (isUnready(host) ? scanOf(host) : null),
};

function scanOf(host: Host): Scan {
  const scan = new TaskScan(host);
  let nextSurvey = 0;
  let glanceCost = 0;
  let surveyed: Observation | null = null;
  return {
    close: () => scan.close(),
    look() {
      const [now, before] = [performance.now(), cpuMilliseconds()];
      const isSurvey = now >= nextSurvey;
      const ahead = host.printkAhead() ?? 0;
      const seen = isSurvey ? scan.survey() : scan.glance();
      const found = observationOf(seen, ahead);
      // Not the time that passed: on a busy machine most of that is others'.
      const took = cpuMilliseconds() - before;
      if (!isSurvey && !seen.met) glanceCost = took;
      if (isSurvey) nextSurvey = now + took * surveyPart;
      // A glance that was allowed to look says nothing of tasks that it did not meet.
      surveyed = isSurvey ? found : surveyed;
      const { health, detail } = surveyed ?? found;
      return { observation: { ...found, health, detail }, againMilliseconds: Math.max(glanceMilliseconds, glanceCost * glancePart), follows: scan.follows };
    },
  };
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Denied where stacks are: the first that may not be read tells for all. Times are told by the kernel log's clock, `ahead` of ours. */
function observationOf({ waits, denied }: Look, ahead: number): Observation {
  if (denied) return unable("denied", "Cannot read tasks' kernel stacks: needs CAP_SYS_ADMIN in the host's user namespace");
  return ok(...waits.map((wait) => byClockAhead(wait, ahead)));
}
