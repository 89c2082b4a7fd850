import type { BootRecord } from "../../core/boot-record.ts";
import { capped } from "../../core/one-line.ts";
import { durationWords } from "../../core/base/duration-words.ts";
import type { Reason } from "../../core/verdict.ts";
import { isOpen, longestOf, type Wait } from "../../core/wait.ts";
import { readyReason } from "./ready-reason.ts";
import { reported } from "./reported.ts";
import { likelyWaiter } from "./likely-waiter.ts";
import type { Ruling, VerdictRule } from "./rule.ts";
import { type SilenceAtReady, silenceAtReady, silenceSeconds } from "./silence-at-ready.ts";
import { unitsContinueAtReady } from "./unit-stamps.ts";
import { byWhom, isBrief, lengthOf, realWaits, spanOf, waiterOfWait, waitReason } from "./waited.ts";
import { courseMoment, inLine, lasted, moment, waiterOf } from "./words.ts";

/** The rules that accuse on evidence with no other reading, the most direct first. */
export const shownCauses: readonly VerdictRule[] = [
  {
    id: "blocked-now",
    crng: "cause",
    strength: "shown",
    means: "a task is blocked on the CRNG right now",
    find(of) {
      const open =
        of.record.covers === null && of.record.readiness.level !== "ready" ? realWaits(of).filter(isOpen) : [];
      const longest = longestOf(open);
      if (longest === null) return null;
      const more = open.length === 1 ? "" : `, and ${open.length - 1} more`;
      const since = longest.from === null ? "" : ` since ${moment(longest.from)}`;
      return {
        says: `${waiterOf(longest)}${since}${byWhom(longest)}${more}`,
        because: open.slice(0, 4).map(waitReason),
        waiters: open.map(waiterOfWait),
      };
    },
  },
  {
    id: "waited",
    crng: "cause",
    strength: "shown",
    means: "waits of 0.1 s or more were recorded by the kernel's probe, or are shown by stacks",
    find(of) {
      const waits = realWaits(of);
      const longest = longestOf(waits);
      if (longest === null || isBrief(of)) return null;
      const more = waits.length === 1 ? "" : `; ${waits.length} tasks waited`;
      return {
        says: `${waiterOf(longest)}${lengthOf(longest)}${spanOf(longest)}${byWhom(longest)}${more}`,
        because: [...waits.slice(0, 4).map(waitReason), ...readyReason(of)],
        waiters: waits.map(waiterOfWait),
        lookAt: waits
          .slice(0, 2)
          .flatMap(({ line }, index) =>
            line === null ? [] : [{ line, kind: "other", text: capped(waiterOf(waits[index] as Wait)) } as const],
          ),
      };
    },
  },
  reported("own-words", "shown", "a program reports that it waits for the kernel's random number generator"),
  reported(
    "unit",
    "shown",
    "systemd-random-seed, which waits for the CRNG, was started before readiness and finished right after it",
  ),
  reported(
    "systemd-analyze",
    "shown",
    "systemd-analyze shows a long start of systemd-random-seed, which waits for the CRNG",
  ),
  reported("strace", "shown", "strace shows a long or unfinished getrandom()"),
];

/** The rules that accuse where the evidence strongly suggests it. */
export const likelyCauses: readonly VerdictRule[] = [
  {
    id: "silence-ends-at-ready",
    crng: "cause",
    strength: "likely",
    means: "user space is silent until the CRNG becomes ready, and continues then",
    find(of) {
      const silence = silenceAtReady(of);
      return silence === null || silence.goesOn === "console goes on" ? null : silent(silence, of.record);
    },
  },
  {
    id: "step-ends-at-ready",
    crng: "cause",
    strength: "likely",
    means: 'a console\'s step ("starting …") lasts until the CRNG is ready, and the next follows at once',
    find({ record, release }) {
      const around = record.course?.ready ?? null;
      const [step, before, at] = [around?.stepBefore ?? null, around?.before?.at ?? null, around?.ready.at ?? null];
      if (around === null || step === null || before === null || at === null || release?.by === "fast-init")
        return null;
      const goesOn = around.consoleAfter > 0 || around.soonAfter > 0;
      if (at - before < silenceSeconds || !goesOn) return null;
      const name = stepName(step.text);
      return {
        says: `${name}, a step that lasts until the CRNG becomes ready at ${courseMoment(at, record)}${inLine(step.line)}, and the boot continues right after that`,
        because: [
          { text: `"${capped(step.text, 80)}" is the last line before that`, line: step.line },
          ...(around.before === null
            ? []
            : [
                {
                  text: `then ${around.ownLinesBefore === 0 ? "no line" : "only lines of the CRNG's own"} for ${lasted(at - before)}`,
                  line: around.before.line,
                },
              ]),
        ],
        waiters: [{ name, line: step.line, seconds: null }],
        lookAt: [
          {
            line: around.ready.line,
            kind: "silence",
            text: `${durationWords(at - before, 1)} until the CRNG became ready`,
          },
        ],
      };
    },
  },
  {
    id: "console-continues-at-ready",
    crng: "cause",
    strength: "likely",
    means: "log and console are silent until the CRNG is ready, and a program's line without a time is next",
    find(of) {
      const silence = silenceAtReady(of);
      return silence?.goesOn === "console goes on" ? silent(silence, of.record) : null;
    },
  },
  unitsContinueAtReady,
  reported("own-words", "likely", "a program's message suggests that it waited for random bytes"),
  reported(
    "unit",
    "likely",
    "a unit that makes keys was started and did not finish, or finished as the CRNG became ready",
  ),
  reported("systemd-analyze", "likely", "systemd-analyze shows a long start of a unit that makes keys"),
  reported("strace", "likely", "strace shows a long or unfinished wait for /dev/random"),
  reported("debugger", "likely", "a backtrace of a debugger or a JVM ends in a wait for random bytes"),
  reported("wchan", "likely", "a list of tasks shows one in wait_for_random_bytes() or in a read of /dev/random"),
  reported(
    "experiment",
    "likely",
    "the report says that keys, the mouse or a source of entropy make the boot continue, that a program was blocked in getrandom() or on /dev/random, or that a lack of entropy was found to be the cause, and the CRNG was late or is not shown",
  ),
  reported("writer", "likely", "the author of the report says so, and the CRNG was late"),
];

/** The ruling on a silence of user space that ends as the CRNG becomes ready. */
function silent(silence: SilenceAtReady, record: BootRecord): Ruling {
  const { seconds, from, to, goesOn, after, ownLines } = silence;
  const butFor = ownLines === 0 ? "" : ", but for the CRNG's own lines,";
  const next = goesOn === "log ends" ? "" : ", and the boot continues right after that";
  const waiter = likelyWaiter(silence);
  const who =
    waiter === null
      ? "which task waited is not recorded"
      : `the task that waited is likely ${waiter.name}, ${waiter.because}`;
  const because: Reason[] = [
    {
      text: `the last line before that is "${capped(from.text, 80)}" at ${courseMoment(from.at, record)}`,
      line: from.line,
    },
    { text: `the CRNG became ready at ${courseMoment(to.at, record)}`, line: to.line },
    ...(goesOn !== "log ends" && after !== null
      ? [{ text: `then "${capped(after.text, 80)}"`, line: after.line }]
      : []),
  ];
  return {
    says: `the log is silent${butFor} for ${lasted(seconds)} until the CRNG becomes ready at ${courseMoment(to.at, record)}${inLine(to.line)}${next}`,
    who,
    because,
    waiters: waiter === null ? [] : [{ name: waiter.name, line: waiter.line, seconds: waiter.seconds }],
    lookAt: [
      {
        line: to.line,
        kind: "silence",
        text: `${durationWords(seconds, 1)} without a line until the CRNG became ready`,
      },
      // What was done last before it.
      { line: from.line, kind: "silence", text: `a silence of ${durationWords(seconds, 1)} begins here` },
    ],
  };
}

/** The step that a console's line announces: "starting LVM..." is LVM. */
function stepName(text: string): string {
  return capped(
    text
      .replace(/^(?:Begin: )?(?:start|runn|load|wait|generat|creat)ing (?:for )?/i, "")
      .replace(/ ?(?:\.{3}|…|:)$/, ""),
    60,
  );
}
