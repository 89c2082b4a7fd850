import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { help, verbHelp } from "../../src/cli/help.ts";
import type { InvocationOf } from "../../src/cli/options.ts";
import { commonOptions } from "../../src/cli/verb.ts";
import { verbs } from "../../src/cli/verbs/registry.ts";
import { version } from "../../src/core/base/version.ts";
import { rootsBelow } from "../../src/platform/roots.ts";
import { crngwatch, project } from "../support/running/program.ts";

describe.concurrent("help", () => {
  it.each([[["--help"]], [["-h"]], [["help"]], [[]]])("for %j is every verb", async (words) => {
    const { code, stdout, stderr } = await crngwatch(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const { name, summary } of verbs) expect(stdout).toMatch(new RegExp(`^ +${name} +${summary}$`, "m"));
  });

  it.each(verbs.map((verb) => [verb.name, verb] as const))(
    "for '%s' is every option of it, its exit codes and an example",
    (_name, verb) => {
      const long = verbHelp(verb);
      for (const option of [...verb.options, ...commonOptions]) {
        const value = option.value === null ? "" : ` ${option.value}`;
        expect(long).toContain(`--${option.name}${option.usual === undefined ? value : `[=${option.value}]`}`);
        expect(long).toContain(option.summary);
      }
      for (const part of [verb.summary, verb.exits, verb.example]) expect(long).toContain(part);
    },
  );

  it.each(verbs.map(({ name }) => name))("for '%s' is what -h and --help ask for", (name) => {
    for (const word of ["--help", "-h"])
      expect(parseArguments([name, word], rootsBelow("/"), verbs)).toMatchObject({ kind: "help", verb: { name } });
  });

  it.each(verbs.filter(({ name }) => name === "status" || name === "check"))(
    "for '$name' is printed whatever else is given, and nothing is done",
    async (verb) => {
      // A plugin that a monitoring system calls in this way has checked nothing.
      const code = verb.conventions === "monitoring-plugin" ? 3 : 0;
      const asked = await crngwatch([verb.name, "--root", "/nonexistent", "--help"]);
      expect(asked).toEqual({ code, stdout: verbHelp(verb), stderr: "" });
    },
  );

  it("fits 130 columns and ends each line", () => {
    for (const text of [help(verbs), ...verbs.map((verb) => verbHelp(verb))]) {
      expect(text.endsWith("\n")).toBe(true);
      expect(text.split("\n").filter((line) => line.length > 130 || line !== line.trimEnd())).toEqual([]);
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

  it("has an example for each verb that its own command line accepts", () => {
    for (const { name, example } of verbs.filter((verb) => !verb.example.startsWith("systemctl ")))
      expect(example).toMatch(new RegExp(`^crngwatch ${name}\\b`));
  });
});
