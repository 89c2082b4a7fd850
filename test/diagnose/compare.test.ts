import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import type { BootComparison } from "../../src/core/comparison.ts";
import type { CpuRng } from "../../src/core/base/supply.ts";
import type { Evidence, KernelIdentity } from "../../src/core/evidence.ts";
import { fold } from "../../src/core/fold/fold.ts";
import { compare } from "../../src/diagnose/compare.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { fips, pool, probe, readyLine, wait } from "../core/evidence-of.ts";

const diagnosed = (...evidence: readonly Evidence[]) => diagnose(fold(emptyRecord(), evidence).record);
const kernel = (commandLine: string, release = "6.1.0", version = "#1 SMP"): KernelIdentity => ({
  kind: "kernel",
  bootId: null,
  release,
  version,
  buildId: null,
  commandLine,
});
const cpu = (trusted: boolean, rdrand = true): Evidence => {
  const generator: CpuRng = { rdrand, rdseed: false, other: null, trusted, why: "" };
  return { kind: "supply", cpu: generator };
};
const reasons = ({ reasons: all }: BootComparison): readonly string[] =>
  all.map(({ kind, explains, before, after }) => `${explains} ${kind} ${before ?? "-"} ${after ?? "-"}`);

describe("compare: the likeliest reason comes first", () => {
  it("a generator that is no longer credited explains a later readiness, before a new kernel", () => {
    const comparison = compare(
      diagnosed(kernel("ro", "6.1.0"), cpu(true), readyLine(0.1)),
      diagnosed(kernel("ro", "6.1.9"), cpu(false), readyLine(41.2)),
    );
    expect(comparison.sentence).toBe(
      "Ready 41.1 s later (41.200 s, before 0.100 s); likeliest reason: CPU's generator: RDRAND, credited → RDRAND, not credited",
    );
    expect(reasons(comparison)).toEqual([
      "likely CPU's generator RDRAND, credited RDRAND, not credited",
      "possible kernel 6.1.0 6.1.9",
    ]);
  });

  it("the same change explains no earlier readiness: it works against it", () => {
    const comparison = compare(
      diagnosed(kernel("ro", "6.1.0"), cpu(true), readyLine(41.2)),
      diagnosed(kernel("ro", "6.1.9"), cpu(false), readyLine(0.1)),
    );
    expect(comparison.sentence).toMatch(/^Ready 41\.1 s earlier .*; possible reasons: kernel: 6\.1\.0 → 6\.1\.9$/);
    expect(reasons(comparison).at(-1)).toBe("no CPU's generator RDRAND, credited RDRAND, not credited");
  });

  it.each<[what: string, before: string, after: string, expected: readonly string[], release?: string]>([
    ["that turns trust off", "ro", "ro random.trust_cpu=off", ["likely command line - random.trust_cpu=off"]],
    ["that is taken away", "ro random.trust_cpu=on", "ro", ["likely command line random.trust_cpu=on -"]],
    ["that hides RDRAND", "ro", "ro nordrand", ["likely command line - nordrand"], "5.10.7"],
    ["whose taking away shows RDRAND", "ro nordrand", "ro", ["no command line nordrand -"], "5.10.7"],
    ["that kernels from 6.0 on do not know", "ro", "ro nordrand", ["unlikely command line - nordrand"]],
    ["about FIPS mode", "ro", "ro fips=1", ["possible command line - fips=1"]],
    ["about something else", "ro quiet", "ro", ["unlikely command line quiet -"]],
    ["that names files of the kernel", "BOOT_IMAGE=/a ro", "BOOT_IMAGE=/b ro", []],
    ["in quotes", 'ro x="a b"', "ro", ['unlikely command line x="a b" -']],
  ])("an argument %s", (_what, before, after, expected, release = "6.1.0") => {
    const [was, is] = [before, after].map((line) => kernel(line, release)) as [Evidence, Evidence];
    expect(reasons(compare(diagnosed(was, readyLine(1)), diagnosed(is, readyLine(9))))).toEqual(expected);
  });

  it("another build of the same release is recognised by its version line", () => {
    const comparison = compare(
      diagnosed(kernel("ro", "6.1.0", "#1 SMP"), readyLine(1)),
      diagnosed(kernel("ro", "6.1.0", "#2 SMP"), readyLine(9)),
    );
    expect(reasons(comparison)).toEqual(["possible kernel build #1 SMP #2 SMP"]);
  });
});

describe("compare: what a person notices", () => {
  it("names tasks that wait now and did not, and the verdict's change", () => {
    const { effects } = compare(
      diagnosed(readyLine(0.1)),
      diagnosed(wait(2, 31.5, { pid: 612, comm: "gpgv", to: 33.5 }), readyLine(33.4)),
    );
    expect(effects).toEqual([
      { kind: "ready", before: "0.100 s", after: "33.400 s" },
      { kind: "verdict", before: "innocent, shown", after: "cause, shown" },
      { kind: "waits", before: "not recorded", after: "1 task, at least 31.500 s" },
      { kind: "waiter", before: null, after: "gpgv" },
    ]);
  });

  it("is nothing where two boots are alike", () => {
    const comparison = compare(diagnosed(kernel("ro"), readyLine(1.1)), diagnosed(kernel("ro"), readyLine(1.1)));
    expect(comparison).toMatchObject({ effects: [], reasons: [] });
    expect(comparison.sentence).toBe("Ready at the same time within 0.5 s (1.100 s, before 1.100 s)");
  });

  it("gives no reason for a shift that is none", () => {
    const comparison = compare(diagnosed(cpu(true), readyLine(1.1)), diagnosed(cpu(false), readyLine(1.2)));
    expect(comparison.sentence).not.toContain("reason");
    expect(comparison.reasons.map(({ explains }) => explains)).toEqual(["no"]);
  });
});

describe("compare: what is not known", () => {
  it("is said, not guessed: two intervals that overlap are no shift", () => {
    const between = (from: number, to: number) =>
      diagnosed(fips(false), pool(to, 256), probe(from, "would-wait"), probe(to, "returned"));
    expect(compare(between(3, 9), between(8, 12)).sentence).toMatch(/^Both became ready; which one later is not known/);
    expect(compare(between(3, 9), between(19, 20)).sentence).toMatch(/^Ready 11\.0 s later/);
  });

  it("a boot that is not known to have become ready is neither later nor earlier", () => {
    expect(compare(diagnosed(readyLine(1)), diagnosed(fips(false))).sentence).toMatch(
      /^Not both are known to have become ready/,
    );
  });

  it("lists the reasons that could not be compared", () => {
    const { unknown } = compare(diagnosed(cpu(true), fips(false), readyLine(1)), diagnosed(readyLine(9)));
    expect(unknown).toEqual(expect.arrayContaining(["CPU's generator", "FIPS mode", "hypervisor"]));
  });
});
