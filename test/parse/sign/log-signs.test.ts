import { describe, expect, it } from "vitest";
import type { SignsSeen } from "../../../src/core/evidence.ts";
import { LogSigns } from "../../../src/parse/sign/log-signs.ts";
import type { SignLine } from "../../../src/parse/sign/line/spoken.ts";

const plain = { origin: "unsaid", at: null, storedAt: null, wall: null, wallForm: null, tag: null, indent: 0 } as const;
type Given = Partial<SignLine> & Pick<SignLine, "text">;

function read(...lines: readonly Given[]): SignsSeen {
  const signs = new LogSigns();
  lines.forEach((line, index) => {
    const isReady = line.text === "random: crng init done";
    signs.take({ ...plain, ...line }, index + 1, isReady ? { kind: "ready", pool: "crng", trusting: null } : null);
  });
  return signs.evidence();
}
const ready: Given = { origin: "kernel", wall: 20, text: "random: crng init done" };

describe("LogSigns: whose line it is", () => {
  it("takes a line without a tag for a program's where the kernel's lines have theirs and all have a wall clock", () => {
    const before = (...front: readonly Given[]) => read(...front, ready).course.ready?.before;
    const kernels: Given = { origin: "kernel", wall: 9, text: "usb 1-1: new device" };
    expect(before(kernels, { wall: 10, text: "something starts" })).toMatchObject({ line: 2, byProgram: true });
    expect(before({ wall: 9, text: "usb 1-1" }, { wall: 10, text: "something starts" })).toMatchObject({
      byProgram: false,
    });
    expect(before(kernels, { ...kernels, wall: 10 })).toMatchObject({ line: 2, byProgram: false });
    const stamped = read(kernels, { at: 5, wall: 10, text: "usb 1-2" }, { ...ready, at: 6 }).course.ready?.before;
    expect(stamped).toMatchObject({ line: 2, byProgram: false });
  });

  it("takes a status line of systemd on a console for user space's, and a unit's start where it is set in", () => {
    const userSpace = (line: Given) => read({ at: 1, text: "usb 1-1" }, line).course.userSpace;
    expect(userSpace({ text: "[  OK  ] Started sshd.service." })).toEqual({ line: 2, at: null });
    expect(userSpace({ text: "Starting the SSH server...", indent: 9 })).toEqual({ line: 2, at: null });
    expect(userSpace({ text: "Starting the SSH server...", indent: 3 })).toBeNull();
    expect(userSpace({ text: "Starting the SSH server", indent: 9 })).toBeNull();
    expect(userSpace({ at: 2, text: "Starting the SSH server...", indent: 9 })).toBeNull();
  });

  it("takes the random number generator's own lines for no work of user space's", () => {
    const own = (text: string) =>
      read({ at: 1, text: "usb 1-1" }, { at: 2, text }, { at: 9, text: ready.text }).course.ready;
    expect(own("random: fast init done")).toMatchObject({ before: { line: 1 }, ownLinesBefore: 1 });
    expect(own("usb 1-2")).toMatchObject({ before: { line: 2 }, ownLinesBefore: 0 });
  });
});

describe("LogSigns: a program's own words", () => {
  const waits = (line: Given) => read(line).reportedWaits.map(({ by, name }) => [by, name]);
  const words = "Kernel entropy pool is not initialized yet, waiting until it is.";

  it("report its wait, and are no program's in a line of the kernel's", () => {
    expect(waits({ at: 2, tag: "systemd-random-seed", text: words })).toEqual([
      ["own-words", "systemd-random-seed.service"],
    ]);
    expect(waits({ origin: "kernel", at: 2, text: words })).toEqual([]);
  });
});

describe("LogSigns: FIPS mode", () => {
  it("is shown by the first line that is printed in that mode alone, in a log", () => {
    const line = (...lines: readonly Given[]) => read(...lines).course.fipsLine;
    const says: Given = { at: 1, text: "Self testing crypto algorithms" };
    expect(line({ at: 0.5, text: "usb 1-1" }, says, says)).toBe(2);
    expect(line({ text: says.text })).toBeNull();
    expect(line({ at: 0.5, text: "usb 1-1" })).toBeNull();
  });
});
