import { isOpen, lastedSeconds, type Wait } from "../../core/wait.ts";
import type { Evidence } from "../../core/evidence.ts";
import { microseconds } from "../../core/base/time.ts";
import { armedGroup, liveGroup, probedMachine, waitProbes } from "../../parse/trace/wait-probes.ts";
import { fs, join } from "../../platform/builtins.ts";
import { attempt, exists, type Read, namesOrNone } from "../../platform/pseudo-file.ts";
import { control, makeInstance, removeInstance, tracefsIn } from "../../platform/tracefs.ts";
import { recordCredits, recordedCredits, removeCredits } from "./credit-instance.ts";
import { lockInstances } from "./instance-lock.ts";
import { noTracefs } from "./no-tracefs.ts";
import { presentProbes } from "./present-probes.ts";
import { type Drained, type Follower, type Host, type Observation, ok, type Source, unable } from "../source.ts";
import { TraceText } from "./trace-text.ts";
import { isUnready } from "../crng/unready.ts";
import { Waiters } from "../program/waiter.ts";

const instanceName = "crngwatch";
/**
 * A wait takes 2 KiB with its registers and stacks, and they come all at once, on few processors while the machine
 * boots. All processors share the first size, each has at least the second, enough for 250 waits; the kernel's own
 * default is 1.4 MiB for each.
 */
const [bufferKib, leastBufferKib] = [2048, 512];
/** What is read in one go, so that a trace that never ends cannot keep the daemon here. */
const bytesPerDrain = 4 << 20;

/**
 * The probes of the flight recorder, set by the daemon where it starts before the CRNG is ready: in a trace instance of
 * its own, in a group of its own, both removed when all waits have ended. No other tracer's state is touched.
 */
export const traceInstance: Source = {
  name: "trace-instance",
  reads: "an instance of its own in /sys/kernel/tracing, with probes on blocked tasks, while the CRNG is not ready",
  needs: "root, and a tracefs that lockdown does not deny",
  without: "the exact times at which a wait began and ended (stacks show them within some milliseconds)",
  schedule: "once",
  setsUp: true,
  observe: () => notSet,
  follow(host) {
    if (!host.roots.live) return null;
    const mounted = tracefsIn(host.roots);
    if (mounted.kind !== "ok") return isUnready(host) ? spent(noTracefs(mounted.kind)) : null;
    const lock = lockInstances(mounted.value, host.libc);
    if (lock === "taken") return isUnready(host) ? spent(unable("absent", anothers)) : null;
    const followed = followIn(host, mounted.value);
    if (followed === null || followed.fd === null) {
      lock.release();
      return followed;
    }
    const close = (): void => {
      followed.close();
      lock.release();
    };
    return { ...followed, close };
  },
};

function followIn(host: Host, tracefs: string): Follower | null {
  const left = tidyUp(host, tracefs);
  if (!isUnready(host)) return left.length === 0 ? null : spent(ok(...left));
  if (host.libc === null)
    return spent({ ...unable("absent", "the trace cannot be followed without koffi"), evidence: left });
  const opened = setUp(tracefs);
  if (typeof opened === "string") {
    tidyUp(host, tracefs);
    return spent({ ...unable("failed", opened), evidence: left });
  }
  return followerOf(host, tracefs, opened, left);
}

const anothers = "no probe was set: another crngwatch daemon has set its own";

/** Its answer where no probe was set. */
const notSet = unable("absent", "no probe was set: only the daemon sets probes, if it starts before the CRNG is ready");

/** There was something to report, and nothing to wait on. */
function spent(first: Observation): Follower {
  return { first, fd: null, drain: () => ({ ...first, more: false }), close: () => undefined };
}

/** Makes the instance and sets the probes; an error in words, or the descriptor of its pipe. */
function setUp(tracefs: string): number | string {
  // Of two return probes in one function neither names the caller, so the flight recorder's own serve where they are.
  const group = presentProbes(tracefs, armedGroup).includes("waited") ? armedGroup : liveGroup;
  if (group === liveGroup) {
    const first = setProbes(tracefs);
    // The second function is missing on some kernels; without the first there is nothing to record.
    if (first?.kind !== "ok")
      return `Cannot set a probe on wait_for_random_bytes (${first?.kind === "failed" ? first.errno : first?.kind})`;
  }
  const made = makeInstance(tracefs, instanceName);
  if (made.kind !== "ok") return `Cannot make a trace instance (${made.kind === "failed" ? made.errno : made.kind})`;
  const folder = made.value;
  // What an older kernel lacks of these costs nothing but time or names.
  control(join(folder, "buffer_size_kb"), String(Math.max(leastBufferKib, Math.floor(bufferKib / processors(folder)))));
  control(join(folder, "buffer_percent"), "0");
  control(join(folder, "options/userstacktrace"), "1");
  control(join(folder, "options/sym-userobj"), "1");
  const clock = control(join(folder, "trace_clock"), "mono");
  if (clock.kind !== "ok") return "Cannot choose the trace clock 'mono'";
  // Not the whole group: what every caller hits would wake us for nothing. A kernel may lack some of the events.
  const [enabled] = waitProbes(group, { registers: null }).map(({ name }) =>
    control(join(folder, "set_event"), `${group}:${name}\n`, { append: true }),
  );
  if (enabled?.kind !== "ok") return `Cannot enable the probes in the trace instance (${enabled?.kind})`;
  recordCredits(tracefs);
  const pipe = pipeOf(folder);
  return pipe.kind === "ok" ? pipe.value : `Cannot open the trace instance's pipe (${pipe.kind})`;
}

/** The answer of the first probe, without which there is nothing to record. */
function setProbes(tracefs: string): Read<void> | undefined {
  const set = (definition: string): Read<void> =>
    control(join(tracefs, "kprobe_events"), `${definition}\n`, { append: true });
  const plain = waitProbes(liveGroup, { registers: null });
  const machine = probedMachine(process.arch);
  const full = machine === null ? plain : waitProbes(liveGroup, { registers: machine });
  // A kernel that takes no words of its stack, or no register, gets the probe without them.
  const [first] = full.map(({ definition }, index) => {
    const answer = set(definition);
    const without = plain[index]?.definition;
    return answer.kind === "ok" || without === undefined || without === definition ? answer : set(without);
  });
  return first;
}

function pipeOf(folder: string): Read<number> {
  return attempt(() => fs.openSync(join(folder, "trace_pipe"), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK));
}

function processors(folder: string): number {
  return Math.max(1, namesOrNone(join(folder, "per_cpu")).length);
}

function followerOf(host: Host, tracefs: string, fd: number, left: readonly Evidence[]): Follower {
  const trace = new TraceText();
  const waiters = new Waiters(host);
  /** What has been reported of each wait, so that only changes are. */
  const reported = new Map<string, string>();
  // A ready CRNG credits nothing, so that all credits are there.
  const atEnd = (): readonly Evidence[] => recordedCredits(tracefs, host.printkAhead() ?? 0);
  return { first: ok({ kind: "waits-watched" }, ...left), fd, untilFinished: true, drain, atEnd, close };

  function drain(): Drained {
    const ahead = host.printkAhead() ?? 0;
    const now = microseconds(host.now() + ahead);
    const read = trace.read(fd, bytesPerDrain);
    const waits = trace.waits(ahead);
    // Once the CRNG is ready, a wait whose return was not recorded has ended like all others.
    const goesOn = read.kind === "end" && trace.losses === 0 && waits.some(isOpen) && isUnready(host);
    const news: Evidence[] = [...trace.newLosses()];
    for (const recorded of waits) {
      const wait = goesOn ? stillSeen(recorded, now) : recorded;
      const key = `${wait.tid} ${wait.from ?? wait.to}`;
      // That it has not ended is reported once a second.
      const text = JSON.stringify([
        wait.to,
        wait.ended,
        wait.gatheredJitter,
        wait.to === null ? Math.floor(wait.seenAt ?? 0) : null,
      ]);
      if (reported.get(key) === text) continue;
      // Its end shows no more of the task, which may be gone by then.
      const registers = trace.registersOf(recorded, ahead);
      news.push({ kind: "wait", wait: reported.has(key) ? wait : waiters.attribute(wait, { registers }) });
      reported.set(key, text);
    }
    const lost = trace.losses === 0 ? null : `events were lost in ${trace.losses} places`;
    if (read.kind === "failed")
      return {
        health: "failed",
        detail: `Cannot read the trace instance's pipe: ${read.errno}`,
        evidence: news,
        more: false,
      };
    return { health: "ok", detail: lost, evidence: news, more: true };
  }

  function close(): void {
    fs.closeSync(fd);
    tidyUp(host, tracefs);
  }
}

/** A wait is still open if its return would have been read by now: no wait ends before the CRNG is ready. */
function stillSeen(wait: Wait, now: number): Wait {
  const { from } = wait;
  return from !== null && isOpen(wait) ? { ...wait, seenAt: now, seconds: lastedSeconds(from, now) } : wait;
}

/** Removes what we made, or what a daemon before us left; what that one had not read is reported. */
function tidyUp(host: Host, tracefs: string): readonly Evidence[] {
  const folder = join(tracefs, "instances", instanceName);
  let left = recordedCredits(tracefs, host.printkAhead() ?? 0);
  removeCredits(tracefs);
  if (exists(folder) === true) {
    for (const group of [armedGroup, liveGroup]) control(join(folder, "set_event"), `!${group}:*\n`, { append: true });
    left = [...left, ...leftIn(host, folder)];
    removeInstance(folder);
  }
  for (const name of presentProbes(tracefs, liveGroup))
    control(join(tracefs, "kprobe_events"), `-:${liveGroup}/${name}\n`, { append: true });
  return left;
}

function leftIn(host: Host, folder: string): readonly Evidence[] {
  const pipe = pipeOf(folder);
  if (pipe.kind !== "ok") return [];
  const trace = new TraceText();
  trace.read(pipe.value, bytesPerDrain);
  fs.closeSync(pipe.value);
  const waiters = new Waiters(host);
  return trace
    .waits(host.printkAhead() ?? 0)
    .map((wait): Evidence => ({ kind: "wait", wait: waiters.attribute(wait) }));
}
