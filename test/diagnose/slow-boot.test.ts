import { describe, expect, it } from "vitest";
import type { BootUnit, JournalSilence } from "../../src/core/boot-units.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import { readyLine, wait } from "../support/records/evidence-of.ts";
import { aRecorder } from "../support/records/full-record.ts";
import { diagnosedOf } from "../support/records/record-of.ts";

const unit = (name: string, startedAt: number, doneAt: number, ...after: readonly string[]): BootUnit => ({
  name,
  startedAt,
  doneAt,
  after,
});
const times = (
  finishedAt: number,
  units: readonly BootUnit[],
  { userspaceAt = 2, silences = null }: { userspaceAt?: number; silences?: readonly JournalSilence[] | null } = {},
): Evidence => ({ kind: "unit-times", initrdAt: null, userspaceAt, finishedAt, units, silences });
const slowBoot = (...evidence: readonly Evidence[]): string | null =>
  diagnosedOf(...evidence).findings.find(({ id }) => id === "slow-boot")?.summary ?? null;

const online = [
  unit("basic.target", 4, 4),
  unit("wait-online.service", 4.5, 66.6, "basic.target"),
  unit("multi-user.target", 66.7, 66.7, "wait-online.service"),
];

describe("a boot that was slow for another reason than the CRNG", () => {
  it("names the unit of the critical chain that took the time, in the verdict too", () => {
    const { verdict } = diagnosedOf(readyLine(0.1), times(66.8, online));
    expect(verdict.sentence).toContain("the boot was slow: wait-online.service took 62.1 s");
    expect(verdict.lookAt[0]?.text).toBe("wait-online.service took 62.1 s");
    expect(slowBoot(readyLine(0.1), times(66.8, online))).toMatch(
      /^The boot took 66\.8 s; wait-online\.service took 62/,
    );
  });

  it("names further slow units in its detail, where there are any", () => {
    const detailOf = (finishedAt: number, units: readonly BootUnit[]): string | undefined =>
      diagnosedOf(readyLine(0.1), times(finishedAt, units)).findings.find(({ id }) => id === "slow-boot")?.detail;
    const second = unit("index.service", 66.8, 110, "multi-user.target");
    expect(detailOf(66.8, online)).toBe("From systemd's time stamps, along the critical chain");
    expect(detailOf(110, [...online, second])).toMatch(/^Also: index\.service took 43\.2 s\. From systemd's/);
  });

  it("claims that it was not a wait for the CRNG only where that is known", () => {
    const other = ", and that was not a wait for the CRNG";
    expect(slowBoot(readyLine(0.1), times(66.8, online))).toContain(other);
    expect(slowBoot(readyLine(5.4), times(66.8, online))).toContain(other);
    expect(slowBoot(readyLine(66.6), times(66.8, online))).toMatch(
      /wait-online\.service took 62\.1 s; whether that was a wait for the CRNG was not recorded$/,
    );
    // Nothing shows that it is ready.
    expect(slowBoot(times(66.8, online))).not.toContain(other);
    const recorder: Evidence = { kind: "recorder", ...aRecorder({ problem: null }) };
    expect(slowBoot(readyLine(66.6), recorder, times(66.8, online))).toContain(other);
  });

  it("names the time in which no unit of the chain was starting, with what was before and after it", () => {
    const silent = [unit("basic.target", 4, 4), unit("late.service", 45, 46, "basic.target")];
    expect(slowBoot(readyLine(0.1), times(46.1, silent))).toContain(
      "41.0 s passed between basic.target, done at 4.0 s, and the start of late.service",
    );
  });

  it("names the kernel and the initrd where user space began late", () => {
    expect(slowBoot(readyLine(0.1), times(40, [unit("basic.target", 39, 39)], { userspaceAt: 38 }))).toContain(
      "the kernel and the initrd took 38.0 s",
    );
  });

  it("says what the journal shows of a silence in it: the last line before and the first one after", () => {
    const silent = [unit("basic.target", 4, 4), unit("late.service", 45, 46, "basic.target")];
    const silences = [
      {
        from: { at: 5.25, by: "systemd-udevd", text: "sda: waiting" },
        to: { at: 44.5, by: "kernel", text: "sda: sda1" },
      },
    ];
    expect(slowBoot(readyLine(0.1), times(46.1, silent, { silences }))).toContain(
      "the journal is silent for 39.3 s, from 'systemd-udevd: sda: waiting' at 5.3 s to 'kernel: sda: sda1' at 44.5 s",
    );
  });

  it("says nothing of a silence that covers little of it", () => {
    const silent = [unit("basic.target", 4, 4), unit("late.service", 45, 46, "basic.target")];
    const silences = [{ from: { at: 5, by: "a", text: "b" }, to: { at: 15, by: "c", text: "d" } }];
    expect(slowBoot(readyLine(0.1), times(46.1, silent, { silences }))).not.toContain("silent");
  });

  it("is none where the waits for the CRNG explain the time", () => {
    const blocked = wait(4.5, 62, { pid: 700, unit: "wait-online.service", to: 66.5 });
    expect(slowBoot(blocked, readyLine(66.4), times(66.8, online))).toBeNull();
  });

  it("is none where a task of no unit, or one of the initrd, was blocked in that time", () => {
    const initrd = wait(1, 36, { pid: 700, unit: null, to: 37 });
    expect(slowBoot(initrd, readyLine(37), times(40, [unit("basic.target", 39, 39)], { userspaceAt: 38 }))).toBeNull();
    const first = wait(1, 36, { pid: 1, unit: "init.scope", to: 37 });
    const late = [unit("basic.target", 39, 39), unit("multi-user.target", 80, 80, "basic.target")];
    expect(slowBoot(first, readyLine(37), times(80, late, { userspaceAt: 38 }))).toContain(
      "41.0 s passed between basic.target",
    );
    const silent = [unit("basic.target", 4, 4), unit("late.service", 45, 46, "basic.target")];
    expect(slowBoot(wait(5, 38, { pid: 701, unit: null, to: 43 }), readyLine(43), times(46.1, silent))).toBeNull();
  });

  it("says how long the rest took where a task was blocked in a part of that time", () => {
    const initrd = wait(1, 12, { pid: 700, unit: null, to: 13 });
    expect(slowBoot(initrd, readyLine(13), times(40, [unit("basic.target", 39, 39)], { userspaceAt: 38 }))).toContain(
      "the kernel and the initrd took 26.0 s beside the waits",
    );
  });

  it("is none where the boot was quick, or systemd's stamps are not known", () => {
    expect(slowBoot(readyLine(0.1), times(9, [unit("basic.target", 4, 8.9)]))).toBeNull();
    expect(slowBoot(readyLine(0.1))).toBeNull();
  });
});
