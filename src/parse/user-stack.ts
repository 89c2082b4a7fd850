import { randomLibrary } from "./random-libraries.ts";

/**
 * The library that called for random bytes, by a stack of its process, innermost first: ` => PATH[+0xOFFSET]` each, as
 * seq_print_user_ip() of kernel/trace/trace_output.c prints it with the option sym-userobj. Null: none is named, as where the process
 * was gone when the trace was read, and only addresses were printed.
 */
export function libraryOfUserStack(frames: readonly string[]): string | null {
  const libraries = frames.map((frame) => randomLibrary(fileOfFrame(frame))).filter((library) => library !== null);
  // libc only carries the call of whoever is above it.
  return (libraries.find(({ family }) => family !== "libc") ?? libraries[0])?.soname ?? null;
}

function fileOfFrame(frame: string): string {
  return frame.replace(/\[\+0x[0-9a-f]{1,16}\]$/, "").replace(/ \(deleted\)$/, "");
}
