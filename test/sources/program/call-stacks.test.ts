import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { parseProcessStat } from "../../../src/parse/proc/proc-stat.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { CallStacks } from "../../../src/sources/program/call-stacks.ts";
import { until } from "../../support/running/until.ts";
import { hostOf } from "../../support/host/host-folder.ts";

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

interface Task {
  readonly pid: number;
  readonly tid: number;
  readonly startTicks: number;
}

async function started(program: string, words: readonly string[], call: RegExp): Promise<Task> {
  const child = spawn(program, words, { stdio: ["pipe", "ignore", "inherit"] });
  children.push(child);
  const pid = child.pid ?? 0;
  await until(
    () => `${program} to be in its call`,
    () => call.test(readFileSync(`/proc/${pid}/syscall`, "utf8")),
  );
  const startTicks = parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"))?.startTicks ?? 0;
  return { pid, tid: pid, startTicks };
}

const stacks = (): CallStacks => new CallStacks({ ...hostOf({}), roots: rootsBelow("/") });

describe.skipIf(process.arch !== "x64")("the call of a task that sleeps", () => {
  it("shows its request and its caller, without stopping it", async () => {
    const task = await started("/bin/cat", [], /^0 0x0 /);
    const shown = stacks().callOfSleeper(task);
    expect(shown).toMatchObject({
      request: { syscall: "read", flags: 0 },
      caller: { library: null, how: "stack" },
    });
    expect(shown?.request?.bytes).toBeGreaterThan(4095);
    expect(shown?.caller?.stack[0]?.function).toMatch(/read$/);
    expect(readFileSync(`/proc/${task.pid}/status`, "utf8")).toMatch(/^State:\s*S/m);
  });

  it("shows no caller where another process has its number by now", async () => {
    const task = await started("/bin/cat", [], /^0 0x0 /);
    expect(stacks().callOfSleeper({ ...task, startTicks: task.startTicks + 1 })).toMatchObject({ caller: null });
  });

  it("is not known of a task that runs", async () => {
    const task = await started("/bin/sh", ["-c", "while :; do :; done"], /^running/);
    expect(stacks().callOfSleeper(task)).toBeNull();
    children.at(-1)?.kill("SIGKILL");
  });

  it("is unwound of the next task of the same program without searching a table of symbols again", async () => {
    const tasks = [await started("/bin/cat", [], /^0 0x0 /), await started("/bin/cat", [], /^0 0x0 /)] as const;
    const one = stacks();
    const first = one.callOfSleeper(tasks[0])?.caller ?? expect.fail("no caller");
    const { searches } = one;
    expect(searches).toBeGreaterThan(0);
    const second = one.callOfSleeper(tasks[1])?.caller ?? expect.fail("no caller");
    expect(second.stack).toEqual(first.stack);
    expect(one.searches).toBe(searches);
  });

  it("is unwound of so many tasks, and of no more", async () => {
    const task = await started("/bin/cat", [], /^0 0x0 /);
    const few = stacks();
    const callers = Array.from({ length: 40 }, () => few.callOfSleeper(task)?.caller ?? null);
    const unwound = callers.findIndex((caller) => caller === null);
    expect(unwound).toBeGreaterThan(0);
    expect(unwound).toBeLessThanOrEqual(32);
    expect(callers.slice(unwound)).toEqual(callers.slice(unwound).map(() => null));
  });
});
