import { describe, expect, it } from "vitest";
import { flightRecorder } from "../../src/sources/flight-recorder.ts";
import type { Observation } from "../../src/sources/source.ts";
import { aFolder, type Entry, hostOf } from "../support/host-folder.ts";

const observe = (commandLine: string, tracing: Readonly<Record<string, Entry>> = {}): Observation =>
  flightRecorder.observe(hostOf({ "proc/cmdline": `${commandLine}\n`, ...Object.fromEntries(Object.entries(tracing).map(([name, entry]) => [`sys/kernel/tracing/${name}`, entry])) })) as Observation;

const set: Readonly<Record<string, Entry>> = { kprobe_events: "", "events/crngwatch": aFolder, tracing_on: "1\n" };
/** As 6.12 prints it, with a stranger's probe, and ours of a later group behind that of the command line. */
const profile = "  wait                                                       2               0\n  waited                                                     1               1\n  mine                                                      27               5\n  wait                                                       9               0\n";
const trace = `# tracer: nop
#
              dd-91      [000] .....     3.000000: wait: (wait_for_random_bytes+0x0/0x60)
              dd-91      [000] .....     4.500000: waited: (random_read_iter+0x47/0x100 <- wait_for_random_bytes)
`;

describe("the flight recorder's source", () => {
  it.each([
    ["the whole recorder", "ro kprobe_event=p:crngwatch/wait,wait_for_random_bytes;r:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r:crngwatch/gend,try_to_generate_entropy trace_event=sched:sched_process_exec"],
    ["one probe that a person typed", "ro kprobe_event=p:crngwatch/wait,wait_for_random_bytes"],
    ["another number of returns", 'kprobe-event="p:mine/a,b;r512:crngwatch/waited,wait_for_random_bytes" quiet'],
  ])("takes for armed a command line with %s", (_what, commandLine) => {
    expect(observe(commandLine, { ...set, trace, kprobe_profile: profile })).toMatchObject({
      health: "ok",
      evidence: [
        { kind: "recorder", armed: true, sees: "waits", recording: true, events: 3, problem: null },
        { kind: "wait", comm: "dd", interface: "dev-random", from: 3, to: 4.5, seconds: 1.5, ended: "returned", evidence: "recorder" },
      ],
    });
    expect(observe(commandLine, { kprobe_events: "" })).toMatchObject({ health: "failed", evidence: [{ armed: true, recording: false }] });
    expect(observe(commandLine)).toMatchObject({ health: "absent", evidence: [{ armed: true, recording: null }] });
  });

  it.each(["ro quiet", "ro kprobe_event=p:mine/wait,wait_for_random_bytes", "ro -- kprobe_event=p:crngwatch/wait,wait_for_random_bytes"])("does not take for armed '%s'", (commandLine) => {
    expect(observe(commandLine, { kprobe_events: "" })).toEqual({ health: "absent", detail: "the kernel command line of this boot does not arm it", evidence: [{ kind: "recorder", armed: false, sees: "waits", recording: false, events: 0, problem: null }] });
  });

  it("tells of calls, where that is all that the kernel can be armed for", () => {
    const calls = trace.replace("wait: (wait_for_random_bytes+0x0/0x60)", "sys_getrandom(buf: 7ffc22fdb6a0, count: 18, flags: 0)").replace(/^.*waited.*\n/m, "");
    expect(observe("ro trace_event=syscalls:sys_enter_getrandom", { kprobe_events: "", "events/syscalls/sys_enter_getrandom/enable": "1\n", trace: calls, tracing_on: "1\n" })).toMatchObject({
      health: "ok",
      evidence: [
        { kind: "recorder", armed: true, sees: "calls", recording: true, events: 1, problem: null },
        { kind: "asked", comm: "dd", interface: "getrandom", from: 3, to: null, request: { bytes: 24, flags: 0 } },
      ],
    });
    expect(observe("ro trace_event=syscalls:sys_enter_getrandom", { kprobe_events: "" })).toMatchObject({ health: "failed", evidence: [{ armed: true, sees: "calls", recording: false }] });
  });

  it("says so where somebody has switched tracing off", () => {
    expect(observe("ro kprobe_event=p:crngwatch/wait,wait_for_random_bytes", { ...set, trace: "", tracing_on: "0\n" })).toMatchObject({ health: "ok", detail: "somebody has switched tracing off (tracing_on is 0)" });
  });
});
