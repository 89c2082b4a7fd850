import { join } from "../../platform/builtins.ts";
import { exists, readBytes, readNames, readText, textOrNull } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";
import type { Recorder } from "../../parse/command-line/recorder-arguments.ts";
import { recorderOn } from "../../parse/command-line/recorder-line.ts";
import { tracefsIn } from "../../platform/tracefs.ts";
import { armedGroup, type ProbedMachine } from "../../parse/trace/wait-probes.ts";
import { armedProbes, eventsOn } from "./armed-probes.ts";
import { kernelConfig } from "../host/kernel-config.ts";

/** The flight recorder in this boot. */
export interface KernelRecorder {
  /** What this boot's command line arms, in part or whole; undefined where it cannot be read. */
  readonly armed: Recorder | null | undefined;
  readonly tracefs: "ok" | "absent" | "denied" | "failed";
  /** Its events that the kernel has and that are switched on. */
  readonly events: readonly string[];
  /** Its events that are there and switched off. */
  readonly off: readonly string[];
  /** Entries into waits that its probes saw, and hits that they missed; null where that is not counted. */
  readonly hits: number | null;
  readonly missed: number | null;
  /** What keeps this kernel from recording, in words. */
  readonly obstacles: readonly string[];
}

/** 120 000 lines in a distribution's kernel, 6 MB. */
const mostSymbolBytes = 64 << 20;

/** What this boot's kernel has of the flight recorder, and what keeps it from recording. */
export function kernelRecorder(roots: Roots): KernelRecorder {
  const commandLine = textOrNull(join(roots.proc, "cmdline"));
  const mounted = tracefsIn(roots);
  const folder = mounted.kind === "ok" ? mounted.value : join(roots.sys, "kernel/tracing");
  const read = readText(join(folder, "kprobe_events"));
  const tracefs = mounted.kind === "ok" && read.kind !== "absent" ? read.kind : mounted.kind;
  const armed = commandLine === null ? undefined : recorderOn(commandLine);
  const { names: probes, counts } = armedProbes(folder);
  const named = armed === "syscalls" ? ["syscalls:sys_enter_getrandom"] : probes.map((name) => `${armedGroup}:${name}`);
  const on = eventsOn(folder);
  return {
    armed,
    tracefs,
    events: named.filter((name) => on.includes(name)),
    off: named.filter((name) => !on.includes(name)),
    hits: counts?.waits ?? null,
    missed: counts?.missed ?? null,
    obstacles: obstaclesOf(roots, folder, tracefs),
  };
}

/**
 * What can record on this kernel, null where nothing can, and how that is known. Asked of the kernel's own table of
 * symbols, which has the function that reads `kprobe_event=`; where that table is hidden, tracefs' README names a type
 * of argument ("ustring") that came with it in 5.3. Registers on x86-64 and aarch64 alone: elsewhere they lie in words
 * that are not understood, and s390x has no register of this name.
 */
export function recorderOf(roots: Roots): { readonly recorder: Recorder | null; readonly why: string } {
  const symbols = readBytes(join(roots.proc, "kallsyms"), mostSymbolBytes);
  if (symbols.kind === "ok" && symbols.value.length > 0) {
    const has = (symbol: string): boolean => symbols.value.includes(` ${symbol}\n`);
    if (has("set_kprobe_boot_events")) return recorderWithProbes(has);
    if (has("setup_trace_event"))
      return {
        recorder: "syscalls",
        why: "this kernel takes trace_event=, not kprobe_event= (5.3, CONFIG_KPROBE_EVENTS)",
      };
    return {
      recorder: null,
      why: "this kernel takes neither kprobe_event= nor trace_event=: it is built without tracing",
    };
  }
  const mounted = tracefsIn(roots);
  const readme = mounted.kind === "ok" ? textOrNull(join(mounted.value, "README")) : null;
  if (readme !== null && !readme.includes("ustring"))
    return { recorder: "syscalls", why: "this kernel's tracing is from before kprobe_event=, which came with 5.3" };
  if (/^flags\s*:.* lm /m.test(textOrNull(join(roots.proc, "cpuinfo")) ?? "") && readme !== null)
    return withRegisters("x86-64");
  return {
    recorder: "kprobes",
    why:
      readme === null
        ? "it is not known whether the kernel supports kprobe_event=, which came with 5.3"
        : "this kernel's tracing is from 5.3 or later",
  };
}

/** What takes `kprobe_event=`; `has`: whether the kernel has a symbol. */
function recorderWithProbes(has: (symbol: string) => boolean): { readonly recorder: Recorder; readonly why: string } {
  if (has("entry_SYSCALL_64")) return withRegisters("x86-64");
  if (has("__arm64_sys_getrandom")) return withRegisters("aarch64");
  return { recorder: "kprobes", why: "this kernel takes kprobe_event=" };
}

function withRegisters(machine: ProbedMachine): { readonly recorder: Recorder; readonly why: string } {
  return {
    recorder: machine === "x86-64" ? "registers" : "registers-aarch64",
    why: `this kernel takes kprobe_event=, and on ${machine} the waiter's registers can be recorded with it`,
  };
}

function obstaclesOf(roots: Roots, folder: string, tracefs: KernelRecorder["tracefs"]): readonly string[] {
  const locked = /\[(\w+)\]/.exec(textOrNull(join(roots.sys, "kernel/security/lockdown")) ?? "")?.[1];
  const config = kernelConfig(roots) ?? "";
  const isUnset = (option: string): boolean =>
    config.includes(`# ${option} is not set`) || (config.includes("CONFIG_") && !config.includes(`${option}=y`));
  const unbuilt = ["CONFIG_KPROBES", "CONFIG_KPROBE_EVENTS", "CONFIG_FTRACE"].filter(isUnset);
  return [
    ...(locked === "confidentiality" ? ["lockdown=confidentiality prohibits probes and hides tracefs"] : []),
    ...unbuilt.map((option) => `the kernel is built without ${option}`),
    ...(tracefs === "absent" && unbuilt.length === 0 && exists(join(roots.sys, "kernel")) === true
      ? [noTracefsWords(folder)]
      : []),
    ...(tracefs === "ok" && textOrNull(join(folder, "tracing_on")) === "0"
      ? [`'${join(folder, "tracing_on")}' is 0: tracing was stopped`]
      : []),
    ...(textOrNull(join(roots.sys, "kernel/debug/kprobes/enabled")) === "0"
      ? ["probes are switched off in /sys/kernel/debug/kprobes/enabled"]
      : []),
  ];
}

/** What there is in place of a tracefs with kprobe events, where the kernel's configuration does not show why. */
function noTracefsWords(folder: string): string {
  const names = readNames(folder);
  if (names.kind !== "ok")
    return `'${folder}' is not there: the kernel is built without tracing, or has it below debugfs, which is not mounted`;
  return names.value.length === 0
    ? `tracefs is not mounted on '${folder}'`
    : `'${join(folder, "kprobe_events")}' is not there: the kernel is built without CONFIG_KPROBE_EVENTS`;
}
