import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { unknownWait } from "../../../src/core/wait.ts";
import { probedMachine, waitProbes } from "../../../src/parse/trace/wait-probes.ts";
import type { Follower, Host } from "../../../src/sources/source.ts";
import { traceInstance } from "../../../src/sources/trace/trace-instance.ts";
import { contentsOf } from "../../support/host/folder-contents.ts";
import { aFolder, type Entry, hostOf, libcAnswering } from "../../support/host/host-folder.ts";

// What only the kernel's tracefs does, the VM lab shows: a folder made in `instances` has files at once, and one with
// files can be removed.

/** Another program's tracing. */
const foreign = {
  kprobe_events: "p:kprobes/mine do_sys_openat2\n",
  trace_clock: "[local] global counter uptime perf mono mono_raw boot x86-tsc\n",
  set_event: "kprobes:mine\n",
  "events/kprobes/mine/enable": "1\n",
  "instances/rasdaemon/trace_pipe": "",
  "instances/rasdaemon/events/enable": "1\n",
};
const definitions = waitProbes("crngwatch_live", { registers: probedMachine(process.arch) })
  .map(({ definition }) => `${definition}\n`)
  .join("");
const removals = waitProbes("crngwatch_live", { registers: probedMachine(process.arch) })
  .map(({ name }) => `-:crngwatch_live/${name}\n`)
  .join("");

const unready = libcAnswering("EAGAIN");

function hostWith(tracing: Readonly<Record<string, Entry>>, libc = unready): Host {
  const entries = Object.entries<Entry>({ ...foreign, ...tracing });
  return {
    ...hostOf(Object.fromEntries(entries.map(([name, entry]) => [`sys/kernel/tracing/${name}`, entry])), libc),
    printkAhead: () => 0.25,
  };
}

function follow(host: Host): {
  readonly follower: Follower | null | undefined;
  readonly changed: Readonly<Record<string, string>>;
} {
  const top = join(host.roots.sys, "kernel/tracing");
  const before = contentsOf(top);
  const follower = traceInstance.follow?.(host);
  onTestFinished(() => follower?.close());
  return {
    follower,
    changed: Object.fromEntries(Object.entries(contentsOf(top)).filter(([path, text]) => before[path] !== text)),
  };
}

describe("a trace instance", () => {
  it("is none where there is no tracefs, or nothing to wait by, and says so", () => {
    const noTracefs = {
      health: "absent",
      detail: "tracefs is not mounted, or this kernel has no kprobe events",
      evidence: [],
    };
    expect(follow(hostOf({ "sys/kernel/tracing": aFolder }, unready))).toMatchObject({
      follower: { first: noTracefs, fd: null },
      changed: {},
    });
    const pool = { "proc/sys/kernel/random/poolsize": "256\n", "proc/sys/kernel/random/entropy_avail": "4\n" };
    const host = hostOf({ ...pool, "sys/kernel/tracing/kprobe_events": "" }, unready);
    expect(follow({ ...host, libc: null })).toMatchObject({
      follower: { first: { health: "absent", detail: "the trace cannot be followed without koffi" }, fd: null },
      changed: {},
    });
  });

  it("is none in a folder that stands for a host", () => {
    const host = hostWith({});
    expect(follow({ ...host, roots: { ...host.roots, live: false } })).toEqual({ follower: null, changed: {} });
  });

  it("is none where no task would wait", () => {
    expect(follow(hostWith({}, libcAnswering(null)))).toEqual({ follower: null, changed: {} });
    expect(follow({ ...hostWith({}), libc: null })).toEqual({ follower: null, changed: {} });
  });

  it("is reported by its followers: a single observation has nothing to add", () => {
    expect(traceInstance.observe(hostWith({}))).toEqual({
      health: "absent",
      detail: "no probe was set: only the daemon sets probes, if it starts before the CRNG is ready",
      evidence: [],
    });
  });

  it("comes with probes after those of others, and is given up whole where one of its files is missing", () => {
    const host = hostWith({});
    const { follower, changed } = follow(host);
    expect(follower).toMatchObject({
      first: { health: "failed", detail: "Cannot choose the trace clock 'mono'", evidence: [] },
      fd: null,
    });
    expect(follower?.drain()).toEqual({ ...follower?.first, more: false });
    expect(changed).toEqual({ kprobe_events: `${foreign.kprobe_events}${definitions}${removals}` });
    expect(contentsOf(join(host.roots.sys, "kernel/tracing/instances"))).toEqual({
      "rasdaemon/trace_pipe": "",
      "rasdaemon/events/enable": "1\n",
    });
  });

  it("has its probes removed by name, those of a daemon before it as well", () => {
    const kprobe_events = `${foreign.kprobe_events}${definitions}`;
    expect(follow(hostWith({ kprobe_events }, libcAnswering(null))).changed).toEqual({
      kprobe_events: `${kprobe_events}${removals}`,
    });
  });

  it("uses the flight recorder's probes where they are, and leaves them", () => {
    const kprobe_events = `${foreign.kprobe_events}p:crngwatch/wait wait_for_random_bytes\nr10:crngwatch/waited wait_for_random_bytes\n`;
    expect(follow(hostWith({ kprobe_events })).changed).toEqual({});
    // Entries alone show no callers.
    const entries = `${foreign.kprobe_events}p:crngwatch/wait wait_for_random_bytes\n`;
    expect(follow(hostWith({ kprobe_events: entries })).changed).toEqual({
      kprobe_events: `${entries}${definitions}${removals}`,
    });
  });

  it("is another daemon's where that one lives: nothing of it is removed, and why there is none is reported", () => {
    const taken = { kprobe_events: definitions, "instances/crngwatch/trace_pipe": "" };
    const locked = (answer: string | null): Host => hostWith(taken, { ...libcAnswering(answer), lock: () => "EAGAIN" });
    expect(follow(locked("EAGAIN"))).toMatchObject({
      follower: {
        first: {
          health: "absent",
          detail: "no probe was set: another crngwatch daemon has set its own",
          evidence: [],
        },
        fd: null,
      },
      changed: {},
    });
    expect(follow(locked(null))).toEqual({ follower: null, changed: {} });
    // Where there is no such call, no other daemon can have the lock.
    expect(follow(hostWith(taken, { ...libcAnswering(null), lock: () => "ENOSYS" })).changed).not.toEqual({});
  });

  it("is not made where the first probe cannot be set", () => {
    const host = hostWith({ kprobe_events: aFolder });
    const { follower, changed } = follow(host);
    expect([follower?.first, changed]).toEqual([
      { health: "failed", detail: "Cannot set a probe on wait_for_random_bytes (EISDIR)", evidence: [] },
      {},
    ]);
    expect(contentsOf(join(host.roots.sys, "kernel/tracing/instances"))).toEqual({
      "rasdaemon/trace_pipe": "",
      "rasdaemon/events/enable": "1\n",
    });
  });
});

describe("what a daemon before us left", () => {
  const pipe = `            gpgv-83      [000] .....     2.000000: wait: (wait_for_random_bytes+0x0/0x60)
            gpgv-83      [000] .....     3.500000: waited: (__x64_sys_getrandom+0x8d/0xc0 <- wait_for_random_bytes)
`;
  const wait = {
    ...unknownWait,
    pid: 83,
    tid: 83,
    comm: "gpgv",
    interface: "getrandom",
    from: 2.25,
    notBefore: 2.25,
    seenAt: 3.75,
    to: 3.75,
    ended: "returned",
    errorSeconds: 0,
    seconds: 1.5,
    evidence: "recorder",
  };
  const left: Readonly<Record<string, Entry>> = {
    "instances/crngwatch/trace_pipe": pipe,
    "instances/crngwatch/set_event": "crngwatch_live:wait\n",
    kprobe_events: `${foreign.kprobe_events}${definitions}`,
  };

  it("is reported by the kernel log's clock and switched off, though no task would wait any more", () => {
    const { follower, changed } = follow(hostWith(left, libcAnswering(null)));
    expect(follower).toMatchObject({
      first: { health: "ok", detail: null, evidence: [{ kind: "wait", wait }] },
      fd: null,
    });
    expect(follower?.drain()).toEqual({ health: "ok", detail: null, evidence: [{ kind: "wait", wait }], more: false });
    expect(changed).toEqual({
      "instances/crngwatch/set_event": "crngwatch_live:wait\n!crngwatch:*\n!crngwatch_live:*\n",
      kprobe_events: `${foreign.kprobe_events}${definitions}${removals}`,
    });
  });

  it("is removed", () => {
    const host = hostWith({}, libcAnswering(null));
    const instance = join(host.roots.sys, "kernel/tracing/instances/crngwatch");
    mkdirSync(instance);
    expect(follow(host)).toEqual({ follower: null, changed: {} });
    // An empty folder can be made again, as it can not where one is.
    expect(() => mkdirSync(instance)).not.toThrow();
  });

  it("is reported where it cannot be removed, and no other can be made", () => {
    const { follower } = follow(hostWith(left));
    expect(follower?.first).toEqual({
      health: "failed",
      detail: "Cannot make a trace instance (EEXIST)",
      evidence: [{ kind: "wait", wait }],
    });
  });
});
