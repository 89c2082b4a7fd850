import { describe, expect, it } from "vitest";
import type { BootRecord } from "../src/core/boot-record.ts";
import { diagnose } from "../src/diagnose/findings.ts";
import { reportMetrics } from "../src/render/metrics/report-metrics.ts";
import { hostOfStory } from "./support/host/hosts.ts";
import { crngwatch } from "./support/running/program.ts";

/**
 * What each surface reports about a host in FIPS mode. The records and reports are beside the hosts (hosts.test.ts).
 */
interface HostStory {
  readonly story: string;
  readonly verdict: string;
  readonly callers: Pick<BootRecord["callers"], "wouldWait" | "reason">;
  readonly findings: readonly string[];
  readonly check: { readonly code: number; readonly data: string };
  readonly metrics: readonly string[];
  readonly lacksMetrics: readonly string[];
  readonly varlink: Readonly<Record<string, number | string | undefined>>;
}

const stories: readonly HostStory[] = [
  {
    // Tasks queue for its reseeding while the CRNG is not ready.
    story: "fips-generator-queue",
    verdict: "innocent served-by-fips-generator",
    callers: { wouldWait: false, reason: "extrng" },
    findings: ["info fips-generator-waits", "info extrng"],
    check: { code: 0, data: "waits=3;;;0 waited_seconds=U;;;0 longest_wait_seconds=U;5;;0" },
    metrics: [
      "crngwatch_ready 0",
      "crngwatch_callers_wait 0",
      'crngwatch_callers_info{reason="extrng"} 1',
      'crngwatch_waits_total{unit="keygen.service",interface="getrandom",generator="drbg"} 2',
      "crngwatch_waiting_tasks 0",
    ],
    lacksMetrics: ["crngwatch_longest_wait_seconds"],
    varlink: { "t.Ready": 0, "t.CallersWait": 0, "t.Waits": 2 },
  },
  {
    // Ready after 27 s, and it was not noticed: PID 1 paid 42 ms for the generator's seeding.
    story: "fips-generator-ready-late",
    verdict: "innocent nobody-waited",
    callers: { wouldWait: false, reason: "extrng" },
    findings: ["info fips-generator-waits", "info extrng"],
    check: { code: 0, data: "waits=1;;;0 waited_seconds=0.0418s;;;0 longest_wait_seconds=0.0418s;5;;0" },
    metrics: [
      "crngwatch_ready 1",
      'crngwatch_callers_info{reason="extrng"} 1',
      'crngwatch_longest_wait_seconds{interface="getrandom",generator="drbg"} 0.0418',
      'crngwatch_findings{severity="warning"} 0',
    ],
    lacksMetrics: [],
    varlink: { "t.Ready": 1, "t.ReadySeconds": 27.250281, "t.CallersWait": 0, "t.Waits": 1 },
  },
  {
    // A slow machine whose first caller seeds the generator.
    story: "fips-generator-lazy-seed",
    verdict: "innocent served-by-fips-generator",
    callers: { wouldWait: false, reason: "extrng" },
    findings: ["warning fips-generator-waits", "info extrng"],
    check: { code: 0, data: "waits=1;;;0 waited_seconds=2.867s;;;0 longest_wait_seconds=2.867s;5;;0" },
    metrics: ["crngwatch_ready 0", "crngwatch_callers_wait 0", 'crngwatch_findings{severity="warning"} 1'],
    lacksMetrics: [],
    varlink: { "t.Ready": 0, "t.CallersWait": 0, "t.WaitedSeconds": 2.867 },
  },
  {
    // It has the generator; nothing has shown yet that callers get their bytes from it.
    story: "fips-generator-likely",
    verdict: "undecided not-ready-and-nobody-seen",
    callers: { wouldWait: null, reason: null },
    findings: ["info callers-unknown"],
    check: { code: 2, data: "waits=U;;;0 waited_seconds=U;;;0 longest_wait_seconds=U;5;;0" },
    metrics: ["crngwatch_ready 0"],
    lacksMetrics: [
      "crngwatch_callers_wait",
      "crngwatch_callers_info",
      "crngwatch_waits_total",
      "crngwatch_waiting_tasks",
    ],
    varlink: { "t.Ready": 0, "t.CallersWait": undefined, "t.Waits": undefined, "t.WaitedSeconds": undefined },
  },
  {
    // FIPS mode alone does not change which tasks wait.
    story: "fips-without-hook",
    verdict: "undecided not-ready-and-nobody-seen",
    callers: { wouldWait: true, reason: null },
    findings: ["critical fips-unready"],
    check: { code: 2, data: "waits=U;;;0 waited_seconds=U;;;0 longest_wait_seconds=U;5;;0" },
    metrics: ["crngwatch_ready 0", "crngwatch_callers_wait 1"],
    lacksMetrics: ["crngwatch_callers_info", "crngwatch_waits_total"],
    varlink: { "t.Ready": 0, "t.CallersWait": 1, "t.Waits": undefined },
  },
];

describe.concurrent.each(stories)("a host in FIPS mode: $story", (expected) => {
  const root = ["--root", hostOfStory(expected.story)];

  it("the record has the callers' state, the findings and the verdict that follow", async () => {
    const { stdout } = await crngwatch(["status", "--json", ...root]);
    const [record] = (JSON.parse(stdout) as { readonly boots: readonly BootRecord[] }).boots;
    expect(record?.callers).toMatchObject(expected.callers);
    expect(record?.findings.map(({ severity, id }) => `${severity} ${id}`)).toEqual(expected.findings);
    expect(`${record?.verdict.crng} ${record?.verdict.rule}`).toBe(expected.verdict);
    const varlink = record === undefined ? [] : reportMetrics("t", diagnose(record));
    const values = Object.keys(expected.varlink).map((name) => [
      name,
      varlink.find((metric) => metric.name === name)?.value,
    ]);
    expect(Object.fromEntries(values)).toEqual(expected.varlink);
  });

  it("check answers by what callers meet, and with no number that is not known", async () => {
    const { code, stdout } = await crngwatch(["check", ...root]);
    expect(stdout).toContain(` ${expected.check.data} `);
    expect(code).toBe(expected.check.code);
  });

  it("the metrics have a sample for what is known and none for what is not", async () => {
    const { stdout } = await crngwatch(["metrics", ...root]);
    const lines = stdout.split("\n");
    for (const line of expected.metrics) expect(lines).toContain(line);
    for (const name of expected.lacksMetrics) expect(lines.filter((line) => line.startsWith(name))).toEqual([]);
  });
});
