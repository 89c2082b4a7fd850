import { describe, expect, it } from "vitest";
import { parseListedTask, parseNameCommand } from "../../../src/parse/stack/listed-task.ts";

describe("parseListedTask: which program a process ID is", () => {
  it.each([
    ["systemctl status", "   Main PID: 812 (proxyd)", 812, "proxyd"],
    ["its control group", "             └─812 /usr/sbin/proxyd -D", 812, "proxyd"],
    ["ps ax", "    812 ?        Ss     0:00 /usr/sbin/proxyd -D", 812, "proxyd"],
    ["ps aux", "root  812  0.0  0.1  15432  9216 ?  Ss  10:21  0:00 /usr/sbin/proxyd -D", 812, "proxyd"],
    ["ps -ef", "root       812     1  0 15:41 ttyS0    00:00:00 proxyd: master", 812, "proxyd"],
    ["ps -elf", "4 S root  812  1  0  80  0 -  1569 wait_f 15:41 ttyS0 00:00:00 /sbin/mount.x a b", 812, "mount.x"],
    ["ps -l", "0 S  1000  812  700  0  80   0 -  2504 do_wai pts/0    00:00:00 bash", 812, "bash"],
    ["ps -e, a kernel thread", "    812 ?        00:00:01 [kworker/0:1]", 812, "kworker/0:1"],
  ])("reads a line of %s", (_, text, pid, name) => {
    expect(parseListedTask(text)).toEqual({ pid, name });
  });

  it.each([
    ["the heading", "    PID TTY          TIME CMD"],
    ["an exit status", " Main PID: 258 (code=exited, status=0/SUCCESS)"],
    ["a kernel's line", "[   12.100000] usb 1-1: new device"],
    ["prose", "812 seconds later it was there"],
  ])("reads nothing of %s", (_, text) => {
    expect(parseListedTask(text)).toBeNull();
  });

  it("knows the command that prints one process's name", () => {
    expect(parseNameCommand("# ps -p 812 -o comm=")).toBe(812);
    expect(parseNameCommand("$ ps -o args= -p 812")).toBe(812);
    expect(parseNameCommand("# ps -p 812")).toBeNull();
    expect(parseNameCommand("she ran ps for 812 processes")).toBeNull();
  });
});
