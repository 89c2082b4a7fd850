import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { crngwatch, project } from "../support/program.ts";

const alerts = join(project, "test/fixtures/alerts");
const update = process.env["UPDATE_FIXTURES"] === "1";
/** Telegraf's own configuration has no thresholds, and lies here to show that it is read all the same. */
const systems = readdirSync(alerts).toSorted();

describe.concurrent.each(systems)("the configuration of %s", (system) => {
  const folder = join(alerts, system);
  const files = readdirSync(folder)
    .filter((name) => !name.startsWith("expected-"))
    .toSorted();

  it.each(["256", "4096"])("is told as it is expected for a pool of %s bits", async (pool) => {
    const { code, stdout, stderr } = await crngwatch(["lint-alerts", "--pool", pool, ...files], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    const path = join(folder, `expected-${pool}.txt`);
    if (update) writeFileSync(path, stdout);
    expect(stdout).toBe(existsSync(path) ? readFileSync(path, "utf8") : "(no such file: run with UPDATE_FIXTURES=1)");
  });
});
