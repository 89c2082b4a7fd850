import { describe, expect, it } from "vitest";
import { parseShownComm, parseShownStack } from "../../../src/parse/stack/stack-paste.ts";

describe("parseShownStack: a command that shows a stack of /proc", () => {
  it.each<[line: string, pid: number | null, name: string | null]>([
    ["# cat /proc/412/stack", 412, null],
    ["$ sudo cat /proc/412/task/413/stack", 413, null],
    ["==> /proc/412/stack <==", 412, null],
    ["cat /proc/*/stack", null, null],
    ["# cat /proc/$(pidof sshd)/stack", null, "sshd"],
    ["# cat /proc/$(pgrep -x sshd)/stack", null, "sshd"],
    ["head -50 /proc/412/stack", 412, null],
  ])("%s: names the thread or the program where it can", (line, pid, name) => {
    expect(parseShownStack(line)).toEqual({ pid, name, frame: null });
  });

  it("has a frame on its own line where grep prints one", () => {
    expect(parseShownStack("/proc/412/stack:[<0>] wait_for_random_bytes+0x7c/0x90")).toEqual({
      pid: 412,
      name: null,
      frame: "[<0>] wait_for_random_bytes+0x7c/0x90",
    });
    expect(parseShownStack("/proc/412/stack:")).toEqual({ pid: 412, name: null, frame: null });
  });

  it.each([
    "see /proc/412/stack",
    "==> /proc/412/stack",
    "/proc/412/stack <==",
    "= /proc/412/stack:",
    "cat: /proc/412/stack: Permission denied",
    "# cat /proc/412/stackprotector",
    "# cat /proc/412/status",
    "it is in /proc/$(pidof sshd)/stack",
    "",
  ])("'%s' is none", (line) => {
    expect(parseShownStack(line)).toBeNull();
  });

  it("is in a line of 1024 characters at most", () => {
    const line = (length: number): string => "# cat /proc/412/stack".padEnd(length);
    expect(parseShownStack(line(1024))).not.toBeNull();
    expect(parseShownStack(line(1025))).toBeNull();
  });
});

describe("parseShownComm: a command that shows a task's name", () => {
  it.each<[line: string, pid: number, comm: string | null]>([
    ["# cat /proc/412/comm", 412, null],
    ["$ cat /proc/412/task/413/comm", 413, null],
    ["==> /proc/412/comm <==", 412, null],
    ["/proc/412/comm:sshd", 412, "sshd"],
    ["/proc/412/comm:", 412, ""],
  ])("%s", (line, pid, comm) => {
    expect(parseShownComm(line)).toEqual({ pid, comm });
  });

  it.each([
    "see /proc/412/comm",
    "/proc/412/comm",
    "==> /proc/412/comm <== x",
    "/proc/412/comm <==",
    "# cat /proc/412/comm /proc/413/comm",
    "x /proc/412/comm:sshd",
    "# cat /proc/412/command",
    "# cat /proc/self/comm",
  ])("'%s' is none", (line) => {
    expect(parseShownComm(line)).toBeNull();
  });

  it("is in a line of 1024 characters at most", () => {
    const line = (length: number): string => "/proc/412/comm:sshd".padEnd(length);
    expect([parseShownComm(line(1024))?.pid, parseShownComm(line(1025))]).toEqual([412, null]);
  });
});
