import type { Case, RuleName, VerdictRule } from "./rule.ts";
import { pointersOf } from "./look-at.ts";
import { lateSeconds, readyPointer, readyReason } from "./ready-reason.ts";
import { readyAfter } from "./ready-course.ts";
import { areStampsKnown } from "./unit-stamps.ts";
import { courseMoment, inLine, moment, whenReady } from "./words.ts";

/** Two kinds of evidence that exclude each other: nothing is decided, and both are reported. */
export const disputed: RuleName = {
  id: "disputed",
  crng: "undecided",
  strength: null,
  means: "one kind of evidence suggests a wait, another shows a different fault",
};

/** Lines of two machines: whatever one of them shows may be the other's. */
export const interleaved: RuleName = {
  id: "interleaved",
  crng: "undecided",
  strength: null,
  means: "lines of two machines, or of two boots, are mixed in the log",
};

/** What stands before a line came after it: no rule on the order of lines holds. */
export const newestFirst: RuleName = {
  id: "newest-first",
  crng: "undecided",
  strength: null,
  means: "the log's newest line comes first, so that what came before readiness is not known",
};

/** The rule for a text that is no log. */
export const noLog = "no-log";

/** Why nothing is decided, and what would decide it. The last one holds for any record. */
export const undecidedRules: readonly VerdictRule[] = [
  {
    ...of("late-and-waits-unknown", "ready after 10 s or more, and nothing shows whether a task waited until then"),
    find: (the) => (isReady(the) && isLate(the) ? waitsUnknown(the) : null),
  },
  {
    ...of("ready-and-waits-unknown", "ready, and nothing shows whether a task waited until then"),
    find: (the) => (isReady(the) ? waitsUnknown(the) : null),
  },
  {
    ...of("state-unknown", "nothing on this host shows whether it is ready"),
    find: (the) =>
      isLive(the) && the.record.readiness.level === "unknown"
        ? { says: "its state is unknown", because: readyReason(the) }
        : null,
  },
  {
    ...of("not-ready-and-nobody-seen", "not ready yet, and no task was seen blocked on it"),
    find: (the) =>
      isLive(the)
        ? { says: "it is not ready, and no task was seen blocked on it so far", because: readyReason(the) }
        : null,
  },
  {
    ...of("refused", "getrandom() failed with EAGAIN because the CRNG was not ready; no wait is shown"),
    find({ record: { course } }) {
      const line = course?.refusedLine ?? null;
      if (line === null) return null;
      return {
        says: `it was not ready when a program called getrandom()${inLine(line)}, and the log shows no wait`,
        because: [{ text: "getrandom(GRND_NONBLOCK) returned EAGAIN", line }],
      };
    },
  },
  {
    ...of(noLog, "the text contains no line of a log"),
    find: (the) =>
      the.record.course?.logLines === 0
        ? { says: "this text contains no line of a kernel log or of a program's log", because: readyReason(the) }
        : null,
  },
  {
    ...of("not-shown", "the log shows that it was not ready, but neither a blocked task nor another fault"),
    find(the) {
      const { level, notBefore } = the.record.readiness;
      if (level !== "unseeded" && level !== "early") return null;
      const since = notBefore === null ? "" : ` at ${moment(notBefore)}`;
      return {
        says: `it was not ready${since}, and this log shows neither that it became ready, nor a blocked task, nor another fault`,
        because: readyReason(the),
      };
    },
  },
  {
    ...of("nothing-about-it", "the log shows neither its state, nor a blocked task, nor another fault"),
    find: (the) => ({
      says: "this log shows neither its state, nor a blocked task, nor another fault that explains a hang",
      because: readyReason(the),
    }),
  },
];

function of(id: string, means: string): RuleName {
  return { id, crng: "undecided", strength: null, means };
}

function waitsUnknown(the: Case): ReturnType<VerdictRule["find"]> {
  const { readiness, course } = the.record;
  const what = isLive(the)
    ? liveUnknown(the)
    : "this log does not show whether a task waited until then; the lines right before and after it, or a task dump made during the hang, would show it";
  const at = course?.clock === "wall" ? (course.ready?.ready.at ?? null) : null;
  const known = whenReady(readiness) || (at === null ? "" : ` at ${courseMoment(at, the.record)}`);
  const when = isLate(the) && known !== "" ? `,${known}` : known;
  return {
    says: `it became ready${isLate(the) ? " late" : ""}${when}${inLine(readiness.line)}; ${what}`,
    because: readyReason(the),
    // Nothing else to look at: what stands around that line.
    ...(isLate(the) && pointersOf(the.record).length === 0 ? { lookAt: readyPointer(the) } : {}),
  };
}

/** What is missing on this host, and what would show it. */
function liveUnknown(the: Case): string {
  const { record } = the;
  const inContainer = record.supply.virtualization?.container != null;
  const isLogDenied = record.sources.some(({ name, health }) => name === "kmsg" && health === "denied");
  if (isLogDenied && !record.readiness.exact)
    return `the kernel log, which may show when, is denied to this process (run crngwatch ${inContainer ? "on the container's host" : "as root"})`;
  const stamps = areStampsKnown(the) ? ", and systemd's time stamps show no unit that did" : "";
  const where = inContainer ? "on the container's host, to record its next boot" : "to record the next boot";
  return `whether a task waited until then was not recorded${stamps} (arm the flight recorder ${where})`;
}

function isLive({ record }: Case): boolean {
  return record.covers === null;
}

function isReady({ record }: Case): boolean {
  return record.readiness.level === "ready";
}

function isLate(the: Case): boolean {
  const { record } = the;
  // What a log's ready line is stamped with is when it was printed; live, that may be when a source sampled it.
  const [known, bound] = [record.readiness.notBefore, readyAfter(the)];
  return ((record.covers === null ? (known ?? bound) : (bound ?? known)) ?? 0) >= lateSeconds;
}
