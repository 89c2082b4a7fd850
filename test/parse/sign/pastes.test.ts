import { describe, expect, it } from "vitest";
import { LogSigns } from "../../../src/parse/sign/log-signs.ts";
import { Pastes } from "../../../src/parse/sign/pastes.ts";
import { ReportedWaits } from "../../../src/parse/sign/reported-waits.ts";

/** What these lines report, each on the next line of the log; null: a line of something else stands between. */
function pasted(...lines: readonly (string | null)[]) {
  const waits = new ReportedWaits();
  const pastes = new Pastes(waits);
  lines.forEach((text, index) => {
    if (text !== null) pastes.take(text, text.trim(), { line: index + 1, time: null, at: null });
  });
  return {
    pastes,
    waits: waits.with([]),
    open: pastes.open(),
    signs: pastes.signs().map(({ text, line }) => [line, text]),
  };
}

const unfinished = "getrandom(0x7ffe, 16, 0";
const stack = "[<ffffffff81400000>] wait_for_random_bytes+0x7c/0x90";

describe("Pastes: a stack without its task's name", () => {
  it("is of the program that the text names, at most six lines in front of it", () => {
    const waits = (between: number) =>
      pasted("I am looking at dockerd", ...Array<null>(between).fill(null), stack).waits.map(({ name }) => name);
    expect(waits(5)).toEqual(["dockerd"]);
    expect(waits(6)).toEqual([]);
  });

  it("reports a wait that goes on, on the stack's own line", () => {
    expect(pasted("I am looking at dockerd", stack).waits).toMatchObject([
      { by: "writer", name: "dockerd", line: 2, open: true, text: "I am looking at dockerd" },
    ]);
    expect(pasted("I am looking at dockerd", "[<ffffffff81400000>] do_wait+0x7c/0x90").waits).toEqual([]);
    expect(pasted(stack).waits).toEqual([]);
  });
});

describe("Pastes: systemd-analyze's tables without a slow unit", () => {
  const quick = (...lines: readonly string[]) => pasted(...lines).pastes.tables.quick;
  const blame = ["9.900s mailer.service", "8.000s fan.service", "10ms clock.service"];

  it("show the slowest one, of three and more", () => {
    expect(quick(...blame)).toEqual({ line: 1, unit: "mailer.service", seconds: 9.9 });
    expect(quick(...blame.slice(1))).toBeNull();
    expect(quick(...blame, "9.950s systemd-random-seed.service")).toBeNull();
    expect(quick(...blame, "10.000s indexer.service")).toBeNull();
    expect(quick(...blame, "graphical.target @31s", "└─multi-user.target @21s")).toBeNull();
  });

  it("do not explain a boot that took longer as a whole", () => {
    const whole = (parts: string) => quick(`Startup finished in ${parts} = 99s`, ...blame);
    expect(whole("9.900s (kernel) + 9.900s (initrd) + 29.900s (userspace)")).not.toBeNull();
    expect(whole("99s (firmware) + 3s (kernel) + 9s (userspace)")).not.toBeNull();
    expect(whole("10.000s (kernel) + 9s (userspace)")).toBeNull();
    expect(whole("1s (kernel) + 10.500s (initrd) + 9s (userspace)")).toBeNull();
    expect(whole("1s (kernel) + 1min 2.500s (userspace)")).toBeNull();
  });
});

describe("Pastes: a call of strace", () => {
  it("that has not returned is open until strace goes on with another", () => {
    expect(pasted('execve("/usr/sbin/sshd", ["sshd"], 0x1) = 0', unfinished).open).toMatchObject([
      { by: "strace", name: "sshd", line: 2, open: true, seconds: null, proof: "shown" },
    ]);
    expect(pasted(unfinished, 'read(3, "", 16) = 0').open).toEqual([]);
    expect(pasted(unfinished, '[pid  7] read(3, "", 16) = 0').open).toEqual([]);
    expect(pasted(unfinished, "a remark").open).toHaveLength(1);
    expect(pasted("getrandom(0x7ffe, 16, GRND_NONBLOCK").open).toEqual([]);
  });

  it("is of the program that a sentence names in front of it", () => {
    const of = (text: string) => pasted(text, unfinished).open.map(({ name }) => name);
    expect(of("I ended up running strace on indexer, which shows this:")).toEqual(["indexer"]);
    expect(of("I ran strace on it.")).toEqual([null]);
    expect(of("I ran indexer under strace.")).toEqual([null]);
  });

  it("is open while strace goes on with other threads, until its own returns or makes another", () => {
    const begun = "[pid  737] getrandom( <unfinished ...>";
    const open = (...rest: readonly string[]) => pasted(begun, ...rest).open.length;
    expect(open('[pid  738] read(3, "", 16) = 0', "[pid  738] <... nanosleep resumed> NULL) = 0")).toBe(1);
    expect(open("[pid  738] getrandom(0x7ffe, 16, 0) = 16 <0.000010>")).toBe(1);
    expect(open('[pid  737] <... getrandom resumed>"", 16, 0) = 16')).toBe(0);
    expect(open('[pid  737] read(3, "", 16) = 0')).toBe(0);
  });

  it("that took half a second is a wait with its length", () => {
    expect(pasted("getrandom(0x7ffe, 16, 0) = 16 <12.500000>").waits).toMatchObject([
      {
        name: null,
        line: 1,
        open: false,
        seconds: 12.5,
        proof: "shown",
        text: "strace shows getrandom() that took 12.5 s",
      },
    ]);
    expect(pasted("getrandom(0x7ffe, 16, 0) = 16 <0.000050>").waits).toEqual([]);
  });

  it("of the device is a likely wait", () => {
    expect(pasted("read(3</dev/random>, 0x7ffe, 16) = 16 <12.500000>").waits).toMatchObject([
      { proof: "likely", text: "strace shows a wait for /dev/random that took 12.5 s" },
    ]);
    expect(pasted("read(3</dev/random>, ").open).toMatchObject([
      { proof: "likely", text: "strace shows a wait for /dev/random that has not returned" },
    ]);
  });

  it("is a wait for /dev/random by the number that its open returned, until that is closed", () => {
    const opened = 'open("/dev/random", O_RDONLY) = 3';
    expect(pasted("$ strace keymaker", opened, "read(3, ").open).toMatchObject([
      { name: "keymaker", line: 3, proof: "likely", text: "strace shows a wait for /dev/random that has not returned" },
    ]);
    expect(pasted("$ strace keymaker", "select(4, [3], NULL, NULL, NULL", opened).open).toEqual([]);
    expect(pasted("$ strace keymaker", opened, "close(3) = 0", "read(3, ").open).toEqual([]);
    expect(pasted("$ strace keymaker", opened, "close(4) = 0", "read(3, ").open).toHaveLength(1);
  });

  it("may stand in a journal, after strace's name, with its process's number", () => {
    const signs = new LogSigns();
    const line = (text: string) =>
      ({ origin: "user", at: null, storedAt: null, wall: 7, wallForm: null, indent: 0, text }) as const;
    const traced = [
      'execve("/usr/bin/keyd", ["keyd"], 0x7ffd) = 0 <0.000310>',
      "getrandom(0x7ffe, 32, 0) = 32 <90.123456>",
    ];
    traced.forEach((text, index) => signs.take({ ...line(text), tag: "strace" }, index + 1, null));
    expect(signs.evidence().reportedWaits).toMatchObject([{ by: "strace", name: "keyd", line: 2, seconds: 90.123456 }]);
    const other = new LogSigns();
    traced.forEach((text, index) => other.take({ ...line(text), tag: "keyd" }, index + 1, null));
    expect(other.evidence().reportedWaits).toEqual([]);
  });

  it("that was refused shows where the CRNG was not ready", () => {
    expect(pasted("a", "getrandom(0x7ffe, 16, GRND_NONBLOCK) = -1 EAGAIN (…)").pastes.refusedLine).toBe(2);
    expect(pasted("getrandom(0x7ffe, 16, GRND_NONBLOCK) = 16").pastes.refusedLine).toBeNull();
  });

  it("is of the program whose number strace was attached to, by another command's words", () => {
    expect(pasted("# ps -p 412 -o comm=", "sshd", "# strace -p 412", unfinished).open).toMatchObject([
      { name: "sshd" },
    ]);
    expect(pasted("# strace -p 412", unfinished, "Main PID: 412 (sshd)").open).toMatchObject([{ name: "sshd" }]);
    expect(pasted("# ps -p 412 -o comm=", "it is slow", "# strace -p 412", unfinished).open).toMatchObject([
      { name: null },
    ]);
    expect(pasted("# ps -p 411 -o comm=", "sshd", "# strace -p 412", unfinished).open).toMatchObject([{ name: null }]);
  });
});

describe("Pastes: a shell's command", () => {
  it("is known to what it prints on the next three lines, and not further on", () => {
    const before = (command: string) => (line: number | null) =>
      pasted(command).pastes.commandBefore({ line, time: null, at: null });
    expect([1, 2, 4, 5, null].map(before("$ docker info"))).toEqual(["docker", "docker", "docker", null, null]);
    // Such a line may be a comment.
    expect([2, 3].map(before("# docker is slow"))).toEqual(["docker", null]);
    expect(pasted("a").pastes.commandBefore({ line: 2, time: null, at: null })).toBeNull();
  });
});

describe("Pastes: systemd-analyze's tables", () => {
  it("count their lines, and show how long the unit of the seed took where no other took ten seconds", () => {
    const { pastes } = pasted("2.500s systemd-random-seed.service", "9.900s sshd.service");
    expect([pastes.tables.lines, pastes.tables.seedTook]).toEqual([2, 2.5]);
    expect(pasted("2.500s systemd-random-seed.service", "10s sshd.service").pastes.tables.seedTook).toBeNull();
    expect(pasted("2.500s systemd-random-seed.service", "1s random-seed.service").pastes.tables.seedTook).toBe(2.5);
    expect(pasted("9.900s sshd.service").pastes.tables.seedTook).toBeNull();
  });

  it("show a wait of the seed's unit, unless two others beside it took half as long at least", () => {
    const waits = (...others: readonly string[]): number =>
      pasted("6.500s systemd-random-seed.service", ...others).pastes.tables.seedWaits().length;
    const [flush, sysctl] = ["9.876s systemd-journal-flush.service", "3.250s systemd-sysctl.service"];
    expect([waits(), waits(flush), waits(flush, sysctl)]).toEqual([1, 1, 0]);
    expect(waits(flush, "3.249s systemd-sysctl.service")).toBe(1);
    // What starts after the seed's unit, and may wait for its own bytes.
    expect(waits("9.876s sshd.service", "8.125s cloud-init.service")).toBe(1);
  });

  it("show the slowest unit from ten seconds on, the first of those that took as long", () => {
    expect(pasted("9.999s a.service").signs).toEqual([]);
    expect(pasted("10s a.service", "12s b.service", "12s c.service", "11s d.service").signs).toEqual([
      [2, "b.service took 12.0 s"],
    ]);
  });

  it("show the widest gap of ten seconds between two units of the chain, on the line of the later one", () => {
    expect(pasted("a.target @30s", "  b.service @15s +5s").signs).toEqual([
      [1, "10.0 s before a.target belong to no unit of the chain"],
    ]);
    expect(pasted("a.target @30s", "  b.service @15s +5.1s").signs).toEqual([]);
    expect(pasted("a.target @30s", null, "  b.service @15s +5s").signs).toEqual([]);
    expect(pasted("a.target @90s", "b.target @60s", "c.target @40s").signs).toEqual([
      [1, "30.0 s before a.target belong to no unit of the chain"],
    ]);
  });
});

describe("Pastes: a person's words", () => {
  it("report a wait where they complain that the CRNG takes long", () => {
    const waits = (text: string) => pasted(text).waits.map(({ by, name }) => [by, name]);
    expect(waits("The crng takes too long to initialize, and sshd is not there")).toEqual([["writer", null]]);
    expect(waits("the entropy pool of this board needs a very long time")).toEqual([["writer", null]]);
    expect(waits("It seems the slowdown is due to crng init")).toEqual([["writer", null]]);
    expect(waits("the crng never took too long here")).toEqual([]);
    expect(waits("the crng takes 4096 bits")).toEqual([]);
    expect(waits("Also getrandom() call blocks in the tiny test")).toEqual([["writer", null]]);
    expect(waits("getrandom() blocks if the pool is empty")).toEqual([]);
    expect(waits("getrandom() may block")).toEqual([]);
    expect(pasted("making key programs (including sshd) unusable").pastes.spokenOf).toBe("sshd");
    expect(pasted("making key programs (including ours) unusable").pastes.spokenOf).toBeNull();
  });

  it("report a wait, on one line or on two", () => {
    expect(pasted("sfdisk waits until the CRNG is ready").waits).toMatchObject([
      { by: "writer", name: "sfdisk", line: 1 },
    ]);
    expect(pasted("Now we know that sfdisk waits until", "the CRNG is ready").waits).toMatchObject([
      { by: "writer", name: "sfdisk", line: 2 },
    ]);
    expect(pasted("# sfdisk waits until the CRNG is ready").waits).toMatchObject([{ name: "sfdisk" }]);
  });

  it("report a delay with its length", () => {
    expect(pasted("balena starts 7 minutes later").waits).toMatchObject([{ name: "balena", seconds: 420 }]);
  });

  it("report how long the unit of the seed takes", () => {
    const text = "systemd-random-seed.service on my board is very slow, it takes around 3mins";
    expect(pasted(text).waits).toMatchObject([{ by: "writer", name: "systemd-random-seed.service", seconds: 180 }]);
    expect(pasted("systemd-random-seed.service does not take 3 minutes").waits).toEqual([]);
    expect(pasted("example.service on my board takes around 3mins").waits).toEqual([]);
  });

  it("mark where it hangs; the first mark is kept", () => {
    const [[, text = ""] = []] = pasted(`---> hangs here ${"x".repeat(300)}`).signs as readonly (readonly string[])[];
    expect(text).toHaveLength("marked in the log: ".length + 160);
    expect(pasted("a", "---> hangs here", "---> stuck here").signs).toEqual([[2, "marked in the log: hangs here"]]);
  });
});

describe("Pastes: output of gdb, ps and a JVM", () => {
  it("reports java where a JVM shows a thread that reads a seed, for as long as it says", () => {
    const read = "\tat java.io.FileInputStream.readBytes(Native Method)";
    const seed = "\tat sun.security.provider.SeedGenerator$URLSeedGenerator.getSeedBytes(SeedGenerator.java:5)";
    expect(pasted('"main" prio=5 runnable', read, seed).waits).toMatchObject([
      { by: "debugger", name: "java", line: 3, open: true, seconds: null },
    ]);
    expect(pasted("Thread main has been blocked for 3500 ms", read, seed).waits).toMatchObject([{ seconds: 3.5 }]);
  });

  it("reports it from a program's lines in a log as well", () => {
    const waits = new ReportedWaits();
    const pastes = new Pastes(waits);
    const now = { line: 7, time: null, at: null };
    for (const text of [
      "at java.io.FileInputStream.readBytes(Native Method)",
      "at sun.security.provider.NativePRNG$RandomIO.implGenerateSeed(NativePRNG.java:4)",
    ])
      pastes.takeLogged({ program: "example", text }, now);
    expect(waits.with([])).toMatchObject([{ by: "debugger", name: "java", line: 7 }]);
  });

  it("reports the program that gdb was attached to, in a call that has not returned", () => {
    expect(
      pasted('Thread 1 (Thread 0x7f1 (LWP 9) "openssl"):', "#0  0x00007f1 in getrandom () from libc.so.6").waits,
    ).toMatchObject([{ by: "debugger", name: "openssl", line: 2, open: true }]);
  });

  it("reports the task in whose row the kernel's wait stands", () => {
    expect(pasted("  412 ?  D  wait_for_random_bytes  /usr/sbin/sshd").waits).toMatchObject([
      { by: "wchan", name: "sshd", line: 1, open: true },
    ]);
  });
});

describe("ReportedWaits: each program's wait", () => {
  const wait = { by: "writer", line: 1, at: null, open: true, proof: "likely", text: "it waits" } as const;

  it("is one, with the longest that was reported and the first line", () => {
    const waits = new ReportedWaits();
    waits.add({ ...wait, name: "a", seconds: null });
    waits.add({ ...wait, name: "a", seconds: 7, line: 2, open: false });
    waits.add({ ...wait, name: "a", seconds: 5, line: 3 });
    waits.add({ ...wait, name: "b", seconds: null, line: 4 });
    expect(waits.with([]).map(({ name, seconds, line, open }) => [name, seconds, line, open])).toEqual([
      ["a", 7, 1, false],
      ["b", null, 4, true],
    ]);
    waits.add({ ...wait, by: "strace", name: "a", seconds: 1 });
    expect(waits.with([])).toHaveLength(3);
  });

  it("are 64 at most, with those of the log's end", () => {
    const waits = new ReportedWaits();
    for (let count = 0; count < 70; count++) waits.add({ ...wait, name: `a${count}`, seconds: null });
    expect(waits.with([]).length).toBe(64);
    waits.add({ ...wait, name: "a3", seconds: 9 });
    expect(waits.with([{ ...wait, name: "b", seconds: 1 }])).toHaveLength(64);
    expect(waits.with([]).find(({ name }) => name === "a3")?.seconds).toBe(9);
  });
});

describe("Pastes: what a report says of a hang without naming the CRNG", () => {
  const at = (line: number) => ({ line, time: null, at: null });

  it("is a wait where it lasts until the ready line that follows, with the time that the report speaks of", () => {
    const waits = (text: string, readyLine: number) => {
      const reported = new ReportedWaits();
      const pastes = new Pastes(reported);
      pastes.take(text, text, at(1));
      pastes.ready(at(readyLine));
      return reported.with([]).map(({ by, seconds }) => [by, seconds]);
    };
    const text = "For the first 4 minutes all applications hang until I see this in dmesg:";
    expect(waits(text, 3)).toEqual([["writer", 240]]);
    expect(waits(text, 9)).toEqual([]);
    expect(waits("All applications hang until I press a button", 3)).toEqual([]);
  });

  it("goes on though the CRNG is ready where it has no end, or follows the ready line", () => {
    const hang = (text: string) => pasted(text).pastes.hangAfterReady?.line ?? null;
    expect(hang("I left it like that for an hour.")).toBe(1);
    expect(hang("I waited up to 12 hours but it did not go on.")).toBe(1);
    expect(hang("It sat there for more than 2 hours")).toBe(1);
    expect(hang("I waited up to 12 minutes")).toBeNull();
    expect(hang("It hangs forever after random: crng init done")).toBe(1);
    expect(hang("It hangs for two hours until I plug a keyboard in")).toBeNull();
    expect(hang("It hangs for a minute")).toBeNull();
  });

  it("is ended by an experiment, which is no opinion", () => {
    const by = (text: string) => pasted(text).waits.map((wait) => wait.by);
    expect(by("It hangs, and moving the mouse a bit gives it enough events to unlock the boot.")).toEqual([
      "experiment",
    ]);
    expect(by("Installing haveged solved it.")).toEqual(["experiment"]);
    expect(by("It is slow because of missing entropy.")).toEqual(["writer"]);
    expect(by("Installing haveged did not help.")).toEqual([]);
  });

  it("has a cause that its writer found out, which is no opinion", () => {
    const by = (text: string) => pasted(text).waits.map((wait) => wait.by);
    for (const text of [
      "I reproduced it, and in fact it seems to be related to the lack of entropy of the guest.",
      "It turned out that there was not enough entropy on first boot.",
      "# Low entropy causes slow boot",
      "# libsodium times out at boot",
    ])
      expect(by(text)).toEqual(["experiment"]);
    for (const text of [
      "Maybe it turns out that there is not enough entropy.",
      "It turned out that it was not the lack of entropy.",
      "# Does low entropy cause a slow boot?",
      "# libsodium times out at the tests",
      "Low entropy slows things.",
    ])
      expect(by(text)).not.toContain("experiment");
  });

  it("says that something does not end", () => {
    const says = (text: string) => pasted(text).pastes.saysHang;
    expect(["That line takes forever.", "It hangs there", "It doesn't finish"].map(says)).toEqual([true, true, true]);
    expect(["It takes a while.", "I hung it there"].map(says)).toEqual([false, false]);
  });

  it("is blamed on entropy that is missing, unless that is denied", () => {
    const waits = (text: string) => pasted(text).waits.length;
    for (const text of [
      "It is related to the lack of entropy on this guest.",
      "The first boot suffers from entropy starvation.",
      "There is not enough entropy, so it takes some time.",
      'It hangs for 3 minutes at "Starting indexer", and goes on until crng init done is printed.',
    ])
      expect(waits(text)).toBe(1);
    for (const text of ["Entropy is a measure of disorder.", "It is not a lack of entropy.", "low entropy might do it"])
      expect(waits(text)).toBe(0);
  });

  it("mentions a program by its name, of which the kernel keeps 15 characters", () => {
    const { pastes } = pasted("The disk-unlocker-agent and keyd are slow.", "No fakeroot");
    expect(pastes.mentions("keyd")).toBe(true);
    expect(pastes.mentions("key")).toBe(false);
    expect(pastes.mentions("disk-unlocker-a")).toBe(true);
    expect(pastes.mentions("disk-unlocker")).toBe(false);
    expect(pastes.mentions("fakeroot")).toBe(true);
  });

  it("names the program that starts late, and no other word", () => {
    const spokenOf = (...text: readonly string[]) => pasted(...text).pastes.spokenOf;
    expect(spokenOf("The file-indexer wasn't starting quickly.")).toBe("file-indexer");
    expect(spokenOf("And nginx takes several minutes.")).toBe("nginx");
    expect(spokenOf("On some boards it could take nginx several minutes.")).toBe("nginx");
    expect(spokenOf("It takes nginx as a proxy.")).toBeNull();
    expect(spokenOf("I see that nginx waits for it.")).toBe("nginx");
    expect(spokenOf("The bootloader hangs, and consistently hangs")).toBeNull();
    expect(spokenOf("The activation is long; it runs", "`secrets-install`.")).toBe("secrets-install");
    expect(spokenOf("The system takes several minutes, and is starting slowly")).toBeNull();
  });
});
