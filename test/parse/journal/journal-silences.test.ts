import { describe, expect, it } from "vitest";
import { JournalSilences } from "../../../src/parse/journal/journal-silences.ts";

const micro = (seconds: number): string => String(Math.round(seconds * 1e6));
const byProgram = (at: number, program: string, text: string): string =>
  JSON.stringify({ __MONOTONIC_TIMESTAMP: micro(at), _TRANSPORT: "stdout", SYSLOG_IDENTIFIER: program, MESSAGE: text });
/** journald began at 4 s: what the kernel said before was stored then. */
const byKernel = (at: number, text: string): string =>
  JSON.stringify({
    __MONOTONIC_TIMESTAMP: micro(Math.max(at, 4)),
    _SOURCE_MONOTONIC_TIMESTAMP: micro(at),
    _TRANSPORT: "kernel",
    MESSAGE: text,
  });
function found(until: number, ...entries: readonly string[]) {
  const silences = new JournalSilences(until);
  // Chunks end anywhere.
  for (const part of `${entries.join("\n")}\n`.match(/[\s\S]{1,17}/g) ?? []) silences.push(part);
  return silences;
}

describe("JournalSilences: where a boot's journal has no line", () => {
  it("finds each silence of five seconds and more with the lines around it, the longest first", () => {
    const list = found(
      60,
      byKernel(0.5, "Linux version 6.9.3"),
      byProgram(6, "systemd", "Starting a.service..."),
      byProgram(40, "systemd", "Started a.service."),
    ).list();
    expect(list).toEqual([
      {
        from: { at: 6, by: "systemd", text: "Starting a.service..." },
        to: { at: 40, by: "systemd", text: "Started a.service." },
      },
      {
        from: { at: 0.5, by: "kernel", text: "Linux version 6.9.3" },
        to: { at: 6, by: "systemd", text: "Starting a.service..." },
      },
    ]);
  });

  it("times the kernel's lines by the kernel's stamp, not by when journald stored them", () => {
    const list = found(
      60,
      byKernel(0.5, "a"),
      byKernel(3.9, "b"),
      byProgram(4.1, "systemd", "c"),
      byKernel(8, "d"),
    ).list();
    expect(list).toEqual([]);
  });

  it("ignores a stamp before one that was already there", () => {
    const list = found(60, byProgram(10, "a", "1"), byProgram(2, "b", "2"), byProgram(12, "c", "3")).list();
    expect(list).toEqual([]);
  });

  it("ends with the boot", () => {
    const silences = found(20, byProgram(10, "a", "1"), byProgram(300, "b", "an hour later"));
    expect(silences.isPast).toBe(true);
    expect(silences.list()).toEqual([]);
  });

  it("keeps the eight longest", () => {
    const entries = Array.from({ length: 40 }, (_, index) => byProgram(index * 10, "a", `line ${index}`));
    expect(found(1000, ...entries).list()).toHaveLength(8);
  });

  it("finds one of five seconds exactly, and none that is shorter", () => {
    const list = (to: number) => found(60, byProgram(10, "a", "1"), byProgram(to, "b", "2")).list();
    expect([list(15).length, list(14.999999).length]).toEqual([1, 0]);
  });

  it("reads no entry out of the end of a line that is too long", () => {
    const silences = new JournalSilences(60);
    silences.push("x".repeat(2 << 20));
    silences.push(`${byProgram(8, "a", "1")}\n${byProgram(10, "a", "2")}\n${byProgram(17, "a", "3")}\n`);
    expect(silences.list().map(({ from, to }) => [from.at, to.at])).toEqual([[10, 17]]);
  });

  it("reads an entry of a mebibyte, and none that is longer", () => {
    const entry = (bytes: number): string => byProgram(8, "a", "1").padEnd(bytes, " ");
    const silences = (bytes: number) => {
      const all = new JournalSilences(60);
      all.push(entry(bytes));
      all.push(`\n${byProgram(14, "a", "2")}\n`);
      return all.list().length;
    };
    expect([silences(1 << 20), silences((1 << 20) + 1)]).toEqual([1, 0]);
  });

  it("skips lines that are no entries, and one that is too long", () => {
    const long = JSON.stringify({ MESSAGE: "x".repeat(3 << 20), __MONOTONIC_TIMESTAMP: "1" });
    const silences = new JournalSilences(60);
    for (const text of ["-- No entries --\n", "{broken\n", long, "\n", `${byProgram(8, "a", "1")}\n`])
      silences.push(text);
    silences.push(`${byProgram(14, "a", "2")}\n`);
    expect(silences.list().map(({ from, to }) => [from.at, to.at])).toEqual([[8, 14]]);
  });
});
