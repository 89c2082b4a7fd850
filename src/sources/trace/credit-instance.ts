import type { Evidence } from "../../core/evidence.ts";
import { armedGroup, creditProbe, liveGroup, probedMachine } from "../../parse/trace/wait-probes.ts";
import { fs, join } from "../../platform/builtins.ts";
import { attempt, exists } from "../../platform/pseudo-file.ts";
import { control, makeInstance, removeInstance } from "../../platform/tracefs.ts";
import { presentProbes } from "./present-probes.ts";
import { TraceText } from "./trace-text.ts";

/**
 * Apart from that of waits, which is read as events come: while a task waits, something is credited at each tick, and
 * each would wake the daemon.
 */
const instanceName = "crngwatch_credits";
/** For each processor: 256 events of 48 bytes, all that there can be, in what a ring buffer has at least. */
const bufferKib = 16;
const mostBytes = 1 << 20;

/**
 * Sets the probe on what is credited towards a ready CRNG, in a trace instance of its own that is read when the CRNG is
 * ready. Nothing where the flight recorder has that probe, or the kernel no such function: it costs the cause of
 * readiness, no wait.
 */
export function recordCredits(tracefs: string): void {
  if (presentProbes(tracefs, armedGroup).includes("credit")) return;
  const machine = probedMachine(process.arch);
  const plain = creditProbe(liveGroup, { registers: null });
  const full = machine !== null && set(creditProbe(liveGroup, { registers: machine }).definition);
  if (!full && !set(plain.definition)) return;
  const made = makeInstance(tracefs, instanceName);
  if (made.kind !== "ok") return;
  control(join(made.value, "buffer_size_kb"), String(bufferKib));
  const clock = control(join(made.value, "trace_clock"), "mono");
  if (clock.kind === "ok") control(join(made.value, "set_event"), `${liveGroup}:${plain.name}\n`, { append: true });

  function set(definition: string): boolean {
    return control(join(tracefs, "kprobe_events"), `${definition}\n`, { append: true }).kind === "ok";
  }
}

/** What was credited so far; `ahead`: by how much the kernel log's clock is ahead of CLOCK_MONOTONIC. */
export function recordedCredits(tracefs: string, ahead: number): readonly Evidence[] {
  const path = join(tracefs, "instances", instanceName, "trace");
  const opened = attempt(() => fs.openSync(path, fs.constants.O_RDONLY));
  if (opened.kind !== "ok") return [];
  const trace = new TraceText();
  trace.read(opened.value, mostBytes);
  fs.closeSync(opened.value);
  return trace.credits(ahead);
}

/** Removes the instance, so that its probe can be removed; what is recorded in it goes with it. */
export function removeCredits(tracefs: string): void {
  const folder = join(tracefs, "instances", instanceName);
  if (exists(folder) !== true) return;
  control(join(folder, "set_event"), `!${liveGroup}:*\n`, { append: true });
  removeInstance(folder);
}
