import { describe, expect, it } from "vitest";
import { Course } from "../../../../src/parse/sign/course/course.ts";
import type { SignLine } from "../../../../src/parse/sign/line/spoken.ts";
import { Units } from "../../../../src/parse/sign/unit/units.ts";

type Facts = Parameters<Course["take"]>[2];
interface CourseLine extends Partial<Omit<SignLine, "text">>, Partial<Facts> {
  /** Null: an entry of a journal, which has no line. */
  readonly number?: number | null;
}

/** Reads lines one after another, each on the next line of the log. */
class Lines {
  readonly course = new Course(new Units());
  #number = 0;

  read(text: string, line: CourseLine = {}): this {
    const number = line.number === undefined ? this.#number + 1 : line.number;
    this.#number = number ?? this.#number;
    const { origin = "unsaid", at = null, storedAt = null, wall = null, tag = null, indent = 0, front, task } = line;
    const { byProgram = false, isUserSpace = byProgram, isLogLine = true, isReady = false, ofCrng = isReady } = line;
    const { hasKernelForm = false } = line;
    const facts = { byProgram, isUserSpace, isLogLine, isReady, ofCrng, hasKernelForm };
    const [begun, by] = [front === undefined ? {} : { front }, task === undefined ? {} : { task }];
    const read = { origin, at, storedAt, wall, wallForm: null, tag, indent, text, ...begun, ...by };
    this.course.take(read, number, facts);
    return this;
  }

  ready(line: CourseLine = {}): this {
    return this.read("random: crng init done", { isReady: true, ...line });
  }

  bare(text: string, line: CourseLine = {}): this {
    return this.read(text, { isLogLine: false, ...line });
  }

  get(): ReturnType<Course["get"]> {
    return this.course.get();
  }
}
const reader = (): Lines => new Lines();

describe("Course: what stands in front of readiness", () => {
  it("is the last line with the ready line's clock that is not the CRNG's own", () => {
    const { ready } = reader()
      .read("usb 1-1: new device", { at: 1 })
      .read("random: fast init done", { at: 2, ofCrng: true })
      .read("random: 7 urandom warning(s) missed", { at: 3, ofCrng: true })
      .ready({ at: 9 })
      .get();
    expect(ready).toMatchObject({
      ready: { line: 4, at: 9 },
      before: { line: 1, at: 1, byProgram: false, text: "usb 1-1: new device" },
      ownLinesBefore: 2,
      linesBefore: 3,
      linesAfter: 0,
    });
  });

  it("is a program's line where one wrote it, with its name", () => {
    const { ready } = reader().read("Starting.", { at: 1, tag: "sshd", byProgram: true }).ready({ at: 9 }).get();
    expect(ready).toMatchObject({ before: { byProgram: true, text: "sshd: Starting." }, beforeUserSpace: false });
  });

  it("shows user space at work by a program's line, and by a kernel's about what a program did", () => {
    const before = (text: string, line: CourseLine = {}) =>
      reader()
        .read(text, { at: 1, ...line })
        .read("usb 1-1: new device", { at: 2 })
        .ready({ at: 9 })
        .get().ready?.programBefore;
    expect(before("anything", { byProgram: true })).toMatchObject({ line: 1, at: 1 });
    expect(before("Run /init as init process", { isUserSpace: true })).toMatchObject({ line: 1, at: 1 });
    expect(before("EXT4-fs (sda1): mounted filesystem with ordered data mode")).toMatchObject({ line: 1, at: 1 });
    expect(before("VFS: Warning: probe using old stat() call. Recompile your binary.")).toMatchObject({
      line: 1,
      at: 1,
    });
    expect(before("traps: probe[192] trap invalid opcode ip:401000 sp:7ffc")).toMatchObject({ line: 1, at: 1 });
    expect(before("vm86_32: Denied a call to vm86(old) from probe[764] (uid: 1000).")).toMatchObject({
      line: 1,
      at: 1,
    });
    expect(before("usb 1-2: new device")).toBeNull();
  });

  it("shows user space at work by the task that a vendor's kernel names beside a line, and by no thread of its own", () => {
    const before = (comm: string | null, pid: number, isUserSpace = true) =>
      reader()
        .read("Run /init as init process", { at: 1, isUserSpace })
        .read("dev 5: opened", { at: 7, task: { pid, comm } })
        .ready({ at: 9 })
        .get().ready?.programBefore?.at ?? null;
    expect(before("recovery", 432)).toBe(7);
    expect(before("init", 1)).toBe(7);
    expect(before(null, 1)).toBe(7);
    expect(before("kworker/0:1", 74)).toBe(1);
    expect(before("swapper/0", 1)).toBe(1);
    expect(before(null, 74)).toBe(1);
    // Before user space begins, the first task is the kernel's.
    expect(before(null, 1, false)).toBeNull();
  });

  it("is a program at that moment, where the kernel printed into a word that the next line ends", () => {
    const cut = (front: string, rest: string, line: CourseLine = {}) =>
      reader().read("usb 1-1: new device", { at: 1 }).ready({ at: 9, front }).bare(rest, line).get().ready;
    expect(cut("Begin: Running /scripts/i", "nit-bottom ... done.")).toMatchObject({
      before: { line: 2, at: 9, byProgram: true, text: "Begin: Running /scripts/i" },
      programBefore: { line: 2, at: 9 },
    });
    for (const [front, rest] of [
      ["Generating keys ", "done."],
      ["Generating keys", "done."],
      ["Starting the volume manager...", "vgchange: done"],
      ["Generating keys", "Starting sshd"],
      ["", "nit-bottom ... done."],
    ] as const)
      expect(cut(front, rest), `${front}|${rest}`).toMatchObject({ before: { line: 1, at: 1 }, programBefore: null });
    expect(cut("Begin: Running /scripts/i", "nit-bottom ... done.", { indent: 4 })).toMatchObject({
      programBefore: null,
    });
  });

  it("is a console's step only where that is the line right before, and ends with three dots", () => {
    const step = (...texts: readonly string[]) => {
      const lines = reader().read("usb 1-1: new device", { at: 1 });
      for (const text of texts) lines.bare(text);
      return lines.ready({ at: 9 }).get().ready?.stepBefore;
    };
    expect(step("starting the volume manager...")).toEqual({
      line: 2,
      at: null,
      text: "starting the volume manager...",
    });
    expect(step("starting the volume manager…")).not.toBeNull();
    expect(step("starting the volume manager")).toBeNull();
    expect(step("starting the volume manager...", "done")).toBeNull();
    expect(step("starting the volume manager...", "")).toBeNull();
  });

  it("is a program's line by the wall clock, where that is the line right before and the kernel stamps no other", () => {
    const { ready } = reader()
      .read("Starting.", { wall: 100, tag: "sshd", byProgram: true })
      .ready({ at: 9, wall: 107 })
      .get();
    expect(ready).toMatchObject({ programQuiet: 7, before: { line: 1, at: 2, byProgram: true } });
    const kernels = reader().read("usb 1-1: new device", { wall: 100 }).ready({ at: 9, wall: 107 }).get().ready;
    expect(kernels).toMatchObject({ programQuiet: null, before: null });
    const earlier = reader()
      .read("Starting.", { wall: 100, tag: "sshd", byProgram: true })
      .read("usb 1-1: new device")
      .ready({ at: 9, wall: 107 })
      .get().ready;
    expect(earlier?.programQuiet).toBeNull();
  });
});

describe("Course: what stands after readiness", () => {
  it("is the kernel's own start, where its first task printed a line that has not become a program", () => {
    const starts = (comm: string, pid: number) =>
      reader().ready({ wall: 9 }).read("brd: module loaded", { wall: 9, task: { pid, comm } }).get().ready
        ?.kernelStartsAfter;
    expect(starts("swapper/0", 1)).toBe(true);
    expect(starts("init", 1)).toBe(false);
    // The idle task of a processor has this name for good.
    expect(starts("swapper/3", 0)).toBe(false);
  });

  const after = (text: string, line: CourseLine) => reader().ready({ at: 9 }).read(text, line).get().ready;

  it("is the first line with a stamp, and whether a program wrote it or user space caused it", () => {
    expect(after("usb 1-1: new device", { at: 9.5 })?.after).toEqual({
      line: 2,
      at: 9.5,
      byProgram: false,
      text: "usb 1-1: new device",
    });
    expect(after("Welcome to Fedora!", { at: 9.5, isUserSpace: true })?.after?.byProgram).toBe(true);
    expect(after("hello", { at: 9.5, byProgram: true, isUserSpace: false })?.after?.byProgram).toBe(true);
    expect(after("usb 1-1: new device", {})?.after).toBeNull();
  });

  it("is no count of warnings that the kernel held back, which says nothing of what goes on", () => {
    expect(after("random: 7 urandom warning(s) missed due to ratelimiting", { at: 9.5 })).toMatchObject({
      after: null,
      programAfter: null,
      soonAfter: 0,
      linesAfter: 1,
    });
  });

  it("is a program's where user space wrote it, or the kernel printed what a program caused", () => {
    expect(after("hello", { at: 9.5, isUserSpace: true })?.programAfter).toEqual({ line: 2, at: 9.5 });
    expect(after("EXT4-fs (sda1): re-mounted. Opts: (null)", { at: 9.5 })?.programAfter).toEqual({ line: 2, at: 9.5 });
    expect(after("usb 1-1: new device", { at: 9.5 })?.programAfter).toBeNull();
    const first = reader()
      .ready({ at: 9 })
      .read("a", { at: 10, isUserSpace: true })
      .read("b", { at: 11, isUserSpace: true });
    expect(first.get().ready?.programAfter).toEqual({ line: 2, at: 10 });
  });

  it("is soon within a second, or within a twentieth of the silence in front", () => {
    const soon = (before: number, behind: number) =>
      reader()
        .read("usb", { at: 50 - before })
        .ready({ at: 50 })
        .read("x", { at: 50 + behind })
        .get().ready?.soonAfter;
    expect([soon(2, 1), soon(2, 1.01), soon(20, 1), soon(40, 2), soon(40, 2.01)]).toEqual([1, 0, 1, 1, 0]);
    expect(reader().ready().read("x", { at: 1 }).get().ready?.soonAfter).toBe(0);
  });

  it("shows that the kernel starts again where its first lines stand, near by", () => {
    const starts = (between: number): boolean | undefined => {
      const lines = reader().ready({ at: 9 });
      for (let count = 0; count < between; count++) lines.read("usb", { at: 10 });
      return lines.read("Memory: 16012K/16384K available", { at: 11 }).get().ready?.kernelStartsAfter;
    };
    expect([starts(0), starts(399), starts(400)]).toEqual([true, true, false]);
  });

  it.each([
    ["Console: colour dummy device 80x25", true],
    ["ACPI: Core revision 20211217", true],
    ["DMAR: Host address width 39", true],
    ["printk: console [netcon0] enabled", false],
    ["DMAR: DRHD: handling fault status reg 3", false],
  ])("shows by '%s' that the kernel starts: %s", (text, starts) => {
    expect(reader().ready({ at: 9 }).read(text, { at: 10 }).get().ready?.kernelStartsAfter).toBe(starts);
  });

  it("counts a console's lines among the next three, and names the first where the console was silent", () => {
    const { ready } = reader()
      .read("usb", { at: 1 })
      .ready({ at: 9 })
      .bare("one")
      .bare("two")
      .bare("three")
      .bare("four")
      .get();
    expect(ready).toMatchObject({ consoleAfter: 3, consoleNext: { line: 3, at: null, text: "one" } });
    const entries = reader().ready({ at: 9, number: null });
    for (const text of ["one", "two", "three", "four"]) entries.bare(text, { number: null });
    expect(entries.get().ready?.consoleAfter).toBe(3);
    // Of a console whose first line it is, nothing shows that it was silent.
    expect(reader().ready({ at: 9 }).bare("one").get().ready).toMatchObject({ consoleAfter: 1, consoleNext: null });
    const talking = reader().read("usb", { at: 1 }).bare("talk").ready({ at: 9 }).bare("one").get().ready;
    expect(talking).toMatchObject({ consoleAfter: 1, consoleNext: null });
    const later = reader().read("usb", { at: 1 }).ready({ at: 9 }).read("usb", { at: 9.1 }).bare("one").get().ready;
    expect(later).toMatchObject({ consoleAfter: 1, consoleNext: null });
  });

  it("has its moment by the wall clock's distance, where the line has no other and a program spoke right before", () => {
    const { ready } = reader()
      .read("a", { wall: 100, byProgram: true })
      .ready({ at: 9, wall: 107 })
      .read("b", { wall: 108.5, byProgram: true })
      .get();
    expect(ready?.after).toMatchObject({ at: 10.5 });
    const back = reader()
      .read("a", { wall: 100, byProgram: true })
      .ready({ at: 9, wall: 107 })
      .read("b", { wall: 106, byProgram: true })
      .get();
    expect(back.ready?.after).toBeNull();
  });
});

describe("Course: a boot's silences", () => {
  it("are five seconds and more between two lines of one clock; the longest is kept", () => {
    const silence = (...stamps: readonly number[]) => {
      const lines = reader();
      for (const at of stamps) lines.read("x", { at });
      const longest = lines.get().longestSilence;
      return longest === null ? null : [longest.from.at, longest.to.at];
    };
    expect(silence(1, 5.9)).toBeNull();
    expect(silence(1, 6)).toEqual([1, 6]);
    expect(silence(1, 6, 16, 22)).toEqual([6, 16]);
    expect(silence(1, 11, 21)).toEqual([1, 11]);
  });

  it("are none where lines between were not read", () => {
    const lines = reader().read("x", { at: 1 }).read("y", { at: 60, number: 900 });
    expect(lines.get().longestSilence).toBeNull();
    expect(reader().read("x", { at: 1 }).read("y", { at: 60, number: 2 }).get().longestSilence).not.toBeNull();
  });
});

describe("Course: the boot's clock", () => {
  it("is the ready line's, else the finest that is on half as many lines as the most frequent one", () => {
    const clock = (printk: number, wall: number): string => {
      const lines = reader();
      for (let count = 0; count < printk; count++) lines.read("x", { at: 1 });
      for (let count = 0; count < wall; count++) lines.read("x", { wall: 1 });
      return lines.get().clock;
    };
    expect([clock(1, 2), clock(1, 3), clock(0, 0), clock(0, 1)]).toEqual(["printk", "wall", "none", "wall"]);
    expect(reader().read("x", { at: 1 }).ready({ wall: 1 }).get().clock).toBe("wall");
    expect(reader().read("x", { at: 1 }).ready().get().clock).toBe("none");
  });

  it("gives the moment at which user space began, also where its first line has no stamp of that clock", () => {
    const began = (...lines: readonly CourseLine[]) => {
      const all = reader();
      for (const line of lines) all.read("x", line);
      return all.get().userSpace;
    };
    expect(began({ at: 1 }, { at: 2, byProgram: true }, { at: 3, byProgram: true })).toEqual({ line: 2, at: 2 });
    expect(began({ byProgram: true }, { at: 1 }, { at: 3, byProgram: true })).toEqual({ line: 1, at: 3 });
    expect(began({ at: 1 })).toBeNull();
    expect(began({ byProgram: true })).toEqual({ line: 1, at: null });
  });

  it("gives the last line's moment; an empty line is none", () => {
    const { last, logLines } = reader().read("x", { at: 1 }).read("", { at: 2 }).bare("talk").get();
    expect({ last, logLines }).toEqual({ last: { line: 1, at: 1, text: "x" }, logLines: 2 });
    expect(reader().get().last).toBeNull();
    expect(reader().read("x".repeat(500), { at: 1 }).get().last?.text).toHaveLength(200);
  });

  it("prefers a line's stamp by the kernel to the journal's, and that to the wall clock's", () => {
    const { course } = reader();
    const line = { origin: "kernel", wallForm: null, tag: null, indent: 0, text: "x" } as const;
    expect(course.timeOf({ ...line, at: 1, storedAt: 2, wall: 3 })).toBe(1);
    expect(course.timeOf({ ...line, at: null, storedAt: 2, wall: 3 })).toBe(2);
    expect(course.timeOf({ ...line, at: null, storedAt: null, wall: 3 })).toBe(3);
    expect(course.timeOf({ ...line, at: null, storedAt: null, wall: null })).toBeNull();
  });
});
