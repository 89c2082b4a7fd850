import { describe, expect, it } from "vitest";
import { type Diagnosed, emptyRecord, type ReadinessCause } from "../../src/core/boot-record.ts";
import type { BootComparison } from "../../src/core/comparison.ts";
import type { CpuRng } from "../../src/core/base/supply.ts";
import type { Evidence, KernelIdentity } from "../../src/core/evidence.ts";
import { compareBoots } from "../../src/diagnose/compare.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { LogReader } from "../../src/parse/log/log-reader.ts";
import { fips, pool, probe, readyLine, wait } from "../support/records/evidence-of.ts";
import { diagnosedOf } from "../support/records/record-of.ts";

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
    const comparison = compareBoots(
      diagnosedOf(kernel("ro", "6.1.0"), cpu(true), readyLine(0.1)),
      diagnosedOf(kernel("ro", "6.1.9"), cpu(false), readyLine(41.2)),
    );
    expect(comparison.sentence).toBe(
      "The CRNG became ready 41.1 s later: at 41.200 s instead of at 0.100 s; likeliest reason: CPU's generator: RDRAND, credited → RDRAND, not credited",
    );
    expect(reasons(comparison)).toEqual([
      "likely CPU's generator RDRAND, credited RDRAND, not credited",
      "possible kernel 6.1.0 6.1.9",
    ]);
  });

  it("the same change explains no earlier readiness: it works against it", () => {
    const comparison = compareBoots(
      diagnosedOf(kernel("ro", "6.1.0"), cpu(true), readyLine(41.2)),
      diagnosedOf(kernel("ro", "6.1.9"), cpu(false), readyLine(0.1)),
    );
    expect(comparison.sentence).toMatch(
      /^The CRNG became ready 41\.1 s earlier: .*; possible reasons: kernel: 6\.1\.0 → 6\.1\.9$/,
    );
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
    expect(reasons(compareBoots(diagnosedOf(was, readyLine(1)), diagnosedOf(is, readyLine(9))))).toEqual(expected);
  });

  it("another build of the same release is recognised by its version line", () => {
    const comparison = compareBoots(
      diagnosedOf(kernel("ro", "6.1.0", "#1 SMP"), readyLine(1)),
      diagnosedOf(kernel("ro", "6.1.0", "#2 SMP"), readyLine(9)),
    );
    expect(reasons(comparison)).toEqual(["possible kernel build #1 SMP #2 SMP"]);
  });
});

describe("compare: what made the CRNG ready", () => {
  const readyBy = (cause: ReadinessCause, at: number): Diagnosed => {
    const record = diagnosedOf(readyLine(at));
    return { ...record, readiness: { ...record.readiness, cause } };
  };
  const explains = (before: ReadinessCause, after: ReadinessCause, later = true): string | undefined =>
    compareBoots(readyBy(before, later ? 1 : 9), readyBy(after, later ? 9 : 1)).reasons[0]?.explains;

  it.each<[sooner: ReadinessCause, later: ReadinessCause]>([
    ["cpu", "hwrng"],
    ["hwrng", "seed-file"],
    ["seed-file", "program"],
    ["seed-file", "other"],
    ["seed-file", "jitter"],
    ["program", "interrupts"],
    ["other", "interrupts"],
    ["jitter", "interrupts"],
  ])("%s makes it ready sooner than %s, which explains a later readiness and no earlier one", (sooner, later) => {
    expect([explains(sooner, later), explains(sooner, later, false)]).toEqual(["likely", "no"]);
    expect([explains(later, sooner, false), explains(later, sooner)]).toEqual(["likely", "no"]);
  });

  it.each<[one: ReadinessCause, other: ReadinessCause]>([
    ["cpu", "bootloader"],
    ["program", "jitter"],
    ["jitter", "other"],
  ])("neither %s nor %s makes it ready sooner than the other: the change may be why", (one, other) => {
    expect([explains(one, other), explains(other, one), explains(one, other, false)]).toEqual(
      Array(3).fill("possible"),
    );
  });
});

describe("compare: what the kernel says of itself", () => {
  it("is named where only one of the two says it, and is likely why where it is a generator that it does not trust", () => {
    const complains = (note: "cpu-rng-problem" | "bootloader-seed", text: string | null, at: number): Diagnosed => {
      const record = diagnosedOf(readyLine(at));
      const notes = [{ note, text, at: null, noted: null, line: 3, seq: null }];
      return { ...record, observed: { ...record.observed, notes } };
    };
    const to = (after: Diagnosed) => reasons(compareBoots(diagnosedOf(readyLine(1)), after));
    expect(to(complains("cpu-rng-problem", null, 9))).toEqual([
      "likely kernel's complaint - a generator of the CPU that is not trusted",
    ]);
    expect(to(complains("cpu-rng-problem", "RDRAND is broken", 9))).toEqual([
      "likely kernel's complaint - 'RDRAND is broken'",
    ]);
    expect(to(complains("bootloader-seed", null, 9))).toEqual([]);
  });

  it("is FIPS mode, on or off", () => {
    const boot = (mode: boolean, at: number): Diagnosed => diagnosedOf(fips(mode), readyLine(at));
    expect(reasons(compareBoots(boot(false, 1), boot(true, 9)))).toEqual(["possible FIPS mode off on"]);
    expect(reasons(compareBoots(boot(true, 1), boot(false, 9)))).toEqual(["possible FIPS mode on off"]);
  });
});

describe("compare: lists have an end", () => {
  it("32 arguments of a command line that differ are listed", () => {
    const many = Array.from({ length: 80 }, (_, index) => `word${index}=1`).join(" ");
    const { reasons: listed } = compareBoots(
      diagnosedOf(kernel("ro"), readyLine(1)),
      diagnosedOf(kernel(many), readyLine(9)),
    );
    expect(listed).toHaveLength(32);
  });

  it("eight waiters that came are named, and eight that went", () => {
    const waiters = (name: string): Diagnosed =>
      diagnosedOf(
        ...Array.from({ length: 20 }, (_, index) => wait(2, 30, { pid: 600 + index, comm: `${name}${index}`, to: 32 })),
        readyLine(32),
      );
    const names = compareBoots(waiters("old"), waiters("new")).effects.filter(({ kind }) => kind === "waiter");
    expect(names.filter(({ after }) => after?.startsWith("new") === true)).toHaveLength(8);
    expect(names.filter(({ before }) => before?.startsWith("old") === true)).toHaveLength(8);
  });

  it("three reasons that are possible stand in the sentence", () => {
    const { sentence } = compareBoots(
      diagnosedOf(kernel("ro", "6.1.0"), fips(false), readyLine(1)),
      diagnosedOf(kernel("ro fips=1 random.x=1 tsc=x", "6.1.9"), fips(true), readyLine(9)),
    );
    expect(sentence).toMatch(
      /; possible reasons: command line: fips=1 is new; command line: random\.x=1 is new; command line: tsc=x is new$/,
    );
  });
});

describe("compare: what a person notices", () => {
  it("names tasks that wait now and did not, and the verdict's change", () => {
    const { effects } = compareBoots(
      diagnosedOf(readyLine(0.1)),
      diagnosedOf(wait(2, 31.5, { pid: 612, comm: "gpgv", to: 33.5 }), readyLine(33.4)),
    );
    expect(effects).toEqual([
      { kind: "CRNG", before: "ready at 0.100 s", after: "ready at 33.400 s" },
      { kind: "verdict", before: "not the CRNG", after: "blocked on the CRNG" },
      { kind: "waits", before: "not recorded", after: "1 task, at least 31.500 s" },
      { kind: "waiter", before: null, after: "gpgv" },
    ]);
  });

  it("is nothing where two boots are alike", () => {
    const comparison = compareBoots(
      diagnosedOf(kernel("ro"), readyLine(1.1)),
      diagnosedOf(kernel("ro"), readyLine(1.1)),
    );
    expect(comparison).toMatchObject({ effects: [], reasons: [] });
    expect(comparison.sentence).toBe(
      "The CRNG became ready at the same time within 0.5 s: ready at 1.100 s in both boots",
    );
  });

  it("gives no reason for a shift that is none", () => {
    const comparison = compareBoots(diagnosedOf(cpu(true), readyLine(1.1)), diagnosedOf(cpu(false), readyLine(1.2)));
    expect(comparison.sentence).not.toContain("reason");
    expect(comparison.reasons.map(({ explains }) => explains)).toEqual(["no"]);
  });
});

describe("compare: what is not known", () => {
  const between = (from: number, to: number) =>
    diagnosedOf(fips(false), pool(to, 256), probe(from, "would-wait"), probe(to, "returned"));
  const sentence = (before: Diagnosed, after: Diagnosed): string => compareBoots(before, after).sentence;

  it("is said, not guessed: two intervals that overlap are no shift", () => {
    expect(sentence(between(3, 9), between(8, 12))).toMatch(
      /^Whether the CRNG became ready later or earlier is not known: between 8\.000 s and 12\.000 s instead of between 3/,
    );
  });

  it("is left out of a shift: of two intervals that are apart, it is at least the gap between them", () => {
    expect(sentence(between(3, 9), between(19, 20))).toMatch(
      /^The CRNG became ready at least 10\.0 s later: between 19/,
    );
    expect(sentence(between(19, 20), between(3, 9))).toMatch(/^The CRNG became ready at least 10\.0 s earlier: /);
  });

  it("a boot that was not seen to become ready was later where it was not ready when the other had long been", () => {
    const never = diagnosedOf(fips(false), pool(60, 4), probe(60, "would-wait"));
    expect(sentence(diagnosedOf(readyLine(4.9)), never)).toMatch(
      /^The CRNG became ready at least 55\.1 s later, if at all: not ready at 60\.000 s instead of ready at 4\.900 s/,
    );
    expect(sentence(never, diagnosedOf(readyLine(4.9)))).toMatch(
      /^The CRNG became ready at least 55\.1 s earlier: ready at 4\.900 s instead of not ready at 60\.000 s/,
    );
    // It may have become ready a moment later.
    expect(sentence(diagnosedOf(readyLine(59.6)), never)).toMatch(/^Whether the CRNG became ready later or earlier /);
    expect(sentence(never, never)).toMatch(/^Whether .* is not known: not ready at 60\.000 s in both boots/);
  });

  it("a boot of which nothing is known is neither later nor earlier, and what differs is no reason", () => {
    expect(sentence(diagnosedOf(kernel("ro", "6.1.0"), readyLine(1)), diagnosedOf(kernel("ro", "6.1.9")))).toBe(
      "Whether the CRNG became ready later or earlier is not known: state unknown instead of ready at 1.000 s; what differs: kernel: 6.1.0 → 6.1.9",
    );
  });

  it("is listed, with what is known of one of the two", () => {
    const { unknown } = compareBoots(diagnosedOf(cpu(true), readyLine(1)), diagnosedOf(readyLine(9)));
    expect(unknown).toContainEqual({ kind: "CPU's generator", before: "RDRAND, credited", after: null });
    expect(unknown).toContainEqual({ kind: "FIPS mode", before: null, after: null });
  });

  it("that a waiter is gone is said only where waits of the other boot are known", () => {
    const blocked = diagnosedOf(wait(2, 31.5, { pid: 612, comm: "gpgv", to: 33.5 }), readyLine(33.4));
    const waiters = (before: Diagnosed, after: Diagnosed): readonly unknown[] =>
      compareBoots(before, after).effects.filter(({ kind }) => kind === "waiter");
    expect(waiters(blocked, diagnosedOf(readyLine(33.4)))).toEqual([
      { kind: "waiter", before: "gpgv", after: "not recorded" },
    ]);
    expect(waiters(blocked, diagnosedOf(readyLine(0.1)))).toEqual([{ kind: "waiter", before: "gpgv", after: null }]);
  });
});

describe("compare: supplies", () => {
  const hwrng = (current: string | null): Evidence => ({
    kind: "supply",
    hwRandom: { current, available: [], quality: 1000, virtio: false },
  });

  it("a generator that is lost is likely why, unless the sooner boot is known to have become ready by another", () => {
    const lost = (ready: Evidence) =>
      reasons(compareBoots(diagnosedOf(hwrng("tpm-rng-0"), ready), diagnosedOf(hwrng(null), readyLine(9))));
    expect(lost(readyLine(0.1))).toEqual(["likely hardware generator tpm-rng-0 none"]);
    const byCpu: Evidence = { ...readyLine(0.1), message: { kind: "ready", pool: "crng", trusting: "cpu" } };
    expect(lost(byCpu)).toContain("possible hardware generator tpm-rng-0 none");
  });

  it("an entropy daemon is likely why on a kernel that gathers nothing itself, else it may be", () => {
    const units = (name: string): Evidence => ({
      kind: "unit-times",
      initrdAt: null,
      userspaceAt: 2,
      finishedAt: 20,
      units: [{ name, startedAt: 3, doneAt: 4, after: [] }],
      silences: null,
    });
    const gone = (release: string) =>
      reasons(
        compareBoots(
          diagnosedOf(kernel("ro", release), pool(5, 128, 4096), units("rngd.service"), readyLine(4)),
          diagnosedOf(kernel("ro", release), pool(5, 128, 4096), units("cron.service"), readyLine(90)),
        ),
      );
    expect(gone("4.19.0")).toEqual(["likely entropy daemon rngd none"]);
    expect(gone("5.10.0")).toEqual(["possible entropy daemon rngd none"]);
  });

  it("a log without an entropy daemon's line does not show that there was none", () => {
    const log = (...lines: readonly string[]) => {
      const reader = new LogReader("boot.log");
      reader.push(Buffer.from([...lines, "[    4.900000] random: crng init done", ""].join("\n")));
      return diagnose(reader.end()[0] ?? emptyRecord());
    };
    const version = "[    0.000000] Linux version 4.19.0 (a@b) (gcc) #1 SMP";
    const { unknown } = compareBoots(
      log(version),
      log(version, "[    4.410000] rngd[321]: Initializing available sources"),
    );
    expect(unknown).toContainEqual({ kind: "entropy daemon", before: null, after: "rngd" });
  });
});
