import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../src/core/boot-record.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { mayUnitTimesDecide } from "../../../src/diagnose/verdict/unit-stamps.ts";
import { extent, fips, pool, readyLine, wait } from "../../support/records/evidence-of.ts";
import { aRecorder } from "../../support/records/full-record.ts";

const recordOf = (...evidence: readonly Evidence[]) => diagnose(fold(emptyRecord(), evidence).record);
const source = (name: string, health: "ok" | "absent" | "denied"): Evidence => ({
  kind: "source",
  name,
  health,
  detail: health === "ok" ? null : "why",
});
const inContainer: Evidence = { kind: "supply", virtualization: { vm: null, container: "docker" } };
const units: Evidence = {
  kind: "unit-times",
  initrdAt: null,
  userspaceAt: 2,
  finishedAt: 70,
  units: [{ name: "cron.service", startedAt: 40, doneAt: 60.2, after: [] }],
  silences: null,
};

describe("mayUnitTimesDecide: systemd's stamps are worth a request", () => {
  it.each<[what: string, evidence: readonly Evidence[]]>([
    ["is undecided", [readyLine(61)]],
    ["is likely", [readyLine(3)]],
  ])("where the verdict %s, and the log shows when the CRNG was ready", (_what, evidence) => {
    expect(mayUnitTimesDecide(recordOf(...evidence))).toBe(true);
  });

  it.each<[what: string, evidence: readonly Evidence[]]>([
    ["the CRNG is not ready: the request would be one more user of it", [fips(false), pool(3, 4)]],
    ["readiness was only sampled", [pool(60.5, 4), pool(61, 256)]],
    ["a wait was recorded", [wait(2, 31.5, { pid: 612, comm: "gpgv", to: 33.5 }), readyLine(33.4)]],
    ["it was ready at once", [readyLine(0.1)]],
    [
      "the flight recorder recorded the whole boot",
      [readyLine(61), { kind: "recorder", ...aRecorder({ problem: null }) }],
    ],
    ["this is a container, whose systemd stamps its own start", [readyLine(61), inContainer]],
    ["they are known", [readyLine(61), units]],
    ["systemd was asked in vain", [readyLine(61), source("unit-times", "absent")]],
    ["a log is described", [extent(70), readyLine(61)]],
  ])("not where %s", (_what, evidence) => {
    expect(mayUnitTimesDecide(recordOf(...evidence))).toBe(false);
  });
});

describe("an undecided verdict of this host says what would decide it", () => {
  const says = (...evidence: readonly Evidence[]): string =>
    recordOf(...evidence).verdict.sentence.replace("Undecided whether the CRNG delayed this boot: ", "");

  it("the flight recorder, at the next boot", () => {
    expect(says(readyLine(61))).toBe(
      "it became ready late, at 61.000 s; whether a task waited until then was not recorded (arm the flight recorder to record the next boot)",
    );
  });

  it("and that systemd's time stamps do not, where they are known", () => {
    expect(says(readyLine(61), units)).toContain(
      "was not recorded, and systemd's time stamps show no unit that did (arm the flight recorder",
    );
    // Held against a time that is only sampled they show nothing.
    expect(says(pool(60.5, 4), pool(61, 256), units)).not.toContain("systemd");
  });

  it("in a container, on its host", () => {
    expect(says(readyLine(61), inContainer)).toContain(
      "(arm the flight recorder on the container's host, to record its next boot)",
    );
  });

  it("where the kernel log is denied and only a sample bounds the time, a run that may read it", () => {
    expect(says(pool(700, 256), source("kmsg", "denied"))).toBe(
      "it became ready no later than 700.000 s (11 min 40 s); the kernel log, which may show when, is denied to this process (run crngwatch as root)",
    );
    expect(says(pool(700, 256), source("kmsg", "denied"), inContainer)).toContain(
      "(run crngwatch on the container's host)",
    );
    expect(says(pool(700, 256), source("kmsg", "ok"))).toContain("arm the flight recorder");
  });
});
