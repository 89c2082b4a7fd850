import { describe, expect, it } from "vitest";
import type { LogLine } from "../../../src/parse/log/line/log-line.ts";
import { parseLogLine } from "../../../src/parse/log/line/parse-log-line.ts";
import { LogFormat } from "../../../src/parse/log/log-format.ts";

const bare = parseLogLine("random: crng init done");
const line = (differing: Partial<LogLine>): LogLine => ({ ...bare, ...differing });
const stamped = line({ at: 1 });
const tagged = line({ origin: "kernel" });
const program = line({ origin: "user" });

function after(...lines: readonly LogLine[]): LogFormat {
  const format = new LogFormat();
  for (const each of lines) format.take(each);
  return format;
}
const times = (count: number, one: LogLine): readonly LogLine[] => Array.from({ length: count }, () => one);

describe("LogFormat: whose message a line may be", () => {
  it("is the kernel's with its tag; a quotation only where no line is the log's own", () => {
    const quoted = line({ origin: "kernel", quoted: true });
    expect(after().credits(quoted, false)).toBe(true);
    expect([stamped, tagged].map((own) => after(own).credits(quoted, false))).toEqual([false, false]);
    expect(after(program).credits(quoted, false)).toBe(true);
  });

  it("is not the kernel's without a prefix from the third line on that has one", () => {
    expect(after(...times(2, stamped)).credits(bare, false)).toBe(true);
    expect(after(...times(3, stamped)).credits(bare, false)).toBe(false);
  });

  it("is not the kernel's without its tag from the third line on that has it, but with the kernel's stamp", () => {
    const untagged = line({ wall: 5 });
    expect(after(...times(2, tagged)).credits(untagged, false)).toBe(true);
    expect(after(...times(3, tagged)).credits(untagged, false)).toBe(false);
    expect(after(...times(3, tagged)).credits(stamped, false)).toBe(true);
    const ofJournal = line({ origin: "kernel", storedAt: 2 });
    expect(after(...times(3, ofJournal)).credits(stamped, false)).toBe(false);
  });

  it("has no stamp where the version line had none, unless three lines have one", () => {
    expect([bare, stamped].map((each) => after(...times(2, stamped)).credits(each, true))).toEqual([true, false]);
    expect(after(...times(3, stamped)).credits(stamped, true)).toBe(true);
  });
});

describe("LogFormat: the clock of the kernel's lines", () => {
  it("is that of the last line with the kernel's tag", () => {
    expect(after(line({ origin: "kernel", at: 1 }), line({ origin: "kernel", wall: 1 })).stamps).toBe("wall");
    expect(after(tagged).stamps).toBe("none");
  });

  it("is that of lines without a program's name, where no line has the kernel's tag", () => {
    expect(after(stamped).stamps).toBe("printk");
    expect(after(stamped, bare).stamps).toBe("printk");
    expect(after(line({ origin: "kernel", wall: 1 }), stamped).stamps).toBe("wall");
  });

  it("is a wall clock where only programs' lines show one", () => {
    expect(after(line({ origin: "user", wall: 1 })).stamps).toBe("wall");
    expect(after(line({ origin: "user", at: 1 })).stamps).toBe("none");
    expect(after(stamped, line({ origin: "user", wall: 1 })).stamps).toBe("printk");
  });

  it("is the kernel's own where the journal stamped its first line 0", () => {
    const first = (storedAt: number, at: number | null = null): boolean =>
      after(line({ origin: "kernel", storedAt, at })).journalShowsKernelTime;
    expect([first(0), first(0.25), first(0, 0)]).toEqual([true, false, false]);
  });
});

describe("LogFormat: entries and records", () => {
  it("goes on with an entry where the line is indented by 16 columns, after three that name who wrote them", () => {
    const isMore = (indent: number, lines: number): boolean =>
      after(...times(lines, program)).isContinuation(line({ indent }));
    expect([isMore(16, 3), isMore(15, 3), isMore(16, 2)]).toEqual([true, false, false]);
  });

  it("marks records where each of the kernel's lines does", () => {
    const marked = line({ origin: "kernel", marked: true });
    expect(after().marksRecords).toBe(false);
    expect(after(marked, program, line({ origin: "kernel", storedAt: 3 })).marksRecords).toBe(true);
    expect(after(marked, tagged, marked).marksRecords).toBe(false);
  });

  it("is just known with the third line that has a prefix", () => {
    expect([2, 3, 4].map((count) => after(...times(count, stamped)).isJustKnown)).toEqual([false, true, false]);
  });

  it("has lines of its own kernel by a stamp outside of a quotation, or by the kernel's tag", () => {
    expect([stamped, tagged].map((each) => after(each).hasOwnLines)).toEqual([true, true]);
    for (const each of [line({ at: 1, origin: "user" }), line({ at: 1, quoted: true }), program])
      expect(after(each).hasOwnLines).toBe(false);
  });
});
