import { describe, expect, it } from "vitest";
import { LogReader } from "../../../src/parse/log/log-reader.ts";

function logLinesOf(text: string): number {
  const reader = new LogReader("text");
  reader.push(Buffer.from(text));
  return reader.end().reduce((sum, { course }) => sum + (course?.logLines ?? 0), 0);
}

describe("TextKind", () => {
  const prose = "It hangs.\n".repeat(20);

  it.each([
    ["a date", "Fri, 17 Jan 2003 14:57:28 +0900.\n"],
    ["a time", "At 12:00:01 it hung.\n"],
    ["a word that is a tag of the kernel's elsewhere", "kernel: true\n"],
    ["a greeting", "Welcome to the program!\n"],
  ])("TextKind: %s makes no log of prose, and is one where half of the lines are such", (_, line) => {
    expect(logLinesOf(prose + line)).toBe(0);
    expect(logLinesOf(line.repeat(20) + prose)).toBe(20);
  });

  it.each([
    ["bytes in hexadecimal", "DER:30:03:01:01:FF\n"],
    ["a network address", "00:16:3e:12:34:56\n"],
    ["no time of day", "99:99:99\n"],
    ["an object of JSON", '{\n  "name": "12"\n}\n'],
  ])("TextKind: %s is no line of a log, however often", (_, line) => {
    expect(logLinesOf(line.repeat(20))).toBe(0);
  });

  it.each([
    ["a line with the kernel's stamp", "[    6.100000] eth0: link up\n"],
    ["a message that the kernel alone prints", "random: crng init done\n"],
    ["a program's line with its process ID", "sshd[71]: Server listening\n"],
    ["a line of syslog", "Nov  9 12:01:01 host kernel: eth0: link up\n"],
    ["a line of dmesg -T", "[Sun Nov  9 12:01:01 2014] scsi 2:0:0:0: Direct-Access\n"],
    ["a status line of systemd", "[  OK  ] Started sshd.service.\n"],
  ])("TextKind: %s makes a log of prose", (_, line) => {
    expect(logLinesOf(prose + line)).toBeGreaterThan(0);
  });
});
