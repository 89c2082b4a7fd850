import { spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verbs } from "../../src/cli/verbs/registry.ts";
import { hostFolder, temporaryFolder } from "../support/host/host-folder.ts";
import { crngwatch, run, program } from "../support/running/program.ts";

const log = "[    0.000000] Linux version 6.1.0 (a@b) #1\n[    1.500000] random: crng init done\n";
const isInput = (path: string): string =>
  `crngwatch: Cannot write '${path}': it is read as input and would be lost, name another file\n`;

/** A call of each verb that takes --output, on a host that is a folder. */
const calls: Readonly<Record<string, (top: string) => readonly string[]>> = {
  report: (top) => ["report", "--root", top],
  metrics: (top) => ["metrics", "--root", top],
  boots: (top) => ["boots", "--root", top],
  analyze: (top) => ["analyze", join(top, "var/log/dmesg")],
};

const host = (): string =>
  hostFolder({ "var/log/dmesg": log, "proc/uptime": "9.50 9.00\n", "proc/cmdline": "quiet\n" });

describe("--output", () => {
  it("is tested for each verb that has it", () => {
    expect(Object.keys(calls).toSorted()).toEqual(
      verbs
        .filter(({ options }) => options.some(({ name }) => name === "output"))
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it.each(Object.keys(calls))(
    "%s: refuses a file that is its input, by whatever name, and leaves it as it was",
    async (verb) => {
      const top = host();
      const words = (calls[verb] as (top: string) => readonly string[])(top);
      const input = join(top, "var/log/dmesg");
      const other = join(temporaryFolder(), "hard-link");
      linkSync(input, other);
      const before = statSync(input);
      for (const path of verb === "analyze" ? [input, other, join(top, "var/../var/log/dmesg")] : [input]) {
        expect(await crngwatch([...words, "-o", path])).toEqual({ code: 2, stdout: "", stderr: isInput(path) });
        expect(readFileSync(input, "utf8")).toBe(log);
        expect(statSync(input)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
      }
      expect(readdirSync(join(top, "var/log"))).toEqual(["dmesg"]);
    },
  );

  it.each(Object.keys(calls))(
    "%s: does not write through a symbolic link, whether something is behind it or not",
    async (verb) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "precious"), "precious");
      symlinkSync("precious", join(folder, "to-file"));
      symlinkSync("missing", join(folder, "to-nothing"));
      const words = (calls[verb] as (top: string) => readonly string[])(host());
      for (const name of ["to-file", "to-nothing"]) {
        const path = join(folder, name);
        expect(await crngwatch([...words, "-o", path])).toEqual({
          code: 1,
          stdout: "",
          stderr: `crngwatch: Cannot write to a file: '${path}' is a symbolic link, name a regular file or leave out --output\n`,
        });
      }
      expect(readFileSync(join(folder, "precious"), "utf8")).toBe("precious");
      expect(existsSync(join(folder, "missing"))).toBe(false);
    },
  );

  // boots needs a journal, which only journald makes.
  it.each(Object.keys(calls).filter((verb) => verb !== "boots"))(
    "%s: replaces an older output, and leaves nothing beside it",
    async (verb) => {
      const folder = temporaryFolder();
      const path = join(folder, "out");
      const words = (calls[verb] as (top: string) => readonly string[])(host());
      writeFileSync(path, "old", { mode: 0o640 });
      expect(await crngwatch([...words, "-o", path])).toEqual({ code: 0, stdout: "", stderr: "" });
      const text = readFileSync(path, "utf8");
      expect(text).not.toBe("old");
      expect(text.length).toBeGreaterThan(20);
      expect(readdirSync(folder)).toEqual(["out"]);
      // What node_exporter reads is for everyone, other outputs stay as private as they were.
      expect(statSync(path).mode & 0o777).toBe(verb === "metrics" ? 0o644 : 0o640);
    },
  );

  it("analyze: names the file where that one may not be replaced, and the folder where nothing may be made", async (context) => {
    const folder = temporaryFolder();
    const path = join(folder, "out");
    writeFileSync(path, "old");
    const words = ["analyze", join(host(), "var/log/dmesg"), "-o", path];
    const immutable = (on: boolean, what: string) => spawnSync("chattr", [on ? "+i" : "-i", what]).status === 0;
    if (!immutable(true, path)) return context.skip("files cannot be made immutable here");
    const ofFile = await crngwatch(words);
    immutable(false, path);
    immutable(true, folder);
    const ofFolder = await crngwatch(words);
    immutable(false, folder);
    const cannot = (why: string) => ({ code: 1, stdout: "", stderr: `crngwatch: Cannot write '${path}': ${why}\n` });
    expect(ofFile).toEqual(
      cannot("no permission to replace this file: it is immutable or append-only, or belongs to another user"),
    );
    expect(ofFolder).toEqual(cannot("no permission to create a file in its folder"));
    expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["old", ["out"]]);
  });

  it("analyze: refuses standard input as its output", async () => {
    const path = join(temporaryFolder(), "my.log");
    writeFileSync(path, log);
    const { code, stderr } = await run("/bin/sh", ["-c", '"$0" analyze -o "$1" - <"$1"', program, path]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: isInput(path) });
    expect(readFileSync(path, "utf8")).toBe(log);
  });

  it("analyze: refuses to overwrite a log that it finds in a folder, and accepts another file there", async () => {
    const report = join(temporaryFolder(), "sosreport");
    mkdirSync(join(report, "sos_commands/kernel"), { recursive: true });
    const path = join(report, "sos_commands/kernel/dmesg");
    writeFileSync(path, log);
    expect(await crngwatch(["analyze", "-o", path, report])).toEqual({ code: 2, stdout: "", stderr: isInput(path) });
    expect(readFileSync(path, "utf8")).toBe(log);
    writeFileSync(join(report, "story.txt"), "old");
    expect(await crngwatch(["analyze", "-o", join(report, "story.txt"), report])).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(readFileSync(join(report, "story.txt"), "utf8")).toContain("1.5");
  });
});
