import { describe, expect, it } from "vitest";
import { type Diagnosed, bounds } from "../../../src/core/boot-record.ts";
import type { Evidence, Suspect } from "../../../src/core/evidence.ts";
import { layOut } from "../../../src/render/text/layout.ts";
import { reportLines, reportText } from "../../../src/render/text/report-text.ts";
import { statusText } from "../../../src/render/text/status.ts";
import {
  aWallClock,
  extent,
  fastInit,
  fips,
  logged,
  loss,
  noted,
  pool,
  probe,
  readyLine,
  stretch,
  urandomRead,
  wait,
} from "../../support/records/evidence-of.ts";
import { diagnosedOf } from "../../support/records/record-of.ts";

const failed: Evidence = { kind: "source", name: "kmsg", health: "denied", detail: "Cannot read '/dev/kmsg'" };

describe("the report", () => {
  it("shows a section for each thing that there is, and no empty one", () => {
    const titles = (record: Diagnosed): readonly string[] =>
      reportText(record)
        .split("\n\n")
        .slice(1)
        .map((section) => section.split("\n")[0] ?? "");
    expect(titles(diagnosedOf())).toEqual(["Readiness"]);
    expect(
      titles(
        diagnosedOf(
          fips(false),
          probe(9, "returned"),
          pool(9, 256),
          stretch(0, 3, 9),
          stretch(5, 8, 9),
          urandomRead(1),
          readyLine(2),
          urandomRead(7),
          logged(8, { kind: "reseed", reason: "resume" }),
          failed,
        ),
      ),
    ).toEqual([
      "Because",
      "Readiness",
      "Early uses",
      "Reseeds",
      "Entropy supply",
      "Contradictions",
      "Gaps",
      "Findings",
      "Sources",
    ]);
  });

  it("does not say more of an unknown level than that", () => {
    expect(reportText(diagnosedOf())).toMatch(/^ +level +unknown$/m);
  });

  it("says where a level may be higher than reported", () => {
    expect(
      reportText(diagnosedOf(fips(false), pool(900, 80, 4096), stretch(700, 890, 901), probe(901, "returned"))),
    ).toMatch(/^ +level +early or higher/m);
  });

  it("names the first early users, and counts the others", () => {
    const uses = Array.from({ length: bounds.earlyUses + 7 }, (_, index) => urandomRead(index + 1, `reader-${index}`));
    const text = reportText(diagnosedOf(...uses, logged(9000, { kind: "missed-warnings", count: 30 })));
    expect(text.match(/ reader-\d+ read /g)).toHaveLength(20);
    expect(text).toContain(`and ${bounds.earlyUses + 7 - 20} more\n`);
    expect(text).toContain("and 30 that the kernel did not print\n");
  });

  it("shows what crngwatch itself may have waited", () => {
    const start = { kind: "own-start", pid: 9, startedAt: 3, runningAt: 4.5 } as const;
    expect(reportText(diagnosedOf({ ...start, nonblocking: true }))).toMatch(
      /crngwatch +started without blocking on the CRNG$/m,
    );
    expect(reportText(diagnosedOf({ ...start, nonblocking: false }))).toMatch(
      /crngwatch +started without its start object in 1\.50 s; it may have waited for all of that time$/m,
    );
  });

  it("shows what the daemon may still do after the last wait, in the full report", () => {
    const start = { kind: "own-start", pid: 9, nonblocking: true, startedAt: 3, runningAt: 4.5 } as const;
    const rights = (left: readonly string[], problem: string | null): string | undefined =>
      /its rights +(.*)$/m.exec(reportText(diagnosedOf(start, { kind: "own-capabilities", left, problem })))?.[1];
    expect(rights([], null)).toBe("no capability is left");
    expect(rights(["CAP_SYS_PTRACE", "CAP_SYSLOG"], "capset(2) is refused with EPERM")).toBe(
      "CAP_SYS_PTRACE, CAP_SYSLOG, which could not be dropped: capset(2) is refused with EPERM",
    );
    expect(reportText(diagnosedOf(start))).not.toContain("its rights");
  });

  it.each<[shown: string, evidence: readonly Evidence[]]>([
    ["log shows from the kernel's first line, 0.000000 s to 40.000000 s", [extent(40)]],
    ["log shows not the boot's start, 12.000000 s to 40.000000 s", [extent(40, { fromStart: false, firstAt: 12 })]],
    [
      "log shows from the kernel's first line, 2.000000 s to 40.000000 s, by the journal's clock",
      [extent(40, { firstAt: 2, stamps: "journal" })],
    ],
    ["log shows from the kernel's first line; its timestamps are wall-clock times", [extent(null, { stamps: "wall" })]],
    ["log shows from the kernel's first line; its lines have no timestamps", [extent(null)]],
    [
      "wall clock 2 s to 4 s after the first line of this boot; the kernel's own timestamp: journalctl -k -o short-monotonic",
      [extent(null, { stamps: "wall", wall: aWallClock({ sinceWriter: false }) }), noted(7, "wall", 3, readyLine(0))],
    ],
    [
      "wall clock no later than 1 s after the journal or syslog started: older lines have the time of that start; the kernel's own timestamp: journalctl -k -o short-monotonic",
      [extent(null, { stamps: "wall", wall: aWallClock({ sinceWriter: true }) }), noted(7, "wall", 0, readyLine(0))],
    ],
    [
      "not after 9.500000 s the kernel logged that it is initialised",
      [extent(40), noted(7, "monotonic", 9.5, readyLine(0))],
    ],
    ["line 7", [extent(40), noted(7, "monotonic", 9.5, readyLine(0))]],
    [
      "blocked not recorded in this log; a trace of the flight recorder or a dump of all tasks (sysrq-t) would show them",
      [extent(40)],
    ],
    ["blocked not recorded: only the flight recorder records waits before crngwatch starts", [stretch(0, 3, 9)]],
    ["blocked none since crngwatch started; earlier waits were not recorded", [probe(3, "would-wait")]],
    [
      "blocked none: the flight recorder recorded no wait in this boot",
      [
        {
          kind: "recorder",
          armed: true,
          sees: "waits",
          seesFipsGenerator: false,
          recording: true,
          events: 0,
          problem: null,
        },
      ],
    ],
  ])("says of a log: %s", (shown, evidence) => {
    const words = reportText(diagnosedOf(...evidence))
      .split("\n")
      .map((line) => line.trim().replaceAll(/ +/g, " "));
    expect(words).toContain(shown);
  });

  it("does not say of another host's log what callers would meet now", () => {
    expect(reportText(diagnosedOf(extent(40), urandomRead(3)))).not.toMatch(/^ +callers /m);
    expect(reportText(diagnosedOf(urandomRead(3)))).toMatch(/^ +callers +would block$/m);
  });

  it.each<[line: string, seen: Evidence]>([
    [
      "sshd[412] waited at least 120 s (2 min 0 s) for the CRNG in getrandom, began no later than 9.000000 s (in the report of a hung task)",
      wait(9, 120),
    ],
    [
      "sshd[412] waited 3.500 s for the CRNG in getrandom, began at 2.000000 s, /usr/sbin/sshd (recorded in the kernel)",
      wait(2, 3.5, { to: 5.5, exe: "/usr/sbin/sshd", evidence: "recorder" }),
    ],
    [
      "a task[412] waited for the CRNG in a read of /dev/random (by its stack)",
      wait(null, null, { comm: null, interface: "dev-random", evidence: "stack" }),
    ],
    [
      "rngd waited for the CRNG in a read of /dev/urandom, began no later than 7.000000 s (in a dump of all tasks)",
      wait(7, null, { comm: "rngd", pid: null, interface: "urandom", evidence: "task-state" }),
    ],
    [
      "modprobe[9] waited at least 30 s for the CRNG in the kernel itself (in the report of a hung task)",
      wait(null, 30, { comm: "modprobe", pid: 9, interface: "kernel" }),
    ],
    [
      "sshd-keygen[612/614] waited 41 s for the CRNG in getrandom in FIPS mode (has libcrypto.so.3 loaded), began at 2.000000 s, sshd-keygen@rsa.service (by its stack, live)",
      wait(2, 41, {
        comm: "sshd-keygen",
        pid: 612,
        tid: 614,
        unit: "sshd-keygen@rsa.service",
        libraries: ["libcrypto.so.3"],
        librariesSource: "maps",
        fips: true,
        to: 43,
        ended: "returned",
        evidence: "live",
      }),
    ],
  ])("describes a wait: %s", (line, seen) => {
    const lines = reportText(diagnosedOf(extent(40), seen)).split("\n");
    const ofWaits = lines.slice(lines.indexOf("Waits") + 1);
    expect(ofWaits.find((row) => !/█|^ +[\d.]+ s +[\d.]+ s$/.test(row))).toBe(`  ${line}`);
    expect(lines.filter((other) => /^ +waits /.test(other))).toEqual([]);
  });

  it("describes live a wait that goes on, and in a log of one whose end it does not show", () => {
    const live = wait(2, 41.3, { seenAt: 43.3, evidence: "live" });
    expect(reportText(diagnosedOf(live))).toMatch(
      /^ {2}sshd\[412\] has waited 41 s for the CRNG in getrandom, began /m,
    );
    expect(reportText(diagnosedOf(extent(44), live))).toMatch(
      /^ {2}sshd\[412\] waited at least 41 s for the CRNG in getrandom, began /m,
    );
  });

  it("names the first that waited, and counts the others", () => {
    const text = reportText(
      diagnosedOf(
        ...Array.from({ length: bounds.waits + 7 }, (_, index) => wait(index + 1, 1, { comm: `waiter-${index}` })),
      ),
    );
    expect(text.match(/^ +waiter-\d+\[\d+\] [a-z]/gm)).toHaveLength(20);
    expect(text).toContain(`  and ${bounds.waits + 7 - 20} more\n`);
  });

  it("names who would wait, the first of them, and counts the others", () => {
    const suspect = (unit: string | null, index = 0): Suspect => ({
      unit,
      exe: `/usr/bin/program-${index}`,
      libraries: ["libgcrypt.so.20"],
      why: "it makes host keys",
    });
    const printed = (...suspects: readonly Suspect[]): string =>
      reportText(diagnosedOf({ kind: "suspects", suspects }));
    expect(printed(suspect("keys.service"), suspect(null, 1))).toContain(
      "\n\nWould block if the CRNG were late\n  /usr/bin/program-0 of keys.service: it makes host keys\n  /usr/bin/program-1: it makes host keys\n",
    );
    const many = printed(...Array.from({ length: bounds.suspects + 7 }, (_, index) => suspect("keys.service", index)));
    expect(many.match(/^ {2}\/usr\/bin\/program-\d+ of /gm)).toHaveLength(20);
    expect(many).toContain(`  and ${bounds.suspects + 7 - 20} more\n`);
    expect(printed()).not.toContain("Would block");
  });

  it("marks a time that is the log keeper's: '+' after the first line, '<' no later than that", () => {
    const text = reportText(
      diagnosedOf(
        extent(40),
        noted(5, "wall", 1.5, urandomRead(0, "a")),
        noted(6, "monotonic", 4, urandomRead(0, "b")),
        noted(7, null, 0, urandomRead(0, "c")),
        noted(8, "monotonic", 30, logged(0, { kind: "reseed", reason: "resume" })),
        noted(9, "monotonic", 31, fastInit(0)),
      ),
    );
    expect(text).toMatch(/^ +\+1\.5 s +a read /m);
    expect(text).toMatch(/^ +<4\.000000 s +b read /m);
    expect(text).toMatch(/^ +\? +c read /m);
    expect(text).toMatch(/^ +<30\.000000 s +resume from suspend$/m);
  });

  it("says of a gap what is known of it, and no more", () => {
    const text = reportText(
      diagnosedOf(extent(40, { fromStart: false, firstAt: 12 }), loss(7, 13, 14, 5), loss(9, null, null, null)),
    );
    expect(text).toContain(
      "Gaps\n  5 records of the kernel log lost between 13.000000 s and 14.000000 s\n  records of the kernel log lost, at an unknown time\n",
    );
  });

  it("has no stranger's control bytes, wherever they come from", () => {
    const hostile = "\u001b[31mx\u202e\ny";
    const record = diagnosedOf(
      { kind: "kernel", bootId: hostile, release: hostile, version: hostile, buildId: null, commandLine: hostile },
      {
        kind: "host",
        distribution: hostile,
        hardware: hostile,
        processor: hostile,
        memoryBytes: null,
        bootedAt: hostile,
      },
      urandomRead(5, hostile),
      readyLine(2),
      logged(1, { kind: "early-use", use: "kernel-call", name: hostile, bytes: null, bits: null }),
      logged(1.5, { kind: "cpu-rng-problem", text: `RDRAND is not reliable on this platform${hostile}` }),
      pool(9, 256),
      {
        kind: "fips",
        kernel: true,
        hook: null,
        commandLine: null,
        systemFips: null,
        cryptoPolicy: hostile,
        dracutFips: null,
      },
      {
        kind: "supply",
        cpu: { rdrand: true, rdseed: false, other: null, trusted: false, why: hostile },
        hwRandom: { current: hostile, available: [hostile], quality: 3, virtio: false },
        bootloader: { via: "the device tree's /chosen/rng-seed", efi: false, trusted: true, why: hostile },
        virtualization: { vm: hostile, container: hostile },
      },
      wait(3, 1, { comm: hostile, exe: hostile, unit: hostile, libraries: [hostile] }),
      { kind: "suspects", suspects: [{ unit: hostile, exe: hostile, libraries: [hostile], why: hostile }] },
      { kind: "source", name: "kmsg", health: "failed", detail: hostile },
    );
    for (const text of [reportText(record), statusText(record)]) {
      expect(text).toMatch(/^[^\p{Cf}\p{Cs}]*$/u);
      expect(text.replaceAll("\n", "")).toMatch(/^[^\p{Cc}]*$/u);
      expect(text).not.toMatch(/^y/m);
      expect(text).toContain(String.raw`\x1b[31mx`);
    }
  });
});

describe("the status", () => {
  it("is the verdict, a line for each finding, and one for each source that cannot report", () => {
    const absent: Evidence = { kind: "source", name: "hw-random", health: "absent", detail: "not there" };
    expect(statusText(diagnosedOf(readyLine(2), failed, absent))).toBe(
      "The CRNG likely delayed nothing: it was ready at 2.000 s, so no task waited longer than that for it (waits before that were not recorded)\n" +
        "CRNG ready at 2.000000 s (kernel log)\nkmsg denied: Cannot read '/dev/kmsg'\n",
    );
  });
});

describe("the brief report", () => {
  const screen = { columns: 80, rows: 24 };
  const brief = (record: Diagnosed): string =>
    layOut(reportLines(record, "brief"), { columns: screen.columns, colour: false });
  const sources = (...health: readonly ("ok" | "absent" | "denied")[]): readonly Evidence[] =>
    health.map((state, index) => ({
      kind: "source",
      name: `source-${index}`,
      health: state,
      detail: `${state} it is`,
    }));

  it("fits a screen for a healthy host, prompt included, and says that there is more", () => {
    const text = brief(
      diagnosedOf(
        fips(false),
        readyLine(2),
        probe(9, "returned"),
        pool(9, 256),
        ...Array.from({ length: 40 }, (_, index) => logged(9 + index, { kind: "reseed", reason: "resume" })),
        ...sources(...Array.from({ length: 16 }, () => "ok" as const), "absent", "absent"),
      ),
    );
    const lines = text.trimEnd().split("\n");
    expect(lines.length).toBeLessThan(screen.rows);
    expect(lines.filter((line) => line.length > screen.columns)).toEqual([]);
    expect(lines.at(-1)).toBe("Sources: 16 ok, 2 absent (--verbose lists them)");
    expect(text).not.toMatch(/build ID|pool|source-|started without/);
  });

  it("names the sources that could not report, with the reason", () => {
    expect(brief(diagnosedOf(readyLine(2), ...sources("ok", "denied", "absent")))).toContain(
      "Sources\n  source-1  denied: denied it is\n  1 ok, 1 absent (--verbose lists them)\n",
    );
  });

  it("shows how the CRNG is fed where it came late or something is wrong, and not else", () => {
    const supply: Evidence = {
      kind: "supply",
      cpu: { rdrand: false, rdseed: false, other: null, trusted: false, why: "no" },
    };
    expect(brief(diagnosedOf(supply, readyLine(2)))).not.toContain("Entropy supply");
    expect(brief(diagnosedOf(supply, readyLine(90), wait(9, 70)))).toContain("Entropy supply");
    expect(brief(diagnosedOf(supply, urandomRead(3)))).toContain("Entropy supply");
  });

  it("gives remedies in full, and a command in one line however narrow the terminal is", () => {
    const command = "virt-xml DOMAIN --add-device --rng /dev/urandom";
    const late = diagnosedOf(readyLine(90));
    const record: Diagnosed = {
      ...late,
      verdict: {
        ...late.verdict,
        remedies: [
          {
            id: "virtio-rng",
            text: "give the virtual machine a virtio-rng device",
            command,
            where: "hypervisor",
            price: { reboot: false, security: null, processor: null },
            saves: null,
          },
        ],
      },
      findings: [{ id: "late", severity: "info", summary: "late", detail: "what it means", remedies: [] }],
    };
    const text = layOut(reportLines(record, "brief"), { columns: 20, colour: false });
    expect(text).toContain(`\n      ${command}\n`);
    expect(text).not.toContain("what it means");
  });
});
