import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { TraceText } from "../../../src/sources/trace/trace-text.ts";
import { temporaryFolder } from "../../support/host/host-folder.ts";

/** As a pipe of a trace gives it, with what one processor's buffer had no room for. */
const before = "            gpgv-83      [000] .....     2.000000: wait: (wait_for_random_bytes+0x0/0x60)\n";
const lost = "CPU:0 [LOST 7 EVENTS]\n";
const after =
  "              dd-84      [000] .....     3.000000: wait: (wait_for_random_bytes+0x0/0x60)\n              dd-84      [000] .....     3.500000: waited: (random_read_iter+0x10/0x50 <- wait_for_random_bytes)\n";

const textOf = (text: string): TraceText => {
  const path = join(temporaryFolder(), "trace");
  writeFileSync(path, text);
  const fd = openSync(path, "r");
  onTestFinished(() => closeSync(fd));
  const trace = new TraceText();
  trace.read(fd, 1 << 22);
  return trace;
};

describe("the text of a trace", () => {
  it("reports once that more waited than it has room for", () => {
    const trace = textOf(
      Array.from({ length: 600 }, (_, index) => after.replaceAll("dd-84", `dd-${1000 + index}`)).join(""),
    );
    expect(trace.waits(0)).toHaveLength(512);
    expect([trace.newLosses(), trace.newLosses()]).toEqual([
      [{ kind: "log-loss", source: "trace", from: null, to: null, lost: null, line: null }],
      [],
    ]);
    expect(trace.entries).toBe(600);
  });

  it("shows which task has started another program since it waited, by whatever clock", () => {
    const exec = (at: number) =>
      `              dd-84      [000] .....     ${at.toFixed(6)}: sched_process_exec: filename=/usr/lib/systemd/systemd pid=84 old_pid=84\n`;
    for (const [text, goneOn] of [
      [exec(2) + after, false],
      [after + exec(4), true],
      [after, false],
    ] as const) {
      const trace = textOf(text);
      const [wait] = trace.waits(100);
      expect(wait !== undefined && trace.hasGoneOn(wait, 100)).toBe(goneOn);
    }
  });

  it("reports each loss once, and of waits by the kernel log's clock", () => {
    const path = join(temporaryFolder(), "trace_pipe");
    writeFileSync(path, before + lost + after);
    const fd = openSync(path, "r");
    onTestFinished(() => closeSync(fd));
    const trace = new TraceText();
    expect(trace.read(fd, 1 << 20)).toEqual({ kind: "end" });
    expect(trace.newLosses()).toEqual([
      { kind: "log-loss", source: "trace", from: null, to: null, lost: 7, line: null },
    ]);
    expect(trace.newLosses()).toEqual([]);
    // How long the first still waits is not known: its end may be among what was lost.
    expect(trace.waits(0.25)).toMatchObject([
      { comm: "dd", from: 3.25, to: 3.75, seconds: 0.5, ended: "returned" },
      { comm: "gpgv", from: 2.25, to: null, seconds: null },
    ]);
  });
});
