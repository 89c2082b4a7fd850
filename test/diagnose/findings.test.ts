import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type BootRecord, bounds, emptyRecord } from "../../src/core/boot-record.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { Wait } from "../../src/core/wait.ts";
import type { Evidence, FipsEvidence } from "../../src/core/evidence.ts";
import type { UnitTimes } from "../../src/core/boot-units.ts";
import { fold } from "../../src/core/fold/fold.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import {
  extent,
  fastInit,
  fips,
  logged,
  loss,
  pool,
  probe,
  readyLine,
  stretch,
  urandomRead,
  wait,
} from "../support/records/evidence-of.ts";
import { hosts } from "../support/host/hosts.ts";
import { aCaller } from "../support/records/waits.ts";

const findingsOf = (...evidence: readonly Evidence[]): readonly Finding[] =>
  diagnose(fold(emptyRecord(), evidence).record).findings;
const idsOf = (...evidence: readonly Evidence[]): readonly string[] => findingsOf(...evidence).map(({ id }) => id);

const unready = [fips(false), pool(5, 4), probe(5.5, "would-wait")] as const;
const marker: FipsEvidence = { ...fips(false), systemFips: true };
const cpu = (trusted: boolean | null): Evidence => ({
  kind: "supply",
  cpu: { rdrand: true, rdseed: true, other: null, trusted, why: "the test says so" },
});
const recorder = (problem: string | null): Evidence => ({
  kind: "recorder",
  armed: true,
  sees: "waits",
  seesFipsGenerator: false,
  recording: true,
  events: 6,
  problem,
});
const ownStart = { kind: "own-start", pid: 9, startedAt: 3, runningAt: 4.5 } as const;

/** Each finding with the evidence that brings it, and evidence close to it that does not. */
const cases: readonly (readonly [
  id: string,
  severity: Finding["severity"],
  shown: readonly Evidence[],
  notShown: readonly Evidence[],
])[] = [
  [
    "fips-unready",
    "critical",
    [fips(true), pool(5, 4), probe(5.5, "would-wait")],
    [fips(true), pool(5, 4), probe(5.5, "returned")],
  ],
  ["fips-unready", "critical", [marker, pool(5, 4), probe(5.5, "would-wait")], unready],
  ["not-ready", "critical", unready, [...unready, pool(6, 256)]],
  ["not-ready", "critical", [urandomRead(3)], []],
  ["ready-late", "warning", [readyLine(12)], [readyLine(9)]],
  ["ready-late", "warning", [fips(false), pool(11, 40), pool(40, 256)], [fips(false), pool(40, 256)]],
  ["contradiction", "warning", [readyLine(1), urandomRead(9)], [readyLine(9), urandomRead(1)]],
  [
    "old-blocking-pool",
    "warning",
    [fips(false), readyLine(4), pool(50, 1, 4096, 64), probe(50, "returned")],
    [fips(false), readyLine(4), pool(50, 100, 4096, 64), probe(50, "returned")],
  ],
  ["system-fips-alone", "warning", [marker], [{ ...fips(true), systemFips: true }]],
  ["fips-ignored", "warning", [{ ...fips(false), commandLine: true }], [{ ...fips(true), commandLine: true }]],
  ["no-cycle-counter", "warning", [logged(0, { kind: "no-cycle-counter" })], []],
  ["cpu-rng-problem", "warning", [logged(0, { kind: "cpu-rng-problem", text: "rdrand: disabled" })], []],
  ["own-wait", "warning", [{ ...ownStart, nonblocking: false }], [{ ...ownStart, nonblocking: true }]],
  [
    "own-wait",
    "warning",
    [{ ...ownStart, nonblocking: false, startedAt: 3, runningAt: 3.11 }],
    [{ ...ownStart, nonblocking: false, startedAt: 3, runningAt: 3.09 }],
  ],
  [
    "own-wait",
    "warning",
    [{ ...ownStart, nonblocking: false }, readyLine(3.5)],
    [{ ...ownStart, nonblocking: false }, readyLine(2.5)],
  ],
  [
    "extrng",
    "info",
    [fips(true), probe(2, "returned"), pool(2.1, 40)],
    [fips(true), probe(2, "returned"), pool(2.1, 256)],
  ],
  [
    "fips-generator-waits",
    "warning",
    [fips(true), wait(2, 2.9, { pid: 1, generator: "drbg", to: 4.9 })],
    [fips(true), wait(2, 2.9, { pid: 1, to: 4.9 })],
  ],
  ["callers-unknown", "info", [fips(true), pool(5, 4)], [fips(true), pool(5, 4), probe(5, "returned")]],
  [
    "early-is-enough",
    "info",
    [fips(false), pool(6, 80, 4096, 64), stretch(0, 30, 31), fastInit(5), probe(6, "returned")],
    [fips(false), pool(6, 80, 4096, 64), fastInit(5), probe(6, "would-wait")],
  ],
  ["cpu-not-trusted", "info", [cpu(false)], [cpu(true)]],
  ["cpu-not-trusted", "info", [cpu(false)], [cpu(null)]],
  [
    "early-uses",
    "info",
    [urandomRead(1)],
    [logged(1, { kind: "early-use", use: "kernel-call", name: "start_kernel+0x8e/0x4e3", bytes: null, bits: null })],
  ],
  [
    "vm-fork",
    "info",
    [logged(9, { kind: "reseed", reason: "vm-fork" })],
    [logged(9, { kind: "reseed", reason: "resume" })],
  ],
  ["waited", "warning", [wait(9, 120)], [readyLine(9)]],
  ["waited", "warning", [extent(40), wait(null, null, { comm: null })], [extent(40)]],
  ["waited", "warning", [wait(9, 120), wait(9, 120, { pid: 1 })], [wait(9, 120, { pid: 1 })]],
  ["waited", "warning", [wait(9, 120)], [wait(9, 120, { polls: true, interface: "dev-random" })]],
  ["polled", "info", [wait(9, 120, { polls: true, interface: "dev-random" })], [wait(9, 120)]],
  [
    "first-process-waited",
    "warning",
    [wait(9, 120, { pid: 1 })],
    [wait(9, 120), wait(9, 120, { pid: 1, polls: true })],
  ],
  ["not-shown", "info", [extent(40), urandomRead(3)], [extent(40), urandomRead(3), readyLine(9)]],
  ["not-shown", "info", [extent(40)], []],
  ["callers-unknown", "info", [fips(true), pool(5, 4)], [extent(40), urandomRead(3)]],
  ["log-incomplete", "info", [stretch(0, 1, 9), stretch(3, 4, 9)], [extent(40), loss(7, 1, 2, 5), readyLine(9)]],
  [
    "log-incomplete",
    "info",
    [stretch(0, 1, 9), stretch(3, 4, 9)],
    [stretch(0, 1, 9), stretch(3, 4, 9), readyLine(0.5)],
  ],
  ["log-incomplete", "info", [stretch(0, 1, 9), stretch(3, 4, 9)], [{ ...loss(7, 1, 2, 5), source: "trace" }]],
  ["trace-incomplete", "info", [{ ...loss(7, null, null, null), source: "trace" }], [loss(7, 1, 2, 5)]],
  ["recorder-incomplete", "warning", [recorder("somebody has emptied it")], [recorder(null)]],
  [
    "container",
    "info",
    [{ kind: "supply", virtualization: { vm: null, container: "podman" } }],
    [{ kind: "supply", virtualization: { vm: "kvm", container: null } }],
  ],
];

describe("the finding", () => {
  it.each(cases)("%s is %s, and shown only where it holds", (id, severity, shown, notShown) => {
    expect(findingsOf(...shown).find((finding) => finding.id === id)).toMatchObject({ severity });
    expect(idsOf(...notShown)).not.toContain(id);
  });

  it("of FIPS mode says what is there: the mode, or the marker alone", () => {
    const summary = (...evidence: readonly Evidence[]): string => findingsOf(...evidence)[0]?.summary ?? "";
    expect(summary(fips(true), pool(5, 4), probe(5.5, "would-wait"))).toMatch(/^FIPS mode is on and/);
    expect(summary(marker, pool(5, 4), probe(5.5, "would-wait"))).toMatch(/^\/etc\/system-fips exists and/);
  });

  it("does not report that callers wait on a host in FIPS mode, if the kernel was not probed", () => {
    expect(findingsOf(fips(true), pool(5, 4)).filter(({ severity }) => severity === "critical")).toEqual([]);
  });

  it("names early users once each, the first five, and counts the others", () => {
    const uses = ["a", "b", "a", "c", "d", "e", "f", "g"].map((name, index) => urandomRead(index + 1, name));
    expect(findingsOf(...uses).find(({ id }) => id === "early-uses")?.summary).toMatch(
      /^a, b, c, d, e and 2 more read \/dev\/urandom/,
    );
  });
});

describe("the finding that tasks waited", () => {
  const summary = (...evidence: readonly Evidence[]): string | undefined =>
    findingsOf(...evidence).find(({ id }) => id === "waited")?.summary;

  it.each<[summary: string, facts: Partial<Wait>]>([
    [
      "PID 1 waited 1.5 s for the CRNG: libgcrypt.so.20 asked for 24 bytes from its constructor, in FIPS mode; nothing was started meanwhile",
      {
        to: 8.5,
        caller: aCaller("libgcrypt.so.20", {
          fromConstructor: true,
          request: { syscall: "getrandom", bytes: 24, flags: 0 },
        }),
        libraries: ["libcrypto.so.3", "libgcrypt.so.20"],
        fips: true,
      },
    ],
    [
      "PID 1 waited 1.5 s for the CRNG in getrandom in FIPS mode (is linked with libcrypto.so.3 and libgcrypt.so.20); nothing was started meanwhile",
      { to: 8.5, libraries: ["libcrypto.so.3", "libgcrypt.so.20"], librariesSource: "elf", fips: true },
    ],
    [
      "PID 1 waited 1.5 s for the CRNG: libssl.so.3 asked for 1 byte; nothing was started meanwhile",
      { to: 8.5, caller: aCaller("libssl.so.3", { request: { syscall: "getrandom", bytes: 1, flags: 0 } }) },
    ],
    ["PID 1 waited at least 1.5 s for the CRNG in getrandom; nothing was started meanwhile", {}],
    ["PID 1 waited for the CRNG; nothing was started meanwhile", { seconds: null, interface: "dev-random" }],
  ])("%s", (expected, facts) => {
    expect(
      findingsOf(wait(7, 1.5, { pid: 1, comm: "systemd", ...facts })).find(({ id }) => id === "first-process-waited")
        ?.summary,
    ).toBe(expected);
  });

  describe("of PID 1, by when systemd came to its main()", () => {
    const asked = {
      caller: aCaller("libgcrypt.so.20", {
        how: "request",
        fromConstructor: null,
        request: { syscall: "getrandom", bytes: 24, flags: 0 },
      }),
    };
    const said = (
      from: number,
      program: Wait["program"],
      stamps: Partial<UnitTimes>,
      facts: Partial<Wait> = {},
    ): string | undefined => {
      const waitOfFirst = wait(from, 1.5, {
        pid: 1,
        tid: 1,
        comm: "systemd",
        to: from + 1.5,
        ...asked,
        program,
        ...facts,
      });
      const times = {
        kind: "unit-times",
        initrdAt: null,
        userspaceAt: null,
        finishedAt: 90,
        units: [],
        silences: null,
        ...stamps,
      } as const;
      return findingsOf(waitOfFirst, times)
        .find(({ id }) => id === "first-process-waited")
        ?.summary.replace(/^.*asked for 24 bytes(.*); nothing was started meanwhile$/, "$1");
    };
    const proven = " from a constructor, before main()";

    it("a constructor called where the wait began before that, in the same program", () => {
      expect(said(2, { from: 1.5, until: null }, { userspaceAt: 3.6 })).toBe(proven);
      expect(said(2, { from: 1.5, until: 9 }, { initrdAt: 3.6, userspaceAt: 9.4 })).toBe(proven);
    });

    it("nothing is said of a constructor where it began later, or within what the two clocks differ by", () => {
      expect(said(4, { from: 1.5, until: null }, { userspaceAt: 3.6 })).toBe("");
      expect(said(3.5, { from: 1.5, until: null }, { userspaceAt: 3.6 })).toBe("");
    });

    it("nor where the stamp is another program's: that of the initrd, or systemd after a soft reboot", () => {
      expect(said(2, { from: 1.5, until: 9 }, { userspaceAt: 9.4 })).toBe("");
      expect(said(2, { from: 1.5, until: 3.5 }, { userspaceAt: 3.6 })).toBe("");
      expect(said(9.2, { from: 9, until: null }, { initrdAt: 3.6, userspaceAt: 9.3 })).toBe("");
      expect(said(2, { from: 1.5, until: null }, { initrdAt: 3.6, userspaceAt: 9.4 })).toBe("");
    });

    it("nor where the stamp comes so late that it may be of a soft reboot whose execve(2) was not recorded", () => {
      expect(said(2, { from: 1.5, until: null }, { userspaceAt: 13.4 })).toBe(proven);
      expect(said(2, { from: 1.5, until: null }, { userspaceAt: 13.6 })).toBe("");
      expect(said(2, { from: 1.5, until: null }, { userspaceAt: 3.6 }, { to: null, ended: null })).toBe("");
    });

    it("nor where its programs or systemd's stamps were not recorded, or another task waited", () => {
      expect(said(2, null, { userspaceAt: 3.6 })).toBe("");
      expect(said(2, { from: 1.5, until: null }, {})).toBe("");
      expect(said(2, { from: 1.5, until: null }, { userspaceAt: 3.6 }, { tid: 7 })).toBe("");
    });

    it("a stack that shows whose constructor it was goes before", () => {
      const caller = aCaller("libgcrypt.so.20", {
        fromConstructor: true,
        request: { syscall: "getrandom", bytes: 24, flags: 0 },
      });
      expect(said(2, { from: 1.5, until: null }, { userspaceAt: 3.6 }, { caller })).toBe(" from its constructor");
    });
  });

  it.each<[summary: string, waits: readonly Evidence[]]>([
    ["sshd waited for the CRNG for at least 120.0 s (2 min 0 s)", [wait(9, 120)]],
    ["sshd waited for the CRNG for 3.5 s", [wait(2, 3.5, { to: 5.5 })]],
    [
      "2 tasks waited for the CRNG, the longest for at least 120.0 s (2 min 0 s)",
      [wait(2, 3.5, { to: 5.5 }), wait(9, 120, { pid: 7 })],
    ],
    ["A task waited for the CRNG", [wait(null, null, { comm: null })]],
    ["2 tasks waited for the CRNG", [wait(1, null), wait(2, null)]],
  ])("%s", (expected, waits) => {
    expect(summary(...waits)).toBe(expected);
  });

  it("counts those too that were not kept", () => {
    expect(summary(...Array.from({ length: bounds.waits + 88 }, (_, index) => wait(index, 1)))).toMatch(
      /^600 tasks waited/,
    );
  });
});

describe("the finding that a log does not show it", () => {
  const detail = (...evidence: readonly Evidence[]): string => {
    const finding = findingsOf(...evidence).find(({ id }) => id === "not-shown");
    return `${finding?.summary}; ${finding?.detail}`;
  };

  it("says where the log ends, if its stamps show it", () => {
    expect(detail(extent(40.25))).toMatch(
      /^This log, which ends at 40\.3 s, does not show the CRNG becoming ready; It may have become ready after the end of the log/,
    );
    expect(detail(extent(null))).toMatch(/^This log does not show the CRNG becoming ready;/);
  });

  it("says that it may have been before, where the log does not show the start", () => {
    expect(detail(extent(40, { fromStart: false, firstAt: 20 }))).toMatch(
      /; The log does not begin at the boot's start: it may have become ready before the log begins, or after its end/,
    );
  });

  it("says what 'fast init done' may mean, where it is there", () => {
    expect(detail(extent(40), fastInit(5))).toMatch(/The log has 'fast init done'/);
    expect(detail(extent(40), urandomRead(5))).not.toMatch(/fast init/);
  });

  it("stands alone: another host's log does not show that callers wait now", () => {
    expect(idsOf(extent(40), urandomRead(3))).toEqual(["early-uses", "not-shown"]);
    expect(idsOf(extent(40), loss(7, 1, 2, 5), logged(0.1, { kind: "fips-mode", enabled: true }), fastInit(3))).toEqual(
      ["not-shown"],
    );
  });
});

describe("the finding that a line is forged", () => {
  const { kind: _, file: _file, ...covers } = extent(60);
  it.each([
    [1, "A line of this log only looks like the kernel's own message"],
    [2, "2 lines of this log only look like the kernel's own message"],
  ])("counts %i", (count, summary) => {
    const forged = { count, line: 12, text: "random: crng init done" };
    const { findings } = diagnose({ ...emptyRecord(), covers: { ...covers, forged } });
    expect(findings.find(({ id }) => id === "forged-line")?.summary).toBe(summary);
  });
});

describe("all findings", () => {
  const everything: BootRecord = diagnose(
    fold(
      emptyRecord(),
      cases.flatMap(([, , shown]) => shown),
    ).record,
  );

  it("stand by gravity", () => {
    const rank = { critical: 0, warning: 1, info: 2 } as const;
    for (const findings of [everything.findings, ...cases.map(([, , shown]) => findingsOf(...shown))]) {
      const ranks = findings.map(({ severity }) => rank[severity]);
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    }
  });

  it("are in words without control bytes, one line each", () => {
    for (const { id, summary, detail, remedies } of cases.flatMap(([, , shown]) => findingsOf(...shown))) {
      for (const words of [id, summary, detail, ...remedies.flatMap(({ text, command }) => [text, command ?? "-"])])
        expect(words).toMatch(/^[^\p{Cc}]+$/u);
      expect(summary).not.toMatch(/undefined|null|NaN|\.$/);
      expect(detail).not.toMatch(/undefined|null|NaN|\.$/);
    }
  });

  it("are the same when they are drawn again", () => {
    expect(diagnose(everything)).toEqual(everything);
  });

  it("are none where nothing is known", () => {
    expect(idsOf()).toEqual([]);
  });

  it("each have a host that shows it, but for those that only a live kernel brings, or only a log", () => {
    const live = ["own-wait", "polled", "early-is-enough", "recorder-incomplete", "trace-incomplete"];
    const ofLogs = ["waited", "first-process-waited", "not-shown"];
    const shown = readdirSync(hosts).flatMap((story) => {
      const { boots } = JSON.parse(readFileSync(join(hosts, story, "expected.json"), "utf8")) as {
        readonly boots: readonly BootRecord[];
      };
      return boots.flatMap(({ findings }) => findings.map(({ id }) => id));
    });
    expect([...new Set([...shown, ...live, ...ofLogs])].toSorted()).toEqual(
      [...new Set(cases.map(([id]) => id))].toSorted(),
    );
  });
});
