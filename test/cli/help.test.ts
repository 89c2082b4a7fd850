import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { InvocationOf } from "../../src/cli/options.ts";
import { commonOptions } from "../../src/cli/verb.ts";
import { verbs } from "../../src/cli/verbs/registry.ts";
import { version } from "../../src/core/base/version.ts";
import { crngwatch, project } from "../support/program.ts";

describe.concurrent("help", () => {
  it.each([[["--help"]], [["-h"]], [["help"]], [[]]])("for %j is every verb", async (words) => {
    const { code, stdout, stderr } = await crngwatch(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const { name, summary } of verbs) expect(stdout).toMatch(new RegExp(`^ +${name} +${summary}$`, "m"));
  });

  it.each(verbs.map((verb) => [verb.name, verb] as const))(
    "for '%s' is every option of it, its exit codes and an example",
    async (name, { options, exits, example, summary, conventions }) => {
      const long = await crngwatch([name, "--help"]);
      // A plugin that a monitoring system calls in this way has checked nothing.
      const code = conventions === "monitoring-plugin" ? 3 : 0;
      expect({ ...long, stdout: "" }).toEqual({ code, stdout: "", stderr: "" });
      for (const option of [...options, ...commonOptions]) {
        expect(long.stdout).toContain(`--${option.name}${option.value === null ? "" : ` ${option.value}`}`);
        expect(long.stdout).toContain(option.summary);
      }
      for (const part of [summary, exits, example]) expect(long.stdout).toContain(part);
      expect((await crngwatch([name, "-h"])).stdout).toBe(long.stdout);
    },
  );

  it("is printed whatever else is given, and nothing is done", async () => {
    const { code, stdout } = await crngwatch(["status", "--root", "/nonexistent", "--help"]);
    expect({ code, help: stdout.startsWith("crngwatch status: ") }).toEqual({ code: 0, help: true });
  });

  it("fits 130 columns and ends each line", async () => {
    for (const words of [[], ...verbs.map(({ name }) => [name, "--help"])]) {
      const { stdout } = await crngwatch(words);
      expect(stdout.endsWith("\n")).toBe(true);
      expect(stdout.split("\n").filter((line) => line.length > 130 || line !== line.trimEnd())).toEqual([]);
    }
  });
});

describe("the version", () => {
  it("is that of the package", async () => {
    const manifest = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { readonly version: string };
    expect(await crngwatch(["--version"])).toEqual({ code: 0, stdout: `crngwatch ${manifest.version}\n`, stderr: "" });
    expect(version).toBe(manifest.version);
    for (const { name, conventions } of verbs)
      expect(await crngwatch([name, "-V"]), name).toEqual({
        code: conventions === "monitoring-plugin" ? 3 : 0,
        stdout: `crngwatch ${version}\n`,
        stderr: "",
      });
  });
});

describe("the registry of verbs", () => {
  it("names each verb and each option once", () => {
    expect(new Set(verbs.map(({ name }) => name)).size).toBe(verbs.length);
    for (const { options } of verbs) {
      const all = [...options, ...commonOptions];
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    }
  });

  it("types what a verb reads by the names in its own table of options, so that a renamed one does not compile", () => {
    const given: InvocationOf<"recorder">["given"] = { "dry-run": true };
    // @ts-expect-error: no option of this verb
    expect(given.dryRun).toBeUndefined();
    // @ts-expect-error: a switch has no text
    expect(given["dry-run"] === "all").toBe(false);
  });

  it("has an example of each verb that its own command line takes", () => {
    for (const { name, example } of verbs.filter((verb) => !verb.example.startsWith("systemctl ")))
      expect(example).toMatch(new RegExp(`^crngwatch ${name}\\b`));
  });
});
