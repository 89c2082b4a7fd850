import { counted } from "../../core/base/counted.ts";
import type { BootRecord, Gap } from "../../core/boot-record.ts";
import type { LogCourse } from "../../core/log-course.ts";
import { seconds } from "../verdict.ts";
import type { Lane, Mark } from "./lane.ts";

/** What is lost in a gap. */
const lostWords: Readonly<Record<Gap["source"], string>> = {
  trace: "events of the recorder's trace",
  log: "records of the kernel log",
};

/** Which part of the boot the kernel log shows, what was lost from it, and where it is silent. */
export function coverageLane({ covers, observed, gaps, course }: BootRecord, end: number): Lane {
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
  const silence = silenceOf(course);
  if (silence?.mark != null) marks.push(silence.mark);
  const parts = [
    shown === 0 ? "covered time unknown" : counted(shown, "stretch", "stretches"),
    ...(shown === 0 && gaps.length === 0 ? [] : [counted(gaps.length, "gap")]),
    ...(silence === null ? [] : [`silent for ${silence.lasted.toFixed(1)} s`]),
  ];
  const label = `Log: ${parts.join(", ")}`;
  return { label, title: label, marks };
}

/** A log is silent for shorter all the time. */
const leastSilence = 1;
/** Clocks whose seconds are those of the picture's axis. */
const sinceBoot: Readonly<Record<LogCourse["clock"], boolean>> = {
  printk: true,
  journal: true,
  wall: false,
  none: false,
};

/** The longest silence of the log, with a mark where its clock counts from the boot's start. */
function silenceOf(course: LogCourse | null): { readonly lasted: number; readonly mark: Mark | null } | null {
  const [from, to] = [course?.longestSilence?.from.at ?? null, course?.longestSilence?.to.at ?? null];
  if (course === null || from === null || to === null || to - from < leastSilence) return null;
  const title = `No line in the log for ${(to - from).toFixed(3)} s, from ${seconds(from)} on`;
  return { lasted: to - from, mark: sinceBoot[course.clock] ? { tone: "silence", from, to, title } : null };
}

/** From when on waits were recorded. */
export function recorderLane({ recorder, self, covers }: BootRecord, end: number): Lane {
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
        ? "observed since crngwatch started, earlier ones not recorded"
        : "no recorder known; waits may be missing"
  }`;
  return { label, title: label, marks };
}
