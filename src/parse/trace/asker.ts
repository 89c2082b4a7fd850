import type { Wait } from "../../core/wait.ts";
import { randomLibrary } from "../program/random-libraries.ts";
import { fipsOfRequest, librariesOfRequest, type RandomRequest } from "./request-fingerprint.ts";

/**
 * The library that asked: a stack names it, for the kernel looked at what the process had mapped; a request only looks
 * like one's.
 */
export function askerOf(
  userStack: readonly string[],
  request: RandomRequest | null,
): Partial<Pick<Wait, "libraries" | "librariesSource" | "fips" | "fipsWhy">> {
  const called = libraryOfUserStack(userStack);
  const fips = request === null ? null : fipsOfRequest(request);
  const mode =
    fips === null || request === null
      ? {}
      : {
          fips,
          fipsWhy: `it asked for ${request.bytes} bytes with flags ${request.flags}, as libgcrypt does in FIPS mode alone`,
        };
  if (called !== null) return { libraries: [called], librariesSource: "maps", ...mode };
  const libraries = request === null ? [] : librariesOfRequest(request);
  return libraries.length === 0 ? {} : { libraries, librariesSource: "request", ...mode };
}

/**
 * The library that called for random bytes, by a stack of its process, innermost first: ` => PATH[+0xOFFSET]` each, as
 * seq_print_user_ip() of kernel/trace/trace_output.c prints it with the option sym-userobj. Null: none is named, as
 * where the process was gone when the trace was read, and only addresses were printed.
 */
function libraryOfUserStack(frames: readonly string[]): string | null {
  const libraries = frames.map((frame) => randomLibrary(fileOfFrame(frame))).filter((library) => library !== null);
  // libc only carries the call of whoever is above it, and without frame pointers the stack ends there.
  return libraries.find(({ family }) => family !== "libc")?.soname ?? null;
}

function fileOfFrame(frame: string): string {
  return frame.replace(/\[\+0x[0-9a-f]{1,16}\]$/, "").replace(/ \(deleted\)$/, "");
}
