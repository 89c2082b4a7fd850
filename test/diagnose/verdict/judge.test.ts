import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../src/core/boot-record.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import type { ReportedBy } from "../../../src/core/sign.ts";
import type { Verdict } from "../../../src/core/verdict.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { judge, ruleNames } from "../../../src/diagnose/verdict/judge.ts";
import { LogReader } from "../../../src/parse/log/log-reader.ts";
import { extent, fips, pool, readyLine, wait } from "../../support/records/evidence-of.ts";
import { aRecorder } from "../../support/records/full-record.ts";
import { ruleCases } from "./rule-cases.ts";

/** The verdict on the one boot of a log of these lines. */
function verdictOn(...lines: readonly string[]): Verdict {
  const reader = new LogReader("boot.log");
  reader.push(Buffer.from(`${lines.join("\n")}\n`));
  const [boot] = reader.end();
  return diagnose(boot ?? emptyRecord()).verdict;
}

function verdictOf(...evidence: readonly Evidence[]): Verdict {
  return diagnose(fold(emptyRecord(), evidence).record).verdict;
}

const version = "[    0.000000] Linux version 6.9.3-100.fc40.x86_64 (mockbuild@builder) #1 SMP PREEMPT_DYNAMIC";
const ready = (at: string): string => `[${at.padStart(12)}] random: crng init done`;

describe("judge: accuses", () => {
  it("a task whose wait was recorded, by name and length", () => {
    const verdict = verdictOf(wait(2, 31.5, { pid: 612, comm: "gpgv", to: 33.5 }), readyLine(33.4));
    expect(verdict).toMatchObject({ crng: "cause", strength: "shown", waiters: [{ name: "gpgv", seconds: 31.5 }] });
    expect(verdict.sentence).toMatch(/^Blocked on the CRNG: .*gpgv.* 31\.5/);
  });

  it("a thread of a JVM, a program in OpenSSL and a task in a table, with what each waits for", () => {
    const read = "at java.io.FileInputStream.readBytes(Native Method)";
    const seed = "at sun.security.provider.SeedGenerator$URLSeedGenerator.getSeedBytes(SeedGenerator.java:5)";
    expect(verdictOn('"main" prio=5 nid=0x44 runnable', read, seed).sentence).toBe(
      "Likely blocked on the CRNG: java waiting for random bytes (line 3)",
    );
    expect(
      verdictOn("#0  0x0000003312345678 in select ()", "#1  0x0000000000412345 in wait_random_seeded ()").sentence,
    ).toBe("Likely blocked on the CRNG: a program waiting for random bytes (line 2)");
    expect(verdictOn("4711 root S 0.0 0:00.62 keymaker random_read.part.12").sentence).toBe(
      "Likely blocked on the CRNG: keymaker waiting for /dev/random, which has not returned (line 1)",
    );
  });

  it("no task that waited for a few milliseconds", () => {
    expect(verdictOf(wait(0.2, 0.004, { to: 0.204 }), readyLine(0.203)).crng).not.toBe("cause");
  });

  it("systemd-random-seed by its own words", () => {
    const verdict = verdictOn(
      version,
      "[    2.104211] systemd-random-seed[231]: Kernel entropy pool is not initialized yet, waiting until it is.",
      ready("78.201211"),
    );
    expect(verdict).toMatchObject({ crng: "cause", waiters: [{ name: "systemd-random-seed.service", line: 2 }] });
  });

  it("with the unit that would have given the kernel entropy, and that systemd left out", () => {
    const on = (unit: string): Verdict =>
      verdictOn(
        version,
        "[    3.100000] systemd[1]: sysinit.target: Found ordering cycle on local-fs.target/start",
        `[    3.100200] systemd[1]: sysinit.target: Job ${unit}/start deleted to break ordering cycle starting with sysinit.target/start`,
        "[    3.200000] systemd[1]: Starting Load/Save Random Seed...",
        ready("83.400000"),
        "[   83.410000] systemd[1]: Finished Load/Save Random Seed.",
      );
    const leftOut = on("haveged.service");
    expect(leftOut.crng).toBe("cause");
    expect(leftOut.because.at(-1)).toMatchObject({ line: 3, text: expect.stringContaining("haveged.service") });
    const other = on("example.service");
    expect(other.because.map(({ line }) => line)).not.toContain(3);
    expect(other.lookAt).toContainEqual(expect.objectContaining({ line: 3 }));
  });

  it("nothing by likely evidence where a line that is cut off begins as a fault", () => {
    const lines = [version, "[    8.000000] keymaker[311]: waiting for entropy"];
    expect(verdictOn(...lines, "[   19.000000] mmc0: Timeout", ready("61.000000")).crng).toBe("cause");
    expect(verdictOn(...lines, "[   19.000000] mmc0: Timeout waiting for hardwar", ready("61.000000")).rule).toBe(
      "disputed",
    );
  });

  it("no unit that was done while the CRNG was still not ready, unless 'fast init done' may have released it", () => {
    const seed = "systemd-random-seed.service - Load/Save OS Random Seed";
    const done = (at: string, ...more: readonly string[]): Verdict =>
      verdictOn(
        version,
        `[    2.000000] systemd[1]: Starting ${seed}...`,
        ...more,
        `[   ${at}] systemd[1]: Finished ${seed}.`,
        "[   30.500000] usb 1-1: new high-speed USB device number 3 using xhci_hcd",
        ready("41.200000"),
        "[   41.300000] usb 1-2: new high-speed USB device number 4 using xhci_hcd",
      );
    expect(done("30.000000").crng).not.toBe("cause");
    expect(done("30.000000", "[   29.900000] random: fast init done").rule).toBe("unit-suggests");
  });

  it("a unit that went on after readiness for the time until then, and no longer", () => {
    const seed = "systemd-random-seed.service - Load/Save OS Random Seed";
    const told = verdictOn(
      version,
      `[    2.000000] systemd[1]: Starting ${seed}...`,
      ready("41.200000"),
      `[   55.000000] systemd[1]: Finished ${seed}.`,
    );
    expect(told).toMatchObject({ crng: "cause", strength: "likely", waiters: [{ seconds: 39.2 }] });
    expect(told.sentence).toContain("systemd-random-seed.service for 39.2 s, ");
  });

  it("systemd-random-seed of the boot that runs, by systemd's own stamps", () => {
    const boot = (name: string, startedAt: number, doneAt: number | null): Evidence => ({
      kind: "unit-times",
      initrdAt: null,
      userspaceAt: 2,
      finishedAt: 70,
      units: [
        { name, startedAt, doneAt, after: [] },
        { name: "cron.service", startedAt: 40, doneAt: 60.9, after: [] },
      ],
      silences: null,
    });
    const seed = "systemd-random-seed.service";
    const verdict = verdictOf(readyLine(61), boot(seed, 3, 61.4));
    expect(verdict).toMatchObject({ crng: "cause", strength: "shown", rule: "unit-reports" });
    expect(verdict.lookAt.map(({ text }) => text)).toEqual(["systemd-random-seed.service took 58.4 s"]);
    expect(verdict.sentence).toBe(
      "Blocked on the CRNG: systemd-random-seed.service for 58.0 s, which finished as soon as it was ready; the CRNG became ready at 61.000 s",
    );
    expect(verdictOf(readyLine(61), boot("sshd-keygen@rsa.service", 3, 61.4))).toMatchObject({
      strength: "likely",
      rule: "unit-suggests",
    });
    // Done before it, long after it, not at all, started with it; and one that draws no random bytes.
    const others = [boot(seed, 3, 60.9), boot(seed, 3, 62.1), boot(seed, 3, null), boot(seed, 60.5, 61.1)];
    for (const units of [...others, boot("cron-keeper.service", 3, 61.4)])
      expect(verdictOf(readyLine(61), units).rule).toBe("late-and-waits-unknown");
  });

  it("no unit by its stamps, where the recorder recorded the whole boot, or readiness has no exact time", () => {
    const units: Evidence = {
      kind: "unit-times",
      initrdAt: null,
      userspaceAt: 2,
      finishedAt: 70,
      units: [{ name: "systemd-random-seed.service", startedAt: 3, doneAt: 61.1, after: [] }],
      silences: null,
    };
    expect(verdictOf(readyLine(61), units, { kind: "recorder", ...aRecorder({ problem: null }) }).rule).toBe(
      "nobody-waited",
    );
    expect(verdictOf(pool(60.5, 4), pool(61, 256), units).crng).toBe("undecided");
  });

  describe("systemd-random-seed in the journal with monotonic stamps, whose host's name stands before each program's", () => {
    const boot = (readyAt: string, doneAt: string, between: readonly string[] = []): Verdict =>
      verdictOn(
        ...[
          "[    7.665529] lab kernel: Linux version 6.12.1-1-amd64 (builder@host) #1 SMP",
          "[    7.665700] lab systemd[1]: systemd 257 running in system mode",
          "[    7.665800] lab systemd[1]: Starting systemd-random-seed.service - Load/Save OS Random Seed...",
          "[   10.473000] lab systemd[1]: Finished systemd-tmpfiles-setup-dev.service - Create Static Device Nodes.",
          `[   ${readyAt}] lab kernel: random: crng init done`,
          ...between,
          `[   ${doneAt}] lab systemd[1]: Finished systemd-random-seed.service - Load/Save OS Random Seed.`,
          "[   14.084817] lab systemd[1]: Reached target multi-user.target - Multi-User System.",
        ].toSorted((a, b) => (a.slice(0, 14) < b.slice(0, 14) ? -1 : 1)),
      );

    it("is blocked where it finishes right after readiness, whatever others print in between", () => {
      const others = Array.from(
        { length: 12 },
        (_, n) => `[   10.5340${10 + n}] lab systemd[1]: Starting x${n}.service...`,
      );
      for (const verdict of [boot("10.532733", "10.548168"), boot("10.532733", "10.548168", others)])
        expect(verdict).toMatchObject({
          rule: "unit-reports",
          waiters: [{ name: "systemd-random-seed.service", line: 3 }],
        });
    });

    it("rules nothing out if the journal stored the ready line later than the unit's end", () => {
      expect(boot("10.532733", "10.531000").crng).toBe("undecided");
      expect(boot("10.532733", " 8.000000").crng).not.toBe("cause");
    });
  });

  it("a silence that ends at 'crng init done' and goes on at once, only as likely", () => {
    const verdict = verdictOn(
      version,
      "[    2.100000] systemd[1]: Starting Load/Save Random Seed...",
      "[    2.300000] systemd[1]: Mounted /boot.",
      ready("94.100000"),
      "[   94.200000] systemd[1]: Started OpenSSH server daemon.",
      "[   94.300000] systemd[1]: Reached target Multi-User System.",
    );
    expect(verdict.crng).toBe("cause");
    expect(verdict.sentence).toContain("94.1");
  });
});

describe("judge: rules out the CRNG", () => {
  it("where the kernel's FIPS generator serves callers, and names who queued for that", () => {
    const queue = wait(7, 2.867, { pid: 1, comm: "systemd", generator: "drbg", to: 9.867 });
    const verdict = verdictOf(fips(true), pool(31, 40), queue);
    expect(verdict).toMatchObject({ crng: "innocent", strength: "shown", rule: "served-by-fips-generator" });
    expect(verdict.sentence).toMatch(
      /^The CRNG delayed nothing: .*; PID 1 \(systemd\) waited 2\.867 s for the kernel's FIPS generator$/,
    );
    expect(verdictOf(fips(true), pool(31, 40), queue, wait(3, 20, { pid: 700, to: 23 })).crng).toBe("cause");
  });

  it("by a hung task in the queue of that generator", () => {
    const verdict = verdictOn(
      version,
      "[  368.774035] INFO: task keygen:2210 blocked for more than 122 seconds.",
      "[  368.774735] task:keygen          state:D stack:0     pid:2210  tgid:2210  ppid:1      flags:0x00000002",
      "[  368.774750] Call Trace:",
      "[  368.774755]  <TASK>",
      "[  368.774760]  __schedule+0x32f/0x810",
      "[  368.774770]  schedule+0x2b/0xa0",
      "[  368.774780]  __mutex_lock.constprop.0+0x2d1/0x770",
      "[  368.774790]  crypto_devrandom_read_iter+0xde/0x1e0",
      "[  368.774800]  __x64_sys_getrandom+0x9f/0x120",
      "[  368.774810]  </TASK>",
    );
    expect(verdict).toMatchObject({ crng: "innocent", rule: "served-by-fips-generator" });
    expect(verdict.sentence).toMatch(/FIPS generator.*keygen\[2210\] waited at least 122/);
  });

  it("where the CRNG was ready before user space, and points at the root device", () => {
    const verdict = verdictOn(
      version,
      ready("0.412000"),
      "[    2.200000] Run /init as init process",
      '[    2.900000] VFS: Cannot open root device "UUID=77" or unknown-block(0,0): error -6',
      "[    2.910000] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
    );
    expect(verdict).toMatchObject({ crng: "innocent", strength: "shown" });
    expect(verdict.lookAt.map(({ line }) => line)).toEqual(expect.arrayContaining([4]));
  });

  it("points at dracut's time-out where the last line before it is the CRNG's", () => {
    const verdict = verdictOn(
      version,
      ready("3.012000"),
      "[  134.200000] dracut-initqueue[411]: Warning: dracut-initqueue: timeout, still waiting for following initqueue hooks:",
      "[  196.400000] dracut-initqueue[411]: Warning: Could not boot.",
    );
    expect(verdict.crng).toBe("innocent");
    expect(verdict.lookAt[0]?.line).toBeGreaterThanOrEqual(3);
  });

  it("where the kernel only reseeded: it was ready before", () => {
    const verdict = verdictOn("[ 9120.400000] PM: resume", "[ 9120.500000] random: crng reseeded on system resumption");
    expect(verdict).toMatchObject({ crng: "innocent", strength: "shown" });
  });

  it("live, with the recorder complete: no task waited", () => {
    const verdict = verdictOf(readyLine(0.11), {
      kind: "recorder",
      armed: true,
      sees: "waits",
      seesFipsGenerator: false,
      recording: true,
      events: 0,
      problem: null,
      registers: true,
    } as Evidence);
    expect(verdict).toMatchObject({ crng: "innocent", strength: "shown" });
    expect(verdict.sentence).toMatch(/0\.11/);
  });
});

describe("judge: of a console", () => {
  it("names the step that lasts until the CRNG is ready, where the next one follows at once", () => {
    const verdict = verdictOn(
      version,
      "[    4.721658] usb 1-1: new high-speed USB device number 3 using xhci_hcd",
      "starting the volume manager...",
      ready("9.948977"),
      "checking the file system",
    );
    expect(verdict).toMatchObject({ crng: "cause", strength: "likely", rule: "step-ends-at-ready" });
    expect(verdict.waiters).toEqual([{ name: "the volume manager", line: 3, seconds: null }]);
  });

  it("does not name a step that ends half a second before the CRNG is ready", () => {
    const verdict = verdictOn(
      version,
      "[    4.721658] usb 1-1: new high-speed USB device number 3 using xhci_hcd",
      "starting the volume manager...",
      ready("5.148977"),
      "checking the file system",
    );
    expect(verdict.crng).not.toBe("cause");
  });

  it("accuses no CRNG of a kernel that has no getrandom(), nor rules out that of RHEL 7", () => {
    const poolLine = "[   50.400000] random: nonblocking pool is initialized";
    const old = "[    0.000000] Linux version 3.13.0-24-generic (x@y) #46 SMP";
    expect(verdictOn(old, poolLine)).toMatchObject({ crng: "innocent", rule: "kernel-without-getrandom" });
    const rhel = "[    0.000000] Linux version 3.10.0-1160.el7.x86_64 (x@y) #1 SMP";
    expect(verdictOn(rhel, ready("50.4"))).toMatchObject({ crng: "undecided" });
  });

  it("reads the first lines of a log without the kernel's stamps as the kernel's first lines", () => {
    const host = "Sep 03 20:47:46 h1 kernel:";
    expect(
      verdictOn(`${host} Linux version 6.19.10 (x@y) #1 SMP`, `${host} random: crng init done`, `${host} NET: up`),
    ).toMatchObject({ crng: "innocent", rule: "ready-before-user-space" });
    expect(
      verdictOn(`${host} Linux version 6.1.0 (x@y) #1 SMP`, "Sep 03 20:51:46 h1 kernel: random: crng init done").crng,
    ).toBe("undecided");
  });
});

describe("judge: of a log that ends in a warning of the kernel's", () => {
  const lines = (behind: number): readonly string[] => [
    version,
    "[    1.950000] random: systemd: uninitialized urandom read (16 bytes read)",
    "[    9.000000] WARNING: CPU: 0 PID: 1 at drivers/gpu/drm/drm_atomic.c:1200",
    ...Array.from(
      { length: behind },
      (_, index) => `[    9.${String(index + 1).padStart(6, "0")}] usb 1-1: line ${index}`,
    ),
  ];

  it("is about that warning where it stands within 80 lines of the end, and no further up", () => {
    expect([80, 81].map((behind) => verdictOn(...lines(behind)).rule)).toEqual(["log-is-about-a-warning", "not-shown"]);
  });
});

describe("judge: decides nothing", () => {
  it("of a log that shows neither readiness nor trouble", () => {
    expect(verdictOn("[    1.000000] usb 1-1: new high-speed USB device number 2 using xhci_hcd").crng).toBe(
      "undecided",
    );
  });

  it("where the CRNG was late and no wait was observed, and says what would", () => {
    const verdict = verdictOf(extent(90), readyLine(61));
    expect(verdict.crng).toBe("undecided");
    expect(verdict.sentence).toMatch(/^Undecided whether the CRNG delayed this boot: /);
  });

  it("where most of a short boot is a silence of user space that ends as it becomes ready", () => {
    const lines = [version, "[    0.090000] Run /init as init process", ready("3.910000"), "Welcome, and press Enter"];
    expect(verdictOn(...lines).crng).toBe("undecided");
    const atWork = "[    3.500000] agent[1]: loading";
    expect(verdictOn(...lines.toSpliced(2, 0, atWork)).crng).toBe("innocent");
  });

  it("of a record of which nothing is known", () => {
    expect(verdictOf()).toMatchObject({ crng: "undecided", strength: null, waiters: [], lookAt: [], remedies: [] });
  });
});

describe("ruleNames: every rule of the verdict", () => {
  const ids = ruleNames.map(({ id }) => id);

  it("has a name of its own, a meaning in one clause, and a strength where it decides", () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const { crng, strength, means } of ruleNames) {
      expect(strength === null).toBe(crng === "undecided");
      expect(means).toMatch(/^[a-z'][^\n|]+[^.]$/);
    }
  });

  it("is there for each way in which a log reports a wait", () => {
    const ways: Readonly<Record<ReportedBy, true>> = {
      "own-words": true,
      unit: true,
      "systemd-analyze": true,
      strace: true,
      debugger: true,
      wchan: true,
      writer: true,
      experiment: true,
    };
    for (const way of Object.keys(ways))
      expect(ids.filter((id) => id === `${way}-reports` || id === `${way}-suggests`)).not.toEqual([]);
  });

  it("has a record in which it decides, and one that nearly does", () => {
    expect(Object.keys(ruleCases).toSorted()).toEqual(ids.toSorted());
  });

  it.each(ruleNames)(
    "$id decides its own record and not the one that differs in a detail",
    ({ id, crng, strength }) => {
      const { fires, near, nearRule } = ruleCases[id] ?? fail(id);
      expect(judge(fires)).toMatchObject({ rule: id, crng, strength });
      expect(judge(near).rule).toBe(nearRule);
    },
  );
});

function fail(id: string): never {
  throw new Error(`no case for the rule ${id}`);
}

describe("a verdict", () => {
  it("is one line whatever strangers wrote", () => {
    const verdict = verdictOf(wait(2, 31.5, { comm: "evil\n\u001b[31m", to: 33.5 }), readyLine(33.4));
    expect(verdict.sentence.split("\n").length).toBeLessThanOrEqual(2);
    expect(verdict.lookAt.length).toBeLessThanOrEqual(3);
  });
});

describe("judge: a silence that ends as the CRNG becomes ready", () => {
  const udev = "[  134.968344] udevd[51]: starting version 3.2.5";
  const kernelOnly = [
    "[   28.271974] random: fast init done",
    "[   29.044367] e1000 0000:00:08.0 eth1: Intel(R) PRO/1000 Network Connection",
    ready("134.643987"),
    udev,
  ];

  it("counts in the kernel's lines alone where it is long and a program goes on with it", () => {
    expect(verdictOn(...kernelOnly)).toMatchObject({ crng: "cause", strength: "likely" });
  });

  it("counts at a log's end where it is long", () => {
    const lines = (at: string): readonly string[] => ["[    1.390000] dracut: opening the disk", ready(at)];
    expect(verdictOn(...lines("6.730000")).crng).toBe("cause");
    expect(verdictOn(...lines("6.330000")).crng).toBe("undecided");
  });

  it("does not count there where the kernel waits for its root device", () => {
    expect(verdictOn("[   28.1] Waiting for root device /dev/sda2...", ...kernelOnly).crng).not.toBe("cause");
  });

  it("does not count if a passphrase is requested: typing makes the CRNG ready", () => {
    const asked = [...kernelOnly.slice(0, 2), "Please unlock disk sda3_crypt: ", ...kernelOnly.slice(2)];
    expect(verdictOn(...asked).crng).toBe("undecided");
  });

  it("is measured by the wall clock where the lines before have that alone", () => {
    const verdict = verdictOn(
      "Jul 28 02:28:08 box ntpd[823]: new interface found: waking up resolver",
      "Jul 28 02:28:30 box timesyncd[450]: Synchronised to time server",
      "Jul 28 02:30:52 box kernel: [  176.541601] random: crng init done",
      "Jul 28 02:30:52 box zram[504]: Setting up swapspace version 1",
    );
    expect(verdict).toMatchObject({ crng: "cause", strength: "likely" });
    expect(verdict.sentence).toContain("142.0 s");
  });

  it("names the program that speaks right before it and right after it, but not PID 1", () => {
    const lines = (program: string): readonly string[] => [
      version,
      "[    2.100000] systemd[1]: systemd 247.3 running in system mode",
      `[    6.671425] ${program}[102]: Creating a key ...`,
      ready("142.610335"),
      `[  142.652491] ${program}[102]: Creating a key; done.`,
    ];
    expect(verdictOn(...lines("once")).waiters).toMatchObject([{ name: "once" }]);
    expect(verdictOn(...lines("systemd")).waiters).toEqual([]);
  });
});

describe("judge: who likely waited in such a silence", () => {
  const between = (before: string, ...behind: readonly string[]): Verdict =>
    verdictOn(version, "[    2.100000] systemd[1]: systemd 247.3 running", before, ready("142.610335"), ...behind);
  const cron = "[  142.700000] crond[204]: started";

  it.each([
    ["the step that an init program begins", "[    6.671425] procd: - netbus -", cron, "netbus"],
    ["the unit that PID 1 starts", "[    6.671425] systemd[1]: Starting Foo Daemon...", cron, "Foo Daemon"],
    ["its own name where the line has it", "[    6.6] systemd[1]: Starting foo.service - Foo...", cron, "foo.service"],
    ["else the first program that continues", "[    6.671425] systemd[1]: Mounted /boot.", cron, "crond"],
    [
      "else the first unit that is done",
      "[    6.671425] systemd[1]: Mounted /boot.",
      "[  142.700000] systemd[1]: Finished Key Maker.",
      "Key Maker",
    ],
  ])("is %s", (_, before, behind, name) => {
    const verdict = between(before, behind);
    expect(verdict).toMatchObject({ crng: "cause", strength: "likely", waiters: [{ name }] });
    expect(verdict.sentence).toContain(`the task that waited is likely ${name}`);
  });

  it("is the step begun before it, though the kernel alone printed lines after that", () => {
    const step = "[    8.778422] procd: - ubus -";
    const device = "[   12.100000] usb 1-1: new high-speed USB device number 2 using xhci_hcd";
    const next = "[  229.500000] procd: - init -";
    expect(verdictOn(step, device, ready("229.400000"), next).waiters).toMatchObject([{ name: "ubus", line: 1 }]);
    const other = step.replace("- ubus -", "ubus is up");
    expect(verdictOn(other, device, ready("229.400000"), next).waiters).not.toMatchObject([{ name: "ubus" }]);
  });

  it("is the step into whose line the kernel printed that it is ready", () => {
    const before = "[    9.310000] fec 2188000.ethernet eth0: Link is Up - 100Mbps/Full - flow control off";
    const lines = (...others: readonly string[]) =>
      verdictOn(
        "[    1.1] Run /sbin/init as init process",
        before,
        ...others,
        `Starting sshd: ${ready("131.2")}`,
        "OK",
      );
    expect(lines()).toMatchObject({ crng: "cause", strength: "likely", waiters: [{ name: "sshd" }] });
    // It is not known when that step began.
    expect(lines("Starting network: OK").crng).toBe("undecided");
  });

  it("is the only program that read random bytes right before it, where the first program starts the next after it", () => {
    const lines = (reader: string, seconds: string, ...more: readonly string[]): Verdict =>
      verdictOn(
        "[    1.538064] fec 2188000.ethernet eth0: PHY [example-0:00] driver [Example PHY]",
        "init started: BusyBox v1.36.1 ()",
        "[    1.656488] fec 2188000.ethernet eth0: configuring for phy/rmii link mode",
        ...more,
        `[   10.846450] random: ${reader}: uninitialized urandom read (1024 bytes read)`,
        ready(seconds),
        "starting pid 150, tty '/dev/ttyS0': '/sbin/getty 115200 ttyS0'",
      );
    expect(lines("timed", "18.680486")).toMatchObject({
      rule: "console-continues-at-ready",
      waiters: [{ name: "timed" }],
    });
    const other = "[   10.839565] random: keyd: uninitialized urandom read (3 bytes read)";
    expect(lines("timed", "18.680486", other)).toMatchObject({ crng: "cause", waiters: [{ name: "timed" }] });
    // Nearly every boot runs it, so that the silence must be most of the boot.
    expect(lines("mount", "18.680486").crng).toBe("undecided");
    expect(lines("mount", "28.680486")).toMatchObject({ crng: "cause", waiters: [] });
    expect(lines("timed", "12.680486").crng).not.toBe("cause");
  });

  it("is the program that says so itself, not the first one that continues", () => {
    const verdict = between("[    6.671425] genkeys[99]: waiting in getrandom", cron);
    expect(verdict.waiters).toMatchObject([{ name: "genkeys" }]);
  });

  it.each([
    ["a logger, which speaks for others", "[  142.700000] rsyslogd[88]: imklog started"],
    ["a subsystem of the kernel's", "[  142.700000] NFSD: Using /var/lib/nfs as the state directory"],
  ])("is not %s", (_, behind) => {
    const verdict = between("[    6.671425] NFSD: tracking is old", behind);
    expect(verdict).toMatchObject({ crng: "cause", waiters: [] });
    expect(verdict.sentence).toContain("which task waited is not recorded");
  });

  it("does not arise where what follows may be a new device's line", () => {
    expect(between("[    6.6] systemd[1]: Mounted /boot.", "[  142.7] usb 1-1: new device").crng).toBe("undecided");
  });
});

describe("judge: a console's line without a time after the ready line", () => {
  const lines = ["[    0.044120] Run /init as init process", ready("4.127331"), "agent: control plane is up"];

  it("accuses where log and console were silent until then, and names its program", () => {
    const verdict = verdictOn(...lines);
    expect(verdict).toMatchObject({ crng: "cause", strength: "likely", waiters: [{ name: "agent", line: 3 }] });
  });

  it.each([
    ["the console had a line before it", lines.toSpliced(1, 0, "agent: loading")],
    ["the line is a person's remark", lines.with(2, "Note: it hangs here")],
    ["the silence is short", lines.with(1, ready("2.100000"))],
    [
      "most of the boot came before the silence",
      lines.with(0, "[    9.04] Run /init as init process").with(1, ready("12.12")),
    ],
  ])("does not accuse where %s", (_, changed) => {
    expect(verdictOn(...changed).crng).not.toBe("cause");
  });
});

describe("judge: a console's status line on a running job", () => {
  const job = (name: string, ran: string): string => `[  *** ] A start job is running for ${name} (${ran} / 9min 45s)`;

  it("accuses where the job is that of the seed, which waits until the CRNG is ready", () => {
    const verdict = verdictOn(job("Load/Save Random Seed", "2s"), job("Load/Save Random Seed", "1min 6s"));
    expect(verdict).toMatchObject({
      crng: "cause",
      waiters: [{ name: "systemd-random-seed.service (Load/Save Random Seed)", seconds: 66 }],
    });
  });

  it("reads such a line that a mail has broken in two, and a shortened name", () => {
    const lines = ["[**    ] (2 of 2) A start job is running for…Save Random Seed", "(54s / 10min 13s)"];
    expect(verdictOn(...lines)).toMatchObject({ crng: "cause", waiters: [{ seconds: 54 }] });
    expect(verdictOn(lines[0] ?? "", "and then", lines[1] ?? "").crng).not.toBe("cause");
  });

  it.each([
    ["Load/Save Random Seed", "2s"],
    ["Wait until snapd is fully seeded", "4min 1s"],
  ])("does not accuse by a job for '%s' that ran for %s", (name, ran) => {
    expect(verdictOn(job(name, ran)).crng).not.toBe("cause");
  });
});

describe("judge: a panic that a report's heading quotes", () => {
  const log = ["```", version, "[    0.000000] NX (Execute Disable) protection: active"];
  const panic = "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)";

  it("is what the log is about", () => {
    expect(verdictOn(`# ${panic}`, ...log)).toMatchObject({ crng: "innocent", lookAt: [{ line: 1, kind: "panic" }] });
  });

  it("is none where a heading only speaks of panics", () => {
    expect(verdictOn("# How I read a kernel panic", ...log).crng).toBe("undecided");
  });
});

describe("judge: a long start of the seed's unit", () => {
  const lines = (until: string): readonly string[] => [
    "Aug 29 16:58:22 box systemd[1]: Starting systemd-random-seed.service - Load/Save Random Seed...",
    "Aug 29 16:58:23 box systemd[1]: Starting systemd-sysctl.service - Apply Kernel Variables...",
    "Aug 29 16:58:24 box systemd[1]: Starting systemd-sysusers.service - Create System Users...",
    `Aug 29 ${until} box systemd[1]: Finished systemd-sysctl.service - Apply Kernel Variables.`,
    `Aug 29 ${until} box systemd[1]: Finished systemd-sysusers.service - Create System Users.`,
    "Aug 29 17:00:56 box systemd[1]: Finished systemd-random-seed.service - Load/Save Random Seed.",
  ];

  it("likely is a wait, and is not said to end with a readiness that the log does not show", () => {
    const { crng, sentence } = verdictOn(...lines("16:58:24"));
    expect(crng).toBe("cause");
    expect(sentence).toContain("for 154.0 s (2 min 34 s), a unit that waits for the CRNG (line 1)");
  });

  it("is none where all units are slow", () => expect(verdictOn(...lines("17:00:25")).crng).toBe("undecided"));
});

describe("judge: rules the CRNG out", () => {
  it("not by a quick unit of the seed where systemd-analyze shows that another one took long", () => {
    const blame = (other: string): Verdict =>
      verdictOn(` ${other} sshd.service`, "     163ms systemd-random-seed.service");
    expect(blame("2.310s")).toMatchObject({ crng: "innocent", strength: "likely" });
    expect(blame("45.310s").crng).toBe("undecided");
  });

  it("where the server of the root file system does not answer any more, but not of another server", () => {
    const lines = [
      "[   12.410020] VFS: Mounted root (nfs filesystem) readonly on device 0:18.",
      ready("13.000212"),
      "[  194.002110] nfs: server 192.0.2.10 not responding, still trying",
    ];
    expect(verdictOn(...lines)).toMatchObject({ crng: "innocent", rule: "trouble-stops-the-boot" });
    expect(verdictOn(...lines).lookAt[0]).toMatchObject({ line: 3, kind: "root-device" });
    expect(verdictOn(...lines, "[  200.0] nfs: server 192.0.2.10 OK").rule).not.toBe("trouble-stops-the-boot");
    expect(verdictOn(...lines.slice(1)).rule).not.toBe("trouble-stops-the-boot");
  });

  it("points at the device that dracut misses before the time-out that follows from it", () => {
    const verdict = verdictOn(
      ready("3.012000"),
      "[  134.2] dracut-initqueue[411]: Warning: dracut-initqueue timeout - starting timeout scripts",
      "[  196.4] dracut-initqueue[411]: Warning: Could not boot.",
      "[  196.5] dracut-initqueue[411]: Warning: /dev/mapper/vg-root does not exist",
    );
    expect(verdict.lookAt.slice(0, 2)).toMatchObject([{ line: 4, kind: "root-device" }, { line: 2 }]);
  });

  it("points at the end of a log that shows nothing else, where the boot did not get into user space", () => {
    const lines = [version, "[    0.100000] Memory: 882640K/917504K available"];
    expect(verdictOn(...lines)).toMatchObject({ crng: "undecided", lookAt: [{ line: 2 }] });
    const whole = [version, ready("0.2"), "[    0.300000] systemd[1]: Detected architecture x86-64."];
    expect(verdictOn(...whole)).toMatchObject({ crng: "innocent", lookAt: [] });
  });

  it("points at a stack whose report's head is lost, but at none of a task's", () => {
    const stack = ["[    2.234504] Call Trace:", "[    2.235345]  trace_hardirqs_on+0x40/0x140"];
    expect(verdictOn(...stack).lookAt).toMatchObject([{ line: 1, kind: "other" }]);
    const head = "[    2.234] task:agent           state:S stack:0     pid:733   ppid:1      flags:0x00000002";
    expect(verdictOn(head, ...stack).lookAt.filter(({ text }) => text.includes("beginning"))).toEqual([]);
  });

  it("does not say that a log ends as the machine goes to sleep where that wakes up again", () => {
    const lines = ["[   10.0] PM: suspend entry (deep)", "[   11.0] sd 0:0:0:0: [sda] Stopping disk"];
    const kinds = (...more: readonly string[]): readonly string[] =>
      verdictOn(...lines, ...more).lookAt.map(({ kind }) => kind);
    expect(kinds()).toContain("shutdown");
    expect(kinds("[   12.0] PM: suspend exit")).not.toContain("shutdown");
  });

  it("reads a stamp with blanks within its brackets", () => {
    expect(verdictOn("[ 1.39 ] dracut: opening the disk", "[ 2.73 ] random: crng init done").crng).toBe("innocent");
  });

  it("a CRNG whose ready line stands among the kernel's first messages, in an excerpt without its beginning", () => {
    const lines = [
      "Nov 07 19:22:18 pve kernel: DMAR: IOMMU enabled",
      "Nov 07 19:22:18 pve kernel: random: crng init done",
      "Nov 07 19:22:18 pve kernel: Dentry cache hash table entries: 4194304 (order: 13, 33554432 bytes, linear)",
    ];
    expect(verdictOn(...lines)).toMatchObject({ crng: "innocent", rule: "ready-before-user-space" });
    expect(verdictOn(...lines.slice(0, 2)).crng).toBe("undecided");
  });

  it("not by a log that is read upwards: the line above came later", () => {
    const lines = [
      "nov 05 03:42:01 box systemd-timesyncd[568]: Synchronised to time server",
      "nov 05 03:41:30 box kernel: random: crng init done",
      "nov 05 03:40:02 box systemd[1]: Started Bar.",
    ];
    expect(verdictOn(...lines).crng).toBe("undecided");
  });

  it("a CRNG whose ready line stands among the firmware's memory map, but not one before a mount", () => {
    const lines = (behind: string): readonly string[] => [
      "touko 05 09:18:59 box kernel: NX (Execute Disable) protection: active",
      "touko 05 09:18:59 box kernel: random: crng init done",
      `touko 05 09:18:59 box kernel: ${behind}`,
    ];
    const map = "efi: Remove mem71: MMIO range=[0xf0000000-0xf7ffffff] (128MB) from e820 map";
    expect(verdictOn(...lines(map))).toMatchObject({ crng: "innocent", rule: "ready-before-user-space" });
    expect(verdictOn(...lines("efivars: registered")).crng).toBe("undecided");
  });

  it("where the log is about a warning of the kernel's after the ready line, but not before it", () => {
    const report = "UBSAN: array-index-out-of-bounds in drivers/foo/bar.c:483:21";
    expect(verdictOn(ready("41.829295"), `[   46.866069] ${report}`).crng).toBe("innocent");
    expect(verdictOn(`[   40.866069] ${report}`, ready("41.829295")).crng).toBe("undecided");
  });

  it("not where the seed's unit finishes right after the ready line and its start is not shown", () => {
    const lines = (unit: string): readonly string[] => [
      "[    7.200000] systemd[1]: systemd 250 running in system mode",
      "[    8.126029] eth0: Link is Down",
      ready("8.599399"),
      `[  OK  ] Finished ${unit}.`,
    ];
    expect(verdictOn(...lines("Load/Save Random Seed")).crng).toBe("undecided");
    expect(verdictOn(...lines("Update is Completed")).crng).toBe("innocent");
  });
});

describe("judge: reads reports", () => {
  it("counts a sentence that blames the CRNG for the slow boot, if that was late", () => {
    const blame = "This image boots very slowly due to crng init:";
    const lines = [blame, "[   33.846080] vout: disabling", ready("136.918242")];
    expect(verdictOn(...lines)).toMatchObject({ crng: "cause", strength: "likely", waiters: [] });
    expect(verdictOn(...lines.with(0, "This image does not boot slowly due to crng init")).crng).toBe("undecided");
    expect(verdictOn(...lines.with(2, ready("36.918242"))).crng).toBe("cause");
    expect(verdictOn(...lines.with(1, "[    1.8] vout: disabling").with(2, ready("3.9"))).crng).not.toBe("cause");
  });

  it("names the program that the text in front of a bare stack is about", () => {
    const stack = [
      "[<0000000000000000>] wait_for_random_bytes+0x8c/0xbb",
      "[<0000000000000000>] SyS_getrandom+0x68/0x83",
    ];
    const end = "[<0000000000000000>] 0xffffffffffffffff";
    const verdict = verdictOn("I was able to look at dockerd. Its stack:", ...stack, end);
    expect(verdict).toMatchObject({ crng: "cause", strength: "shown", waiters: [{ name: "dockerd" }] });
    expect(verdict.sentence).toContain("the log names dockerd");
    expect(verdictOn("I was able to look at it. Its stack:", ...stack, end).waiters).toMatchObject([
      { name: "a task" },
    ]);
  });

  it("points at the line on which a person marks that it hangs", () => {
    const lines = ["sd 0:0:0:0: [sda] Attached SCSI disk", "---> hangs here for 2 minutes", "eth0: Link is Up"];
    expect(verdictOn("[    1.000000] usb 1-1: new device", ...lines).lookAt).toContainEqual({
      line: 3,
      kind: "silence",
      text: "marked in the log: hangs here for 2 minutes",
    });
    expect(verdictOn(...lines.with(1, "it never hangs")).lookAt.map(({ kind }) => kind)).not.toContain("silence");
  });

  it("finds a program's message that prose quotes", () => {
    const quoted = 'the journal says "Kernel entropy pool is not initialized yet, waiting until it is." each time';
    expect(verdictOn(quoted).crng).toBe("cause");
    expect(verdictOn(quoted.replace("not initialized yet", "initialized")).crng).not.toBe("cause");
  });
  it.each([
    ["a command looks it up", ["# cat /proc/$(pidof proxyd)/stack"], []],
    ["ps lists it", ["# cat /proc/812/stack"], ["    812 ?        Ss     0:00 /usr/sbin/proxyd -D"]],
    ["systemctl shows it", ["# cat /proc/812/stack"], ["   Main PID: 812 (proxyd)"]],
  ])("names the task of a stack where %s", (_, before, behind) => {
    const stack = ["[<0>] wait_for_random_bytes.part.0+0xa0/0x120", "[<0>] __x64_sys_getrandom+0x6f/0x90"];
    const verdict = verdictOn(...before, ...stack, "[<0>] do_syscall_64+0x5b/0x1a0", ...behind);
    expect(verdict).toMatchObject({ crng: "cause", strength: "shown", waiters: [{ name: "proxyd" }] });
  });

  it.each([
    [
      "by its number",
      ["# strace -f -p 812", "getrandom( <unfinished ...>", "# ps -p 812 -o comm=", "proxyd"],
      "proxyd",
    ],
    ["by its name", ["# strace -p $(pgrep -x proxyd)", "getrandom( <unfinished ...>"], "proxyd"],
  ])("names the process that strace is attached to %s", (_, lines, name) => {
    expect(verdictOn(...lines).waiters).toMatchObject([{ name }]);
  });

  it("names no process by what another number's command prints", () => {
    const lines = ["# strace -f -p 812", "getrandom( <unfinished ...>", "# ps -p 813 -o comm=", "proxyd"];
    expect(verdictOn(...lines)).toMatchObject({ crng: "cause", waiters: [] });
  });

  it("regards units in back-ticks that hang during boot as waiters if the CRNG was late", () => {
    const text = "\x60disk-uuid.service\x60 and \x60verity.service\x60 block for a long time during first boot.";
    const verdict = (at: string): Verdict =>
      verdictOn(text, "[    3.039142] IPv6: eth0: link becomes ready", ready(at));
    expect(verdict("106.660290")).toMatchObject({
      crng: "cause",
      waiters: [{ name: "disk-uuid.service, verity.service" }],
    });
    expect(verdict("4.660290").crng).not.toBe("cause");
  });

  it("names the program of the shell's prompt that says that it waits", () => {
    const words = "crypto/rand: blocked for 60 seconds waiting to read random data from the kernel";
    expect(verdictOn("$ docker info", words).waiters).toMatchObject([{ name: "docker" }]);
    expect(verdictOn(words).waiters).toMatchObject([{ name: "a Go program" }]);
  });
});

describe("judge: a line of which only the second by the wall clock is known", () => {
  const rule = (second: number): string => {
    const stamp = `Mar 22 18:17:${second} host kernel:`;
    return verdictOn(
      "Mar 22 18:17:17 host kernel: Linux version 5.10.0 (a@b) (gcc) #1 SMP",
      "Mar 22 18:17:17 host kernel: Command line: quiet",
      `${stamp} random: crng init done`,
      `${stamp} usb 1-1: new device`,
    ).rule;
  };

  it("is before user space at most one second after the first line, and not at two", () => {
    expect([17, 18].map(rule)).toEqual(["ready-before-user-space", "ready-before-user-space"]);
    expect(rule(19)).not.toBe("ready-before-user-space");
  });
});

describe.each<[form: string, stamp: (second: number) => string]>([
  ["syslog", (second) => `Nov 28 10:00:${second}`],
  ["ISO 8601 with an offset", (second) => `2026-11-28T10:00:${second}+01:00`],
  ["ISO 8601 in UTC", (second) => `2026-11-28T10:00:${second}Z`],
])("judge: a log with the wall clock's stamps alone, %s", (_form, stamp) => {
  const says = (second: number, text: string): string => `${stamp(second)} host ${text}`;
  const started = [
    says(10, "kernel: Linux version 6.1.0-1-amd64 (a@b) (gcc) #1 SMP"),
    says(10, "kernel: Command line: quiet"),
    says(11, "systemd[1]: Started foo."),
    says(11, "kernel: usb 1-1: new device"),
  ];
  const done = says(40, "kernel: random: crng init done");

  it("has its moments as times of day, because such a clock's seconds count from no boot", () => {
    const silent = verdictOn(...started, done, says(40, "systemd[1]: Started bar."));
    expect(silent.sentence).toContain(
      "the log is silent for 29.0 s until the CRNG becomes ready at 10:00:40 by the log's clock",
    );
    const unknown = verdictOn(...started.filter((line) => line.includes("kernel")), done);
    expect(unknown.sentence).toContain("it became ready at 10:00:40 by the log's clock (line 4)");
    for (const { sentence, because } of [silent, unknown])
      for (const text of [sentence, ...because.map((reason) => reason.text)]) expect(text).not.toMatch(/\d{5}/);
  });

  it("makes no unit's likely wait out of those seconds, where user space ran on until it was ready", () => {
    const { crng } = verdictOn(
      ...started,
      says(12, "systemd[1]: Starting sshd-keygen.service - OpenSSH key generation..."),
      says(12, "kernel: random: crng init done"),
      says(13, "systemd[1]: Started bar."),
      says(13, "systemd[1]: Reached target Basic System."),
    );
    expect(crng).not.toBe("cause");
  });
});

describe("judge: what shows that a boot went on", () => {
  const init = "[    1.200000] systemd[1]: systemd 247.3 running in system mode.";
  const seed = "[    1.300000] systemd[1]: Starting Load/Save Random Seed...";
  const early = "[    1.400000] random: systemd: uninitialized urandom read (16 bytes read)";
  const next = "[    3.510000] systemd[1]: Started D-Bus System Message Bus.";

  it("is not the CRNG's own line, nor a new device: a silence of user space stays one", () => {
    const fast = "[    2.500000] random: fast init done";
    const verdict = verdictOn(version, init, seed, early, fast, ready("3.500000"), next);
    expect(verdict).toMatchObject({ crng: "cause", strength: "likely" });
    expect(verdict.sentence).toContain("silent, but for the CRNG's own lines, for 2.100 s");
    const device = "[    3.400000] usb 1-1: new high-speed USB device number 3 using xhci_hcd";
    expect(verdictOn(version, init, early, device, ready("3.500000"), next).rule).not.toBe(
      "ready-while-the-boot-went-on",
    );
  });

  it("rules nothing out as shown while a unit that draws a seed or makes keys has not finished", () => {
    const mounted = "[    3.400000] systemd[1]: Mounted /boot.";
    const verdict = (...lines: readonly string[]): string | null =>
      verdictOn(version, init, ...lines, mounted, ready("3.500000"), next).strength;
    expect(verdict(seed)).not.toBe("shown");
    expect(verdict(seed.replace("Load/Save Random Seed", "OpenSSH Server Key Generation"))).not.toBe("shown");
    expect(verdict(seed, "[    1.400000] systemd[1]: Finished Load/Save Random Seed.")).toBe("shown");
  });

  it("ends where the log is silent after readiness: that silence is where to look", () => {
    const verdict = (at: string): Verdict =>
      verdictOn(
        version,
        init,
        "[    3.300000] systemd[1]: Mounted /boot.",
        ready("3.500000"),
        next,
        `[   ${at}] eth0: up`,
      );
    expect(verdict("64.510000").sentence).toMatch(/look at line 5: a silence of 61\.0 s begins here$/);
    expect(verdict("64.510000").sentence).not.toContain("no pause");
    expect(verdict(" 4.510000").sentence).not.toContain("silence");
  });
});

describe("judge: a device that fails again and again up to the log's end", () => {
  const fault = (at: number): string => `[    ${at}.511579] mmc1: error -110 whilst initialising SD card`;
  const faults = [1, 2, 3, 4].map((at) => fault(at));

  it("likely is what the log is about, unless programs read random bytes before the CRNG was ready", () => {
    expect(verdictOn(...faults)).toMatchObject({ crng: "innocent", rule: "log-is-about-a-warning" });
    expect(verdictOn(...faults.slice(1)).crng).toBe("undecided");
    const early = "[    0.950000] random: systemd: uninitialized urandom read (16 bytes read)";
    expect(verdictOn(early, ...faults).crng).toBe("undecided");
  });
});

describe("judge: a silence in which the CRNG becomes ready", () => {
  it("resumes with it where a console's program prints a line without a time next", () => {
    const lines = (...console: readonly string[]): Verdict =>
      verdictOn(
        "[    5.011629] init: - preinit -",
        "[    5.862348] usb 1-1.3: new full-speed USB device number 3 using xhci-hcd",
        ready("8.502352"),
        ...console,
        "[   12.680206] mount_root: loading kmods from internal overlay",
      );
    expect(lines()).toMatchObject({ crng: "innocent", rule: "late-and-nobody-waited" });
    expect(lines("Failed to find a device").crng).toBe("undecided");
    // The kernel's count of warnings in between is no news, and the rest of a line that a mail broke is nothing new.
    const count = "[    8.502368] random: 2 urandom warning(s) missed due to ratelimiting";
    expect(lines(count, "Failed to find a device").crng).toBe("undecided");
    expect(lines("[   11.331373] hub 1-1:1.0: a line that goes on in US=", "B2 mode").crng).toBe("innocent");
  });

  it("does not resume with it where the kernel's lines show that a program had just brought an interface up", () => {
    const lines = (last: string): Verdict =>
      verdictOn(
        `[   12.518811] ${last}`,
        ready("12.738745"),
        "[   16.607624] mac0 ff540000.ethernet eth0: Link is Up - 1Gbps/Full - flow control rx/tx",
      );
    expect(lines("mac0 ff540000.ethernet eth0: configuring for phy/rgmii link mode").crng).toBe("innocent");
    expect(lines("mac0 ff540000.ethernet eth0: Link is Up - 1Gbps/Full").crng).toBe("undecided");
  });
});

describe("judge: a boot that was over before the CRNG was ready", () => {
  const init = "[    1.200000] systemd[1]: systemd 247.3 running in system mode.";
  const over = (last: string, ...behind: readonly string[]): Verdict =>
    verdictOn(version, init, last, ready("90.002311"), ...behind);

  it.each([
    ["a login prompt", "box login: "],
    ["systemd's last target", "[  OK  ] Reached target Multi-User System."],
    ["systemd's sum", "[   12.1] systemd[1]: Startup finished in 3.105s (kernel) + 9.020s (userspace) = 12.125s."],
    ["a user's session", "[   12.1] systemd-logind[311]: New session c1 of user anna."],
    ["procd's end", "[   12.1] procd: - init complete -"],
  ])("likely lost nothing by it: %s", (_, line) => {
    expect(over(line)).toMatchObject({ crng: "innocent", strength: "likely", rule: "boot-was-over" });
  });

  it("is recognised by the prompt after which the kernel's line was printed", () => {
    const verdict = verdictOn(version, init, "box login: [   90.002311] random: crng init done");
    expect(verdict).toMatchObject({ crng: "innocent", rule: "boot-was-over" });
  });

  it("is recognised by a shell's prompt in front of the ready line alone, where nothing goes on after it", () => {
    const atShell = (front: string, ...after: readonly string[]): Verdict =>
      verdictOn(version, init, `${front}[   90.002311] random: crng init done`, ...after);
    expect(atShell("~ # ")).toMatchObject({ crng: "innocent", rule: "boot-was-over" });
    expect(atShell("~ # ", "", "~ # ls").rule).toBe("boot-was-over");
    expect(atShell("~ # ", "[   90.100000] procd: - init -").crng).not.toBe("innocent");
    expect(atShell("~ # ", "Please press Enter to activate this console.").crng).not.toBe("innocent");
    expect(atShell("~ # exit").crng).not.toBe("innocent");
    expect(atShell("# ").crng).not.toBe("innocent");
  });

  it.each([
    ["a target on the way", "[  OK  ] Reached target Basic System."],
    ["a shell, as an initramfs opens one", "root@(none):/# "],
    ["a greeter's session", "[   12.1] systemd-logind[311]: New session c1 of user gdm."],
    ["a user manager's sum", "[   12.1] systemd[1276]: Startup finished in 85ms."],
  ])("is not shown by %s", (_, line) => expect(over(line).rule).not.toBe("boot-was-over"));

  it.each([
    ["a program goes on at that moment", ["[   90.1] sshd[612]: Server listening on 0.0.0.0 port 22."]],
    ["a console goes on at that moment", ["Generating SSH host keys: done"]],
    ["a unit finishes then", ["[  OK  ] Started OpenBSD Secure Shell server."]],
  ])("is not ruled out where %s", (_, behind) => expect(over("box login: ", ...behind).crng).not.toBe("innocent"));

  it("is not ruled out where a unit timed out before: the boot may have gone on only because of that", () => {
    const late = "[   92.1] sshd-keygen.service: start operation timed out. Terminating.";
    const timedOut = [version, init, late.replace("92.1", "62.1").replace("sshd-keygen", "systemd[1]: sshd-keygen")];
    expect(verdictOn(...timedOut, "box login: ", ready("90.002311")).crng).not.toBe("innocent");
  });
});

describe("judge: a console that stands at its shell when the CRNG becomes ready", () => {
  const shell = [
    version,
    "[    8.512126] Run /sbin/init as init process",
    "box login: root",
    "# uname -r",
    "# [   19.942026] random: crng init done",
  ];

  it("goes on with nothing where a person types the next command, or a block of code ends", () => {
    for (const behind of [["# poweroff"], ["root@box:~# reboot"], ["```"], ["", "# poweroff", "```"]])
      expect(verdictOn(...shell, ...behind).rule).toBe("boot-was-over");
  });

  it("may go on where a program prints right after it", () => {
    expect(verdictOn(...shell, "Starting sshd: OK").rule).not.toBe("boot-was-over");
  });
});

describe("judge: a long silence right after readiness", () => {
  const lines = [
    version,
    "[    0.000000] random: crng init done",
    "[    0.900000] system 00:00: [mem 0xfec00000-0xfec01fff] could not be reserved",
    "[    1.800000] Run /sbin/init as init process",
    "[    1.900000] stty (140) used greatest stack depth: 11888 bytes left",
  ];

  it("is the first place to look at, as the sentence says, before small errors of devices", () => {
    const { sentence, lookAt } = verdictOn(
      ...lines,
      "[  331.900000] udevd (145) used greatest stack depth: 11000 bytes left",
    );
    expect(sentence).toMatch(/look at line 5: a silence of 330\.0 s .*begins here$/);
    expect(lookAt[0]).toMatchObject({ line: 5, kind: "silence" });
    expect(lookAt[1]).toMatchObject({ line: 3, kind: "device" });
  });

  it("is none where the log goes on", () => {
    expect(
      verdictOn(...lines, "[    2.100000] udevd (145) used greatest stack depth: 11000 bytes left").lookAt[0],
    ).toMatchObject({
      line: 3,
    });
  });
});

describe("judge: the unit that draws the seed", () => {
  const status = (seed: string, ...between: readonly string[]): readonly string[] => [
    "[    8.215327] systemd-journald[77]: Received client request to flush runtime journal.",
    seed,
    ...between,
    ready("11.618575"),
    "[  OK  ] Started Load/Save Random Seed.",
  ];
  const others = ["[  OK  ] Started udev Kernel Device Manager.", "[  OK  ] Started Network Time Synchronization."];
  const starts = "         Starting Load/Save Random Seed...";

  it("likely waited where others pass it on a console without times, and it is done right after readiness", () => {
    expect(verdictOn(...status(starts, ...others))).toMatchObject({
      crng: "cause",
      strength: "likely",
      waiters: [{ name: "systemd-random-seed.service (Load/Save Random Seed)", seconds: null }],
    });
    expect(verdictOn(...status(starts.replace("Random Seed", "Backlight"), ...others)).crng).not.toBe("cause");
    expect(verdictOn(...status(starts, ...others.slice(1))).crng).not.toBe("cause");
  });

  it("does not rule the CRNG out by failing: the wait may be why", () => {
    const lines = (unit: string): readonly string[] => [
      version,
      "[    1.950000] random: systemd: uninitialized urandom read (16 bytes read)",
      `[    9.000000] systemd[1]: Failed to start ${unit}.`,
    ];
    expect(verdictOn(...lines("Load/Save Random Seed")).crng).toBe("undecided");
    expect(verdictOn(...lines("Network Manager")).crng).toBe("innocent");
  });

  it("is not reported as unfinished if journald has taken PID 1's lines out of the kernel's log", () => {
    const pid1 = (at: string, text: string): string => `[    ${at}] systemd[1]: ${text}`;
    const lines = (last: string): readonly string[] => [
      version,
      pid1("9.700000", "Starting Load/Save Random Seed..."),
      pid1("9.800000", "Mounted FUSE Control File System."),
      pid1("9.900000", "Finished Create System Users."),
      pid1("9.950000", last),
      "[   12.015246] EXT4-fs (mmcblk0p1): mounted filesystem with ordered data mode. Opts: (null)",
      ready("32.738745"),
    ];
    expect(verdictOn(...lines("Started Journal Service.")).crng).toBe("undecided");
    expect(verdictOn(...lines("Started Login Service.")).crng).toBe("cause");
  });
});

describe("judge: another wait that the log shows", () => {
  const job = (name: string): string => `[**    ] A start job is running for ${name} (1min 50s / no limit)`;

  it("likely rules the CRNG out where it is for a device, also in a mail's lines", () => {
    for (const lines of [
      [job("dev-sda9.device")],
      ["[**    ] A start job is running for dev-sda9.device (1min 50s=", " / no limit)"],
    ])
      expect(verdictOn("[    1.102715] usb 1-1: new device", ...lines)).toMatchObject({
        crng: "innocent",
        strength: "likely",
        rule: "unit-waits-for-something-else",
        lookAt: [{ kind: "device" }],
      });
  });

  it("does not where the seed's unit was slow as well, which by a console still ran after readiness", () => {
    const named = (name: string): string => `[**    ] (3 of 4) Job ${name}/start running (12s / 10min 1s)`;
    const lines = (...jobs: readonly string[]): Verdict =>
      verdictOn(
        "[  OK  ] Finished example-fan.service - Fan.",
        "[  OK  ] Finished example-users.service - Users.",
        "[  OK  ] Finished example-mail.service - Mail.",
        ready("16.877233"),
        ...jobs,
      );
    expect(lines(named("systemd-journal-flush.…ice")).crng).toBe("innocent");
    expect(lines(named("systemd-journal-flush.…ice"), named("systemd-random-seed.se…ice")).crng).toBe("undecided");
    expect(lines(named("systemd-random-seed.se…ice")).crng).toBe("undecided");
  });

  it("does so where it is for the network only if nothing shows a late CRNG, for which a network manager may wait", () => {
    const network = job("Wait for Network to be Configured");
    const early = "[    1.950000] random: systemd: uninitialized urandom read (16 bytes read)";
    expect(verdictOn("[    1.102715] usb 1-1: new device", network).crng).toBe("innocent");
    expect(verdictOn(early, network).crng).toBe("undecided");
  });

  it("is the slowest unit of systemd-analyze's table, unless one that may draw random bytes is slow as well", () => {
    const blame = (other: string): Verdict =>
      verdictOn(
        "1min 30.092s NetworkManager-wait-online.service",
        `     ${other} sshd.service`,
        "     900ms udisks2.service",
      );
    expect(blame("2.101s")).toMatchObject({ crng: "innocent", rule: "unit-waits-for-something-else" });
    expect(blame("40.101s").crng).toBe("undecided");
  });

  it("is one that takes long by its own work, and not one that others, or the CRNG, may keep", () => {
    const blame = (unit: string, other = "2.897s"): Verdict =>
      verdictOn(`28.960s ${unit}.service`, ` ${other} example.service`, " 1.742s upower.service");
    expect(blame("lvm2-monitor")).toMatchObject({ crng: "innocent", lookAt: [{ line: 1, kind: "other" }] });
    expect(blame("lvm2-monitor").sentence).toContain("lvm2-monitor.service does work of its own, for 29.0 s (line 1)");
    expect(blame("lvm2-monitor", "5.897s").crng).toBe("undecided");
    expect(blame("plymouth-quit-wait").crng).toBe("undecided");
    expect(blame("example").crng).toBe("undecided");
  });
});

describe("judge: a silence that does not end with readiness", () => {
  const lines = (next: string): readonly string[] => [
    version,
    "[    2.282595] seatd[464]: starting version 3.2.9",
    "[    3.215512] seatd[464]: seat seat0 is there",
    ready("10.358682"),
    `[   ${next}] seatd[464]: a session begins`,
  ];

  it("likely is no wait for it, where programs are heard on both sides and go on later only", () => {
    expect(verdictOn(...lines("13.272451")).crng).toBe("innocent");
    expect(verdictOn(...lines("12.272451")).crng).not.toBe("innocent");
    expect(verdictOn(...lines("10.372451")).crng).toBe("cause");
  });

  it("begins right after a late readiness and is longer than all before it: then that is the pause", () => {
    const after = (before: string, behind: string): Verdict =>
      verdictOn(`[   ${before}] usb 1-1: new device`, ready("10.858147"), `[   ${behind}] FS-Cache: Loaded`);
    expect(after("10.622934", "99.994965")).toMatchObject({ crng: "innocent", rule: "silent-after-ready" });
    expect(after(" 8.622934", "99.994965").crng).not.toBe("innocent");
    expect(after("10.622934", "19.994965").crng).not.toBe("innocent");
  });

  it("is so by a wall clock as well, where another line stands at most two seconds before readiness", () => {
    const after = (before: string, behind: string): Verdict =>
      verdictOn(
        `Oct 28 19:13:${before} box kernel: usb 1-1: new device`,
        "Oct 28 19:13:05 box kernel: random: crng init done",
        `Oct 28 19:${behind} box kernel: FS-Cache: Loaded`,
      );
    expect(after("04", "14:34")).toMatchObject({ crng: "innocent", rule: "silent-after-ready" });
    expect(after("02", "14:34").crng).not.toBe("innocent");
    expect(after("04", "13:14").crng).not.toBe("innocent");
  });

  it("goes on for as long again without a line of anyone's", () => {
    const log = (next: string): readonly string[] => [
      "[    8.181020] EXT4-fs (vda1): mounted filesystem without journal.",
      ready("16.936597"),
      `[   ${next}] ldo1: disabling`,
      "[   56.140976] EXT4-fs (vda2): mounted filesystem with ordered data mode.",
    ];
    expect(verdictOn(...log("33.767066"))).toMatchObject({ crng: "innocent", rule: "late-and-nobody-waited" });
    expect(verdictOn(...log("24.767066")).crng).toBe("undecided");
  });

  it("goes on between programs that only the wall clock stamps", () => {
    const log = (next: string): readonly string[] => [
      "Jun  7 18:28:58 box beatd[856]: info: the link is up",
      "Jun  7 18:29:04 box kernel: [    7.824409] random: nonblocking pool is initialized",
      `Jun  7 18:29:${next} box beatd[856]: WARN: the other node is dead`,
    ];
    expect(verdictOn(...log("58"))).toMatchObject({ crng: "innocent", rule: "late-and-nobody-waited" });
    expect(verdictOn(...log("05")).crng).not.toBe("innocent");
  });
});

describe("judge: reports without their beginning", () => {
  const registers = "[    2.218304] CR2: 000000000001cc43 CR3: 0000000001b32000 CR4: 00000000000006f0";
  const frames = (...names: readonly string[]): readonly string[] => [
    "[    2.218544] Call Trace:",
    ...names.map((name) => `[    2.219033]  ${name}+0x80/0x130`),
  ];

  it("are the trouble: a crash by its code, a dump of registers only likely", () => {
    const code = "Code: e592c020 e3cd3d7f e3c3303f e593300c (e5933144)";
    expect(verdictOn(code, "random: nonblocking pool is initialized")).toMatchObject({
      crng: "innocent",
      rule: "trouble-breaks-something",
    });
    expect(verdictOn(registers, ...frames("mas_store_gfp", "? wait_for_random_bytes"))).toMatchObject({
      crng: "innocent",
      rule: "log-is-about-a-warning",
    });
  });

  it("decide nothing where their stack is in the generator's code: it may be a lock-up of one that waits", () => {
    expect(verdictOn(registers, ...frames("add_timer_on", "try_to_generate_entropy")).crng).not.toBe("innocent");
  });

  it("are pointed to at their first frame", () => {
    const { lookAt } = verdictOn(
      "[   10.622934]  ib_register_device+0x533/0x710 [ib_core]",
      "[   10.6230]  do_one_initcall+0x4b/0x1cb",
    );
    expect(lookAt).toMatchObject([{ line: 1, text: expect.stringContaining("ib_register_device") }]);
  });
});

describe("judge: the end of a report of the kernel's whose head is not in the log", () => {
  const frames = ["ttm_bo_delayed_delete+0x7c/0x84 [ttm]", "process_one_work+0x18a/0x350", "kthread+0xda/0xfc"];
  const stack = frames.map((frame, index) => `[  170.84${index}000]  ${frame}`);

  it("shows that it was a warning or an oops, and not a blocked task", () => {
    const verdict = verdictOn(...stack, "[  170.858393] ---[ end trace 0000000000000000 ]---");
    expect(verdict).toMatchObject({ crng: "innocent", strength: "likely", rule: "log-is-about-a-warning" });
    expect(verdict.lookAt[0]).toMatchObject({ line: 1 });
  });

  it("decides nothing without that end, nor of a stack in the generator's code", () => {
    expect(verdictOn(...stack).crng).toBe("undecided");
    const inCode = stack.with(0, "[  170.840000]  wait_for_random_bytes+0x7c/0x84");
    expect(verdictOn(...inCode, "[  170.858393] ---[ end trace 0000000000000000 ]---").crng).not.toBe("innocent");
  });
});

describe("judge: a program's crash", () => {
  const crash = (name: string): string =>
    `Sep 28 14:39:46 box systemd-coredump[812]: Process 811 (${name}) of user 0 dumped core.`;
  const early = "Sep 28 14:39:40 box kernel: random: keymaker: uninitialized urandom read (16 bytes read)";

  it("is likely what a log is about that shows nothing of the CRNG", () => {
    expect(verdictOn(crash("indexer"))).toMatchObject({ crng: "innocent", rule: "log-is-about-a-warning" });
  });

  it("decides nothing where another program read early, or where the program is one that hands over entropy", () => {
    expect(verdictOn(early, crash("indexer")).crng).toBe("undecided");
    expect(verdictOn(crash("haveged")).crng).toBe("undecided");
  });
});

describe("judge: a script that procd runs, in a log whose programs' lines have the wall clock's stamp alone", () => {
  const lines = (text: string): readonly string[] => [
    "Sun Jun  2 22:55:08 2024 kern.notice kernel: [    9.723239] random: ubus: uninitialized urandom read (4 bytes read)",
    `Sun Jun  2 22:55:08 2024 daemon.notice procd: ${text}`,
    "Sun Jun  2 22:59:06 2024 kern.notice kernel: [  248.086371] random: crng init done",
  ];

  it("is the likely waiter in the silence that its line begins", () => {
    const verdict = verdictOn(...lines("/etc/rc.d/S13keymaker: Making keys"));
    expect(verdict).toMatchObject({ crng: "cause", waiters: [{ name: "/etc/rc.d/S13keymaker", line: 2 }] });
    expect(verdict.lookAt.slice(0, 2).map(({ line }) => line)).toEqual([3, 2]);
    expect(verdictOn(...lines("instance example is running"))).toMatchObject({ crng: "cause", waiters: [] });
  });
});

describe("judge: a mark of the journal's in front of a log", () => {
  const line = "Sep 28 14:39:46 box hostapd[798]: wlp4s0: AP-ENABLED";
  const boots = (...lines: readonly string[]): number => {
    const reader = new LogReader("boot.log");
    reader.push(Buffer.from(`${lines.join("\n")}\n`));
    return reader.end().length;
  };

  it("separates no boots, but for one after a log's line", () => {
    expect(boots("the journal of it:", "-- Reboot --", line)).toBe(1);
    expect(boots("the journal of it:", line, "-- Reboot --", line)).toBe(2);
    expect(boots("[  OK  ] Started Example.", "-- Reboot --", line)).toBe(2);
  });
});

describe("judge: a program's crash right before readiness, without times", () => {
  const lines = (crash: string): readonly string[] => [
    "udevd[116]: starting version 3.2.14",
    "random: udevd: uninitialized urandom read (16 bytes read)",
    crash,
    "random: crng init done",
    "hello_mod: loading out-of-tree module taints kernel.",
  ];
  const crash = "traps: uname[192] trap invalid opcode ip:4ab277 sp:bfba31c0 error:0 in busybox";

  it("is likely what the log is about, but not where other lines come between", () => {
    expect(verdictOn(...lines(crash))).toMatchObject({ crng: "innocent", rule: "log-is-about-a-warning" });
    expect(verdictOn(...lines("udevd[117]: done")).crng).toBe("undecided");
    const between = ["usb 1-1: a", "usb 1-1: b", "usb 1-1: c"];
    expect(verdictOn(...lines(crash).toSpliced(3, 0, ...between)).crng).toBe("undecided");
  });
});

describe("judge: reads what people write of a late CRNG", () => {
  const verdict = (text: string, at = "136.918242"): Verdict["crng"] =>
    verdictOn(text, "[    2.846080] vout: disabling", ready(at)).crng;

  it.each([
    ["a cure", "Installing haveged fixes it."],
    ["keys", "The boot continues only after I press some keys."],
    ["a mouse", "It can stay there for minutes. **As soon as you plug a mouse, it continues**."],
    ["a program that needs a mouse", "vncd does not start **until a mouse is plugged in**."],
    ["Russian", "Туннель восстановился после инициализации генератора случайных чисел."],
    ["Chinese", "启动时卡在随机数初始化"],
    ["Chinese, as too slow", "于是猜测是因为初始化随机数生成器太慢了。"],
    ["German", "Der Start hängt, bis der Kernel genug Entropie hat."],
    ["French", "Le démarrage attend que le noyau ait assez d'entropie."],
    ["Spanish", "El arranque espera números aleatorios."],
  ])("in %s", (_, text) => expect(verdict(text)).toBe("cause"));

  it.each([
    ["an early CRNG", "Installing haveged fixes it.", "3.9"],
    ["a cure that is none", "Installing haveged does not help, it never fixes it."],
    ["keys for something else", "Press any key to enter the setup."],
    ["a denial in Russian", "Система не ожидает инициализации генератора случайных чисел."],
    ["a denial in Chinese", "启动时不会卡在随机数初始化"],
    ["a denial in German", "Der Start hängt nicht an der Entropie."],
  ])("not in %s", (_, text, at = "136.918242") => expect(verdict(text, at)).not.toBe("cause"));

  it("not where the hang that it describes goes on with a ready CRNG", () => {
    const supposed = "It seems to be due to a lack of entropy.";
    const lines = (...text: readonly string[]) => verdictOn(...text, ready("29.382477"));
    expect(lines("The installation hangs at:", supposed).crng).toBe("cause");
    expect(
      lines("The installation hangs at:", supposed, "I waited up to 12 hours but it did not go on."),
    ).toMatchObject({
      crng: "innocent",
      rule: "hang-after-ready",
    });
  });

  it("an experiment decides where the log shows nothing of the CRNG, and no fault; an opinion does not", () => {
    const log = ["[    2.846080] vout: disabling", "[    3.100000] systemd[1]: Started Example Login."];
    const experiment = "The boot continues only after I press some keys.";
    expect(verdictOn(experiment, ...log)).toMatchObject({ crng: "cause", rule: "experiment-suggests" });
    expect(verdictOn("It is slow because of missing entropy.", ...log).crng).toBe("undecided");
    expect(verdictOn(experiment, ...log, "[    9.000000] Kernel panic - not syncing: example").crng).toBe("innocent");
  });
});

describe("judge: what a report has found out", () => {
  const status = ["● indexer.service - Indexer", "   Active: activating (start-pre) since Fri 2026-01-02; 47s ago"];

  it("decides where the log shows nothing of the CRNG, and is the wait of the unit that is starting", () => {
    const found = verdictOn("# libsodium times out at boot", ...status);
    expect(found).toMatchObject({ crng: "cause", strength: "likely", rule: "experiment-suggests" });
    expect(found.waiters[0]?.name).toContain("indexer.service");
    expect(verdictOn("# indexer times out at boot", ...status).crng).toBe("undecided");
  });

  it("decides nothing where a source of entropy changed nothing", () => {
    const found = "It turned out to be the lack of entropy.";
    const log = "[    2.846080] vout: disabling";
    expect(verdictOn(found, "Installing haveged helped.", log).crng).toBe("cause");
    for (const text of ["But haveged did not help.", "rng-tools didn't change anything", "haveged made no difference"])
      expect(verdictOn(found, text, log).crng).toBe("undecided");
    expect(verdictOn("I found a thread on low entropy, and read it.", log).crng).toBe("undecided");
    expect(verdictOn("It turned out that it isn't low entropy.", log).crng).toBe("undecided");
  });

  it("decides though the daemon failed that would give it entropy, and not beside another unit that failed", () => {
    const failed = (unit: string) => `Jan  2 03:04:05 host systemd[1]: ${unit}: Failed with result 'exit-code'.`;
    const stands = "The key generation of the agent hangs on reading from /dev/random.";
    expect(verdictOn(stands, failed("rngd.service"))).toMatchObject({ crng: "cause", rule: "experiment-suggests" });
    expect(verdictOn(stands, failed("indexer.service"))).toMatchObject({ crng: "innocent", rule: "unit-failed" });
    expect(verdictOn(failed("rngd.service")).crng).toBe("innocent");
  });

  it("decides nothing beside a CRNG that was ready early, or a fault", () => {
    const found = "It turned out to be the lack of entropy.";
    expect(verdictOn(found, "[    2.846080] vout: disabling").crng).toBe("cause");
    expect(verdictOn(found, "[    2.846080] vout: disabling", ready("3.100000")).crng).not.toBe("cause");
    expect(verdictOn(found, "[    2.846080] Kernel panic - not syncing: example").crng).toBe("innocent");
  });
});

describe("judge: a hang that a report calls endless, and that a mouse ends", () => {
  const endless = "It can stay there several minutes or forever.";
  const hands = "As soon as you plug a mouse in, the boot continues.";

  it("is no hang after readiness", () => {
    const lines = (at: string, ...text: readonly string[]) => verdictOn(...text, ready(at));
    expect(lines("316.155022", endless, hands)).toMatchObject({ crng: "cause", rule: "experiment-suggests" });
    expect(lines("6.155022", endless, hands).crng).not.toBe("cause");
    expect(lines("316.155022", endless)).toMatchObject({ crng: "innocent", rule: "hang-after-ready" });
  });
});

describe("judge: a report on the unit that waits for the network", () => {
  const line = "Jan  2 03:04:05 host systemd-networkd-wait-online[1350]: eth3: link is being processed by networkd";

  it("is about that, where it says that the unit times out and nothing is shown of the CRNG", () => {
    const says = "# systemd-networkd-wait-online exits with time-out";
    expect(verdictOn(says, line)).toMatchObject({ crng: "innocent", rule: "log-is-about-a-warning" });
    expect(verdictOn(says, line).lookAt).toContainEqual(expect.objectContaining({ kind: "network", line: 1 }));
    expect(verdictOn("Does systemd-networkd-wait-online time out?", line).crng).toBe("undecided");
    expect(verdictOn("systemd-networkd-wait-online does not time out", line).crng).toBe("undecided");
    const early = "[    9.000000] random: sshd: uninitialized urandom read (32 bytes read)";
    expect(verdictOn(says, line, early).crng).toBe("undecided");
  });
});

describe("judge: a console of OpenRC, or one of systemd's that lost its tags", () => {
  const failed = (service: string): string => ` * ERROR: ${service} failed to start`;

  it("points to the service that failed, and rules the CRNG out unless that would feed it, or it is not ready", () => {
    expect(verdictOn(" * Mounting /proc ... [ ok ]", failed("networking"))).toMatchObject({
      crng: "innocent",
      strength: "likely",
      lookAt: [{ kind: "unit-failed", line: 2 }],
    });
    expect(verdictOn(failed("rngd"))).toMatchObject({ crng: "undecided", lookAt: [{ line: 1 }] });
    const early = "random: sshd: uninitialized urandom read (32 bytes read)";
    expect(verdictOn(early, failed("networking")).crng).toBe("undecided");
  });

  it("shows what systemd's lines after a bare colon show", () => {
    const late = ": Timed out waiting for device /dev/disk/by-label/example.";
    expect(verdictOn(": Reached target Basic System.", late)).toMatchObject({
      crng: "innocent",
      lookAt: [{ line: 2 }],
    });
    expect(verdictOn(": Reached target Basic System.").crng).toBe("undecided");
  });
});

describe("judge: a console that ends as keys are made", () => {
  const steps = [" * Mounting /proc ... [ ok ]", " * Starting sshd ..."];
  const keys = "ssh-keygen: generating new host keys: RSA";

  it("is a wait of who makes them where the report says that it does not end", () => {
    expect(verdictOn("This takes forever:", ...steps, keys)).toMatchObject({
      crng: "cause",
      strength: "likely",
      waiters: [{ name: "ssh-keygen" }],
    });
    const dropbear = "Generating 2048 bit rsa key, this may take a while...";
    expect(verdictOn("It hangs here:", ...steps, dropbear).waiters).toMatchObject([{ name: "dropbearkey" }]);
  });

  it("is none without that, nor where the console goes on, nor after readiness", () => {
    expect(verdictOn("My console:", ...steps, keys).crng).toBe("undecided");
    expect(verdictOn("This takes forever:", ...steps, keys, " * Starting ntpd ... [ ok ]").crng).toBe("undecided");
    expect(verdictOn("This takes forever:", ready("2.100000"), ...steps, keys).crng).not.toBe("cause");
  });
});

describe("judge: names the program that a report says needs a mouse", () => {
  it("by its name, and not by a pronoun", () => {
    const waiters = (who: string): Verdict["waiters"] =>
      verdictOn(`${who} does not start until a mouse is plugged in.`, "[   33.8] vout: disabling", ready("136.9"))
        .waiters;
    expect(waiters("vncd")).toMatchObject([{ name: "vncd" }]);
    expect(waiters("It")).toEqual([]);
  });
});

describe("judge: a block of a report with its language in front", () => {
  it("is read as the log that it is", () => {
    const lines = ["\x60\x60\x60output", " dracut-initqueue[455]: Warning: Could not boot."];
    expect(verdictOn(...lines)).toMatchObject({ crng: "innocent", rule: "trouble-stops-the-boot" });
  });
});

describe("judge: a unit of the seed whose start is not in the log", () => {
  const others = ["Catalog", "Network", "Updates"].map((name) => `[  OK  ] Finished ${name}.`);
  const seed = "[  OK  ] Finished Load/Save Random Seed.";
  const system = "[  OK  ] Reached target System Initialization.";

  it("likely waited where others finished before, and the system's start went on only after it", () => {
    const verdict = verdictOn(...others, ready("10.887781"), seed, system);
    expect(verdict).toMatchObject({ crng: "cause", strength: "likely", waiters: [{ line: 5 }] });
  });

  it("did not where the system was up before, few others finished, or it was ready soon", () => {
    expect(verdictOn(...others, system, ready("10.887781"), seed).crng).not.toBe("cause");
    expect(verdictOn(...others.slice(1), ready("10.887781"), seed, system).crng).not.toBe("cause");
    expect(verdictOn(...others, ready("3.887781"), seed, system).crng).not.toBe("cause");
  });
});

describe("judge: emergency mode for want of a device", () => {
  const seed = "         Starting Load/Save Random Seed...";
  const others = ["Users", "Journal", "Nodes"].map((name) => `[  OK  ] Started ${name}.`);
  const lacks = [
    "[ TIME ] Timed out waiting for device /dev/sdb1.",
    "[DEPEND] Dependency failed for Local File Systems.",
  ];

  it("is not put down to a unit of the seed whose end is merely not in the log", () => {
    const verdict = verdictOn(seed, ...others, ...lacks);
    expect(verdict.crng).toBe("innocent");
    expect(verdict.lookAt.map(({ line }) => line)).toContain(5);
  });

  it("is disputed where the other file systems failed, or the CRNG was late", () => {
    expect(verdictOn(seed, ...others, ...lacks.slice(0, 1)).crng).toBe("undecided");
    expect(verdictOn(seed, ...others, ...lacks.slice(1)).crng).not.toBe("innocent");
    expect(verdictOn(seed, ...others, ready("93.000000"), ...lacks).crng).not.toBe("innocent");
  });
});

describe("judge: a unit of the seed that fails with a file system", () => {
  const failed = (what: string): string => `[FAILED] Failed to ${what}.`;
  const seed = ["         Starting Load/Save Random Seed...", failed("start Load/Save Random Seed")];
  const others = ["Users", "Journal", "Nodes"].map((name) => `[  OK  ] Finished ${name}.`);

  it("waited for no random bytes: it has no file to read", () => {
    const verdict = verdictOn(...seed, ...others, failed("mount /var"));
    expect(verdict).toMatchObject({ crng: "innocent", lookAt: [{ kind: "filesystem", line: 6 }, {}, {}] });
  });

  it("is disputed where the unit itself did not fail, and no other reason without a file system", () => {
    expect(verdictOn(seed[0] ?? "", ...others, failed("mount /var")).crng).toBe("undecided");
    expect(verdictOn(...seed, ...others).crng).not.toBe("innocent");
  });
});

describe("judge: a report's own words on readiness", () => {
  it("are the message in a block of code alone, and blame the CRNG where all hangs until then", () => {
    const words = ["The applications hang for 5 minutes until I see this in dmesg", "```", "crng init done", "```"];
    expect(verdictOn(...words).crng).toBe("cause");
    expect(verdictOn(...words.filter((line) => line !== "```")).crng).toBe("undecided");
  });
});

describe("judge: lines that the journal took in as it started", () => {
  const lines = (ofProgram: string) => [
    "Mar 03 10:00:40 box kernel: Linux version 4.16.7 (mockbuild@builder) #1 SMP",
    "Mar 03 10:00:40 box kernel: Freeing unused kernel memory: 2048K",
    `Mar 03 10:00:${ofProgram} box systemd[1]: Mounted /boot.`,
    `Mar 03 10:00:${ofProgram} box kernel: random: crng init done`,
    `Mar 03 10:00:${ofProgram} box systemd[1]: Reached target Sockets.`,
    "Mar 03 10:00:46 box systemd[1]: Reached target Basic System.",
  ];

  it("show no time, programs' neither, and rule the CRNG out by no more than what is likely", () => {
    expect(verdictOn(...lines("40"))).toMatchObject({ crng: "innocent", strength: "likely" });
    expect(verdictOn(...lines("43"))).toMatchObject({ crng: "innocent", strength: "shown" });
  });
});

describe("judge: faults of devices and daemons where nothing shows the CRNG's state", () => {
  it("are likely what the log is about, at their first line", () => {
    const error = (at: string) => `[    ${at}] pcieport 0000:00:01.2: AER: Corrected error received: id=0008`;
    const verdict = verdictOn(error("3.397757"), error("3.423125"));
    expect([verdict.crng, verdict.strength, verdict.lookAt[0]?.line]).toEqual(["innocent", "likely", 1]);
    // Programs go on without a device, and may wait for a CRNG that was not ready.
    const early = "[    3.403971] random: systemd-udevd: uninitialized urandom read (16 bytes read)";
    const both = verdictOn(error("3.397757"), early, error("3.423125"));
    expect([both.crng, both.lookAt[0]?.line]).toEqual(["undecided", 1]);
  });

  it("decide nothing before a ready line that comes late", () => {
    const lines = ["[    3.397757] usb 1-4: device descriptor read/64, error -110", ready("93.000000")];
    expect(verdictOn(...lines).crng).toBe("undecided");
    expect(verdictOn(...lines.slice(0, 1)).crng).toBe("innocent");
  });

  it("are no stack's head where the stack is that of a task that waits for the CRNG", () => {
    const head = "[   25.103434] CPU: 0 PID: 558 Comm: netd Not tainted 5.10.0-rc3 #28";
    const frames = (name: string) => ["[   25.249354] Call Trace:", `[   25.251810] [<80069ce0>] ${name}+0x9c/0x140`];
    expect(verdictOn(head, ...frames("dev_get_stats")).crng).toBe("innocent");
    expect(verdictOn(head, ...frames("wait_for_random_bytes")).crng).not.toBe("innocent");
  });

  it("are a job that is being stopped, which waits for no CRNG, and not one that is being started", () => {
    const job = (what: string) => `[  *** ] A ${what} job is running for Backup (1min 2s / 2min)`;
    expect(verdictOn("[  OK  ] Stopped Network.", job("stop")).crng).toBe("innocent");
    expect(verdictOn("[  OK  ] Started Network.", job("start")).crng).toBe("undecided");
  });
});

describe("judge: a program's message about random bytes, on a line without the kernel's stamp", () => {
  const kernel = (at: string, text: string) => `Feb  3 18:33:30 lab kernel: [${at.padStart(12)}] ${text}`;
  const start = [
    kernel("0.000000", "Linux version 5.3.0-1017-raspi2 (a@b) #19 SMP"),
    kernel("2.100000", "Run /init as init process"),
  ];
  const reads =
    "Feb  3 18:34:23 lab wpa_supplicant[1141]: random: Cannot read from /dev/random: Resource temporarily unavailable";
  const isReady = kernel("41.190299", "random: crng init done");

  it("accuses the CRNG where it comes before readiness, and not after it", () => {
    expect(verdictOn(...start, reads, isReady).waiters).toMatchObject([{ name: "wpa_supplicant" }]);
    expect(verdictOn(...start, isReady, reads)).toMatchObject({ waiters: [] });
    expect(verdictOn(...start, isReady, reads).crng).not.toBe("cause");
  });
});

describe("judge: a stack that a call of dump_stack() printed", () => {
  const lines = (top: string, blocking: string) => [
    "[    5.885300] seatd[1730]: watching buttons",
    "[    5.911602] CPU: 2 PID: 1798 Comm: keymaker Not tainted 5.3.0+ #1",
    "[    5.917774] Call Trace:",
    ...(top === "" ? [] : [`[    5.920905]  ${top}+0x46/0x60`]),
    `[    5.924044]  ${blocking}+0x21/0x163`,
    "[    5.936763]  __x64_sys_getrandom+0x70/0xb0",
    "[    5.939902]  do_syscall_64+0x4c/0x180",
    ready("7.852837"),
    "[   17.767786] seatd[1730]: a seat",
  ];

  it("accuses where it stands in the function that waits, and names its task", () => {
    const verdict = verdictOn(...lines("dump_stack", "wait_for_random_bytes.part.32"));
    expect(verdict).toMatchObject({ crng: "cause", strength: "shown", waiters: [{ name: "keymaker", line: 2 }] });
  });

  it("decides nothing where it may be the rest of a crash in that function", () => {
    expect(verdictOn(...lines("", "wait_for_random_bytes")).crng).toBe("undecided");
    expect(verdictOn(...lines("add_timer_on", "wait_for_random_bytes")).crng).toBe("undecided");
  });

  it("is no wait where it stands elsewhere", () => {
    expect(verdictOn(...lines("dump_stack", "do_sys_open")).crng).not.toBe("cause");
  });
});

describe("judge: a pause before readiness on a slow machine", () => {
  const slowly = (from: number) =>
    Array.from({ length: 12 }, (_, index) => `[  ${(from + index * 0.5).toFixed(6)}] md: personality ${index}`);
  const end = [
    ready("112.400000"),
    "[  112.900000] systemd[1]: Mounted /boot.",
    "[  113.300000] systemd[1]: Started X.",
  ];
  const before = "[  110.500000] systemd[1]: systemd 229 running in system mode";

  it("accuses only where it is longer than the log's own pace", () => {
    expect(verdictOn(...slowly(104), before, ...end).crng).not.toBe("cause");
    expect(verdictOn(...slowly(50), "[   56.500000] systemd[1]: systemd 229 running", ...end).crng).toBe("cause");
  });

  it("ends where the kernel printed into a program's line, or a console goes on without times", () => {
    const soon = "[  109.500000] systemd[1]: systemd 229 running in system mode";
    expect(verdictOn(soon, ...end).crng).toBe("cause");
    expect(verdictOn(soon, "Begin: Running[  112.100000] Btrfs loaded", ...end).crng).not.toBe("cause");
    expect(verdictOn(soon, "done.", "Begin: Running scripts ... done.", ...end).crng).not.toBe("cause");
  });
});

describe("judge: a kernel without its initial console", () => {
  it("is not decided by that: the first program runs without it", () => {
    const verdict = verdictOn(
      "[    2.390000] Warning: unable to open an initial console.",
      "[    2.400000] Freeing init memory: 200K",
      ready("9.600000"),
      "[   11.400000] EXT4-fs (mmcblk0p1): mounted filesystem with ordered data mode",
    );
    expect(verdict.crng).toBe("undecided");
  });

  it("is undecided while a program reads early, and likely innocent where none does", () => {
    const warning = "[    2.390000] Warning: unable to open an initial console.";
    const early = "[    9.600000] random: sshd: uninitialized urandom read (32 bytes read)";
    expect(verdictOn(warning, early).crng).toBe("undecided");
    expect(verdictOn(warning, "[    9.600000] usb 1-1: new high-speed USB device number 2").crng).toBe("innocent");
  });
});

describe("judge: a log whose newest line comes first", () => {
  const at = (second: number, text: string): string => `Jul 12 21:30:${String(second).padStart(2, "0")} box ${text}`;
  const usb = [50, 40, 30].map((second) => at(second, `kernel: usb 1-1: new high-speed USB device number ${second}`));
  const failed = at(55, "systemd[1]: Failed to start Network Manager.");
  const rule = (...lines: readonly string[]): string => verdictOn(...lines).rule;

  it("is about its trouble only where nothing shows the CRNG's state", () => {
    const read = "kernel: random: systemd: uninitialized urandom read (16 bytes read)";
    expect(rule(failed, ...usb)).toBe("unit-failed");
    expect(rule(failed, ...usb, at(20, read))).toBe("newest-first");
    expect(rule(at(57, "kernel: random: crng init done"), failed, ...usb)).toBe("newest-first");
  });
});
