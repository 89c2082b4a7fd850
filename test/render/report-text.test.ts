import { describe, expect, it } from "vitest";
import { type BootRecord, bounds, emptyRecord } from "../../src/core/boot-record.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import { fold } from "../../src/core/readiness.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { reportText } from "../../src/render/report-text.ts";
import { statusText } from "../../src/render/status-text.ts";
import { fips, logged, pool, probe, readyLine, stretch, urandomRead } from "../core/evidence-of.ts";

const recordOf = (...evidence: readonly Evidence[]): BootRecord => diagnose(fold(emptyRecord(), evidence).record);
const failed: Evidence = { kind: "source", name: "kmsg", health: "denied", detail: "Cannot read '/dev/kmsg'" };

describe("the report", () => {
  it("shows a section for each thing that there is, and no empty one", () => {
    const titles = (record: BootRecord): readonly string[] =>
      reportText(record)
        .split("\n\n")
        .slice(1)
        .map((section) => section.split("\n")[0] ?? "");
    expect(titles(recordOf())).toEqual(["Readiness"]);
    expect(
      titles(
        recordOf(fips(false), probe(9, "returned"), pool(9, 256), stretch(0, 3, 9), stretch(5, 8, 9), urandomRead(1), readyLine(2), urandomRead(7), logged(8, { is: "reseed", reason: "resume" }), failed),
      ),
    ).toEqual(["Readiness", "Early uses", "Reseeds", "Entropy supply", "Contradictions", "Log gaps", "Findings", "Sources"]);
  });

  it("does not say more of an unknown level than that", () => {
    expect(reportText(recordOf())).toMatch(/^ +level +unknown$/m);
  });

  it("says where a level may be higher than told", () => {
    expect(reportText(recordOf(fips(false), pool(900, 80, 4096), stretch(700, 890, 901), probe(901, "returned")))).toMatch(/^ +level +early, or more/m);
  });

  it("names the first early users, and counts the others", () => {
    const uses = Array.from({ length: bounds.earlyUses + 7 }, (_, index) => urandomRead(index + 1, `reader-${index}`));
    const text = reportText(recordOf(...uses, logged(9000, { is: "missed-warnings", count: 30 })));
    expect(text.match(/ reader-\d+ read /g)).toHaveLength(20);
    expect(text).toContain(`and ${bounds.earlyUses + 7 - 20} more\n`);
    expect(text).toContain("and 30 that the kernel did not print\n");
  });

  it("shows what crngwatch itself may have waited", () => {
    const start = { kind: "own-start", pid: 9, startedAt: 3, runningAt: 4.5 } as const;
    expect(reportText(recordOf({ ...start, nonblocking: true }))).toMatch(/crngwatch +started without asking the CRNG to be ready$/m);
    expect(reportText(recordOf({ ...start, nonblocking: false }))).toMatch(/crngwatch +started without its start object in 1\.50 s, all of which it may have waited$/m);
  });

  it("has no stranger's control bytes, wherever they come from", () => {
    const hostile = "\u001b[31mx\u202e\ny";
    const record = recordOf(
      { kind: "kernel", bootId: hostile, release: hostile, version: hostile, buildId: null, commandLine: hostile },
      { kind: "host", distribution: hostile, hardware: hostile, processor: hostile, memoryBytes: null },
      urandomRead(5, hostile),
      readyLine(2),
      logged(1, { is: "early-use", use: "kernel-call", name: hostile, bytes: null, bits: null }),
      logged(1.5, { is: "cpu-rng-problem", text: `RDRAND is not reliable on this platform${hostile}` }),
      pool(9, 256),
      { kind: "fips", kernel: true, commandLine: null, systemFips: null, cryptoPolicy: hostile, dracutFips: null },
      {
        kind: "supply",
        cpu: { rdrand: true, rdseed: false, other: null, trusted: false, why: hostile },
        hwRandom: { current: hostile, available: [hostile], quality: 3, virtio: false },
        bootloader: { via: "the device tree's /chosen/rng-seed", efi: false, trusted: true, why: hostile },
        virtualization: { vm: hostile, container: hostile },
      },
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
  it("is the verdict, a line for each finding, and one for each source that cannot tell", () => {
    const absent: Evidence = { kind: "source", name: "hw-random", health: "absent", detail: "not there" };
    expect(statusText(recordOf(readyLine(2), failed, absent))).toBe(
      "CRNG ready at 2.000000 s (kernel log)\ninfo: The CRNG held nothing up after 2.0 s\nkmsg denied: Cannot read '/dev/kmsg'\n",
    );
  });
});
