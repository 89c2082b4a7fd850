import { byClockAhead } from "../../core/wait.ts";
import type { Evidence } from "../../core/evidence.ts";
import { glanceMilliseconds, GlancePace } from "./glance-pace.ts";
import { type Host, type Observation, type Scan, type Source, unable } from "../source.ts";
import { type Look, TaskScan } from "./task-scan.ts";
import type { StackCounts } from "./task-stacks.ts";
import { isUnready } from "../crng/unready.ts";

/**
 * The part of a processor's time, 1 in this, that surveys of all tasks take. With the glances (glance-pace.ts) that is
 * below 5 %.
 */
const surveyPart = 100;
/** Where no stack is for us, that will hardly change. */
const deniedAgainMilliseconds = 60_000;
/**
 * A survey of ten thousand tasks takes a quarter of a second. A slice of this length leaves time for glances, and for
 * whatever else the daemon has to report.
 */
const surveySliceMilliseconds = 5;
const nothingSeen: StackCounts = { shown: 0, hidden: 0, running: 0 };

type StackHealth = Pick<Observation, "health" | "detail">;

/**
 * Tasks that wait now, by kernel stacks. It needs no tracing, so it is there under lockdown, and it sees what no probe
 * does: waits for the DRBG of a FIPS kernel, and tasks that poll /dev/random.
 */
export const waitingTasks: Source = {
  name: "waiting-tasks",
  reads: "/proc/PID/stack of every thread, and /proc/PID/fd of tasks that poll, while the CRNG is not ready",
  needs:
    "CAP_SYS_ADMIN, and sched_setaffinity(2) for tasks that spin on another processor; CAP_SYS_PTRACE for the program and its libraries",
  without: "which tasks are blocked now, where no probe can be set",
  // The daemon's unit may not read stacks where the kernel's probes show the same.
  standsInFor: "trace-instance",
  schedule: "once",
  observe(host) {
    if (host.roots.live && !isUnready(host)) return notRead;
    const scan = new TaskScan(host);
    const seen = scan.survey();
    scan.close();
    return { ...healthOf(seen), evidence: evidenceOf(seen, host) };
  },
  scan: (host) => (isUnready(host) ? scanOf(host) : null),
};

/** Its answer where no stack was read. */
const notRead = unable("absent", "no stack was read: the CRNG was already ready when crngwatch started");

function scanOf(host: Host): Scan {
  const scan = new TaskScan(host);
  const pace = new GlancePace();
  let nextSurvey = 0;
  let surveyed = nothingSeen;
  let surveyCost = 0;
  let health: StackHealth = { health: "ok", detail: null };
  let watches = false;
  return {
    close: () => scan.close(),
    look(patience) {
      const [now, before] = [performance.now(), cpuMilliseconds()];
      const looks = [scan.glance()];
      pace.took(cpuMilliseconds() - before);
      const isSurvey = scan.surveys || now >= nextSurvey;
      if (isSurvey) {
        const seen = scan.survey(surveySliceMilliseconds);
        looks.push(seen);
        // A glance shows nothing of tasks that it did not sample.
        surveyed = both(surveyed, seen);
      }
      const evidence: Evidence[] = looks.flatMap((look) => evidenceOf(look, host));
      if (isSurvey) surveyCost += cpuMilliseconds() - before;
      if (isSurvey && !scan.surveys) {
        health = healthOf(surveyed);
        nextSurvey = now + surveyCost * surveyPart * patience;
        [surveyed, surveyCost] = [nothingSeen, 0];
        if (!watches && health.health === "ok") evidence.push({ kind: "waits-watched" });
        watches ||= health.health === "ok";
      }
      return {
        observation: { ...health, evidence },
        againMilliseconds: againIn(health, scan.surveys ? glanceMilliseconds : pace.milliseconds),
        follows: scan.follows,
      };
    },
  };
}

function againIn({ health }: StackHealth, milliseconds: number): number {
  return health === "denied" ? deniedAgainMilliseconds : milliseconds;
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function both(one: StackCounts, other: StackCounts): StackCounts {
  return { shown: one.shown + other.shown, hidden: one.hidden + other.hidden, running: one.running + other.running };
}

function healthOf({ shown, hidden, running }: StackCounts): StackHealth {
  if (shown + hidden + running === 0) return { health: "absent", detail: "no task was found to sample" };
  if (shown === 0 && hidden > 0)
    return {
      health: "denied",
      detail: "Cannot read tasks' kernel stacks: needs CAP_SYS_ADMIN in the host's user namespace",
    };
  const unseen = [
    ...(hidden === 0 ? [] : [`tasks whose kernel stack could not be read: ${hidden}`]),
    ...(running === 0
      ? []
      : [`tasks that ran and so showed no stack, where sched_setaffinity(2) is needed to see it: ${running}`]),
  ];
  return { health: "ok", detail: unseen.length === 0 ? null : unseen.join("; ") };
}

/** Times are by the kernel log's clock, which may be ahead of ours. */
function evidenceOf({ waits }: Look, host: Host): readonly Evidence[] {
  if (waits.length === 0) return [];
  const ahead = host.printkAhead() ?? 0;
  return waits.map((wait) => ({ kind: "wait", wait: byClockAhead(wait, ahead) }));
}
