import { describe, expect, it } from "vitest";
import { cutMessage } from "../../../src/parse/sign/cut-message.ts";
import { LogReader } from "../../../src/parse/log/log-reader.ts";
import { kernelTables, programTables } from "../../../src/parse/sign/trouble/tables.ts";

const rows = [...Object.values(kernelTables), ...Object.values(programTables)].flat();

describe("cutMessage: a message that ends within its known words", () => {
  it.each([
    ["Kernel panic - not sync", "panic"],
    ["Kernel panic - not syncing", "panic"],
    ["VFS: Cannot open root device", "no-root"],
    ['VFS: Cannot open root device "mmcblk0p2" or unkn', "no-root"],
    ['VFS: Cannot open root device "mmcb', "no-root"],
    ["VFS: Unable to mount root", "no-root"],
    ["INFO: task kworker/0:1:64 blocked for more", "hung-task"],
    ["INFO: task sync:77 blocked for more than 120 sec", "hung-task"],
    ["watchdog: BUG: soft lockup - CPU#0 stuck for 2", "soft-lockup"],
    ["rcu: INFO: rcu_sched self-detected stall on", "rcu-stall"],
    ["mmc0: Timeout waiting for hardwar", "disk-errors"],
    ["[ TIME ] Timed out waiting for devi", "device-timed-out"],
    ["You are in emergency mod", "emergency-mode"],
    // A pager and journalctl mark where a line goes on.
    ["BUG: unable to han>", "oops"],
    ["Gave up waiting for roo…", "no-root-device"],
    ["dracut-initqueue: time...", "dracut-initqueue"],
  ])("'%s' is one of %s", (text, id) => {
    expect(cutMessage(text)?.id).toBe(id);
    expect(rows.map((row) => row.id)).toContain(id);
  });

  it.each([
    "Kernel panic - not really",
    "Kernel panic",
    "VFS: Cannot open root device of the other machine",
    "INFO: task kworker/0:1:64 blocked for good reasons",
    "BUG: soft lockup - CPU#0 stuck on some boards only",
    "rcu: INFO: rcu_sched self-detected stalling",
    "mmc0: Timeout waiting for the card",
    "mmc0: Timeout",
    "BUG: unable to help",
    // Whole: the tables decide.
    "Freezing execution.",
  ])("'%s' is none", (text) => {
    expect(cutMessage(text)).toBeNull();
  });

  it("has 160 characters at most", () => {
    const text = `INFO: task ${"x".repeat(60)}:1 blocked for`;
    expect(cutMessage(text)).not.toBeNull();
    expect(cutMessage(text.padEnd(161))).toBeNull();
  });
});

describe("TroubleSigns: a line that is cut off", () => {
  const signsOf = (...lines: readonly string[]) => {
    const reader = new LogReader("boot.log");
    reader.push(Buffer.from(`${lines.join("\n")}\n`));
    return reader.end()[0]?.signs;
  };

  it("shows what its first words show, and that it is cut off", () => {
    expect(signsOf("[    5.000000] Kernel panic - not syncing")).toMatchObject([
      { kind: "panic", gravity: "stops", line: 1, text: "Kernel panic - not syncing (cut off)" },
    ]);
  });

  it("is of who prints such a message alone", () => {
    expect(signsOf("[    5.000000] systemd[1]: Freezing exec", "[    6.000000] ata1: COMRESET fail")).toHaveLength(2);
    expect(signsOf("[    5.000000] logger[71]: Freezing exec")).toEqual([]);
  });

  it("is put together first where the next line is its rest", () => {
    expect(signsOf("[    5.000000] INFO: task sync:77 blocked for more", "than 120 seconds.")).toMatchObject([
      { kind: "hung-task", line: 1, text: "sync blocked for more than 120 s" },
    ]);
  });
});
