import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { metricFamilies } from "../../src/render/metrics/metric-families.ts";
import { sampleName } from "../../src/render/metrics/open-metrics.ts";
import { project } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";

const folder = join(project, "packaging/prometheus");
const rules = readFileSync(join(folder, "crngwatch.rules.yml"), "utf8");
const testFiles = ["crngwatch.rules.test.yml", "crngwatch-days.rules.test.yml"];
const tests = testFiles.map((file) => readFileSync(join(folder, file), "utf8")).join("");
const alerts = [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = ""]) => name);

it("there is an alert for all that should wake a person", () => {
  expect(alerts).toEqual(["CrngNotReady", "CrngReadyLate", "CrngWaitedLong", "CrngWaiterNow", "CrngVmForked", "CrngwatchSilent", "CrngRecorderSilent", "CrngSourceLost"]);
});

it.each(alerts)("%s is tested where it fires and where it is silent", (name) => {
  // In a firing case others of the same input are silent: promtool compares the whole list.
  expect(tests).toMatch(new RegExp(`alertname: ${name}\n +exp_alerts:\n +- exp_labels`));
});

it.each([rules, readFileSync(join(project, "packaging/grafana/crngwatch.json"), "utf8")])("names no metric that crngwatch does not have", (text) => {
  const known = metricFamilies.map(sampleName);
  const named = [...text.matchAll(/(?<![:\w])crngwatch_\w+(?!:)/g)].map(([name]) => name).filter((name) => name !== "crngwatch_ready_seconds");
  expect(named.length).toBeGreaterThan(5);
  expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
});

const missing = whyMissing("promtool");
if (missing !== null) console.warn(`Skipped in part: ${missing}`);

describe.skipIf(missing !== null)("promtool", () => {
  const promtool = (...words: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync("promtool", words, { cwd: folder, encoding: "utf8" });
    return { status, said: stdout + stderr };
  };

  it("finds the rules good", () => {
    expect(promtool("check", "rules", "crngwatch.rules.yml")).toMatchObject({ status: 0, said: expect.stringContaining("SUCCESS: 11 rules found") });
  });

  it("sees each alert fire and keep silent", () => {
    expect(promtool("test", "rules", ...testFiles)).toEqual({ status: 0, said: expect.stringContaining("SUCCESS") });
  });
});
