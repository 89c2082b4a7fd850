import { probesOfGroup } from "../../parse/trace/kprobe-profile.ts";
import { join } from "../../platform/builtins.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";

/**
 * The probes of a group that are set, by `kprobe_events`: on 6.1 and 6.12 the folder of an event in `events`, or
 * of a whole group, may be missing.
 */
export function presentProbes(tracefs: string, group: string): readonly string[] {
  return probesOfGroup(textOrNull(join(tracefs, "kprobe_events")) ?? "", group);
}
