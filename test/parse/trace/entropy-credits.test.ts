import { describe, expect, it } from "vitest";
import { parseCredit } from "../../../src/parse/trace/entropy-credits.ts";
import { readTrace } from "./reading-traces.ts";

describe("parseCredit", () => {
  it.each([
    ["credit: (_credit_init_bits+0x0/0x140) bits=1 by=entropy_timer+0x65/0x84", "entropy_timer", 1],
    [
      "credit: (_credit_init_bits+0x4/0x140) bits=512 by=add_hwgenerator_randomness.cold+0x8/0xd",
      "add_hwgenerator_randomness",
      512,
    ],
    ["credit: (_credit_init_bits+0x0/0x140) bits=8 by=0xffffffffc0002345", null, 8],
    ["credit: (random_ioctl+0x1e0/0x230 <- _credit_init_bits)", "random_ioctl", null],
    [
      "mine: (mix_interrupt_randomness.part.0+0x23/0x3a <ffffffff99ee2f70> <- _credit_init_bits)",
      "mix_interrupt_randomness",
      null,
    ],
  ])("reads '%s'", (text, by, bits) => {
    expect(parseCredit(text)).toEqual({ by, bits });
  });

  it.each([
    "wait: (wait_for_random_bytes+0x0/0x60)",
    "credit: (_credit_init_bits+0x0/0x140)",
    "sched_process_exec: filename=/usr/bin/_credit_init_bits pid=4 old_pid=4",
    "credit: (credit_init_bits_not_ours+0x0/0x140) bits=1 by=x+0x1/0x2",
  ])("takes '%s' for another event", (text) => {
    expect(parseCredit(text)).toBeNull();
  });
});

const event = (task: string, at: string, text: string): string => `  ${task}     [000] ..s1.     ${at}: ${text}\n`;
const credit = (task: string, at: string, bits: number, by: string): string =>
  event(task, at, `credit: (_credit_init_bits+0x0/0x140) bits=${bits} by=${by}+0x8/0x10`);

describe("the credits of a trace", () => {
  it("are added up by what gave them, the latest last", () => {
    const trace =
      credit("swapper/0-1", "3.000000", 3, "mix_interrupt_randomness.cold") +
      credit("dd-83", "4.000000", 1, "entropy_timer") +
      credit("dd-83", "4.004000", 1, "call_timer_fn") +
      credit("<idle>-0", "4.500000", 2, "mix_interrupt_randomness.cold") +
      credit("dd-83", "5.000000", 1, "entropy_timer");
    expect(readTrace(trace).credits).toEqual([
      {
        source: "interrupts",
        bits: 5,
        times: 2,
        firstAt: 3,
        lastAt: 4.5,
        function: "mix_interrupt_randomness",
        task: null,
      },
      {
        source: "jitter",
        bits: 3,
        times: 3,
        firstAt: 4,
        lastAt: 5,
        function: "entropy_timer",
        task: { pid: 83, comm: "dd" },
      },
    ]);
  });

  it("are a seed file's where systemd-random-seed gives them, and else the program's", () => {
    const trace =
      credit("rngd-70", "3.000000", 64, "random_ioctl.cold") +
      credit("systemd-random--71", "4.000000", 256, "random_ioctl.cold");
    expect(readTrace(trace).credits).toMatchObject([
      { source: "program", task: { pid: 70, comm: "rngd" } },
      { source: "seed-file", task: { pid: 71, comm: "systemd-random-" } },
    ]);
  });

  it("are those of another source where the function is not known, and lose no wait", () => {
    const trace =
      event("dd-83", "3.000000", "wait: (wait_for_random_bytes+0x0/0x60)") +
      credit("dd-83", "3.100000", 9, "add_moon_randomness") +
      event("dd-83", "4.500000", "waited: (random_read_iter+0x47/0x100 <- wait_for_random_bytes)");
    const read = readTrace(trace);
    expect(read.credits).toMatchObject([{ source: "other", function: "add_moon_randomness", bits: 9 }]);
    expect(read.waits()).toMatchObject([{ comm: "dd", from: 3, to: 4.5 }]);
  });

  it("have no sum of bits where a return probe saw only that there were some", () => {
    const trace = event("hwrng-90", "2.000000", "credit: (add_hwgenerator_randomness+0x9/0x20 <- _credit_init_bits)");
    expect(readTrace(trace).credits).toMatchObject([{ source: "hwrng", bits: null, times: 1 }]);
  });
});
