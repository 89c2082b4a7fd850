import { counted } from "../../core/base/counted.ts";
import { openToRead } from "../../platform/confined.ts";
import type { Evidence, RecorderState } from "../../core/evidence.ts";
import type { Recorder } from "../../parse/command-line/recorder-arguments.ts";
import { recorderOn } from "../../parse/command-line/recorder-line.ts";
import { armedGroup, generatorProbes } from "../../parse/trace/wait-probes.ts";
import { fs, join } from "../../platform/builtins.ts";
import { traceAhead } from "../../platform/clock/stamp-clocks.ts";
import { attempt, exists, readText, textOrNull } from "../../platform/pseudo-file.ts";
import { control, tracefsIn } from "../../platform/tracefs.ts";
import { type ArmedProbes, armedProbes, eventsOn } from "./armed-probes.ts";
import { noTracefs } from "./no-tracefs.ts";
import { type Host, type Observation, type Source, unable } from "../source.ts";
import { TraceText } from "./trace-text.ts";
import { isUnready } from "../crng/unready.ts";
import { Waiters } from "../program/waiter.ts";

/** Bytes that are read of a large buffer: the boot is its first part. */
const traceBytes = 64 << 20;
const execEvent = "events/sched/sched_process_exec";
const callEvent = "events/syscalls/sys_enter_getrandom";

/**
 * The flight recorder: probes that the kernel command line armed record from time zero which tasks were blocked, PID 1
 * and the initrd included, in the top-level trace buffer; before 5.3 it is the calls of getrandom(2). It is read and
 * never emptied; before 5.9 the kernel records nothing while it is read.
 */
export const flightRecorder: Source = {
  name: "flight-recorder",
  reads: "the trace in /sys/kernel/tracing, where the kernel command line arms the recorder",
  needs: "root, and a tracefs that lockdown does not deny",
  without: "which tasks waited before crngwatch started",
  schedule: "once",
  observe,
  finish(host) {
    const last = observe(host);
    switchOff(host);
    return last;
  },
};

function observe(host: Host): Observation {
  const commandLine = readText(join(host.roots.proc, "cmdline"));
  if (commandLine.kind !== "ok")
    return unable(
      commandLine.kind,
      `Cannot read '${join(host.roots.proc, "cmdline")}', which shows whether it is armed in this boot`,
    );
  const recorder = recorderOn(commandLine.value);
  const mounted = tracefsIn(host.roots);
  if (mounted.kind !== "ok") {
    const answer = noTracefs(mounted.kind);
    return recorder === null ? notArmed(null) : without(recorder, null, answer);
  }
  const tracefs = mounted.value;
  // Before the trace, which may grow meanwhile.
  const probes = armedProbes(tracefs);
  const isSet = probes.names.length > 0 || (recorder === "syscalls" && exists(join(tracefs, callEvent)) === true);
  if (isSet) return recorded(host, tracefs, recorder, probes);
  return recorder === null
    ? notArmed(false)
    : without(recorder, false, unable("failed", "the kernel did not set the probes that its command line names"));
}

/** What is in the trace. */
function recorded(host: Host, tracefs: string, recorder: Recorder | null, { names, counts }: ArmedProbes): Observation {
  const trace = new TraceText();
  const path = join(tracefs, "trace");
  const opened = attempt(() => openToRead(path));
  if (opened.kind !== "ok") return without(recorder, true, unable(opened.kind, `Cannot read '${path}'`));
  const read = trace.read(opened.value, traceBytes);
  fs.closeSync(opened.value);
  const { hits = 0, entries = 0 } = counts ?? {};
  const lacks = read.kind === "end" && trace.losses === 0 && trace.entries < entries;
  const emptied = lacks
    ? `its probes counted ${counted(entries, "entry", "entries")}, but the trace has ${trace.entries}: it was emptied, or stopped for a time`
    : null;
  const problem =
    read.kind === "failed"
      ? `Cannot read '${path}': ${read.errno}`
      : (silence(host, tracefs, recorder === "kprobes" ? names : null) ?? emptied);
  const ahead = (host.printkAhead() ?? 0) - (traceAhead(host.roots, tracefs) ?? host.printkAhead() ?? 0);
  const waiters = new Waiters(host);
  const waits = trace.waits(ahead).map((wait): Evidence => ({
    kind: "wait",
    wait: waiters.attribute(wait, { goneOn: trace.hasGoneOn(wait, ahead), registers: trace.registersOf(wait, ahead) }),
  }));
  const calls = trace.asks(ahead).map((call): Evidence => ({ kind: "call", call: waiters.attribute(call) }));
  const state = stateOf(recorder, {
    recording: true,
    events: recorder === "syscalls" ? calls.length : hits,
    problem,
    seesFipsGenerator: generatorProbes(armedGroup).every(({ name }) => names.includes(name)),
  });
  return {
    health: read.kind === "failed" ? "failed" : "ok",
    detail: read.kind === "more" ? `only the first ${traceBytes >> 20} MiB of '${path}' were read` : problem,
    evidence: [state, ...waits, ...calls, ...trace.credits(ahead), ...trace.newLosses()],
  };
}

function notArmed(recording: false | null): Observation {
  return {
    ...unable("absent", "not armed on the kernel command line of this boot"),
    evidence: [stateOf(null, { recording })],
  };
}

/** No trace of the recorder could be read, and why. */
function without(recorder: Recorder | null, recording: boolean | null, answer: Observation): Observation {
  return { ...answer, evidence: [stateOf(recorder, { recording, problem: answer.detail })] };
}

function stateOf(
  recorder: Recorder | null,
  {
    recording,
    events = 0,
    problem = null,
    seesFipsGenerator = false,
  }: Pick<RecorderState, "recording"> & Partial<Pick<RecorderState, "events" | "problem" | "seesFipsGenerator">>,
): RecorderState {
  return {
    kind: "recorder",
    armed: recorder !== null,
    sees: recorder === "syscalls" ? "calls" : "waits",
    seesFipsGenerator,
    recording,
    events,
    problem,
  };
}

/** What of ours this boot's command line sets, all or some. */
function armedOn({ roots }: Host): Recorder | null {
  return recorderOn(textOrNull(join(roots.proc, "cmdline")) ?? "");
}

/**
 * Why an armed recorder records nothing now, or not all; null where it does. `probes`: those that are set, where it is
 * they that record.
 */
function silence(host: Host, tracefs: string, probes: readonly string[] | null): string | null {
  if (textOrNull(join(tracefs, "tracing_on")) === "0") return "tracing was switched off (tracing_on is 0)";
  if (probes === null) return null;
  if (!probes.includes("wait")) return "its probe on wait_for_random_bytes() is not set";
  if (!probes.includes("gen") && urandomWaits(host))
    return "waits of /dev/urandom's readers are not recorded: its probe on try_to_generate_entropy() is not set";
  const on = eventsOn(tracefs);
  const off = probes.filter((name) => !on.includes(`${armedGroup}:${name}`));
  // When the CRNG is ready they have been switched off here.
  return off.length > 0 && isUnready(host) ? `these probes were switched off: ${off.join(", ")}` : null;
}

/**
 * Since 5.18 a read of /dev/urandom gathers entropy while the CRNG is not ready (urandom_read_iter() of
 * drivers/char/random.c).
 */
function urandomWaits({ roots }: Host): boolean {
  const [major = 0, minor = 0] = (textOrNull(join(roots.proc, "sys/kernel/osrelease")) ?? "")
    .split(".")
    .map((part) => Number.parseInt(part, 10));
  return major > 5 || (major === 5 && minor >= 18);
}

/**
 * What the command line armed has done its work: our probes are switched off, their records stay. The events of exec
 * and of calls may belong to any program, so they go off only where nothing else is traced.
 */
function switchOff(host: Host): void {
  const mounted = tracefsIn(host.roots);
  const recorder = armedOn(host);
  if (mounted.kind !== "ok" || recorder === null) return;
  const tracefs = mounted.value;
  const others = eventsOn(tracefs).filter((event) => !event.startsWith(`${armedGroup}:`));
  if (recorder === "kprobes") control(join(tracefs, "set_event"), `!${armedGroup}:*\n`, { append: true });
  const [name, event] =
    recorder === "kprobes" ? ["sched:sched_process_exec", execEvent] : ["syscalls:sys_enter_getrandom", callEvent];
  const alone = others.length === 1 && others[0] === name && textOrNull(join(tracefs, "current_tracer")) === "nop";
  if (alone) control(join(tracefs, event, "enable"), "0");
}
