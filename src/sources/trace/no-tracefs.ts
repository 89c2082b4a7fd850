import { type Observation, unable } from "../source.ts";

/** The answer of a source that has no tracefs to read. */
export function noTracefs(is: "absent" | "denied" | "failed"): Observation & { readonly detail: string } {
  const denied = is === "denied";
  const detail = denied
    ? "tracefs may not be read: needs root, and a kernel without lockdown=confidentiality"
    : "tracefs is not mounted, or this kernel has no kprobe events";
  return { ...unable(denied ? "denied" : "absent", detail), detail };
}
