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
    ["an entry of a list", "* Mounting /proc works\n"],
    ["an entry of a list that is done", "* [x] Starting it [ ]\n"],
    ["a sentence with a colon in front", ": It started to hang today\n"],
    ["a time of a configuration", 'time="12:00" level=high\n'],
    ["talk about a cycle", "a.service: I found an ordering cycle on it\n"],
  ])("TextKind: %s makes no log of prose", (_, line) => {
    expect(logLinesOf(prose + line)).toBe(0);
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
    ["a step of OpenRC's and how it went", " * Mounting /proc ... [ ok ]\n"],
    ["a step of OpenRC's that failed", " * Failed to start exampled      [ !! ]\n"],
    ["an error of OpenRC's", " * ERROR: exampled failed to start\n"],
    ["a step of sysvinit's on Debian", "[....] Starting example daemon: exampled\n"],
    ["a step of sysvinit's on Red Hat", "Starting exampled:           [  OK  ]\n"],
    ["a step of Buildroot's", "Starting syslogd: OK\n"],
    ["a line of logrus", 'time="2026-01-02T03:04:05Z" level=info msg="served"\n'],
    ["a line of systemd's whose tag was lost", ": Reached target Basic System.\n"],
    ["an ordering cycle that systemd-analyze shows", "a.service: Found ordering cycle on b.service/start\n"],
  ])("TextKind: %s makes a log of prose", (_, line) => {
    expect(logLinesOf(prose + line)).toBeGreaterThan(0);
  });

  const unstamped = [
    "usb 1-1: new high-speed USB device number 2 using xhci_hcd",
    "EXT4-fs (mmcblk0p2): mounted filesystem with ordered data mode. Opts: (null)",
    "mvneta f1070000.ethernet eth0: Using hardware mac address 02:00:00:00:00:01",
  ].join("\n");

  it("TextKind: three lines in forms of the kernel's make a log of prose, and two do not", () => {
    expect(logLinesOf(`${prose}${unstamped}\n`)).toBe(3);
    expect(logLinesOf(prose + unstamped.slice(0, unstamped.lastIndexOf("\n")))).toBe(0);
  });

  it("TextKind: an excerpt of such lines alone is a log, however short", () => {
    expect(logLinesOf("EXT4-fs (mmcblk0p2): mounted filesystem with ordered data mode. Opts: (null)\n")).toBe(1);
  });

  it("TextKind: such a line is no line of a log whose kernel stamps its lines, or marks them", () => {
    for (const first of ["[    1.100000] eth0: link up", "Nov  9 12:01:01 host kernel: eth0: link up"])
      expect(logLinesOf(`${first}\n${unstamped}\n`), first).toBe(1);
    expect(logLinesOf(`Nov  9 12:01:01 host app: started\n${unstamped}\n`)).toBe(4);
  });

  it.each([
    ["a README", "# Board\n\n- usb: two ports\n- ACPI: yes\n- eth0: 192.0.2.1\n\nSee mmc0: it is the SD card.\n"],
    [
      "a program in C",
      'static int probe(struct device *dev)\n{\n\tpr_info("usb 1-1: new device\\n");\n\treturn 0;\n}\n',
    ],
    ["a list of strings", 'const lines = [\n  "usb 1-1: new high-speed USB device number 2 using xhci_hcd",\n];\n'],
    [
      "a configuration of syslog-ng",
      'source s_src { system(); internal(); };\ndestination d { file("/var/log/kern"); };\n',
    ],
    ["YAML", "ACPI: true\nTCP: 80\nCPU: 4\nMemory: 2 GB\nnet:\n  eth0: dhcp\nrandom: yes\n"],
    ["a list in Markdown", "* CPU: 4 cores\n* USB: 1-1: left port\n* SCSI: 2:0:0:0\n"],
    ["a table of values", "time,device,state\n0.1,usb 1-1,new\n0.2,eth0,up\n"],
    ["a stack of Java", 'Exception in thread "main" java.lang.Error: no\n\tat box.Main.run(Main.java:12)\n'],
    ["a stack of Python", 'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\nKeyError: 1\n'],
    [
      "output of a compiler",
      "make[1]: Entering directory '/src'\na.c:12:5: error: 'x' undeclared\nmake: *** [a.o] Error 1\n",
    ],
    ["output of lspci and lsusb", "00:02.0 VGA compatible controller: Maker\nBus 001 Device 002: ID 1d6b:0002 Hub\n"],
    ["output of a boot loader", "DRAM:  1 GiB\nMMC:   mmc0: 0, mmc1: 1\nIn:    serial\nNet:   eth0: ethernet@0\n"],
    ["output of ip and lscpu", "2: eth0: <BROADCAST,UP> mtu 1500\nCPU(s):              4\nL2 cache:       2 MiB\n"],
  ])("TextKind: %s is no log, however long", (_, text) => {
    expect(logLinesOf(text.repeat(10))).toBe(0);
  });
});
