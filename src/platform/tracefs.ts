import { fs, join } from "./builtins.ts";
import { attempt, type Read, readNames } from "./pseudo-file.ts";
import type { Roots } from "./roots.ts";

/**
 * Where tracefs is mounted: at its own place, or below debugfs where older systems have it
 * (Documentation/trace/ftrace.rst).
 */
export function tracefsIn({ sys }: Roots): Read<string> {
  const places = [join(sys, "kernel/tracing"), join(sys, "kernel/debug/tracing")];
  const found = places.map((place) => ({ place, names: readNames(place) }));
  // Where it is not mounted, its mount point is an empty folder.
  const mounted = found.find(({ names }) => names.kind === "ok" && names.value.includes("kprobe_events"));
  if (mounted !== undefined) return { kind: "ok", value: mounted.place };
  return found.some(({ names }) => names.kind === "denied") ? { kind: "denied" } : { kind: "absent" };
}

/**
 * Writes a control file in one write(2), which is how tracefs takes a command. `append`: `kprobe_events` would forget
 * all else without.
 */
export function control(
  path: string,
  text: string,
  { append = false }: { readonly append?: boolean } = {},
): Read<void> {
  return attempt(() => {
    const fd = fs.openSync(path, fs.constants.O_WRONLY | (append ? fs.constants.O_APPEND : 0));
    try {
      fs.writeSync(fd, text);
    } finally {
      fs.closeSync(fd);
    }
  });
}

/** A trace of one's own, beside whatever else is traced: its buffer and its switches are of this folder alone. */
export function makeInstance(tracefs: string, name: string): Read<string> {
  const folder = join(tracefs, "instances", name);
  return attempt(() => {
    fs.mkdirSync(folder);
    return folder;
  });
}

/** Removes a trace instance, with its buffer. It fails while a file of the instance is open. */
export function removeInstance(folder: string): Read<void> {
  return attempt(() => fs.rmdirSync(folder));
}
