import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unknownWait } from "../../../src/core/wait.ts";
import { monotonicNow } from "../../../src/platform/clock/monotonic.ts";
import { flightRecorder } from "../../../src/sources/trace/flight-recorder.ts";
import type { Host, Observation } from "../../../src/sources/source.ts";
import { contentsOf } from "../../support/host/folder-contents.ts";
import {
  aFolder,
  denied,
  type Entry,
  hostOf,
  libcAnswering,
  whyNothingIsDenied,
} from "../../support/host/host-folder.ts";

const hostWith = (commandLine: string, tracing: Readonly<Record<string, Entry>>, place = "sys/kernel/tracing"): Host =>
  hostOf({
    "proc/cmdline": `${commandLine}\n`,
    ...Object.fromEntries(Object.entries(tracing).map(([name, entry]) => [`${place}/${name}`, entry])),
  });
const observe = (commandLine: string, tracing: Readonly<Record<string, Entry>> = {}): Observation =>
  flightRecorder.observe(hostWith(commandLine, tracing)) as Observation;

/** The one probe that a person types. */
const typed = "p:crngwatch/wait wait_for_random_bytes\n";
const set: Readonly<Record<string, Entry>> = {
  kprobe_events: `${typed}r512:crngwatch/waited wait_for_random_bytes\n`,
  tracing_on: "1\n",
};
/** As 6.12 prints it, with a stranger's probe, and ours of a later group after that of the command line. */
const profile =
  "  wait                                                       1               0\n  waited                                                     1               1\n  mine                                                      27               5\n  wait                                                       9               0\n";
const trace = `# tracer: nop
#
              dd-91      [000] .....     3.000000: wait: (wait_for_random_bytes+0x0/0x60)
              dd-91      [000] .....     4.500000: waited: (random_read_iter+0x47/0x100 <- wait_for_random_bytes)
`;

/** What is reported of a recorder that has recorded a wait from its entry to its return. */
const state = {
  kind: "recorder",
  armed: true,
  sees: "waits",
  seesFipsGenerator: false,
  recording: true,
  events: 2,
  problem: null,
};

describe("the flight recorder's source", () => {
  it.each([
    [
      "the whole recorder",
      "ro kprobe_event=p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter;r:crngwatch/credit,_credit_init_bits trace_event=sched:sched_process_exec",
    ],
    ["one probe that a person typed", "ro kprobe_event=p:crngwatch/wait,wait_for_random_bytes"],
    ["another number of returns", 'kprobe-event="p:mine/a,b;r:crngwatch/waited,wait_for_random_bytes" quiet'],
  ])("takes for armed a command line with %s", (_what, commandLine) => {
    expect(observe(commandLine, { ...set, trace, kprobe_profile: profile })).toMatchObject({
      health: "ok",
      evidence: [
        state,
        {
          kind: "wait",
          wait: {
            comm: "dd",
            interface: "dev-random",
            from: 3,
            to: 4.5,
            seconds: 1.5,
            ended: "returned",
            evidence: "recorder",
          },
        },
      ],
    });
    expect(observe(commandLine, { kprobe_events: "" })).toMatchObject({
      health: "failed",
      evidence: [{ armed: true, recording: false }],
    });
    expect(observe(commandLine)).toMatchObject({ health: "absent", evidence: [{ armed: true, recording: null }] });
  });

  it.each([
    "ro quiet",
    "ro kprobe_event=p:mine/wait,wait_for_random_bytes",
    "ro -- kprobe_event=p:crngwatch/wait,wait_for_random_bytes",
  ])("does not take for armed '%s'", (commandLine) => {
    expect(observe(commandLine, { kprobe_events: "" })).toEqual({
      health: "absent",
      detail: "not armed on the kernel command line of this boot",
      evidence: [
        {
          kind: "recorder",
          armed: false,
          sees: "waits",
          seesFipsGenerator: false,
          recording: false,
          events: 0,
          problem: null,
        },
      ],
    });
  });

  it("reports calls, where that is all that the kernel can be armed for", () => {
    const calls = trace
      .replace("wait: (wait_for_random_bytes+0x0/0x60)", "sys_getrandom(buf: 7ffc22fdb6a0, count: 18, flags: 0)")
      .replace(/^.*waited.*\n/m, "");
    expect(
      observe("ro trace_event=syscalls:sys_enter_getrandom", {
        kprobe_events: "",
        "events/syscalls/sys_enter_getrandom/enable": "1\n",
        trace: calls,
        tracing_on: "1\n",
      }),
    ).toMatchObject({
      health: "ok",
      evidence: [
        {
          kind: "recorder",
          armed: true,
          sees: "calls",
          seesFipsGenerator: false,
          recording: true,
          events: 1,
          problem: null,
        },
        {
          kind: "call",
          call: { comm: "dd", interface: "getrandom", from: 3, to: null, request: { bytes: 24, flags: 0 } },
        },
      ],
    });
    expect(observe("ro trace_event=syscalls:sys_enter_getrandom", { kprobe_events: "" })).toMatchObject({
      health: "failed",
      evidence: [{ armed: true, sees: "calls", seesFipsGenerator: false, recording: false }],
    });
  });

  it("says so where tracing was switched off", () => {
    expect(
      observe("ro kprobe_event=p:crngwatch/wait,wait_for_random_bytes", { ...set, trace: "", tracing_on: "0\n" }),
    ).toMatchObject({ health: "ok", detail: "tracing was switched off (tracing_on is 0)" });
  });
});

const armed =
  "ro kprobe_event=p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes trace_event=sched:sched_process_exec";
const ddWaited = {
  kind: "wait",
  wait: {
    ...unknownWait,
    pid: 91,
    tid: 91,
    comm: "dd",
    interface: "dev-random",
    from: 3,
    notBefore: 3,
    seenAt: 4.5,
    to: 4.5,
    ended: "returned",
    errorSeconds: 0,
    seconds: 1.5,
    evidence: "recorder",
  },
};

describe("what the flight recorder answers", () => {
  it("where tracefs is not mounted is that it cannot be read", () => {
    const problem = "tracefs is not mounted, or this kernel has no kprobe events";
    expect(observe(armed)).toEqual({
      health: "absent",
      detail: problem,
      evidence: [{ ...state, recording: null, events: 0, problem }],
    });
    expect(observe("ro")).toEqual({
      health: "absent",
      detail: "not armed on the kernel command line of this boot",
      evidence: [{ ...state, armed: false, recording: null, events: 0 }],
    });
  });

  it("where the kernel refused the probes is that it failed", () => {
    const problem = "the kernel did not set the probes that its command line names";
    expect(observe(armed, { kprobe_events: "" })).toEqual({
      health: "failed",
      detail: problem,
      evidence: [{ ...state, recording: false, events: 0, problem }],
    });
  });

  it("where the trace may not be read is that it is denied", (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const host = hostWith(armed, { ...set, trace: denied, kprobe_profile: profile });
    const problem = `Cannot read '${join(host.roots.sys, "kernel/tracing/trace")}'`;
    expect(flightRecorder.observe(host)).toEqual({
      health: "denied",
      detail: problem,
      evidence: [{ ...state, events: 0, problem }],
    });
  });

  it("where something else is in the trace's place is that it failed", () => {
    const host = hostWith(armed, { ...set, trace: aFolder, kprobe_profile: profile });
    const problem = `Cannot read '${join(host.roots.sys, "kernel/tracing/trace")}': EISDIR`;
    expect(flightRecorder.observe(host)).toEqual({
      health: "failed",
      detail: problem,
      evidence: [{ ...state, problem }],
    });
  });

  it("is each wait, whole, and where events were lost", () => {
    const lossy = `${trace}CPU:0 [LOST 12 EVENTS]\n              dd-92      [000] .....     5.000000: wait: (wait_for_random_bytes+0x0/0x60)\nCPU:1 [LOST EVENTS]\n`;
    expect(observe(armed, { ...set, trace: lossy, kprobe_profile: profile })).toEqual({
      health: "ok",
      detail: null,
      evidence: [
        state,
        ddWaited,
        // Its return may be among what was lost.
        {
          kind: "wait",
          wait: {
            ...unknownWait,
            pid: 92,
            tid: 92,
            comm: "dd",
            interface: "getrandom",
            interfaceSeen: false,
            from: 5,
            notBefore: 5,
            seenAt: 5,
            errorSeconds: 0,
            evidence: "recorder",
          },
        },
        { kind: "log-loss", source: "trace", from: null, to: null, lost: 12, line: null },
        { kind: "log-loss", source: "trace", from: null, to: null, lost: null, line: null },
      ],
    });
  });

  const counted = (wait: number, gen: number): string => `  wait    ${wait}    0\n  gen    ${gen}    0\n`;
  it.each<[what: string, tracing: Readonly<Record<string, Entry>>, problem: string]>([
    [
      "the trace was emptied",
      {
        ...set,
        kprobe_events: `${typed}p:crngwatch/gen try_to_generate_entropy\n`,
        trace: "# tracer: nop\n",
        kprobe_profile: counted(2, 1),
      },
      "its probes counted 3 entries, but the trace has 0: it was emptied, or stopped for a time",
    ],
    [
      "the kernel set no probe on entries",
      { kprobe_events: "r512:crngwatch/waited wait_for_random_bytes\n", trace: "" },
      "its probe on wait_for_random_bytes() is not set",
    ],
  ])("is that it is not whole where %s", (_what, tracing, problem) => {
    expect(observe(armed, tracing)).toMatchObject({
      health: "ok",
      detail: problem,
      evidence: [{ ...state, events: expect.any(Number) as number, problem }],
    });
  });

  it("is that it is not whole where these probes were switched off: its probes before the CRNG is ready", () => {
    const tracing = { ...set, kprobe_events: typed, trace: "", set_event: "sched:sched_process_exec\n" };
    const problem = "these probes were switched off: wait";
    const host = { ...hostWith(armed, tracing), libc: libcAnswering("EAGAIN") };
    expect(flightRecorder.observe(host)).toMatchObject({ detail: problem, evidence: [{ problem }] });
    // Here they have been switched off since.
    expect(flightRecorder.observe({ ...host, libc: libcAnswering(null) })).toMatchObject({
      detail: null,
      evidence: [{ problem: null }],
    });
  });

  it("does not count hits of a probe that the daemon has set for itself", () => {
    const problem = "its probes counted 1 entry, but the trace has 0: it was emptied, or stopped for a time";
    const kprobe_events = `${typed}p:crngwatch_live/gen try_to_generate_entropy\n`;
    expect(observe(armed, { ...set, kprobe_events, trace, kprobe_profile: counted(1, 4) })).toMatchObject({
      evidence: [{ events: 1, problem: null }, {}],
    });
    expect(observe(armed, { ...set, kprobe_events, trace: "", kprobe_profile: counted(1, 4) })).toMatchObject({
      evidence: [{ events: 1, problem }],
    });
  });

  it.each([
    ["5.17.9", null],
    [
      "5.18.0-1.fc37",
      "waits of /dev/urandom's readers are not recorded: its probe on try_to_generate_entropy() is not set",
    ],
    [
      "6.12.117+deb13-cloud-amd64",
      "waits of /dev/urandom's readers are not recorded: its probe on try_to_generate_entropy() is not set",
    ],
  ])("is that on kernel %s without a probe on gathering it misses %s", (release, problem) => {
    const host = hostOf({
      "proc/cmdline": `${armed}\n`,
      "proc/sys/kernel/osrelease": `${release}\n`,
      "sys/kernel/tracing/kprobe_events": "p:crngwatch/wait wait_for_random_bytes\n",
      "sys/kernel/tracing/trace": "",
      "sys/kernel/tracing/tracing_on": "1\n",
    });
    expect(flightRecorder.observe(host)).toMatchObject({ detail: problem, evidence: [{ problem }] });
  });

  it("is the same where another program set the probes, or tracefs has its older place", () => {
    expect(observe("ro", { ...set, trace, kprobe_profile: profile })).toEqual({
      health: "ok",
      detail: null,
      evidence: [{ ...state, armed: false }, ddWaited],
    });
    expect(
      flightRecorder.observe(hostWith(armed, { ...set, trace, kprobe_profile: profile }, "sys/kernel/debug/tracing")),
    ).toEqual({ health: "ok", detail: null, evidence: [state, ddWaited] });
  });

  it("is by the kernel log's clock, whatever the trace's own is", () => {
    const host = {
      ...hostWith(armed, {
        ...set,
        trace,
        kprobe_profile: profile,
        "per_cpu/cpu0/stats": `entries: 4\noldest event ts:     3.000000\nnow ts: ${(monotonicNow() + 10).toFixed(6)}\n`,
      }),
      printkAhead: () => 0.5,
    };
    const { evidence } = flightRecorder.observe(host) as Observation;
    const [, wait] = evidence;
    // The trace's clock is 10 s ahead of ours, the kernel log's half a second.
    expect(wait).toEqual({
      kind: "wait",
      wait: {
        ...ddWaited.wait,
        from: expect.closeTo(-6.5, 1) as number,
        notBefore: expect.closeTo(-6.5, 1) as number,
        seenAt: expect.closeTo(-5, 1) as number,
        to: expect.closeTo(-5, 1) as number,
      },
    });
  });
});

describe("when the waiters have been let through", () => {
  const exec = "events/sched/sched_process_exec/enable";
  const sets = "crngwatch:wait\ncrngwatch:waited\n";
  /** What tracefs takes as a command, a plain file keeps. */
  const switches = "!crngwatch:*\n";
  const on: Readonly<Record<string, Entry>> = {
    ...set,
    trace,
    kprobe_profile: profile,
    kprobe_events:
      "p:crngwatch/wait wait_for_random_bytes\nr512:crngwatch/waited wait_for_random_bytes\np:kprobes/mine do_sys_openat2\n",
    current_tracer: "nop\n",
    set_event: `${sets}sched:sched_process_exec\n`,
    "events/kprobes/enable": "1\n",
    [exec]: "1\n",
  };
  /** The last word, and which files are another afterwards. */
  const finished = (commandLine: string, tracing: Readonly<Record<string, Entry>>) => {
    const host = hostWith(commandLine, tracing);
    const top = join(host.roots.sys, "kernel/tracing");
    const before = contentsOf(top);
    const last = flightRecorder.finish?.(host);
    const changed = Object.entries(contentsOf(top)).filter(([path, text]) => before[path] !== text);
    return { last, changed: Object.fromEntries(changed) };
  };

  it("its probes are switched off, and the exec event that it alone wanted", () => {
    expect(finished(armed, on)).toEqual({
      last: { health: "ok", detail: null, evidence: [state, ddWaited] },
      changed: { set_event: `${sets}sched:sched_process_exec\n${switches}`, [exec]: "0\n" },
    });
  });

  it.each<[who: string, tracing: Readonly<Record<string, Entry>>]>([
    ["another event is traced", { ...on, set_event: `${sets}kprobes:mine\nsched:sched_process_exec\n` }],
    ["a tracer is at work", { ...on, current_tracer: "function_graph\n" }],
    ["that is not known", Object.fromEntries(Object.entries(on).filter(([name]) => name !== "current_tracer"))],
  ])("the exec event stays on where %s", (_who, tracing) => {
    expect(finished(armed, tracing).changed).toEqual({
      set_event: expect.stringMatching(/\n!crngwatch:\*\n$/) as string,
    });
  });

  it("nothing is switched off that the command line did not arm", () => {
    expect(finished("ro", on)).toEqual({
      last: { health: "ok", detail: null, evidence: [{ ...state, armed: false }, ddWaited] },
      changed: {},
    });
  });

  it("there may be nothing to switch off", () => {
    expect(finished(armed, { kprobe_events: "" }).changed).toEqual({});
  });
});
