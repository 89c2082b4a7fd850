import type { Wait } from "../../core/wait.ts";
import type { Caller, RandomRequest } from "../../core/caller.ts";
import { randomLibrary } from "../program/random-libraries.ts";
import { fipsOfRequest, librariesOfRequest } from "./request-fingerprint.ts";

/**
 * What a trace shows of who called. A recorded stack of the process names the library; a request alone only looks like
 * one's, so that it gives candidates.
 */
export function askerOf(
  userStack: readonly string[],
  request: RandomRequest | null,
): Partial<Pick<Wait, "caller" | "libraries" | "librariesSource" | "fips" | "fipsWhy">> {
  const caller = callerOfFrames(userStack, request);
  const libraries = request === null ? [] : librariesOfRequest(request);
  const candidates = libraries.length === 0 ? {} : ({ libraries, librariesSource: "request" } as const);
  return caller === null ? candidates : { caller, ...candidates, ...fipsOf(caller) };
}

/** FIPS mode, where the request of a library that is known to have called shows it. */
function fipsOf({ library, request }: Caller): Partial<Pick<Wait, "fips" | "fipsWhy">> {
  if (request === null || library === null || fipsOfRequest(request) === null) return {};
  const asks = librariesOfRequest(request).some((family) => library.startsWith(`${family}.`));
  if (!asks) return {};
  const { bytes, flags } = request;
  return { fips: true, fipsWhy: `${library} asked for ${bytes} bytes with flags ${flags}, as in FIPS mode alone` };
}

/**
 * The library that called, by a stack of its process, innermost first: ` => PATH[+0xOFFSET]` each, as
 * seq_print_user_ip() of kernel/trace/trace_output.c prints it with the option sym-userobj. The kernel follows frame
 * pointers, so that functions without one are missing from it. Only a library that calls for itself is told of, and
 * only where nothing else is between it and libc. Null: not shown, as where the process was gone when the trace was
 * read, and only addresses were printed.
 */
function callerOfFrames(frames: readonly string[], request: RandomRequest | null): Caller | null {
  const innermost = frames.map(fileOfFrame).find((file) => randomLibrary(file)?.family !== "libc");
  const library = innermost === undefined ? null : randomLibrary(innermost);
  if (library === null) return null;
  return {
    library: library.soname,
    function: null,
    offset: null,
    buildId: null,
    how: "frames",
    fromConstructor: null,
    stack: [],
    request,
  };
}

function fileOfFrame(frame: string): string {
  return frame.replace(/\[\+0x[0-9a-f]{1,16}\]$/, "").replace(/ \(deleted\)$/, "");
}
