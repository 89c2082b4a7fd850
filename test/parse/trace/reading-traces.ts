import { TraceWaits } from "../../../src/parse/trace/trace-waits.ts";

/** What a whole trace shows; the line end before its first line is not part of it. */
export function readTrace(trace: string): TraceWaits {
  const waits = new TraceWaits();
  trace
    .replace(/^\n/, "")
    .split("\n")
    .forEach((line, index) => waits.take(line, index + 1));
  return waits;
}
