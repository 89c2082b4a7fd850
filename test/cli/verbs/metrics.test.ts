import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startDaemon } from "../../support/running/daemon.ts";
import { temporaryFolder } from "../../support/host/host-folder.ts";
import { hostOfStory } from "../../support/host/hosts.ts";
import { crngwatch } from "../../support/running/program.ts";

describe("crngwatch metrics", () => {
  it("prints a host in the old text format, sampled once where no daemon runs", async () => {
    const { code, stdout, stderr } = await crngwatch(["metrics", "--root", hostOfStory("vm-cloned")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("\ncrngwatch_daemon_up 0\n");
    expect(stdout).toContain("\ncrngwatch_ready 1\n");
    expect(stdout).toContain('\ncrngwatch_reseeds_total{reason="vm-fork"} 3\n');
    expect(stdout).toMatch(/^# HELP crngwatch_build_info [^\n]+\n# TYPE crngwatch_build_info gauge\n/);
    expect(stdout).not.toContain("# EOF");
  });

  it("prints the daemon's record where one runs", async () => {
    const { socket } = await startDaemon();
    expect((await crngwatch(["metrics", "--socket", socket])).stdout).toContain("\ncrngwatch_daemon_up 1\n");
  });

  it("replaces a file with -o, and prints nothing", async () => {
    const file = join(temporaryFolder(), "crngwatch.prom");
    for (const story of ["may-2018-fips", "vm-cloned"])
      expect(await crngwatch(["metrics", "--root", hostOfStory(story), "-o", file])).toEqual({
        code: 0,
        stdout: "",
        stderr: "",
      });
    expect(readFileSync(file, "utf8")).toContain("\ncrngwatch_ready 1\n");
  });

  it.each([
    ["/nowhere/at/all.prom", "Cannot write '/nowhere/at/all.prom': its folder does not exist"],
    [
      "/dev/null",
      "Cannot write to a file: '/dev/null' is not a regular file, name a regular file or leave out --output",
    ],
  ])("says why it cannot write '%s'", async (file, why) => {
    expect(await crngwatch(["metrics", "--root", hostOfStory("empty"), "-o", file])).toEqual({
      code: 1,
      stdout: "",
      stderr: `crngwatch: ${why}\n`,
    });
    expect(existsSync("/dev/null")).toBe(true);
  });
});
