import { describe, expect, it } from "vitest";
import { GeneratorCalls } from "../../../src/parse/trace/generator-calls.ts";
import { TraceCalls } from "../../../src/parse/trace/trace-calls.ts";
import type { TraceEvent } from "../../../src/parse/trace/trace-line.ts";
import { TracePrograms } from "../../../src/parse/trace/trace-programs.ts";
import { UserStacks } from "../../../src/parse/trace/user-stacks.ts";

const event = (pid: number, at = 1, more: Partial<TraceEvent> = {}): TraceEvent => ({
  kind: "event",
  comm: `task${pid}`,
  pid,
  tgid: null,
  at,
  text: "",
  ...more,
});

describe("TracePrograms", () => {
  it("knows the program of a task by its number, else by that of its process", () => {
    const programs = new TracePrograms();
    programs.started(7, "/bin/a", 1);
    programs.started(9, "/bin/b", 1);
    expect(programs.of(event(7))).toBe("/bin/a");
    expect(programs.of(event(8, 1, { tgid: 9 }))).toBe("/bin/b");
    expect(programs.of(event(7, 1, { tgid: 9 }))).toBe("/bin/a");
    expect(programs.of(event(8))).toBeNull();
    programs.ended(7);
    expect(programs.of(event(7))).toBeNull();
  });

  it("has no name of a program that started itself by /proc, and a forked task runs its parent's", () => {
    const programs = new TracePrograms();
    for (const [pid, exe] of [
      [1, "/proc/self/exe"],
      [2, "/proc/thread-self/exe"],
      [3, "/proc/selfless/exe"],
    ] as const)
      programs.started(pid, exe, 5);
    expect([1, 2, 3].map((pid) => programs.of(event(pid)))).toEqual([null, null, "/proc/selfless/exe"]);
    programs.forked(3, 4, 6);
    expect(programs.of(event(4))).toBe("/proc/selfless/exe");
    expect([programs.lastStart(3), programs.lastStart(4), programs.lastStart(5)]).toEqual([5, 6, -Infinity]);
  });

  it("remembers 4096 tasks, and forgets the one that started first", () => {
    const programs = new TracePrograms();
    for (let pid = 1; pid <= 4097; pid++) programs.started(pid, "/bin/a", pid);
    expect([1, 2, 4097].map((pid) => programs.of(event(pid)))).toEqual([null, "/bin/a", "/bin/a"]);
  });

  it("knows between which programs PID 1 was, of its first 64", () => {
    const programs = new TracePrograms();
    expect(programs.programOfFirstProcess(5)).toBeNull();
    programs.firstProcessExecuted(1);
    expect(programs.programOfFirstProcess(0.5)).toBeNull();
    expect(programs.programOfFirstProcess(1)).toEqual({ from: 1, until: null });
    programs.firstProcessExecuted(3);
    expect(programs.programOfFirstProcess(2)).toEqual({ from: 1, until: 3 });
    expect(programs.programOfFirstProcess(3)).toEqual({ from: 3, until: null });
    for (let at = 4; at <= 64; at++) programs.firstProcessExecuted(at);
    // The 63rd was recorded at 64.
    expect(programs.programOfFirstProcess(100)).toEqual({ from: 64, until: null });
    programs.firstProcessExecuted(65);
    programs.firstProcessExecuted(66);
    expect(programs.programOfFirstProcess(64)).toEqual({ from: 64, until: 65 });
    expect(programs.programOfFirstProcess(100)).toBeNull();
  });
});

describe("readers of a trace keep so much", () => {
  it("UserStacks: 16 frames of a stack, those of 4096 events, and no address beyond user space", () => {
    const stacks = new UserStacks();
    const first = stacks.expect(1);
    stacks.begin(1);
    for (let frame = 0; frame < 20; frame++) stacks.take(`<00007f000000${frame + 1000}>`);
    expect(first).toHaveLength(16);
    const high = stacks.expect(2);
    stacks.begin(2);
    for (const frame of ["<00007f0000001000>", "<ffffffff81000000>", "<00007f0000002000>"]) stacks.take(frame);
    expect(high).toEqual(["<00007f0000001000>"]);
    const all = Array.from({ length: 4097 }, (_, pid) => stacks.expect(pid));
    for (const pid of [0, 1]) {
      stacks.begin(pid);
      stacks.take("a");
    }
    expect([all[0], all[1]]).toEqual([[], ["a"]]);
  });

  it("UserStacks: a frame after another event is of no stack", () => {
    const stacks = new UserStacks();
    const stack = stacks.expect(1);
    stacks.begin(1);
    stacks.take("a");
    stacks.end();
    stacks.take("b");
    expect(stack).toEqual(["a"]);
  });

  it("TraceCalls: the calls of 4096 tasks that are open, and 512 that are past", () => {
    const calls = new TraceCalls(() => false);
    const begin = (pid: number, at: number): void =>
      calls.begin(
        {
          event: event(pid, at),
          line: null,
          exe: null,
          registers: null,
          lossesBefore: 0,
          request: { syscall: "getrandom", bytes: 16, flags: 0 },
        },
        () => [],
      );
    for (let pid = 1; pid <= 4097; pid++) begin(pid, 1);
    expect([calls.of(1), calls.of(2)?.event.pid]).toEqual([null, 2]);
    for (let pid = 2; pid <= 601; pid++) calls.endTask(pid, 2);
    expect(calls.asks().filter(({ to }) => to !== null)).toHaveLength(512);
  });

  it("GeneratorCalls: those of 4096 tasks, and 512 waits; the others are counted", () => {
    const generator = new GeneratorCalls();
    for (let pid = 1; pid <= 4097; pid++) generator.enter(event(pid, 1), null, null);
    expect(generator.waits(2)).toHaveLength(4096);
    for (let pid = 1; pid <= 601; pid++) generator.leave(event(pid, 2), null);
    expect(generator.waits(1)).toHaveLength(512);
    expect(generator.dropped).toBe(88);
  });
});

describe("GeneratorCalls: calls of one task", () => {
  const waits = (...calls: readonly (readonly [from: number, to: number, caller?: string])[]) => {
    const generator = new GeneratorCalls();
    for (const [from, to, caller = "__x64_sys_getrandom"] of calls) {
      generator.enter(event(7, from), null, null);
      generator.leave(event(7, to), caller);
    }
    return generator.waits(0).map(({ from, to, times, interface: by }) => [from, to, times, by]);
  };

  it("are one wait while they are a second apart at most, and by the same interface", () => {
    expect(waits([1, 1.5], [2.5, 3])).toEqual([[1, 3, 2, "getrandom"]]);
    expect(waits([1, 1.5], [2.51, 3])).toEqual([
      [1, 1.5, 1, "getrandom"],
      [2.51, 3, 1, "getrandom"],
    ]);
    expect(waits([1, 1.5], [1.6, 2, "vfs_read"], [2.1, 2.5, "vfs_read"])).toEqual([
      [1, 1.5, 1, "getrandom"],
      [1.6, 2.5, 2, "dev-random"],
    ]);
  });

  it("are none where one took less than ten milliseconds", () => {
    expect(waits([1, 1.009])).toEqual([]);
    expect(waits([1, 1.01171875])).toHaveLength(1);
  });

  it("of tasks that take turns continue each its own wait", () => {
    const generator = new GeneratorCalls();
    for (const at of [1, 1.5, 2])
      for (const pid of [7, 8]) {
        generator.enter(event(pid, at), null, null);
        generator.leave(event(pid, at + 0.25), null);
      }
    expect(generator.waits(0).map(({ pid, times }) => [pid, times])).toEqual([
      [7, 3],
      [8, 3],
    ]);
  });

  it("are of another task where its number has another name since, and end with the task", () => {
    const generator = new GeneratorCalls();
    generator.enter(event(7, 1), null, null);
    generator.leave(event(7, 2, { comm: "other" }), null);
    generator.enter(event(7, 3), null, null);
    generator.endTask(7);
    expect(generator.waits(9)).toEqual([]);
  });
});
