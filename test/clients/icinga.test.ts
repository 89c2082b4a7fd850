import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { until } from "../support/running/until.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { hostOfStory } from "../support/host/hosts.ts";
import { program } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";

const missing =
  whyMissing("icinga2") ?? (process.getuid?.() === 0 ? null : "icinga2 starts as root to become its own user");
if (missing !== null) console.warn(`Skipped: ${missing}`);

/** The state that Icinga shall find for each of these hosts. */
const stories = {
  "fedora-rdrand-trusted": "OK",
  "early-uses-4.19": "WARNING",
  "forged-ready-line": "CRITICAL",
  empty: "UNKNOWN",
} as const;

describe.skipIf(missing !== null)("a real Icinga 2", () => {
  it("runs check, and reads its state, its line and each value of its performance data", async () => {
    const folder = temporaryFolder();
    for (const name of ["data", "log", "run", "cache", "perf"]) mkdirSync(join(folder, name));
    const services = Object.keys(stories).map(
      (story) =>
        `object Service "${story}" {\n host_name = "here"\n check_command = "crng"\n vars.root = "${hostOfStory(story)}"\n` +
        ` check_interval = 1s\n retry_interval = 1s\n max_check_attempts = 1\n}`,
    );
    const configuration = join(folder, "icinga2.conf");
    writeFileSync(
      configuration,
      [
        "include <itl>",
        'object CheckerComponent "checker" { }',
        `object PerfdataWriter "perf" {
 host_perfdata_path = "${folder}/perf/host"
 host_temp_path = "${folder}/host"
 service_perfdata_path = "${folder}/perf/service"
 service_temp_path = "${folder}/service"
 service_format_template = "$service.name$\\t$service.state$\\t$service.output$\\t$service.perfdata$"
 rotation_interval = 1s
}`,
        `object CheckCommand "crng" {\n command = [ "${program}", "check", "--root", "$root$" ]\n}`,
        'object Host "here" {\n check_command = "dummy"\n enable_active_checks = false\n}',
        ...services,
      ].join("\n"),
    );
    const places = { DataDir: "data", SpoolDir: "data", LogDir: "log", InitRunDir: "run", CacheDir: "cache" };
    const child = spawn(
      "icinga2",
      [
        "daemon",
        "-c",
        configuration,
        ...Object.entries(places).map(([name, place]) => `-DConfiguration.${name}=${join(folder, place)}`),
        "-DConfiguration.RunAsUser=root",
        "-DConfiguration.RunAsGroup=root",
      ],
      {
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
        env: { ...process.env, ICINGA2_USER: "root", ICINGA2_GROUP: "root" },
      },
    );
    // The program that was started watches over a second one, so the whole group is ended.
    onTestFinished(() => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGKILL");
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (said += text));

    const lines = (): readonly (readonly string[])[] =>
      readdirSync(join(folder, "perf"))
        .filter((name) => name.startsWith("service"))
        .flatMap((name) =>
          readFileSync(join(folder, "perf", name), "utf8")
            .trim()
            .split("\n"),
        )
        .filter((line) => line !== "")
        .map((line) => line.split("\t"));
    const seen = (): ReadonlyMap<string | undefined, readonly string[]> =>
      new Map(lines().map((line) => [line[0], line]));
    let taken: ReturnType<typeof seen> = new Map();
    await until(
      () => `Icinga to have checked all; it said: ${said}`,
      // Kept as it was seen: a file of the same second replaces the one before.
      () => (taken = new Map([...taken, ...seen()])).size === Object.keys(stories).length,
    );
    child.kill("SIGTERM");
    for (const [story, state] of Object.entries(stories)) {
      const [, found, output = "", values = ""] = taken.get(story) ?? [];
      expect({ story, found }).toEqual({ story, found: state });
      expect(output).toMatch(new RegExp(`^CRNG ${state} - .`));
      // Icinga drops a value that it cannot parse, and reports that.
      expect(values, story).toMatch(/^ready_seconds=.* longest_wait_seconds=/);
    }
    expect(said).not.toMatch(/ (?:warning|critical)\//);
  });
});
