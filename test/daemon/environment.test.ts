import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { program, project, run } from "../support/running/program.ts";

/** Any object will do: here it is the variable that counts. */
const object = existsSync(join(project, "native/nonblocking-start.so"))
  ? join(project, "native/nonblocking-start.so")
  : "libm.so.6";

describe("the start object", () => {
  it("is for crngwatch's own process: no child inherits it", async () => {
    const code = `
      const { execFileSync } = require("node:child_process");
      process.argv.splice(1, process.argv.length, "crngwatch", "--version");
      require(process.env.MAIN);
      require("node:fs").writeSync(1, execFileSync("env"));
    `;
    const { stdout, stderr } = await run(process.execPath, ["-e", code], {
      env: { PATH: process.env["PATH"], LD_PRELOAD: object, MAIN: join(project, "dist/main.cjs") },
    });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^crngwatch \d/m);
    expect(stdout).toMatch(/^PATH=/m);
    expect(stdout).not.toContain("LD_PRELOAD");
  });

  it("does not reach the programs that a verb starts", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin/journalctl"), `#!/bin/sh\nenv >${join(folder, "environment")}\n`, { mode: 0o755 });
    const { code } = await run(program, ["boots"], {
      env: { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"]}` },
    });
    expect(code).toBe(1);
    const environment = readFileSync(join(folder, "environment"), "utf8");
    expect(environment).toMatch(/^PATH=/m);
    expect(environment).not.toContain("LD_PRELOAD");
  });
});
