import { describe, expect, it } from "vitest";
import type { KernelMessage } from "../../../src/core/kernel-message.ts";
import type { LogLine } from "../../../src/parse/log/line/log-line.ts";
import { parseLogLine } from "../../../src/parse/log/line/parse-log-line.ts";
import { PrintedBefore } from "../../../src/parse/log/printed-before.ts";
import { parseKernelMessage } from "../../../src/parse/kernel-log/kernel-messages.ts";

const ready = parseKernelMessage("random: crng init done") as KernelMessage;
const plain = parseLogLine("random: crng init done");
const line = (at: number | null, wall: number | null, origin: LogLine["origin"] = "unsaid"): LogLine => ({
  ...plain,
  at,
  wall,
  origin,
});

function isAgain(first: LogLine, next: LogLine, message: KernelMessage = ready): boolean {
  const printed = new PrintedBefore();
  printed.takeMessage(first, message);
  return printed.hasOnce(next, message);
}

describe("PrintedBefore: a message that a kernel prints once in a boot", () => {
  it("is another boot's where the kernel's stamp is earlier, and a copy where it is the same or later", () => {
    expect([19.75, 20, 21].map((at) => isAgain(line(20, null), line(at, null)))).toEqual([true, false, false]);
  });

  it("is another boot's where the two clocks differ by more than a minute, either way", () => {
    const after = (wall: number): boolean => isAgain(line(20, 1000), line(30, 1000 + wall));
    expect([70, 70.25, -50, -50.25].map(after)).toEqual([false, true, false, true]);
  });

  it("is another boot's by the wall clock alone from a second on, on a line with the kernel's tag", () => {
    expect(isAgain(line(null, 1000), line(null, 1001, "kernel"))).toBe(true);
    expect(isAgain(line(null, 1000), line(null, 1000.75, "kernel"))).toBe(false);
    expect(isAgain(line(null, 1000), line(null, 1009))).toBe(false);
    expect(isAgain(line(null, null), line(null, 1009, "kernel"))).toBe(false);
  });

  it("is not one that a kernel prints again and again", () => {
    const notice = parseKernelMessage("random: systemd: uninitialized urandom read (16 bytes read)") as KernelMessage;
    expect(isAgain(line(20, null), line(10, null), notice)).toBe(false);
    expect(new PrintedBefore().hasOnce(line(10, null), ready)).toBe(false);
  });
});

describe("PrintedBefore: the texts of its lines", () => {
  const remembers = (texts: readonly string[], text: string): boolean => {
    const printed = new PrintedBefore();
    for (const each of texts) printed.takeText(each);
    return printed.has({ ...plain, text });
  };

  it("are the same whatever their numbers are", () => {
    expect(remembers(["usb 1-1: step 2 of 10"], "usb 3-14: step 15 of 9")).toBe(true);
    expect(remembers(["usb 1-1: step 2"], "usb 1-1: next 2")).toBe(false);
  });

  it("are the last 64", () => {
    const others = (count: number): readonly string[] => Array.from({ length: count }, () => "other");
    expect(remembers(["first", ...others(63)], "first")).toBe(true);
    expect(remembers(["first", ...others(64)], "first")).toBe(false);
  });
});

describe("PrintedBefore: a function that the kernel names", () => {
  const early = (name: string): KernelMessage =>
    parseKernelMessage(`random: get_random_bytes called from ${name} with crng_init=0`) as KernelMessage;
  const isOther = (first: string, next: string): boolean => {
    const printed = new PrintedBefore();
    printed.takeMessage(plain, early(first));
    return printed.isOfOtherBuild(early(next));
  };

  it("is another build's where its size differs, not where its offset does", () => {
    expect(isOther("start_kernel+0x94/0x530", "start_kernel+0x94/0x531")).toBe(true);
    expect(isOther("start_kernel+0x94/0x530", "start_kernel+0x98/0x530")).toBe(false);
    expect(isOther("start_kernel+0x94/0x530", "boot_init+0x94/0x531")).toBe(false);
  });

  it("is not known of a message that names none", () => {
    const printed = new PrintedBefore();
    printed.takeMessage(plain, early("start_kernel+0x94/0x530"));
    expect([printed.isOfOtherBuild(ready), printed.isOfOtherBuild(null)]).toEqual([false, false]);
  });
});
