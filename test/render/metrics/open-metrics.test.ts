import { spawnSync } from "node:child_process";
import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { type BootRecord, emptyRecord } from "../../../src/core/boot-record.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { metricFamilies } from "../../../src/render/metrics/metric-families.ts";
import { openMetrics, prometheusText } from "../../../src/render/metrics/open-metrics.ts";
import { version } from "../../../src/core/base/version.ts";
import { fips, pool, probe } from "../../support/records/evidence-of.ts";
import { aRecorder, fullRecord, hostileNames, hostileWaits } from "../../support/records/full-record.ts";
import { whyMissing } from "../../support/running/programs.ts";
import { aCaller } from "../../support/records/waits.ts";
import { anyText } from "../../support/inputs/any-text.ts";

const both = [openMetrics, prometheusText];
const samplesOf = (record: BootRecord, format = openMetrics): readonly string[] =>
  format
    .render({ record, daemon: true })
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

describe("the metrics of a boot", () => {
  const samples = samplesOf(fullRecord());

  it.each([
    `crngwatch_build_info{version="${version}"} 1`,
    'crngwatch_host_info{kernel_release="6.12.9-200.fc41.x86_64",fips="true",vm="kvm"} 1',
    "crngwatch_daemon_up 1",
    'crngwatch_verdict_info{crng="cause",strength="shown",rule="waited"} 1',
    "crngwatch_ready 1",
    'crngwatch_readiness_info{level="ready",cause="unknown",evidence="kernel-log"} 1',
    "crngwatch_ready_not_before_seconds 34.25",
    "crngwatch_ready_not_after_seconds 34.25",
    'crngwatch_waits_total{unit="init.scope",library="libgcrypt.so.20",interface="getrandom",generator="crng"} 1',
    'crngwatch_waited_seconds_total{unit="init.scope",library="libgcrypt.so.20",interface="getrandom",generator="crng"} 31.5',
    'crngwatch_waits_total{unit="sshd-keygen@rsa.service",interface="getrandom",generator="crng"} 2',
    'crngwatch_waited_seconds_total{unit="sshd-keygen@rsa.service",interface="getrandom",generator="crng"} 2.75',
    'crngwatch_waits_total{unit="rngd.service",interface="dev-random",generator="crng"} 1',
    'crngwatch_waits_total{unit="other",library="other",interface="other",generator="other"} 0',
    'crngwatch_longest_wait_seconds{unit="init.scope",library="libgcrypt.so.20",interface="getrandom",generator="crng"} 31.5',
    "crngwatch_waiting_tasks 1",
    'crngwatch_early_uses_total{kind="urandom-read"} 1',
    "crngwatch_missed_warnings_total 7",
    'crngwatch_reseeds_total{reason="vm-fork"} 1',
    "crngwatch_log_gaps_total 1",
    'crngwatch_source_info{source="dev-random-poll",health="denied"} 1',
    'crngwatch_source_info{source="hw-random",health="absent"} 1',
    'crngwatch_findings{severity="warning"} 2',
    "crngwatch_dropped_total 0",
  ])("%s", (line) => expect(samples).toContain(line));

  it("are the same samples in both formats", () => {
    expect(samplesOf(fullRecord(), prometheusText)).toEqual(samples);
  });

  it("have no sample for what is not known", () => {
    const names = samplesOf(emptyRecord()).map((line) => /^\w+/.exec(line)?.[0]);
    for (const unknown of [
      "crngwatch_verdict_info",
      "crngwatch_ready",
      "crngwatch_ready_not_before_seconds",
      "crngwatch_callers_wait",
      "crngwatch_recorder_info",
      "crngwatch_longest_wait_seconds",
    ])
      expect(names).not.toContain(unknown);
    expect(samplesOf(emptyRecord())).toContain("crngwatch_host_info 1");
  });

  it("show that a host is not ready, and since when at least", () => {
    const lines = samplesOf(fold(emptyRecord(), [fips(false), pool(5, 4), probe(5.5, "would-wait")]).record);
    expect(lines).toContain("crngwatch_ready 0");
    expect(lines).toContain("crngwatch_callers_wait 1");
    expect(lines).toContain("crngwatch_ready_not_before_seconds 5.5");
    expect(lines.join("\n")).not.toContain("not_after");
  });

  it("show of a log file's boot that no task waits now", () => {
    expect(samplesOf(fullRecord({ file: "boot.log" })).join("\n")).not.toContain("crngwatch_waiting_tasks");
  });

  it("show the flight recorder where the record does", () => {
    expect(samplesOf(fullRecord({ recorder: aRecorder({ recording: null }) }))).toContain(
      'crngwatch_recorder_info{armed="true"} 1',
    );
    expect(samplesOf(fullRecord({ recorder: aRecorder({ armed: false, recording: false }) }))).toContain(
      'crngwatch_recorder_info{armed="false",recording="false"} 1',
    );
  });
});

describe("OpenMetrics", () => {
  const text = openMetrics.render({ record: fullRecord(), daemon: true });

  it("ends with its mark", () => {
    expect(text.endsWith("\n# EOF\n")).toBe(true);
  });

  it("has a type, a unit where there is one, and a help for each family", () => {
    expect(text).toContain(
      "# TYPE crngwatch_waited_seconds counter\n# UNIT crngwatch_waited_seconds seconds\n# HELP crngwatch_waited_seconds ",
    );
    expect(text).toContain("# TYPE crngwatch_build info\n# HELP crngwatch_build ");
  });

  it("has families whose names keep its rules", () => {
    for (const { name, type, unit, help } of metricFamilies) {
      expect(name).toMatch(/^crngwatch_[a-z]+(_[a-z]+)*$/);
      expect(name).not.toMatch(/_(total|info|count|sum|bucket|created)$/);
      if (unit !== null) expect(name.endsWith(`_${unit}`)).toBe(true);
      if (type === "info") expect(unit).toBeNull();
      expect(help).toMatch(/^[^\\"\n]+[^.\n]$/);
    }
    expect(new Set(metricFamilies.map(({ name }) => name)).size).toBe(metricFamilies.length);
  });
});

/** A line of a sample by the grammar of both formats, and nothing else. */
const grammar = /^[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? -?[\d.e+-]+$/;

describe("names from a host", () => {
  it.each(both)("cannot leave their label: $contentType", ({ render }) => {
    const record = fullRecord({
      waits: hostileWaits(),
      kernel: { ...emptyRecord().kernel, release: hostileNames[0] as string },
    });
    const text = render({ record, daemon: true });
    expect(Buffer.from(text).toString()).toBe(text);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    for (const line of text.split("\n").filter((one) => one !== "" && !one.startsWith("#")))
      expect(line).toMatch(grammar);
    expect(text.match(/^crngwatch_ready /gm)).toHaveLength(1);
    expect(text.match(/^# EOF/gm) ?? []).toHaveLength(text.startsWith("# TYPE") ? 1 : 0);
  });

  it("keep their backslashes, as other exporters print them", () => {
    const [wait] = hostileWaits(1);
    const lines = samplesOf(
      fullRecord({
        waits: wait === undefined ? [] : [{ ...wait, unit: "dev-disk-by\\x2duuid.device", caller: null }],
      }),
    );
    expect(lines.join("\n")).toContain('unit="dev-disk-by\\\\x2duuid.device"');
  });

  it("whatever they are", () => {
    assert(
      property(anyText(), string(), (unit, library) => {
        const [wait] = hostileWaits(1);
        const record = fullRecord({
          waits: wait === undefined ? [] : [{ ...wait, unit: `${unit}\ud800`, caller: aCaller(library) }],
        });
        for (const line of samplesOf(record)) expect(line).toMatch(grammar);
      }),
    );
  });
});

describe("the cost of a host", () => {
  it("is 41 series or fewer for a host on which two units waited", () => {
    const sources = Array.from({ length: 13 }, (_, index) => ({
      name: `source-${index}`,
      health: "ok" as const,
      detail: null,
    }));
    expect(samplesOf(fullRecord({ sources, waits: fullRecord().waits.slice(0, 2) })).length).toBeLessThanOrEqual(41);
  });

  it("has a bound, whatever waits and whatever the record says", () => {
    const sources = Array.from({ length: 500 }, (_, index) => ({
      name: `source-${index}`,
      health: "failed" as const,
      detail: null,
    }));
    const text = openMetrics.render({
      record: fullRecord({ waits: hostileWaits(512), sources, recorder: aRecorder() }),
      daemon: true,
    });
    expect(text.split("\n").filter((line) => !line.startsWith("#")).length).toBeLessThan(75);
    expect(text.length).toBeLessThan(32 * 1024);
  });

  it("loses no wait to the bound: the others are reported together", () => {
    const counts = samplesOf(fullRecord({ waits: hostileWaits(512) }))
      .filter((line) => line.startsWith("crngwatch_waits_total"))
      .map((line) => Number(line.split(" ").at(-1)));
    expect(counts).toHaveLength(9);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(512);
  });
});

const missing = whyMissing("promtool");
if (missing !== null) console.warn(`Skipped in part: ${missing}`);

describe.skipIf(missing !== null)("promtool", () => {
  const check = (record: BootRecord) => {
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
      input: prometheusText.render({ record, daemon: false }),
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  it.each([
    ["a full record", fullRecord()],
    ["a record of which nothing is known", emptyRecord()],
    ["hostile names", fullRecord({ waits: hostileWaits() })],
  ])("has nothing to say against the names: %s", (_, record) => {
    expect(check(record)).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});
