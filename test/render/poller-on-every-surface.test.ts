import { describe, expect, it } from "vitest";
import { type Diagnosed } from "../../src/core/boot-record.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import type { Wait } from "../../src/core/wait.ts";
import { openWaits } from "../../src/daemon/long-waits.ts";
import { summaryFields } from "../../src/render/journal/journal-fields.ts";
import { openMetrics } from "../../src/render/metrics/open-metrics.ts";
import { reportMetrics } from "../../src/render/metrics/report-metrics.ts";
import { bootListRows } from "../../src/render/text/boot-list.ts";
import { checkLine, type Limit } from "../../src/render/text/check-line.ts";
import { reportText } from "../../src/render/text/report-text.ts";
import { statusLine, summaryText } from "../../src/render/text/status.ts";
import { readyLine, wait } from "../support/records/evidence-of.ts";
import { diagnosedOf } from "../support/records/record-of.ts";

const never: Limit = { text: "", alerts: () => false };
const overOneSecond: Limit = { text: "1", alerts: (_, high) => high > 1 };

/** Another crngwatch: some of its threads poll for a minute. */
const poller = (pid: number, facts: Partial<Wait> = {}): Evidence =>
  wait(2, 61.5, { pid, tid: pid, comm: "node", polls: true, interface: "dev-random", evidence: "live", ...facts });
const sleeper = (facts: Partial<Wait> = {}): Evidence =>
  wait(3, 40, { pid: 612, tid: 612, comm: "sshd-keygen", unit: "keys.service", ...facts });
const ended = (to: number): Partial<Wait> => ({ to, ended: "returned" });

/** What each surface counts, or names, as blocked. */
function counted(record: Diagnosed) {
  const metrics = openMetrics.render({ record, daemon: true });
  const sampleSum = (name: string): number =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))].reduce(
      (sum, found) => sum + Number(found[1]),
      0,
    );
  const check = checkLine(record, { warning: never, critical: never, waited: overOneSecond });
  return {
    waits: sampleSum("crngwatch_waits_total"),
    seconds: sampleSum("crngwatch_waited_seconds_total"),
    waiting: sampleSum("crngwatch_waiting_tasks"),
    check: /waits=(\S+?);/.exec(check.text)?.[1],
    journal: summaryFields(record)["CRNGWATCH_WAITS"],
    cost: record.cost.tasks,
    crng: record.verdict.crng,
  };
}

/** Every text in which a person would look for the task that was blocked. */
const texts = (record: Diagnosed): readonly string[] => [
  statusLine(record, openWaits(record, 100)),
  summaryText(record),
  checkLine(record, { warning: never, critical: never, waited: overOneSecond }).text,
  JSON.stringify(bootListRows([{ index: 0, firstEntryAt: null, record, describedBy: null }])),
  JSON.stringify(reportMetrics("crng", record)),
  record.verdict.sentence,
];

describe("a task that polls /dev/random, as another crngwatch does,", () => {
  it("is counted by no surface as one that was blocked, while it polls and afterwards", () => {
    const none = { waits: 0, seconds: 0, waiting: 0, check: "0", journal: "0", cost: 0 };
    expect(counted(diagnosedOf(poller(228), poller(244)))).toMatchObject(none);
    const after = diagnosedOf(poller(228, ended(63.5)), poller(244, ended(63.5)), readyLine(63.5));
    expect(counted(after)).toMatchObject(none);
    expect(after.verdict.crng).not.toBe("cause");
  });

  it("is named as such by no verdict, status, check or metric, but by the report and a finding of its own", () => {
    for (const record of [diagnosedOf(poller(228)), diagnosedOf(poller(228, ended(63.5)), readyLine(63.5))]) {
      expect(texts(record).filter((text) => text.includes("node"))).toEqual([]);
      expect(reportText(record)).toContain("node[228]");
      expect(record.findings.map(({ id }) => id)).toContain("polled");
      expect(record.findings.map(({ id }) => id)).not.toContain("waited");
    }
  });

  it("makes no check a WARNING for how long it polled, as a task that was blocked does", () => {
    const stateOf = (...evidence: readonly Evidence[]) =>
      checkLine(diagnosedOf(...evidence, readyLine(63.5)), { warning: never, critical: never, waited: overOneSecond })
        .state;
    expect(stateOf(poller(228, ended(63.5)))).toBe("OK");
    expect(stateOf(poller(228, ended(63.5)), sleeper(ended(43)))).toBe("WARNING");
  });

  it("hides no task that was blocked, though it polled longer and whatever it is called", () => {
    const record = diagnosedOf(poller(228, { comm: "crngwatch" }), poller(244), sleeper());
    expect(counted(record)).toMatchObject({ waits: 1, seconds: 40, waiting: 1, check: "1", journal: "1", cost: 1 });
    expect(statusLine(record, openWaits(record, 100))).toMatch(/^sshd-keygen\[612\] has waited/);
    expect(statusLine(record, openWaits(record, 100))).not.toContain("more wait");
    expect(summaryText(record)).toContain("sshd-keygen[612]");
  });

  it("is logged no more as it goes on, and sets no timer", () => {
    expect(openWaits(diagnosedOf(poller(228)), 100)).toEqual([]);
    expect(openWaits(diagnosedOf(poller(228), sleeper()), 100).map((long) => long.wait.pid)).toEqual([612]);
  });

  it("named as a crngwatch, and blocked in a call, is a waiter like any other", () => {
    const record = diagnosedOf(sleeper({ comm: "node", commandLine: "node /usr/lib/crngwatch/dist/start.cjs watch" }));
    expect(counted(record)).toMatchObject({ waits: 1, waiting: 1, cost: 1 });
  });
});
