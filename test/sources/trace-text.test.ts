import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { TraceText } from "../../src/sources/trace-text.ts";
import { temporaryFolder } from "../support/host-folder.ts";

/** As a pipe of a trace gives it, with what one processor's buffer had no room for. */
const before = "            gpgv-83      [000] .....     2.000000: wait: (wait_for_random_bytes+0x0/0x60)\n";
const lost = "CPU:0 [LOST 7 EVENTS]\n";
const after = "              dd-84      [000] .....     3.000000: wait: (wait_for_random_bytes+0x0/0x60)\n              dd-84      [000] .....     3.500000: waited: (random_read_iter+0x10/0x50 <- wait_for_random_bytes)\n";

describe("the text of a trace", () => {
  it("tells of each loss once, and of waits by the kernel log's clock", () => {
    const path = join(temporaryFolder(), "trace_pipe");
    writeFileSync(path, before + lost + after);
    const fd = openSync(path, "r");
    onTestFinished(() => closeSync(fd));
    const trace = new TraceText();
    expect(trace.read(fd, 1 << 20)).toEqual({ is: "end" });
    expect(trace.newLosses()).toEqual([{ kind: "log-loss", from: null, to: null, lost: 7, line: null }]);
    expect(trace.newLosses()).toEqual([]);
    // How long the first still waits is not known: its end may be among what was lost.
    expect(trace.waits(0.25)).toMatchObject([
      { comm: "dd", from: 3.25, to: 3.75, seconds: 0.5, ended: "returned" },
      { comm: "gpgv", from: 2.25, to: null, seconds: null },
    ]);
  });
});
