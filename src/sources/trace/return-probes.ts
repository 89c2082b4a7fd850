import { join } from "../../platform/builtins.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";
import { tracefsIn } from "../../platform/tracefs.ts";

/**
 * Whether return probes are set in the kernel, by any program, as far as tracefs and debugfs show. While one is on a
 * task's stack, that stack must not be read as long as the task runs: the kernel warns of it in its log, and is
 * tainted (rethook_find_ret_addr() of kernel/trace/rethook.c, 5.18 and later).
 */
export function hasReturnProbes(roots: Roots): boolean {
  const mounted = tracefsIn(roots);
  const events = mounted.kind === "ok" ? (textOrNull(join(mounted.value, "kprobe_events")) ?? "") : "";
  // "ffffffff912c8210  r  wait_for_random_bytes+0x0    [FTRACE]", report_probe() of kernel/kprobes.c.
  const list = textOrNull(join(roots.sys, "kernel/debug/kprobes/list")) ?? "";
  return /^r/m.test(events) || /^\S+\s+r\s/m.test(list);
}
