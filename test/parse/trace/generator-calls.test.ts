import { expect, it } from "vitest";
import { TraceWaits } from "../../../src/parse/trace/trace-waits.ts";

const waitsIn = (...lines: readonly string[]) => {
  const trace = new TraceWaits();
  for (const line of lines) trace.take(line, null);
  return trace.waits();
};
const entered = (task: string, at: string): string =>
  `  ${task}       [000] .....     ${at}: drbg: (crypto_devrandom_read_iter+0x4/0x1e0)`;
const left = (task: string, at: string, caller = "__x64_sys_getrandom+0x9f/0x120"): string =>
  `  ${task}       [000] .....     ${at}: drbgd: (${caller} <- crypto_devrandom_read_iter)`;

it("TraceWaits: PID 1's first call, which seeds the kernel's FIPS generator, is a wait for that generator", () => {
  expect(waitsIn(entered("init-1", "5.622452"), left("init-1", "5.664252"))).toMatchObject([
    { pid: 1, interface: "getrandom", generator: "drbg", from: 5.622452, to: 5.664252, seconds: 0.0418, times: 1 },
  ]);
});

it("TraceWaits: a call that the FIPS generator serves at once is no wait", () => {
  expect(waitsIn(entered("mount-71", "5.738498"), left("mount-71", "5.738587"))).toEqual([]);
});

it("TraceWaits: many short queueings of one task are one wait of so many times, with the sum of what each took", () => {
  const calls = ["1.0", "1.2", "1.4"].flatMap((at) => [
    entered("m1-9", `${at}00000`),
    left("m1-9", `${at}50000`, "vfs_read+0x1c7/0x2a0"),
  ]);
  expect(waitsIn(...calls)).toMatchObject([{ interface: "dev-random", from: 1, to: 1.45, times: 3, seconds: 0.15 }]);
});

it("TraceWaits: a call that has not returned goes on until the trace's end, and none of a task that is gone does", () => {
  const open = entered("m1-9", "1.000000");
  const later = entered("m2-10", "3.000000");
  expect(waitsIn(open, later)).toMatchObject([{ pid: 9, to: null, ended: null, seconds: 2 }]);
  const gone = "  m1-9       [000] .....     2.000000: sched_process_exit: comm=m1 pid=9 prio=120";
  expect(waitsIn(open, gone, later)).toEqual([]);
});
