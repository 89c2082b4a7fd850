import { describe, expect, it } from "vitest";
import type { Sign } from "../../../src/core/sign.ts";
import { GoingDown } from "../../../src/parse/sign/going-down.ts";
import { RootWait } from "../../../src/parse/sign/root-wait.ts";
import { SignList } from "../../../src/parse/sign/sign-list.ts";
import { spoken } from "../../../src/parse/sign/line/spoken.ts";
import { TroubleSigns } from "../../../src/parse/sign/trouble-signs.ts";

const now = (line: number | null) => ({ line, time: null, at: null });

describe("GoingDown", () => {
  const after = (...texts: readonly string[]): GoingDown => {
    const down = new GoingDown();
    texts.forEach((text, index) => down.take(text, now(index + 1), { byKernel: true, isLogLine: true }));
    return down;
  };
  const others = (count: number): readonly string[] => Array<string>(count).fill("usb 1-1: new device");

  it("shows a boot whose last lines are those of a machine that goes down", () => {
    expect(after("reboot: Restarting system").isLast).toBe(true);
    expect(after("[  OK  ] Reached target Shutdown.").isLast).toBe(true);
    expect(after("Powering off.", ...others(3)).isLast).toBe(true);
    expect(after("Powering off.", ...others(4)).isLast).toBe(false);
    expect(after("Powering off.", ...others(4), "Powering off.").isLast).toBe(true);
    expect(after("usb 1-1: new device").isLast).toBe(false);
  });

  it("is a sign up to twelve lines after such a line, which it names", () => {
    expect(after("a", "Powering off.", ...others(12)).sign()).toMatchObject({
      kind: "shutdown",
      gravity: "notes",
      line: 2,
      text: "The log ends as the machine goes down or to sleep: Powering off.",
    });
    expect(after("Powering off.", ...others(13)).sign()).toBeNull();
  });

  it("knows the first line that shows the machine go to sleep or wake up, which the kernel alone prints", () => {
    expect(after("a", "Freezing user space processes", "PM: suspend entry (deep)").slept).toMatchObject({ line: 2 });
    expect(after("PM: suspend exit").slept).toMatchObject({ line: 1 });
    expect(after("PM: Registered nosave memory", "Powering off.", "Suspending system...").slept).toBeNull();
    const said = new GoingDown();
    said.take("PM: suspend entry (deep)", now(1), { byKernel: false, isLogLine: true });
    expect(said.slept).toBeNull();
  });

  it("knows a log that is about a shutdown alone, by systemd's lines, and none in which a boot ends with one", () => {
    const line = (...texts: readonly string[]) => {
      const down = new GoingDown();
      texts.forEach((text, index) =>
        down.take(text, now(index + 1), { byKernel: false, isLogLine: !text.startsWith("I ") }),
      );
      return down.slept?.line ?? null;
    };
    const shutdown = "Pulling in fstrim.service/stop from shutdown.target/start";
    expect(line("Added job fan.service/stop to transaction.", shutdown)).toBe(2);
    expect(line("I press the button", "Stopping Example Fan...", "Reached target Shutdown.")).toBe(3);
    expect(line("Stopped Example Fan.", "Sending SIGTERM to remaining processes...")).toBe(2);
    expect(line("Started Example Fan.", "Stopping Example Fan...", "Reached target Shutdown.")).toBeNull();
    expect(line("Stopping Example Fan...", "Stopped Example Fan.")).toBeNull();
  });

  it("is over where the machine wakes up again", () => {
    const awake = after("PM: suspend entry (deep)", "PM: suspend exit");
    expect([awake.isLast, awake.sign()]).toEqual([false, null]);
  });
});

describe("RootWait", () => {
  const after = (...texts: readonly string[]) => {
    const root = new RootWait();
    texts.forEach((text, index) => root.take(text, now(index + 1)));
    return root.sign();
  };

  it("names the device that never comes, and where the first line on it stands", () => {
    expect(
      after("a", "Waiting for root device /dev/mmcblk0p2...", "Waiting for root device /dev/sda1..."),
    ).toMatchObject({
      gravity: "stops",
      name: "/dev/mmcblk0p2",
      line: 2,
      text: "The root device does not appear: Waiting for root device /dev/mmcblk0p2...",
    });
    expect(after("Waiting 10 seconds for device /dev/sda2")).toMatchObject({ name: "/dev/sda2" });
    expect(after("Begin: Waiting for root file system ...")).toMatchObject({ name: null });
    expect(after(`Waiting for root device /dev/sda1...${" ".repeat(300)}`)).toBeNull();
  });

  it("is over where a file system is mounted, or that disk's partitions are listed", () => {
    const waits = "Waiting for root device /dev/mmcblk0p2...";
    expect(after(waits, "VFS: Mounted root (ext4 filesystem) on device 179:2.")).toBeNull();
    expect(after(waits, "mmcblk0: p1 p2")).toBeNull();
    expect(after(waits, "mmcblk1: p1 p2")).not.toBeNull();
    expect(after("VFS: Mounted root (ext4 filesystem) on device 179:2.")).toBeNull();
  });

  it("names the disk of the command line that never comes, where another one does and no program runs", () => {
    const waits = "Kernel command line: console=ttyS0 root=/dev/mmcblk3p2 rootwait rw";
    expect(after("mmcblk1: p1 p2", waits)).toMatchObject({
      kind: "root-device",
      gravity: "warns",
      name: "/dev/mmcblk3",
      line: 2,
    });
    expect(after("mmcblk1: p1 p2", "mmcblk3: p1 p2", waits)).toBeNull();
    expect(after("mmcblk1: p1 p2", waits.replace(" rootwait", ""))).toBeNull();
    expect(after("mmcblk1: p1 p2", waits.replace("/dev/mmcblk3p2", "UUID=12-34"))).toBeNull();
    expect(after(waits)).toBeNull();
    expect(after(waits, "mmcblk1: p1 p2", "Run /sbin/init as init process")).toBeNull();
  });

  it("names a root file system's server that does not answer until the log ends", () => {
    const mounted = "VFS: Mounted root (nfs filesystem) on device 0:15.";
    const silent = "nfs: server 192.0.2.1 not responding, still trying";
    expect(after(mounted, silent, "nfs: server 192.0.2.9 not responding, still trying")).toMatchObject({
      gravity: "stops",
      name: "192.0.2.1",
      line: 2,
    });
    expect(after(mounted, silent, "nfs: server 192.0.2.1 OK")).toBeNull();
    expect(after(silent)).toBeNull();
  });
});

describe("TroubleSigns", () => {
  interface Line {
    readonly text: string;
    readonly tag?: string;
    readonly bare?: boolean;
    readonly isOfUnit?: boolean;
    readonly isLogLine?: boolean;
    readonly line?: number;
  }
  const lineOf = (one: string | Line): Line => (typeof one === "string" ? { text: one } : one);
  const signsOf = (...lines: readonly (string | Line)[]): readonly Sign[] => {
    const list = new SignList();
    const trouble = new TroubleSigns(list);
    lines.forEach((one, index) => {
      const { text, tag = null, line = index + 1, ...facts } = lineOf(one);
      const said = spoken({
        origin: "kernel",
        at: 1,
        storedAt: null,
        wall: null,
        wallForm: null,
        tag,
        indent: 0,
        text,
      });
      trouble.takeStack(text, line);
      trouble.take(said, text, now(line), { bare: false, isOfUnit: false, isLogLine: true, ...facts });
    });
    return list.list();
  };
  const oops = "BUG: kernel NULL pointer dereference, address: 0000000000000008";
  const frame = " ? crng_reseed+0x1a/0x60";

  it("marks a report whose stack is in the random number generator, within sixty lines", () => {
    const lines = (count: number) => Array<string>(count).fill(" ? do_wait+0x1a/0x60");
    expect(signsOf(oops, ...lines(60), frame)[0]?.inRandomCode).toBe(true);
    expect(signsOf(oops, ...lines(61), frame)[0]?.inRandomCode).toBe(false);
    expect(signsOf(oops, "Modules linked in: crng_reseed+0x1a/0x60")[0]?.inRandomCode).toBe(false);
  });

  it("does not read a program's line that looks like a report of the kernel's as one: no stack follows it", () => {
    expect(signsOf({ text: oops, tag: "oops-reader" }, frame)[0]?.inRandomCode).toBe(false);
  });

  it("reads the end of a report as a sign only if its beginning, 200 lines at most above it, is missing", () => {
    const end = (line: number): Line => ({ text: "---[ end trace a61544ae2700bfaa ]---", line });
    const kinds = (...lines: readonly (string | Line)[]) => signsOf(...lines).map(({ kind, line }) => [kind, line]);
    expect(kinds(end(7))).toEqual([["other", 7]]);
    expect(kinds({ text: oops, line: 7 }, end(207))).toEqual([["oops", 7]]);
    expect(kinds({ text: oops, line: 7 }, end(208))).toEqual([
      ["oops", 7],
      ["other", 208],
    ]);
  });

  it("reads systemd's running job, or a rescue shell's prompt, in front of a line of the kernel's", () => {
    const inFront = (front: string): readonly Sign[] => {
      const list = new SignList();
      new TroubleSigns(list).takeFront(front, now(3));
      return list.list();
    };
    expect(inFront("[ ***] (7 of 8) A start job is running for Journal Service (20s / 1min 30s)")).toMatchObject([
      { kind: "unit-unfinished", gravity: "breaks", byTimeout: true, line: 3, name: "Journal Service" },
    ]);
    expect(inFront("(initramfs) ")).toMatchObject([{ kind: "emergency-mode" }]);
    expect(inFront("Starting sshd: ")).toEqual([]);
    expect(inFront("(initramfs) ".padEnd(170, "x"))).toEqual([]);
  });

  it("reads a program's fault as the kernel's line, not as the program's", () => {
    const fault = { text: "indexer[841]: unhandled signal 11 code 0x1 at 0x0000000000000008", at: 9 };
    expect(signsOf(fault)).toMatchObject([
      { kind: "other", gravity: "warns", text: `A program crashed: ${fault.text}` },
    ]);
    expect(signsOf({ ...fault, text: "indexer[841]: segfault (11) at 10 nip 10 lr 10" })).toHaveLength(1);
    expect(signsOf({ ...fault, text: "indexer[841]: segfault handler is there" })).toEqual([]);
  });

  it("distinguishes the instructions of a kernel's crash from those of a program's fault", () => {
    const code = "Code: e592c020 e3cd3d7f e3c3303f e593300c (e5933144)";
    expect(signsOf(code)).toMatchObject([{ kind: "oops", gravity: "breaks", line: 1 }]);
    expect(signsOf("ssh-keygen (841): undefined instruction: pc=b6e103c8", code)).toEqual([]);
    const fault = "key-gen[841]: unhandled signal 11 code 0x1 at 0x0000000000000008";
    expect(signsOf(fault, "epc : 3f", code).map(({ kind }) => kind)).toEqual(["other"]);
    // 30 lines, which registers and a stack do not fill.
    const registers = Array.from({ length: 30 }, (_, index) => `r${index} : 0`);
    expect(signsOf("ssh-keygen (841): undefined instruction: pc=b6e103c8", ...registers, code)).toHaveLength(1);
  });

  it("reads a missing device as the root device if the initramfs reports it, not another program", () => {
    const missing = { text: "/dev/disk/by-label/root does not exist, skipping", tag: "check-missing-firmware" };
    expect(signsOf(missing)).toEqual([]);
    expect(
      signsOf({ text: "Warning: /dev/disk/by-label/root does not exist", tag: "dracut-initqueue[389]" }),
    ).toMatchObject([{ kind: "root-device", gravity: "stops" }]);
  });

  it("names the interrupt that no driver handles", () => {
    expect(signsOf('irq 9: nobody cared (try booting with the "irqpoll" option)', "Disabling IRQ #9")).toMatchObject([
      { kind: "device", gravity: "breaks", line: 1 },
      { kind: "device", gravity: "breaks", line: 2 },
    ]);
  });

  it("reads the end of the first program only from its own words, not from another program's", () => {
    const words = "Freezing execution.";
    expect(signsOf({ text: words, tag: "systemd" })).toMatchObject([{ gravity: "stops", line: 1 }]);
    expect(signsOf({ text: words, tag: "logger" })).toEqual([]);
  });

  it("reads a fatal error as dracut's only if dracut reports it", () => {
    const kinds = (tag: string | undefined, text: string) =>
      signsOf(tag === undefined ? text : { text, tag }).map(({ kind }) => kind);
    expect(kinds(undefined, "dracut: FATAL: no root device")).toEqual(["dracut-initqueue"]);
    expect(kinds("dracut-cmdline", "FATAL: no root device")).toEqual(["dracut-initqueue"]);
    expect(kinds(undefined, "FATAL: unsupported instruction")).toEqual(["other"]);
    expect(kinds("postgres", "FATAL: no pg_hba.conf entry")).toEqual([]);
  });

  it("prefers what programs say where a program speaks", () => {
    expect(signsOf({ text: "Dependency failed for /boot.", tag: "systemd" })).toMatchObject([{ line: 1 }]);
    expect(signsOf({ text: "Dependency failed for /boot.", tag: "systemd", isOfUnit: true })).toEqual([]);
  });

  it("notes other errors, with the program's name, and none of those that every machine prints", () => {
    expect(signsOf({ text: "Connection to the database failed", tag: "app" })).toMatchObject([
      { kind: "other", gravity: "notes", name: "app", text: "Connection to the database failed" },
    ]);
    expect(signsOf("mmc0: error -110 whilst initialising SD card")).toMatchObject([{ kind: "device", name: null }]);
    expect(signsOf("i8042: probe failed", "usb 1-1: new device")).toEqual([]);
    for (const text of [
      "Scanning for low memory corruption every 60 seconds",
      "Calgary: Unable to locate Rio Grande table in EBDA - bailing!",
      "PM: Hibernation image not present or could not be loaded.",
      "cacheinfo: Unable to detect cache hierarchy for CPU 0",
      "pci0000:00: Unable to request _OSC control (_OSC support mask: 0x08)",
      "hctosys: unable to open rtc device (rtc0)",
    ])
      expect(signsOf(text), text).toEqual([]);
    expect(signsOf("mm: memory corruption at 0x1000")).toHaveLength(1);
    expect(signsOf({ text: "Connection to the database failed", isLogLine: false })).toEqual([]);
    const long = (length: number) => "mmc0: failed ".padEnd(length, "x y ");
    expect([signsOf(long(600)).length, signsOf(long(601)).length]).toEqual([1, 0]);
  });
});
