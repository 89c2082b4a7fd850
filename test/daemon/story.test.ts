import { describe, expect, it, vi } from "vitest";
import { type BootRecord, emptyRecord } from "../../src/core/boot-record.ts";
import type { EntropyCredit } from "../../src/core/entropy-credits.ts";
import type { Health } from "../../src/core/base/health.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import { keepStory, type Story } from "../../src/daemon/story.ts";
import { type OwnLine, openLog } from "../../src/exporters/log-lines.ts";
import { journalEvents } from "../../src/render/journal/journal-events.ts";
import { pool, readyLine, urandomRead } from "../support/records/evidence-of.ts";
import type { Read } from "../../src/platform/pseudo-file.ts";
import { aWait } from "../support/records/waits.ts";

interface KeptStory {
  readonly story: Story;
  readonly lines: OwnLine[];
  readonly status: string[];
  readonly saved: readonly BootRecord[];
  readonly pass: (seconds: number) => void;
}

/** A story from `start`, on a clock that the test moves. */
function startStory(
  start: Partial<BootRecord> = {},
  save: () => Read<void> = () => ({ kind: "ok", value: undefined }),
): KeptStory {
  let now = 100;
  const [lines, status]: [OwnLine[], string[]] = [[], []];
  const saved: BootRecord[] = [];
  const story = keepStory(
    { ...emptyRecord(), ...start },
    {
      host: { now: () => now },
      sources: [{ name: "stacks", standsInFor: "probes" }],
      state: { load: () => ({ kind: "absent" }), save: (record) => (saved.push(record), save()) },
      log: openLog((line) => lines.push(line)),
      notify: { send: (assignments) => (status.push(...assignments), true), watchdogMilliseconds: null },
    },
  );
  const pass = (seconds: number): void => {
    for (let step = 0; step < seconds * 4; step++) {
      now += 0.25;
      vi.advanceTimersByTime(250);
    }
  };
  return { story, lines, status, saved, pass };
}

const source = (name: string, health: Health): Evidence => ({ kind: "source", name, health, detail: null });
const kindsOf = (lines: readonly OwnLine[]): readonly string[] =>
  lines.map(
    ({ fields }) => Object.entries(journalEvents).find(([, { id }]) => id === fields["MESSAGE_ID"])?.[0] ?? "none",
  );
const withTimers = (test: () => void) => (): void => {
  vi.useFakeTimers();
  try {
    test();
  } finally {
    vi.useRealTimers();
  }
};

describe("the daemon's announcements", () => {
  it(
    "sums the boot up once it has been ready for a while, and runs no timer afterwards",
    withTimers(() => {
      const { story, lines, pass } = startStory();
      story.take([readyLine(2.5)]);
      expect(kindsOf(lines)).toEqual(["ready"]);
      pass(11);
      expect(kindsOf(lines)).toEqual(["ready", "boot-summary"]);
      expect(vi.getTimerCount()).toBe(0);
      story.close();
      expect(kindsOf(lines)).toEqual(["ready", "boot-summary", "boot-summary"]);
    }),
  );

  it(
    "reports each wait that lasts, and of a boot that hangs a summary for each stage, however many wait",
    withTimers(() => {
      const { story, lines, status, pass } = startStory({
        waits: Array.from({ length: 20 }, (_, index) => aWait({ pid: 100 + index, from: 100 + index / 4 })),
      });
      story.take([]);
      pass(70);
      const kinds = kindsOf(lines);
      expect(kinds.filter((kind) => kind === "wait-lasts")).toHaveLength(60);
      expect(kinds.filter((kind) => kind === "boot-summary")).toHaveLength(2);
      story.take([]);
      expect(status.at(-1)).toMatch(
        /^STATUS=sshd-keygen\[100\] has waited 70 s .*, and 19 more wait; CRNG state unknown$/,
      );
      story.close();
      expect(vi.getTimerCount()).toBe(0);
    }),
  );

  it(
    "sums a boot up that hangs once a wait has lasted 10 s, and not before",
    withTimers(() => {
      const { story, lines, pass } = startStory({ waits: [aWait({ from: 100 })] });
      const summaries = (): number => kindsOf(lines).filter((kind) => kind === "boot-summary").length;
      story.take([]);
      pass(9.5);
      expect([kindsOf(lines), summaries()]).toEqual([["wait-lasts"], 0]);
      pass(1);
      expect(summaries()).toBe(1);
      story.close();
    }),
  );

  it(
    "saves what shows the cause of readiness, though it is read after the CRNG became ready and is no news",
    withTimers(() => {
      const { story, lines, saved, pass } = startStory();
      story.take([pool(1, 256), readyLine(2.5)]);
      const jitter: EntropyCredit = {
        source: "jitter",
        bits: 138,
        times: 138,
        firstAt: 1,
        lastAt: 2.5,
        function: "entropy_timer",
        task: { pid: 9, comm: "dd" },
      };
      const written = lines.length;
      story.take([{ kind: "credits", credits: [jitter] }]);
      expect(lines).toHaveLength(written);
      pass(2);
      expect(saved.at(-1)?.readiness.basis.cause).toMatch(/^recorded in the kernel: jitter entropy/);
      const count = saved.length;
      story.take([]);
      pass(2);
      expect(saved).toHaveLength(count);
      story.close();
    }),
  );

  it(
    "saves a change once, and further ones of the same second together",
    withTimers(() => {
      const { story, saved, pass } = startStory();
      story.take([urandomRead(1, "a")]);
      expect(saved).toHaveLength(1);
      pass(5);
      expect(saved).toHaveLength(1);
      for (const at of [2, 3, 4]) story.take([urandomRead(at)]);
      expect(saved).toHaveLength(2);
      pass(5);
      expect(saved).toHaveLength(3);
      expect(saved.at(-1)?.earlyUses).toHaveLength(4);
      story.close();
    }),
  );

  it(
    "warns once that the record cannot be saved, until it was saved and fails again",
    withTimers(() => {
      const answers: Read<void>[] = [];
      const { story, lines } = startStory({}, () => answers.shift() ?? { kind: "ok", value: undefined });
      const warnings = (): readonly string[] =>
        lines.map(({ text }) => text).filter((text) => text.startsWith("Cannot save the record: "));
      answers.push({ kind: "denied" }, { kind: "failed", errno: "ENOSPC" });
      for (let count = 0; count < 3; count++) story.save();
      expect(warnings()).toEqual([expect.stringMatching(/: denied, continuing without: /)]);
      answers.push({ kind: "failed", errno: "ENOSPC" });
      story.save();
      expect(warnings()).toEqual([expect.anything(), expect.stringMatching(/: no space left/i)]);
    }),
  );

  it(
    "ends the timer of a save that is due",
    withTimers(() => {
      const { story, saved } = startStory();
      story.take([urandomRead(1, "a")]);
      story.take([urandomRead(2, "b")]);
      expect([saved.length, vi.getTimerCount()]).toEqual([1, 1]);
      story.close();
      expect(vi.getTimerCount()).toBe(0);
    }),
  );

  it(
    "saves the record once a second at most, however many waits begin and end, and what came last all the same",
    withTimers(() => {
      const { story, saved, pass } = startStory();
      const waits = 200;
      for (let pid = 1; pid <= waits; pid++) {
        story.take([{ kind: "wait", wait: aWait({ pid, tid: pid, from: pid, to: null, ended: null }) }]);
        if (pid % 10 === 0) pass(0.25);
      }
      pass(2);
      expect(saved.length).toBeGreaterThan(1);
      expect(saved.length).toBeLessThanOrEqual(waits / 40 + 3);
      expect(saved.at(-1)?.waits).toHaveLength(waits);
      story.close();
    }),
  );

  it(
    "names a source that is lost once, until it comes back and is lost again",
    withTimers(() => {
      const { story, lines } = startStory();
      for (const health of ["ok", "failed", "failed", "ok", "denied"] as const)
        story.take([{ kind: "source", name: "kmsg", health, detail: "a\nb" }]);
      story.close();
      expect(
        lines.filter(({ fields }) => fields["MESSAGE_ID"] === journalEvents["source-lost"].id).map(({ text }) => text),
      ).toEqual([
        "Source 'kmsg' is failed: a\\x0ab, continuing without it",
        "Source 'kmsg' is denied: a\\x0ab, continuing without it",
      ]);
    }),
  );

  it.each<[where: string, priority: number, end: string, facts: readonly Evidence[]]>([
    ["probes of its own are set", 6, "continuing with 'probes'", [source("probes", "ok")]],
    ["probes cannot be set", 4, "continuing without it", [source("probes", "failed")]],
    ["there is no tracefs", 4, "continuing without it", [source("probes", "absent")]],
    ["nobody has looked", 4, "continuing without it", []],
  ])(
    "warns of stacks that may not be read only where nothing else shows the waiters: %s",
    (_where, priority, end, facts) => {
      const { story, lines } = startStory();
      story.take([...facts, source("stacks", "denied")]);
      story.close();
      expect(
        lines
          .filter(({ text }) => text.startsWith("Source 'stacks' is denied: "))
          .map((line) => [line.priority, line.text.endsWith(end)]),
      ).toEqual([[priority, true]]);
    },
  );
});
