import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../../src/core/caller.ts";
import { parseProcessStat } from "../../../src/parse/proc/proc-stat.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { CallStacks } from "../../../src/sources/program/call-stacks.ts";
import { hostOf } from "../../support/host/host-folder.ts";
import { whyMissing } from "../../support/running/programs.ts";
import { until } from "../../support/running/until.ts";

const reason = process.arch === "x64" ? whyMissing("cc") : "x86-64 only";
const folder = mkdtempSync(join(tmpdir(), "crngwatch-hostile-"));
const program = join(folder, "program");
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Who called, with as many instructions of call frame information for each frame, and what the names took. */
async function unwound(instructions: number): Promise<{ readonly caller: Caller | null; readonly searches: number }> {
  const words = [join(folder, "frames.img"), String(instructions)];
  const child = spawn(program, words, { stdio: ["pipe", "ignore", "inherit"] });
  children.push(child);
  const pid = child.pid ?? 0;
  await until(
    () => "the program to be in its call",
    () => /^0 0x0 .* 0x300000802$/.test(readFileSync(`/proc/${pid}/syscall`, "utf8").trim()),
  );
  const startTicks = parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"))?.startTicks ?? 0;
  const stacks = new CallStacks({ ...hostOf({}), roots: rootsBelow("/") });
  const caller = stacks.callOfSleeper({ pid, tid: pid, startTicks })?.caller ?? null;
  return { caller, searches: stacks.searches };
}

describe.skipIf(reason !== null)(`a program that is made to be costly to unwind ${reason ?? ""}`, () => {
  beforeAll(() => {
    execFileSync("cc", ["-O1", "-o", program, join(import.meta.dirname, "hostile-stack.c")]);
  });

  it("has its frames, but not all of its 60 tables of 32 700 symbols are searched", async () => {
    const { caller, searches } = await unwound(0);
    expect(caller?.stack).toHaveLength(60);
    expect(caller?.stack.map(({ function: name }) => name)).toEqual(caller?.stack.map(() => null));
    // Of 4096 symbols each, in 4 MiB.
    expect(searches).toBeGreaterThan(8);
    expect(searches).toBeLessThanOrEqual(44);
  });

  it("has as many frames as some thousand instructions find, and is not unwound further", async () => {
    const { caller } = await unwound(4000);
    expect(caller).toMatchObject({ library: "frames.img", how: "stack", fromConstructor: null });
    expect(caller?.stack.length).toBeLessThan(5);
  });
});
