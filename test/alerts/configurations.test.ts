import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mostThresholds } from "../../src/alerts/systems/alert-reader.ts";
import { netdataThresholds } from "../../src/alerts/systems/netdata.ts";
import { crngwatch, project } from "../support/running/program.ts";

const alerts = join(project, "test/fixtures/alerts");
const update = process.env["UPDATE_FIXTURES"] === "1";
/** Telegraf's own configuration has no thresholds, and lies here to show that it is read all the same. */
const systems = readdirSync(alerts).toSorted();

describe.concurrent.each(systems)("the configuration of %s", (system) => {
  const folder = join(alerts, system);
  const files = readdirSync(folder)
    .filter((name) => !name.startsWith("expected-"))
    .toSorted();

  it.each(["256", "4096"])("is reported as it is expected for a pool of %s bits", async (pool) => {
    const { code, stdout, stderr } = await crngwatch(["lint-alerts", "--pool", pool, ...files], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    const path = join(folder, `expected-${pool}.txt`);
    if (update) writeFileSync(path, stdout);
    expect(stdout).toBe(existsSync(path) ? readFileSync(path, "utf8") : "(no such file: run with UPDATE_FIXTURES=1)");
  });
});

describe("a configuration of netdata with more alarms than a file may have", () => {
  const alarm = (number: number): string => `alarm: low_${number}\n  on: system.entropy\n  warn: $this < ${number}\n\n`;
  const textOf = (count: number): string => Array.from({ length: count }, (_, number) => alarm(number)).join("");

  it("is read no further than it takes to see that", () => {
    expect(netdataThresholds({ text: textOf(10), tree: null })).toHaveLength(10);
    expect(netdataThresholds({ text: textOf(20 * mostThresholds), tree: null })).toHaveLength(mostThresholds + 1);
  });
});
