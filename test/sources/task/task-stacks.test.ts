import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadLibc } from "../../../src/platform/libc.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { hasReturnProbes } from "../../../src/sources/trace/return-probes.ts";
import { type SeenStack, TaskStacks } from "../../../src/sources/task/task-stacks.ts";
import { hostFolder, whyNothingIsDenied } from "../../support/host/host-folder.ts";
import { idle, spinning } from "../../support/inputs/kernel-stacks.ts";
import { type ProcTask, type ProcTree, procTree } from "../../support/host/proc-tree.ts";

const waits: SeenStack = {
  kind: "waiting",
  interface: "getrandom",
  generator: "crng",
  gatheredJitter: true,
  unlessRunning: false,
};

function stacksOf({ host }: ProcTree): TaskStacks {
  const stacks = new TaskStacks(host);
  onTestFinished(() => stacks.close());
  return stacks;
}

describe("a task's stack", () => {
  it("is read, again where it is kept open, and counted", () => {
    const tree = procTree();
    tree.task(812, { stack: spinning });
    const stacks = stacksOf(tree);
    const folder = join(tree.proc, "812");
    expect([stacks.of(folder, false), stacks.of(folder, true), stacks.of(folder, true)]).toEqual([waits, waits, waits]);
    tree.task(812, { stack: idle });
    expect(stacks.of(folder, true)).toEqual({ kind: "other" });
    expect([stacks.drainCounts(), stacks.drainCounts()]).toEqual([
      { shown: 4, hidden: 0, running: 0 },
      { shown: 0, hidden: 0, running: 0 },
    ]);
  });

  it("of a new kind is reported with the time of its read, because reading its meaning takes a while", () => {
    const tree = procTree();
    for (const pid of [811, 812]) tree.task(pid, { stack: spinning });
    tree.task(813, { stack: idle });
    const stacks = stacksOf(tree);
    const readAt = ["811", "812", "813", "812"].map((pid) => {
      stacks.of(join(tree.proc, pid), false);
      return stacks.readAt;
    });
    expect(readAt).toEqual([100, null, 100, null]);
  });

  it("is none where there is no task", () => {
    const tree = procTree();
    const stacks = stacksOf(tree);
    expect([stacks.of(join(tree.proc, "812"), true), stacks.statOf(join(tree.proc, "812"))]).toEqual([null, null]);
    expect(stacks.drainCounts()).toEqual({ shown: 0, hidden: 0, running: 0 });
  });

  it("that is not for us is there unseen; where 16 are not and none is, none will be", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const tree = procTree();
    const folder = join(tree.proc, "812");
    tree.task(812, { stack: spinning });
    tree.hide(812);
    const stacks = stacksOf(tree);
    const denied = Array.from({ length: 16 }, () => [stacks.of(folder, false), stacks.denied]);
    expect(denied).toEqual([
      ...Array.from({ length: 15 }, () => [{ kind: "unseen" }, false]),
      [{ kind: "unseen" }, true],
    ]);
    tree.task(1, { stack: idle });
    stacks.of(join(tree.proc, "1"), false);
    expect(stacks.denied).toBe(false);
    expect(stacks.drainCounts()).toEqual({ shown: 1, hidden: 16, running: 0 });
  });
});

describe("where return probes are set", () => {
  it("a running task is not sampled, since the kernel would warn of it", () => {
    const tree = procTree();
    tree.task(812, { stack: spinning, state: "R" });
    tree.task(813, { stack: spinning, state: "S" });
    const stacks = stacksOf(tree);
    stacks.sparesRunning = true;
    for (const keep of [false, true]) {
      expect(stacks.of(join(tree.proc, "812"), keep)).toEqual({ kind: "unseen" });
      expect(stacks.of(join(tree.proc, "813"), keep)).toEqual(waits);
      expect(stacks.of(join(tree.proc, "814"), keep)).toBeNull();
    }
    expect(stacks.drainCounts()).toEqual({ shown: 2, hidden: 0, running: 0 });
  });

  it.each<[what: string, files: Readonly<Record<string, string>>, are: boolean]>([
    [
      "of ours or another's in tracefs",
      { "sys/kernel/tracing/kprobe_events": "p:mine/a do_exit\nr512:crngwatch/waited wait_for_random_bytes\n" },
      true,
    ],
    [
      "of a program that uses no tracefs",
      {
        "sys/kernel/debug/kprobes/list":
          "ffffffff912c8210  k  wait_for_random_bytes+0x0    [FTRACE]\nffffffff915eb41f  r  try_to_generate_entropy+0x0    [DISABLED][FTRACE]\n",
      },
      true,
    ],
    [
      "entries alone",
      {
        "sys/kernel/tracing/kprobe_events": "p:crngwatch/wait wait_for_random_bytes\n",
        "sys/kernel/debug/kprobes/list": "ffffffff912c8210  k  wait_for_random_bytes+0x0    [FTRACE]\n",
      },
      false,
    ],
    ["nothing", {}, false],
  ])("is found by %s", (_what, files, are) => {
    expect(hasReturnProbes(rootsBelow(hostFolder(files)))).toBe(are);
  });
});

describe("a task that is on a processor, where the kernel shows no stack of it", () => {
  const running: ProcTask = { stack: "", state: "R", processor: 3 };

  /** Process 812 and what it shows while we are on its processor; undefined: we may not go there. */
  const look = (task: ProcTask, aside: string | undefined) => {
    const processors: number[] = [];
    const tree = procTree({
      onProcessor(processor, work) {
        processors.push(processor);
        if (aside === undefined) return null;
        tree.task(812, { ...task, stack: aside });
        return work();
      },
    });
    tree.task(812, task);
    const stacks = stacksOf(tree);
    return { stack: stacks.of(join(tree.proc, "812"), true), processors, running: stacks.drainCounts().running };
  };

  it("is put aside to be seen", () => {
    expect(look(running, spinning)).toEqual({ stack: waits, processors: [3], running: 0 });
    expect(look(running, idle)).toEqual({ stack: { kind: "other" }, processors: [3], running: 0 });
  });

  it("is followed to where it went, three times", () => {
    expect(look(running, "")).toEqual({ stack: { kind: "unseen" }, processors: [3, 3, 3], running: 0 });
  });

  it("is there unseen where we may not go", () => {
    expect(look(running, undefined)).toEqual({ stack: { kind: "unseen" }, processors: [3], running: 1 });
  });

  it.each<[who: string, task: ProcTask]>([
    ["one that has ended", { ...running, state: "Z" }],
    ["a thread of the kernel", { ...running, kernelThread: true }],
    ["one that would not make way", { ...running, priority: -51 }],
  ])("is left in peace: %s", (_who, task) => {
    expect(look(task, spinning)).toEqual({ stack: { kind: "other" }, processors: [], running: 0 });
  });

  it("may end before we are there", () => {
    const tree = procTree();
    tree.task(812, running);
    rmSync(join(tree.proc, "812/stat"));
    expect(stacksOf(tree).of(join(tree.proc, "812"), false)).toBeNull();
    writeFileSync(join(tree.proc, "812/stat"), "812");
    expect(stacksOf(tree).of(join(tree.proc, "812"), false)).toBeNull();
  });
});

describe("on this host", () => {
  const libc = loadLibc();
  const reason = typeof libc === "string" ? libc : whyUnreadable("/proc/self/stack");

  it.skipIf(reason !== null)("a busy task shows its stack each time", async () => {
    const child = spawn("sh", ["-c", "while :; do :; done"], { stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    const stacks = new TaskStacks({ libc: typeof libc === "string" ? null : libc, now: () => 0 });
    onTestFinished(() => stacks.close());
    while (stacks.statOf(`/proc/${child.pid}`)?.state !== "R") await sleep(10);
    const shown = new Set<string | undefined>();
    for (let look = 0; look < 20; look++) {
      shown.add(stacks.of(`/proc/${child.pid}`, true)?.kind);
      await sleep(5);
    }
    expect([...shown]).toEqual(["other"]);
    expect(stacks.drainCounts()).toEqual({ shown: 20, hidden: 0, running: 0 });
  });
});

function whyUnreadable(path: string): string | null {
  try {
    readFileSync(path);
    return null;
  } catch (error) {
    return `'${path}' may not be read here: ${String(error)}`;
  }
}
