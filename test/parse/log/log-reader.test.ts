import { describe, expect, it } from "vitest";
import type { BootRecord } from "../../../src/core/boot-record.ts";
import { LogReader } from "../../../src/parse/log/log-reader.ts";
import { bootIn, bootsIn, bootsInPieces, idleLines, log, stamp } from "./reading-logs.ts";

const release = "5.10.0-32-amd64";
const newer = "6.1.0-50-amd64";
const versionOf = (name: string): string =>
  `Linux version ${name} (debian-kernel@lists.debian.org) (gcc-12) #1 SMP Debian (2024-08-10)`;
const [version, newerVersion] = [versionOf(release), versionOf(newer)];

/** Which kernel each boot ran, the lines it takes, and when it was ready. */
const facts = (boots: readonly BootRecord[]): unknown =>
  boots.map(({ kernel, covers, readiness }) => [
    kernel.release,
    covers?.firstLine,
    covers?.lastLine,
    readiness.readyAt,
  ]);

describe("boots of one log are separated", () => {
  it("by the kernel's version line", () => {
    const boots = bootsIn(log`
      [    0.000000] ${version}
      [    3.250000] random: crng init done
      [   61.000000] reboot: Restarting system
      [    0.000000] ${newerVersion}
      [    0.750001] random: crng init done
    `);
    expect(facts(boots)).toEqual([
      [release, 1, 3, 3.25],
      [newer, 4, 5, 0.750001],
    ]);
    expect(boots.map(({ readiness }) => readiness.line)).toEqual([2, 5]);
  });

  it("by the version line of a boot that ended within its first second", () => {
    const boots = bootsIn(log`
      [    0.000000] ${version}
      [    0.500000] Kernel panic - not syncing: VFS: Unable to mount root fs
      [    0.000000] ${version}
      [    1.000000] random: crng init done
    `);
    expect(facts(boots)).toEqual([
      [release, 1, 2, null],
      [release, 3, 4, 1],
    ]);
  });

  it("with the lines that a kernel prints before its version line", () => {
    const boots = bootsIn(log`
      [    0.000000] ${version}
      [    0.500000] Kernel panic - not syncing: VFS: Unable to mount root fs
      [    0.000000] microcode: microcode updated early to revision 0x1
      [    0.000000] ${newerVersion}
      [    1.000000] random: crng init done
    `);
    expect(facts(boots)).toEqual([
      [release, 1, 2, null],
      [newer, 3, 5, 1],
    ]);
  });

  it("by stamps that run back, where the version line is lost", () => {
    const boots = bootsIn(log`
      [  500.000000] usb 1-1: new device
      [  500.250000] random: crng init done
      [   20.000000] usb 1-1: new device
      [   20.250000] random: crng init done
    `);
    expect(facts(boots)).toEqual([
      [null, 1, 2, 500.25],
      [null, 3, 4, 20.25],
    ]);
  });

  it("but not by stamps that run back a little: CPUs take turns", () => {
    expect(
      facts(
        bootsIn(log`
          [    0.000000] ${version}
          [    9.000000] usb 1-1: new device
          [    8.900000] random: crng init done
          [    9.100000] usb 1-2: new device
        `),
      ),
    ).toEqual([[release, 1, 4, 8.9]]);
  });

  it("nor do stamps that run back a little at a boot's end belong to the next", () => {
    const boots = bootsIn(log`
      [    0.000000] ${version}
      [   61.000000] reboot: Restarting system
      [   60.900000] usb 1-1: disconnected
      [    0.000000] ${newerVersion}
      [    3.250000] random: crng init done
    `);
    expect(facts(boots)).toEqual([
      [release, 1, 3, null],
      [newer, 4, 5, 3.25],
    ]);
  });

  it("with each message in the lines of its own boot", () => {
    const boots = bootsIn(log`
      [    0.500000] usb 1-1: new device
      [    0.400001] random: crng init done
      [    2.000000] ** 9 printk messages dropped **
      [    0.450000] usb 1-1: new device
    `);
    for (const { readiness, covers } of boots.filter((boot) => boot.readiness.line !== null)) {
      expect(readiness.line).toBeGreaterThanOrEqual(covers?.firstLine ?? Infinity);
      expect(readiness.line).toBeLessThanOrEqual(covers?.lastLine ?? 0);
    }
  });

  it("within one physical line, of which a CR is in the middle", () => {
    const boots = bootsIn(
      "[    0.250000] random: fast init done\n[    0.500000] random: crng init done\r[    0.000000] random: crng init done\n",
    );
    expect(boots.map(({ covers, readiness }) => [covers?.firstLine, covers?.lastLine, readiness.line])).toEqual([
      [1, 2, 2],
      [2, 2, 2],
    ]);
  });

  it("not by a program's stamps either", () => {
    expect(
      facts(
        bootsIn(log`
          6,1,0,-;${version}
          6,2,9000000,-;usb 1-1: new device
          14,3,1000000,-;app: I print what I like
          5,4,9500000,-;random: crng init done
        `),
      ),
    ).toEqual([[release, 1, 4, 9.5]]);
  });

  it("by the version line of syslog without the kernel's stamps, once the boot before has said something", () => {
    const boots = bootsIn(log`
      Mar 22 18:17:17 host kernel: ${version}
      Mar 22 18:17:20 host kernel: random: crng init done
      Mar 22 19:00:00 host kernel: ${version}
      Mar 22 19:00:07 host kernel: random: crng init done
    `);
    expect(boots.map(({ covers, readiness }) => [covers?.firstLine, covers?.lastLine, readiness.noted])).toEqual([
      [1, 2, { clock: "wall", seconds: 3 }],
      [3, 4, { clock: "wall", seconds: 7 }],
    ]);
  });

  it("by a message that a kernel says once, in a log of only the lines with 'random'", () => {
    const boots = bootsIn(log`
      Mar 22 18:17:20 host kernel: random: fast init done
      Mar 22 18:17:27 host kernel: random: crng init done
      Mar 23 19:00:04 host kernel: random: fast init done
      Mar 23 19:00:07 host kernel: random: crng init done
    `);
    expect(boots.map(({ covers, readiness }) => [covers?.firstLine, covers?.lastLine, readiness.line])).toEqual([
      [1, 2, 2],
      [3, 4, 4],
    ]);
  });

  it("not by a copy of it, which syslog has beside the console's line", () => {
    const { readiness, anomalies } = bootIn(log`
      [    3.250000] random: crng init done
      Mar 22 18:17:27 host kernel: [    3.250000] random: crng init done
      Mar 22 18:17:27 host kernel: [    4.000000] usb 1-1: new device
    `);
    expect([readiness.readyAt, anomalies]).toEqual([3.25, []]);
  });

  it("nor by one that was written twice within one second", () => {
    const boot = bootIn(log`
      Mar 22 18:17:27 host kernel: random: crng init done
      Mar 22 18:17:27 host kernel: usb 1-1: new device
      Mar 22 18:17:27 host kernel: random: crng init done
    `);
    expect(boot.readiness.line).toBe(1);
  });

  it("by that message where the wall clock has run on for a minute more than the kernel's", () => {
    const boots = (minutes: string, seconds: string) =>
      bootsIn(log`
        Mar 22 18:17:20 host kernel: [   10.000000] random: crng init done
        Mar 22 ${minutes}:20 host kernel: [   ${seconds}.000000] random: crng init done
      `).length;
    expect([boots("18:27", "30"), boots("18:18", "30"), boots("18:18", "70")]).toEqual([2, 1, 1]);
  });

  it("by journalctl's mark between boots", () => {
    const boots = bootsIn(log`
      -- Logs begin at Tue 2016-03-22 18:17:17 UTC, end at Tue 2016-03-22 20:00:00 UTC. --
      Mar 22 18:17:17 host kernel: usb 1-1: new device
      Mar 22 18:17:17 host systemd[1]: Shutting down.
      -- Reboot --
      Mar 22 19:00:00 host kernel: usb 1-1: new device
      Mar 22 19:00:07 host kernel: random: crng init done
    `);
    expect(boots.map(({ covers, readiness }) => [covers?.firstLine, covers?.lastLine, readiness.level])).toEqual([
      [2, 3, "unknown"],
      [5, 6, "ready"],
    ]);
  });

  it("by marks at the end of a log, or one after the other, only where lines are between them", () => {
    for (const end of ["\n", "\r\n"]) {
      const boots = bootsIn(
        [
          "-- Reboot --",
          "Mar 22 18:17:17 host kernel: x",
          "-- Reboot --",
          "-- Reboot --",
          "Mar 22 18:17:17 host kernel: y",
          "-- Reboot --",
          "",
        ].join(end),
      );
      expect(
        boots.map(({ covers }) => [covers?.firstLine, covers?.lastLine]),
        JSON.stringify(end),
      ).toEqual([
        [2, 2],
        [5, 5],
      ]);
    }
  });

  it("by journalctl's mark with the boot's ID", () => {
    const boots = bootsIn(log`
      -- Boot 0123456789abcdef0123456789abcdef --
      Mar 22 18:17:17 host kernel: random: crng init done
      -- Boot 1123456789abcdef0123456789abcdef --
      -- Boot 2123456789abcdef0123456789abcdef --
      Mar 22 19:00:00 host kernel: random: crng init done
    `);
    expect(boots.map(({ bootId, covers }) => [bootId, covers?.firstLine, covers?.lastLine])).toEqual([
      ["01234567-89ab-cdef-0123-456789abcdef", 2, 2],
      ["21234567-89ab-cdef-0123-456789abcdef", 5, 5],
    ]);
  });

  it("by the boot ID of journal entries, whatever their stamps", () => {
    const entry = (boot: string, at: number, message: string): string =>
      JSON.stringify({
        _BOOT_ID: boot.repeat(32),
        _TRANSPORT: "kernel",
        _SOURCE_MONOTONIC_TIMESTAMP: String(at * 1e6),
        MESSAGE: message,
      });
    const boots = bootsIn(
      `${[entry("a", 1, "x"), entry("a", 9, "random: crng init done"), entry("a", 3, "late"), entry("b", 10, "random: crng init done"), entry("b", 2, version)].join("\n")}\n`,
    );
    expect(
      boots.map(({ bootId, kernel, covers, readiness }) => [
        bootId?.slice(0, 4),
        kernel.release,
        covers?.firstLine,
        covers?.lastLine,
        readiness.readyAt,
      ]),
    ).toEqual([
      ["aaaa", null, 1, 3, 9],
      ["bbbb", release, 4, 5, 10],
    ]);
  });

  it("as far as they are kept: the latest 500, the others counted", () => {
    const reader = new LogReader("boot.log");
    const boots = bootsInPieces(
      Array.from(
        { length: 600 },
        (_, index) => `[    0.000000] ${version}\n[   ${(index + 10_000).toFixed(6)}] random: crng init done\n`,
      ).join(""),
      [],
      reader,
    );
    expect([boots.length, reader.droppedBoots]).toEqual([500, 100]);
    expect([boots[0]?.readiness.readyAt, boots[499]?.readiness.readyAt]).toEqual([10_100, 10_599]);
  });
});

describe("one boot is one", () => {
  it("below `cat /proc/version`", () => {
    const boot = bootIn(log`
      $ cat /proc/version
      ${version}
      $ dmesg
      [    0.000000] ${version}
      [    1.000000] usb 1-1: new device
      [    2.000000] usb 1-2: new device
      [    3.250000] random: crng init done
    `);
    expect(boot).toMatchObject({
      kernel: { release },
      covers: { firstLine: 1, lastLine: 7, fromStart: true },
      readiness: { readyAt: 3.25, line: 7 },
    });
  });

  it("above `cat /proc/version`", () => {
    const boot = bootIn(log`
      [    0.000000] ${version}
      [    1.000000] usb 1-1: new device
      [    3.250000] random: crng init done
      $ cat /proc/version
      ${version}
    `);
    expect(boot).toMatchObject({ kernel: { release }, readiness: { readyAt: 3.25, line: 3 } });
  });

  it("that does not show its start below `cat /proc/version`, where the ring has lost it", () => {
    const boot = bootIn(log`
      ${version}
      [  100.000000] usb 1-1: new device
      [  101.000000] usb 1-2: new device
      [  102.000000] usb 1-3: new device
    `);
    expect(boot).toMatchObject({ kernel: { release }, covers: { firstAt: 100, fromStart: false } });
  });

  it("when dmesg is called on a console that is captured; the print that shows more is reported", () => {
    const boots = bootsIn(log`
      [    0.000000] ${version}
      [    1.000001] random: dd: uninitialized urandom read (16 bytes read)
      [    3.250001] random: crng init done
      # dmesg
      [    0.000000] ${version}
      [    1.000001] random: dd: uninitialized urandom read (16 bytes read)
      [    1.500001] random: cp: uninitialized urandom read (16 bytes read)
      [    3.250001] random: crng init done
    `);
    expect(facts(boots)).toEqual([[release, 5, 8, 3.250001]]);
    expect(boots[0]?.earlyUses.map(({ name }) => name)).toEqual(["dd", "cp"]);
  });

  it("but two where another kernel said the same, or one with a clock of ticks", () => {
    for (const [second, at] of [
      [newerVersion, "3.250001"],
      [version, "3.250000"],
    ] as const) {
      expect(
        bootsIn(
          `[    0.000000] ${version}\n[    ${at}] random: crng init done\n[    0.000000] ${second}\n[    ${at}] random: crng init done\n`,
        ),
      ).toHaveLength(2);
    }
  });

  it("with a record that two keepers of the log both wrote", () => {
    const boot = bootIn(log`
      [    0.000000] ${version}
      [    1.000001] random: dd: uninitialized urandom read (16 bytes read)
      [    1.000001] random: dd: uninitialized urandom read (16 bytes read)
      [    1.000002] random: dd: uninitialized urandom read (16 bytes read)
    `);
    expect(boot.earlyUses.map(({ at, line }) => [at, line])).toEqual([
      [1.000001, 2],
      [1.000002, 4],
    ]);
  });

  it("in a syslog that begins long before its start, by the clock of its own lines", () => {
    const boot = bootsIn(log`
      Mar 12 06:25:01 host cron[12]: job done
      Mar 18 06:25:01 host cron[12]: job done
      Mar 22 18:17:17 host kernel: ${version}
      Mar 22 18:17:20 host kernel: random: crng init done
    `).at(-1);
    expect(boot?.readiness).toMatchObject({ level: "ready", line: 4, noted: { clock: "wall", seconds: 3 } });
  });
});

describe("what is not the kernel's word", () => {
  it("is a program's line, in a log that shows who wrote", () => {
    const boot = bootIn(log`
      Mar 22 18:17:17 host kernel: [    0.000000] ${version}
      Mar 22 18:17:18 host app[7]: random: crng init done
      Mar 22 18:17:18 host app[7]: [    1.000000] random: crng init done
      Mar 22 18:17:18 host app[7]: [    1.000000] ${newerVersion}
      Mar 22 18:17:18 host app[7]: kernel: [    1.000000] random: crng init done
      Mar 22 18:17:18 host app[7]: -- Reboot --
      Mar 22 18:17:19 host kernel: [    2.000000] usb 1-1: new device
    `);
    expect(boot).toMatchObject({
      kernel: { release },
      covers: { firstLine: 1, lastLine: 7, lastAt: 2 },
      readiness: { level: "unknown" },
    });
  });

  it("is what user space wrote to /dev/kmsg", () => {
    const boot = bootIn(log`
      5,0,0,-;${version}
      13,1,1000000,-;random: crng init done
      29,2,2000000,-;random: crng init done
    `);
    expect(boot).toMatchObject({ readiness: { level: "unknown" }, covers: { lastAt: 2 } });
  });

  it("is a bare line in a log whose lines of the kernel all have a stamp or a tag", () => {
    const boot = bootIn(log`
      [    0.000000] ${version}
      random: crng init done
      [    1.000000] usb 1-1: new device
      [    2.000000] usb 1-2: new device
      [    3.000000] usb 1-3: new device
      random: app: uninitialized urandom read (16 bytes read)
      fips mode: enabled
      [    4.000000] usb 1-4: new device
    `);
    expect(boot).toMatchObject({
      readiness: { level: "unknown" },
      earlyUses: [],
      fips: null,
      observed: { readyLines: [] },
    });
  });

  it("is a line without a tag once three lines of the kernel's have theirs, and not before", () => {
    const readyAfter = (tagged: number): string =>
      bootIn(
        `${"Mar 22 18:17:17 host kernel: usb 1-1: new device\n".repeat(tagged)}Mar 22 18:17:27 random: crng init done\n`,
      ).readiness.level;
    expect([readyAfter(2), readyAfter(3)]).toEqual(["ready", "unknown"]);
  });

  it("is a bare version line in such a log", () => {
    const boot = bootIn(log`
      Mar 22 18:17:17 host kernel: [    0.000000] ${version}
      Mar 22 18:17:17 host kernel: [    1.000000] usb 1-1: new device
      Mar 22 18:17:17 host kernel: [    2.000000] usb 1-2: new device
      ${newerVersion}
      Mar 22 18:17:17 host kernel: [    3.000000] random: crng init done
    `);
    expect(boot).toMatchObject({
      kernel: { release },
      covers: { firstLine: 1, lastLine: 5 },
      readiness: { readyAt: 3 },
    });
  });

  it("is the second line of a program's entry, which journalctl prints below the first one's text", () => {
    const { readiness, earlyUses } = bootIn(log`
      Mar 22 18:17:17 host kernel: ${version}
      Mar 22 18:17:17 host kernel: usb 1-1: new device
      Mar 22 18:17:17 host systemd[1]: Started.
      Mar 22 18:17:18 host app[7]: two lines:
                                   random: crng init done
                                   [    1.000000] random: dd: uninitialized urandom read (16 bytes read)
      Mar 22 18:17:19 host kernel: usb 1-2: new device
    `);
    expect([readiness.level, earlyUses]).toEqual(["unknown", []]);
  });

  it("is a quotation", () => {
    const boot = bootIn(log`
      [    0.000000] ${version}
      [    1.000000] app[7]: [    0.500000] random: crng init done
      [    1.000000] app: the log says [    0.500000] random: crng init done
      app[7]: [    0.500000] random: crng init done
      He found "[    0.500000] random: crng init done", and \`[    0.500000] random: crng init done\`.
      [    2.000000] audit: msg='random: crng init done'
    `);
    expect(boot).toMatchObject({ readiness: { level: "unknown" }, observed: { readyLines: [] } });
  });

  it("is not concluded from bare lines alone: a kernel without printk.time prints nothing else", () => {
    const boot = bootIn(log`
      ${version}
      Kernel command line: quiet
      random: dd: uninitialized urandom read (16 bytes read)
      random: crng init done
    `);
    expect(boot).toMatchObject({
      kernel: { release, commandLine: "quiet" },
      readiness: { level: "ready", readyAt: null, exact: false, line: 4, noted: null },
      earlyUses: [{ name: "dd", at: null, noted: null, line: 3 }],
      covers: { firstAt: null, lastAt: null, fromStart: true, stamps: "none" },
    });
  });
});

describe("a message cut in two", () => {
  const ready = { level: "ready", readyAt: 3.25, exact: true, line: 2 };

  it.each([
    ["between words by a terminal", "[    3.250000] random: crng init", "done"],
    ["within a word by a terminal", "[    3.250000] random: crng in", "it done"],
    ["by a terminal that goes on in the next column", "[    3.250000] random: crng init", "  done"],
    ["by mail that is quoted", "> [    3.250000] random: crng init", "> done"],
    ["by quoted-printable", "[    3.250000] random: crng init=", " done"],
    ["by quoted-printable within a word", "[    3.250000] random: crng in=", "it done"],
  ])("%s is whole, with its first line's number", (_how, first, second) => {
    for (const end of ["\n", "\r\n"]) {
      const lines = [`[    0.000000] ${version}`, first, second, "[    4.000000] usb 1-1: new device", ""];
      expect(bootIn(lines.join(end)).readiness, JSON.stringify(end)).toMatchObject(ready);
    }
    expect(bootIn(`[    0.000000] ${version}\n${first}\n${second}`)).toMatchObject({
      readiness: ready,
      covers: { lastLine: 3 },
    });
  });

  it.each([
    ["a stamp", "[    3.250001] done"],
    ["a tag", "Mar 22 18:17:17 host app: done"],
    ["another text", "done with it"],
  ])("does not go on with a line that has %s", (_what, second) => {
    expect(bootIn(`[    0.000000] ${version}\n[    3.250000] random: crng init\n${second}\n`).readiness.level).toBe(
      "unknown",
    );
  });

  it("does not go on with a line that is a message itself", () => {
    const boot = bootIn(log`
      ${version}
      random: registered RNG driver
      random: dd: uninitialized urandom read (16 bytes read)
    `);
    expect(boot.earlyUses).toMatchObject([{ name: "dd", line: 3 }]);
  });

  it.each([
    ["a mark", "-- Reboot --"],
    ["an entry of a journal", JSON.stringify({ _BOOT_ID: "a".repeat(32), _TRANSPORT: "kernel", MESSAGE: "x" })],
    ["what journalctl says", "-- No entries --"],
  ])("does not go on after %s", (_what, between) => {
    const boots = bootsIn(`[    3.250000] random: crng init\n${between}\ndone\n`);
    expect(boots.map(({ readiness }) => readiness.level)).not.toContain("ready");
  });

  it("does not go on with the line after the next", () => {
    expect(bootIn(`[    0.000000] ${version}\n[    3.250000] random: crng init\n\ndone\n`).readiness.level).toBe(
      "unknown",
    );
  });

  it("is read also where nothing else is", () => {
    const [boot] = bootsInPieces(
      `[    0.000000] ${version}\n${idleLines(30_000)}[  900.000000] random: crng init\ndone\n`,
    );
    expect(boot?.readiness).toMatchObject({ readyAt: 900, line: 30_002 });
  });
});

describe("several messages on one line", () => {
  it("are each reported, with their own stamps", () => {
    const boot = bootIn(log`
      [    0.000000] ${version}
      [    3.250000] random: crng init done[    3.250100] random: 7 urandom warning(s) missed due to ratelimiting[    3.3
      [    4.000000] usb 1-1: new device
    `);
    expect(boot).toMatchObject({ readiness: { readyAt: 3.25, line: 2 }, missedWarnings: 0 });
    const whole = bootIn(log`
      [    0.000000] ${version}
      [    3.250000] random: crng init done[    3.250100] random: 7 urandom warning(s) missed due to ratelimiting
      [  OK  ] Start[    4.000000] random: crng reseeded on system resumptioned.[    5.000000] random: crng reseeded on system resumption
    `);
    expect(whole).toMatchObject({
      readiness: { readyAt: 3.25, line: 2 },
      missedWarnings: 7,
      observed: { missed: [{ at: 3.2501, line: 2 }] },
      reseeds: [{ at: 5, line: 3 }],
    });
  });

  it("may have been printed over one another: a carriage return goes back", () => {
    const boot = bootIn(
      "[    0.000000] Linux version 6.1.0 (x)\nLoading, please wait...\r[    3.250000] random: crng init done\r\r\n[    4.000000] x\r\n",
    );
    expect(boot).toMatchObject({ readiness: { readyAt: 3.25, line: 2 }, covers: { lastLine: 3, lastAt: 4 } });
  });
});

describe("bytes that are not text", () => {
  const lines = [
    `[    0.000000] ${version}`,
    "[    1.500000] random: dd: uninitialized urandom read (16 bytes read)",
    "[    3.250000] random: crng init done",
    "[    4.000000] usb 1-1: new device",
    "",
  ];
  const { earlyUses, ...plain } = bootIn(lines.join("\n"));

  it.each<[what: string, written: string]>([
    ["CRLF", lines.join("\r\n")],
    ["CR CR LF", lines.join("\r\r\n")],
    ["LF CR", lines.join("\n\r").slice(0, -1)],
    [
      "colours",
      lines
        .map((line) => line.replace(/^\[ *(\S+)\] (\w+: )?/, "\u001b[32m[    $1] \u001b[0m\u001b[33m$2\u001b[0m"))
        .join("\n"),
    ],
    ["a byte order mark", `\ufeff${lines.join("\n")}`],
    ["zeros in front", `\0\0\0${lines.slice(0, -1).join("\n\0\0\0")}\n`],
    ["no line end at the end", lines.join("\n").slice(0, -1)],
  ])("%s change nothing", (_what, written) => {
    const boot = bootIn(written);
    expect(boot).toEqual({ ...plain, earlyUses });
  });

  it("CRs alone are line ends on one line", () => {
    expect(bootIn(lines.join("\r"))).toMatchObject({
      covers: { firstLine: 1, lastLine: 1, lastAt: 4 },
      readiness: { readyAt: 3.25, line: 1 },
      earlyUses: [{ name: "dd", line: 1 }],
    });
  });

  it("a hole of zeros does not hide the boot after it", () => {
    const hole = Buffer.concat([
      Buffer.from(`[    0.000000] ${version}\n[   50.000000] x\n`),
      Buffer.alloc(100_000),
      Buffer.from(`[    0.000000] ${newerVersion}\n[    3.250000] random: crng init done\n`),
    ]);
    for (const sizes of [[], [1 << 16], [4096]]) {
      expect(facts(bootsInPieces(hole, sizes)), `pieces of ${sizes.join()}`).toEqual([
        [release, 1, 2, null],
        [newer, 3, 4, 3.25],
      ]);
    }
  });

  it("zeros in front of the journal's mark do not hide it", () => {
    expect(
      bootsIn("Mar 22 18:17:17 host kernel: x\n\0\0-- Reboot --\nMar 22 18:17:17 host kernel: y\n").map(
        ({ covers }) => [covers?.firstLine, covers?.lastLine],
      ),
    ).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  it("names that are no UTF-8 are kept as far as they are", () => {
    const boot = bootIn(
      Buffer.concat([
        Buffer.from("[    1.500000] random: gr"),
        Buffer.from([0xf6]),
        Buffer.from(": uninitialized urandom read (16 bytes read)\n"),
      ]),
    );
    expect(boot.earlyUses[0]?.name).toBe("gr\ufffd");
  });
});

describe("stamps of the journal", () => {
  it("are later than the kernel's by an unknown while: they bound the moment", () => {
    const { readiness, covers, earlyUses } = bootIn(log`
      [    2.800000] host kernel: ${version}
      [    2.800001] host kernel: random: dd: uninitialized urandom read (16 bytes read)
      [    7.100000] host systemd[1]: Started.
      [    7.301000] host kernel: random: crng init done
    `);
    expect(readiness).toMatchObject({
      level: "ready",
      readyAt: 7.301,
      exact: false,
      notBefore: 0,
      notAfter: 7.301,
      line: 4,
      noted: { clock: "monotonic", seconds: 7.301 },
    });
    expect(earlyUses).toMatchObject([
      { name: "dd", at: null, noted: { clock: "monotonic", seconds: 2.800001 }, line: 2 },
    ]);
    expect(covers).toMatchObject({ firstAt: 2.8, lastAt: 7.301, fromStart: true, stamps: "journal" });
  });

  it("are the kernel's own where its first line has stamp 0: the journal runs later", () => {
    const { readiness, earlyUses } = bootIn(log`
      [    0.000000] host kernel: ${version}
      [    1.500000] host kernel: random: dd: uninitialized urandom read (16 bytes read)
      [    3.250000] host kernel: random: crng init done
    `);
    expect(readiness).toMatchObject({ readyAt: 3.25, exact: true, noted: null });
    expect(earlyUses).toMatchObject([{ at: 1.5, noted: null }]);
  });

  it("stand beside the kernel's in journal entries, and the kernel's count", () => {
    const entry = {
      _BOOT_ID: "a".repeat(32),
      _TRANSPORT: "kernel",
      __MONOTONIC_TIMESTAMP: "7301000",
      __REALTIME_TIMESTAMP: "1458685037592123",
      MESSAGE: "random: crng init done",
    };
    const of = (more: object): BootRecord => bootIn(`${JSON.stringify({ ...entry, ...more })}\n`);
    expect(of({ _SOURCE_MONOTONIC_TIMESTAMP: "3250000" })).toMatchObject({
      readiness: { readyAt: 3.25, exact: true, noted: null },
      covers: { stamps: "printk" },
    });
    expect(of({})).toMatchObject({
      readiness: { readyAt: 7.301, exact: false, noted: { clock: "monotonic", seconds: 7.301 } },
      covers: { stamps: "journal" },
    });
    expect(of({ __MONOTONIC_TIMESTAMP: undefined })).toMatchObject({
      readiness: { level: "ready", readyAt: null, noted: { clock: "wall", seconds: 0 } },
      covers: { stamps: "wall" },
    });
  });
});

describe("stamps of a wall clock", () => {
  it("show how long after the boot's first line, no more", () => {
    const { readiness, covers, earlyUses } = bootIn(log`
      Mar 22 23:59:58 host kernel: ${version}
      Mar 22 23:59:59 host kernel: random: dd: uninitialized urandom read (16 bytes read)
      Mar 23 00:00:05 host kernel: random: crng init done
    `);
    expect(readiness).toMatchObject({
      level: "ready",
      readyAt: null,
      notBefore: 0,
      notAfter: null,
      exact: false,
      noted: { clock: "wall", seconds: 7 },
    });
    expect(earlyUses).toMatchObject([{ at: null, noted: { clock: "wall", seconds: 1 } }]);
    expect(covers).toMatchObject({ firstAt: null, lastAt: null, stamps: "wall" });
  });

  it("show parts of a second where they have them", () => {
    const { readiness } = bootIn(
      "2023-02-03T12:32:49.250000+00:00 host kernel: x\n2023-02-03T13:32:51.750000+01:00 host kernel: random: crng init done\n",
    );
    expect(readiness.noted).toEqual({ clock: "wall", seconds: 2.5 });
  });

  it("show nothing where the clock was set back", () => {
    const { readiness } = bootIn(
      "Mar 22 18:17:17 host kernel: x\nJan  1 00:00:05 host kernel: random: crng init done\n",
    );
    expect(readiness).toMatchObject({ level: "ready", readyAt: null, notAfter: null, noted: null });
  });

  it("are beside the kernel's, which count", () => {
    expect(bootIn("Mar 22 18:17:17 host kernel: [    3.250000] random: crng init done\n")).toMatchObject({
      readiness: { readyAt: 3.25, noted: null },
      covers: { stamps: "printk" },
    });
  });
});

describe("records that are lost", () => {
  it.each([
    ["the kernel's console says so", "** 5 printk messages dropped **"],
    [
      "an old kernel's does, in front of the next line",
      "** 5 printk messages dropped ** [    1.900000] usb 1-2: new device",
    ],
  ])("are a gap: %s", (_who, said) => {
    const boot = bootIn(
      `[    0.000000] ${version}\n[    1.000000] usb 1-1: new device\n${said}\n[    2.000000] random: crng init done\n`,
    );
    expect(boot.gaps).toMatchObject([{ source: "log", from: 1, lost: 5 }]);
    expect(boot.gaps[0]?.to).toBeLessThanOrEqual(2);
    expect(boot.observed.losses).toMatchObject([{ line: 3 }]);
  });

  it.each([
    [
      "short",
      (text: string, at: number) => `Mar 22 18:17:0${at} host ${text}`,
      "systemd-journald[12]: ",
      "kernel: ",
      null,
    ],
    [
      "short-monotonic",
      (text: string, at: number) => `${stamp(at)} host ${text}`,
      "systemd-journald[12]: ",
      "kernel: ",
      1,
    ],
    [
      "syslog with the kernel's stamps",
      (text: string, at: number) => `Mar 22 18:17:0${at} host ${text.replace("kernel: ", `kernel: ${stamp(at)} `)}`,
      "systemd-journald: ",
      "kernel: ",
      1,
    ],
  ])("are a gap that the journal reports: %s", (_format, printed, journald, kernel, from) => {
    const boot = bootIn(
      `${[`${kernel}${version}`, `${kernel}usb 1-1: new device`, `${journald}Missed 5 kernel messages`, `${kernel}random: crng init done`].map((text, at) => printed(text, at)).join("\n")}\n`,
    );
    expect(boot.gaps).toEqual([{ source: "log", from, to: from === null ? null : 3, lost: 5 }]);
    expect(boot.observed.losses).toMatchObject([{ lost: 5, line: 3 }]);
  });

  it("are a gap that the journal's entries report, also as JSON", () => {
    const entry = (message: string, at: number, more: object = {}): string =>
      JSON.stringify({
        _TRANSPORT: "kernel",
        _SOURCE_MONOTONIC_TIMESTAMP: String(at * 1e6),
        MESSAGE: message,
        ...more,
      });
    const missed = JSON.stringify({
      _TRANSPORT: "driver",
      SYSLOG_IDENTIFIER: "systemd-journald",
      MESSAGE: "Missed 5 kernel messages",
    });
    expect(bootIn(`${[entry(version, 0), entry("x", 1), missed, entry("y", 2)].join("\n")}\n`).gaps).toEqual([
      { source: "log", from: 1, to: 2, lost: 5 },
    ]);
  });

  it("are seen by the numbers of /dev/kmsg", () => {
    const boot = bootIn(log`
      6,0,0,-;${version}
      6,1,1000000,-;usb 1-1: new device
      6,7,2000000,-;usb 1-2: new device
      6,8,2000000,-;usb 1-3: new device
    `);
    expect(boot.gaps).toEqual([{ source: "log", from: 1, to: 2, lost: 5 }]);
  });

  it("lie between two moments in order, though records are not quite", () => {
    for (const { from, to } of bootIn("6,1,5000000,-;a\n6,5,4500000,-;b\n").gaps)
      expect(from ?? 0).toBeLessThanOrEqual(to ?? Infinity);
  });

  it("are reported as one gap where several reports stand between two stamps", () => {
    const boot = bootIn(
      `[    0.000000] ${version}\n[    1.000000] x\n** 5 printk messages dropped **\n** 7 printk messages dropped **\n[    2.000000] x\n`,
    );
    expect(boot.gaps).toEqual([{ source: "log", from: 1, to: 2, lost: 12 }]);
  });

  it("are counted where there are too many gaps to keep", () => {
    const count = 2000;
    const [boot] = bootsInPieces(
      Array.from({ length: count }, (_, index) => `${stamp(index + 1)} x\n** 3 printk messages dropped **\n`).join(""),
    );
    expect((boot?.observed.losses.length ?? 0) + (boot?.dropped.losses ?? 0)).toBe(count);
  });

  it("are not what a program says", () => {
    const boot = bootIn(log`
      Mar 22 18:17:17 host kernel: ${version}
      Mar 22 18:17:17 host app[12]: Missed 5 kernel messages
      Mar 22 18:17:17 host app[12]: ** 5 printk messages dropped **
      Mar 22 18:17:17 host kernel: Missed 5 kernel messages
    `);
    expect(boot).toMatchObject({ gaps: [], observed: { losses: [] } });
  });
});

describe("what part of a boot the log shows", () => {
  it.each<[what: string, text: string, covers: object]>([
    [
      "a whole dmesg",
      `[    0.000000] ${version}\n[    4.000000] x\n`,
      { firstLine: 1, lastLine: 2, firstAt: 0, lastAt: 4, fromStart: true, stamps: "printk" },
    ],
    [
      "a ring that has lost its start",
      "[   90.000000] x\n[   94.000000] y\n",
      { firstLine: 1, lastLine: 2, firstAt: 90, lastAt: 94, fromStart: false, stamps: "printk" },
    ],
    [
      "text without stamps",
      "x\n\ny\n",
      { firstLine: 1, lastLine: 3, firstAt: null, lastAt: null, fromStart: false, stamps: "none" },
    ],
    [
      "a wall clock's",
      "Mar 22 18:17:17 host kernel: x\n",
      { firstLine: 1, lastLine: 1, firstAt: null, lastAt: null, fromStart: false, stamps: "wall" },
    ],
    [
      "a journal's clock",
      "[    7.000000] host kernel: x\n[    8.000000] host kernel: y\n",
      { firstAt: 7, lastAt: 8, stamps: "journal" },
    ],
  ])("%s", (_what, text, covers) => {
    expect(bootIn(text).covers).toMatchObject(covers);
  });

  it("has lost nothing where it does not begin with the kernel's first line: it is an excerpt", () => {
    expect(bootIn("[   90.000000] x\n").gaps).toEqual([]);
    expect(bootIn(`[    0.000000] ${version}\n[   90.000000] x\n`).gaps).toEqual([]);
  });

  it("goes on to the end of a long log, whose lines are not all read", () => {
    const count = 30_000;
    const [boot] = bootsInPieces(`[    0.000000] ${version}\n${idleLines(count, 1)}`);
    expect(boot?.covers).toMatchObject({ firstLine: 1, lastLine: count + 1, firstAt: 0 });
    expect(Math.floor(boot?.covers?.lastAt ?? 0)).toBe(300);
  });
});

describe("entries that come from a journal file", () => {
  const entry = (message: string, more: object = {}): string =>
    `${JSON.stringify({ _TRANSPORT: "kernel", __MONOTONIC_TIMESTAMP: "7301000", _SOURCE_MONOTONIC_TIMESTAMP: "3250000", MESSAGE: message, ...more })}\n`;
  const bootOf = (...entries: readonly string[]): BootRecord | undefined =>
    bootsInPieces(entries.join(""), [], new LogReader("system.journal", { entries: true }))[0];

  it("have no lines, since a person sees none", () => {
    expect(bootOf(entry("x"), entry("random: crng init done"))).toMatchObject({
      file: "system.journal",
      covers: { firstLine: null, lastLine: null },
      readiness: { line: null, readyAt: 3.25, exact: true },
    });
  });

  it("are each reported, also several of one moment", () => {
    const names = ["a", "b", "c"];
    for (const more of [{}, { _SOURCE_MONOTONIC_TIMESTAMP: "0" }, { _SOURCE_MONOTONIC_TIMESTAMP: undefined }]) {
      const boot = bootOf(
        ...names.map((name) => entry(`random: ${name}: uninitialized urandom read (16 bytes read)`, more)),
      );
      expect(
        boot?.earlyUses.map(({ name }) => name),
        JSON.stringify(more),
      ).toEqual(names);
    }
  });

  it("have the journal's stamp where the kernel's is missing, and the clock's where both are", () => {
    expect(
      bootOf(entry("random: crng init done", { _SOURCE_MONOTONIC_TIMESTAMP: undefined }))?.readiness,
    ).toMatchObject({ readyAt: 7.301, notAfter: 7.301, exact: false, noted: { clock: "monotonic", seconds: 7.301 } });
    const byClock = { _SOURCE_MONOTONIC_TIMESTAMP: undefined, __MONOTONIC_TIMESTAMP: undefined };
    expect(
      bootOf(
        entry("x", { ...byClock, __REALTIME_TIMESTAMP: "1000000" }),
        entry("random: crng init done", { ...byClock, __REALTIME_TIMESTAMP: "4000000" }),
      )?.readiness,
    ).toMatchObject({ readyAt: null, noted: { clock: "wall", seconds: 3 } });
  });
});

describe("deep in a long log", () => {
  const idle = idleLines(30_000);

  it("messages are found, and boots are separated", () => {
    const boots = bootsInPieces(
      `[    0.000000] ${version}\n${idle}[  900.000000] random: crng init done\n${idleLines(9, 900)}[    0.000000] ${newerVersion}\n[    0.250001] random: crng init done\n`,
    );
    expect(facts(boots)).toEqual([
      [release, 1, 30_011, 900],
      [newer, 30_012, 30_013, 0.250001],
    ]);
  });

  it("boots are separated by stamps that run back, and their words read", () => {
    const boots = bootsInPieces(
      `[    0.000000] ${version}\n${idle}[    1.000000] x\n[    2.000000] fips mode: enabled\n`,
    );
    expect(facts(boots)).toEqual([
      [release, 1, 30_001, null],
      [null, 30_002, 30_003, null],
    ]);
    expect(boots[1]?.fips).toBe(true);
  });

  it("stamps that run back to somewhere after the last line that was read are another boot too", () => {
    const boots = bootsInPieces(
      `[    0.000000] ${version}\n${idleLines(60_000)}[  400.000000] x\n[  401.000000] random: crng init done\n`,
    );
    expect(facts(boots)).toEqual([
      [release, 1, 60_001, null],
      [null, 60_002, 60_003, 401],
    ]);
  });

  it.each([
    ["a version line", `[    0.000000] ${newerVersion}\n[    0.000000] fips mode: enabled\n`],
    [
      "the journal's mark",
      `-- Reboot --\nMar 22 18:17:17 host kernel: ${newerVersion}\nMar 22 18:17:17 host kernel: fips mode: enabled\n`,
    ],
    [
      "the journal's mark and lines before the version line",
      `-- Boot ${"a".repeat(32)} --\nMar 22 18:17:17 host kernel: microcode: x\nMar 22 18:17:17 host kernel: ${newerVersion}\nMar 22 18:17:17 host kernel: fips mode: enabled\n`,
    ],
  ])("what a kernel says only as it starts is read after %s", (_what, start) => {
    const boots = bootsInPieces(`[    0.000000] ${version}\n${idle}${start}`);
    expect(boots.map(({ kernel, fips }) => [kernel.release, fips])).toEqual([
      [release, null],
      [newer, true],
    ]);
  });

  it("each mark of the journal begins a boot", () => {
    const boots = bootsInPieces(`${idle}${"-- Reboot --\nx\n".repeat(20)}`);
    expect(boots).toHaveLength(21);
  });
});

describe("tasks that waited", () => {
  const report = log`
    [  242.000000] INFO: task systemd-random-:412 blocked for more than 120 seconds.
    [  242.000001]       Not tainted 5.10.0-32-amd64 #1
    [  242.000002] "echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
    [  242.000003] task:systemd-random- state:D stack:    0 pid:  412 ppid:     1 flags:0x00000000
    [  242.000004] Call Trace:
    [  242.000005]  __schedule+0x282/0x880
    [  242.000006]  schedule+0x46/0xb0
    [  242.000007]  wait_for_random_bytes+0x6b/0x90
    [  242.000008]  __x64_sys_getrandom+0x6a/0xc0
    [  242.000009]  do_syscall_64+0x30/0x40
  `;
  const waits = [{ pid: 412, comm: "systemd-random-", interface: "getrandom", evidence: "hung-task", line: 2 }];

  it("are read from a hung task's report, with the line on which it starts", () => {
    expect(bootIn(`[    0.000000] ${version}\n${report}`).waits).toMatchObject(waits);
    expect(bootIn(`[    0.000000] ${version}\r\n${report.replaceAll("\n", "\r\n")}`).waits).toMatchObject(waits);
  });

  it("are read from a report deep in a long log", () => {
    const [boot] = bootsInPieces(`[    0.000000] ${version}\n${idleLines(24_000)}${report}`);
    expect(boot?.waits).toMatchObject([{ ...waits[0], line: 24_002 }]);
  });

  it("are read from a pasted stack, however its lines end", () => {
    const pasted = log`
      # cat /proc/412/stack
      [<0>] wait_for_random_bytes+0x6b/0x90
      [<0>] __x64_sys_getrandom+0x6a/0xc0
      [<0>] do_syscall_64+0x30/0x40
    `;
    for (const text of [pasted, pasted.replaceAll("\n", "\r\n")])
      expect(bootIn(text).waits, JSON.stringify(text.slice(-4))).toMatchObject([
        { pid: 412, interface: "getrandom", evidence: "stack" },
      ]);
  });

  it("are counted where there are too many to keep", () => {
    const count = 600;
    const text = Array.from({ length: count }, (_, index) =>
      report.replaceAll("412", String(1000 + index)).replaceAll("242.", `${242 + index}.`),
    ).join("");
    const [boot] = bootsInPieces(`${text}${"[99999.000000] usb 1-1: new device\n".repeat(6)}`);
    expect((boot?.waits.length ?? 0) + (boot?.dropped.waits ?? 0)).toBe(count);
  });
});

describe("a command line in quoted-printable", () => {
  const read = (echo: string): string | null =>
    bootIn(`[    0.000000] ${version}\n${echo}[    3.250000] random: crng init done\n`).kernel.commandLine;

  it("goes on with the next line where it ends softly, and only there", () => {
    expect(read("[    0.000001] Kernel command line: root=3D/dev/sda1 ro=\n quiet\n")).toBe("root=/dev/sda1 ro quiet");
    expect(read("[    0.000001] Kernel command line: root=3D/dev/sda1 ro=\n")).toBe("root=/dev/sda1 ro");
    expect(read("[    0.000001] Kernel command line: root=/dev/sda1 console=\n")).toBe("root=/dev/sda1 console=");
  });

  it("is reported where the log ends with it", () => {
    expect(
      bootIn(`[    0.000000] ${version}\n[    0.000001] Kernel command line: root=3D/dev/sda1 ro=\n`).kernel
        .commandLine,
    ).toBe("root=/dev/sda1 ro");
  });
});

describe("an entry that takes several lines", () => {
  const fields = {
    __MONOTONIC_TIMESTAMP: "7301000",
    _BOOT_ID: "a".repeat(32),
    _TRANSPORT: "kernel",
    _SOURCE_MONOTONIC_TIMESTAMP: "3250000",
    MESSAGE: "random: crng init done",
  };

  it("is read as `journalctl -o json-pretty` prints it, with its message's line", () => {
    expect(
      bootIn(`${JSON.stringify(fields, null, "\t")}\n${JSON.stringify({ ...fields, MESSAGE: "x" }, null, "\t")}\n`),
    ).toMatchObject({ readiness: { readyAt: 3.25, exact: true, line: 6 }, covers: { lastLine: 14 } });
  });

  it("is read as `journalctl -o verbose` prints it, with its message's line", () => {
    const boot = bootIn(log`
      Tue 2016-03-22 18:17:17.592123 UTC [s=1;i=2;b=3;m=6f67a8;t=4;x=5]
          _TRANSPORT=kernel
          _SOURCE_MONOTONIC_TIMESTAMP=3250000
          MESSAGE=random: crng init done
          _HOSTNAME=host
      Tue 2016-03-22 18:17:17.592124 UTC [s=1;i=3;b=3;m=6f67a9;t=4;x=5]
          _TRANSPORT=syslog
          MESSAGE=random: fast init done
                  random: crng init done
    `);
    expect(boot).toMatchObject({
      readiness: { readyAt: 3.25, exact: true, line: 4 },
      earlyInit: null,
      observed: { readyLines: [{ line: 4 }] },
    });
  });

  it("is read as `dmesg --json` prints it; a program's has another facility", () => {
    const boot = bootIn(log`
      {
         "dmesg": [
            {
               "pri": 5,
               "time":     3.250000,
               "msg": "random: crng init done"
            },{
               "pri": 13,
               "time":     4.000000,
               "msg": "random: fast init done"
            }
         ]
      }
    `);
    expect(boot).toMatchObject({
      readiness: { readyAt: 3.25, exact: true, line: 6 },
      earlyInit: null,
      covers: { lastAt: 4 },
    });
  });

  it.each([
    ["a brace alone", "{\n"],
    ["code that somebody pasted", 'int main(void)\n{\n  puts("x");\n'],
    ["an entry that is cut off", '{\n\t"MESSAGE" : "x",\n'],
    [
      "a verbose entry that is cut off before the journal's mark",
      "Tue 2016-03-22 18:17:17.592123 UTC [s=1;i=2;b=3;m=6f67a8;t=4;x=5]\n    _TRANSPORT=kernel\n-- Reboot --\n",
    ],
    [
      "a verbose entry that is cut off",
      "Tue 2016-03-22 18:17:17.592123 UTC [s=1;i=2;b=3;m=6f67a8;t=4;x=5]\n    _TRANSPORT=kernel\n",
    ],
  ])("hides no line after it where it is none: %s", (_what, before) => {
    const boots = bootsIn(`${before}[    0.000000] ${version}\n[    3.250000] random: crng init done\n`);
    expect(boots.at(-1)).toMatchObject({
      kernel: { release },
      readiness: { readyAt: 3.25, line: before.split("\n").length + 1 },
    });
  });
});

describe("the journal's export format", () => {
  const entry = (at: number, message: string): string =>
    `__CURSOR=s=${at}\n__REALTIME_TIMESTAMP=1458685037592123\n_BOOT_ID=${"a".repeat(32)}\n_TRANSPORT=kernel\n_SOURCE_MONOTONIC_TIMESTAMP=${at * 1e6}\nMESSAGE=${message}\n\n`;
  const text =
    entry(0, version) +
    entry(1.5, "random: dd: uninitialized urandom read (16 bytes read)") +
    entry(3.25, "random: crng init done");

  it("is known by its start, and its messages have their lines", () => {
    const [boot, ...more] = bootsInPieces(text);
    expect(more).toEqual([]);
    expect(boot).toMatchObject({
      bootId: "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
      kernel: { release },
      readiness: { readyAt: 3.25, exact: true, line: 20 },
      earlyUses: [{ name: "dd", at: 1.5, line: 13 }],
      covers: { firstLine: 6, lastLine: 20, firstAt: 0, lastAt: 3.25, fromStart: true, stamps: "printk" },
    });
  });

  it("is known however its bytes come", () => {
    const boots = bootsInPieces(text);
    for (const sizes of [[9], [10, 1], [64], [1], [3], [8, Infinity]])
      expect(bootsInPieces(text, sizes), `in pieces of ${sizes.join(", ")} bytes`).toEqual(boots);
  });
});

describe("a log in which nothing is", () => {
  it.each<[what: string, text: string, empty: boolean, boots: number]>([
    ["no byte", "", true, 0],
    ["a line end", "\n", false, 1],
    ["zeros", "\0\0\0\0", false, 1],
    ["words", "hello\nworld\n", false, 1],
    ["a mark", "-- Reboot --\n", false, 0],
    ["no entries", "-- No entries --\n", false, 0],
  ])("%s", (_what, text, empty, count) => {
    const reader = new LogReader("boot.log");
    const boots = bootsInPieces(text, [], reader);
    expect([reader.isEmpty, boots.length]).toEqual([empty, count]);
    for (const { readiness, file } of boots) expect([readiness.level, file]).toEqual(["unknown", "boot.log"]);
  });
});

describe("a message that a person typed with a blank in front of its colon", () => {
  it("is read, and no other text in front of such a colon", () => {
    const level = (text: string): string | undefined =>
      bootIn(log`
        Linux version 5.4.0 (x@y) #1 SMP
        ${text}
      `).readiness.level;
    expect(level("random : crng init done")).toBe("ready");
    expect(level("prandom : crng init done")).not.toBe("ready");
    expect(level("random : crng init done by the firmware")).not.toBe("ready");
  });
});
