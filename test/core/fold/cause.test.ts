import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../src/core/boot-record.ts";
import type { EntropyCredit } from "../../../src/core/entropy-credits.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import type { Wait } from "../../../src/core/wait.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { arrangements, extent, logged, pool, probe, readyLine, wait } from "../../support/records/evidence-of.ts";

const aCredit = (more: Partial<EntropyCredit>): EntropyCredit => ({
  source: "jitter",
  bits: 138,
  times: 138,
  firstAt: 3,
  lastAt: 5,
  function: "entropy_timer",
  task: { pid: 9, comm: "cryptomgr_test" },
  ...more,
});
const interrupts = aCredit({ source: "interrupts", bits: 118, lastAt: 4, function: "mix_interrupt_randomness" });
const credits = (...list: readonly EntropyCredit[]): Evidence => ({ kind: "credits", credits: list });
const readinessOf = (...evidence: readonly Evidence[]) => fold(emptyRecord(), evidence).record.readiness;
const rewrite = pool(40, 256);

describe("the cause of readiness", () => {
  it("is the source of the last credit, with all that were credited", () => {
    expect(readinessOf(rewrite, credits(interrupts, aCredit({})), readyLine(5))).toMatchObject({
      cause: "jitter",
      basis: { cause: "recorded in the kernel: jitter entropy 138 bits, interrupts 118 bits" },
    });
    const hwrng = aCredit({ source: "hwrng", bits: 512, times: 1, function: "add_hwgenerator_randomness" });
    expect(readinessOf(rewrite, credits(interrupts, hwrng), readyLine(5))).toMatchObject({
      cause: "hwrng",
      basis: { cause: "recorded in the kernel: the hardware generator 512 bits, interrupts 118 bits" },
    });
  });

  it("names the task that waited while jitter was gathered, not the task that the timer interrupted", () => {
    const waits = [wait(3, 2.001, { to: 5.001, gatheredJitter: true }), wait(6, 1, { to: 7, pid: 413 })];
    expect(readinessOf(rewrite, credits(aCredit({})), ...waits, readyLine(5)).basis.cause).toBe(
      "recorded in the kernel: jitter entropy 138 bits while sshd[412] waited",
    );
  });

  it("names the program that credited, and the seed file where it was systemd-random-seed", () => {
    const program = aCredit({ source: "program", bits: 256, times: 1, task: { pid: 70, comm: "rngd" } });
    expect(readinessOf(rewrite, credits(program), readyLine(5))).toMatchObject({
      cause: "program",
      basis: { cause: "recorded in the kernel: a program's credit 256 bits by rngd[70]" },
    });
    const seed = aCredit({ source: "seed-file", bits: null, times: 1, task: { pid: 71, comm: "systemd-random-" } });
    expect(readinessOf(rewrite, credits(seed), readyLine(5))).toMatchObject({
      cause: "seed-file",
      basis: { cause: "recorded in the kernel: the seed file once by systemd-random-[71]" },
    });
  });

  it("is not a credit of another moment, as where the trace was stopped before", () => {
    expect(readinessOf(rewrite, credits(aCredit({})), readyLine(7))).toMatchObject({
      cause: "unknown",
      basis: { cause: "not recorded: the flight recorder would show it (crngwatch recorder arm)" },
    });
  });

  it("is a credit that came as the line was printed, up to the clocks' difference and what the task took to come back", () => {
    const causeOf = (lastAt: number): string =>
      readinessOf(rewrite, credits(aCredit({ firstAt: 4, lastAt })), readyLine(5)).cause;
    expect([4.975, 4.985, 5.115, 5.125].map(causeOf)).toEqual(["unknown", "jitter", "jitter", "unknown"]);
  });

  it("names a task that waited at the edge of the gathering, up to the clocks' difference", () => {
    const whyOf = (from: number, to: number): string | null =>
      readinessOf(rewrite, credits(aCredit({ firstAt: 3, lastAt: 5 })), wait(from, to - from, { to }), readyLine(5))
        .basis.cause;
    const named = "recorded in the kernel: jitter entropy 138 bits while sshd[412] waited";
    expect([whyOf(5.02, 6), whyOf(2, 2.98)]).toEqual([named, named]);
    const unnamed = "recorded in the kernel: jitter entropy 138 bits";
    expect([whyOf(5.021, 6), whyOf(2, 2.979)]).toEqual([unnamed, unnamed]);
  });

  it("names no task that polled, queued for the FIPS generator, or for which the kernel gathered nothing", () => {
    const whyWith = (more: Partial<Wait>): string | null =>
      readinessOf(rewrite, credits(aCredit({})), wait(3, 2, { to: 5, ...more }), readyLine(5)).basis.cause;
    const unnamed = "recorded in the kernel: jitter entropy 138 bits";
    expect(whyWith({ gatheredJitter: null })).toBe(`${unnamed} while sshd[412] waited`);
    for (const more of [{ polls: true }, { generator: "drbg" }, { gatheredJitter: false }] as const)
      expect(whyWith(more)).toBe(unnamed);
  });

  it("is jitter by a wait for which the kernel gathered, and that ended just then", () => {
    const causeWith = (to: number | null, from = 3): string =>
      readinessOf(
        rewrite,
        wait(from, (to ?? 9) - from, { to, gatheredJitter: true, evidence: "hung-task" }),
        readyLine(5),
      ).cause;
    expect([4.979, 4.98, 5.1, 5.101].map((to) => causeWith(to))).toEqual(["unknown", "jitter", "jitter", "unknown"]);
    expect([causeWith(null), causeWith(null, 5), causeWith(null, 5.001)]).toEqual(["jitter", "jitter", "unknown"]);
  });

  it("needs enough credits where the moment is not known", () => {
    const ready = [pool(6, 256), probe(6, "returned")] as const;
    expect(readinessOf(...ready, credits(interrupts, aCredit({}))).cause).toBe("jitter");
    expect(readinessOf(...ready, credits(aCredit({}))).cause).toBe("unknown");
    const causeOf = (bits: number): string => readinessOf(...ready, credits(aCredit({ bits }))).cause;
    expect([255, 256].map(causeOf)).toEqual(["unknown", "jitter"]);
    // A credit whose bits are not known is not counted.
    const seed = aCredit({ source: "seed-file", bits: null, times: 1, task: null });
    const withSeed = (bits: number): string => readinessOf(...ready, credits(seed, aCredit({ bits }))).cause;
    expect([255, 256].map(withSeed)).toEqual(["unknown", "jitter"]);
  });

  it("is not concluded while the CRNG is not ready", () => {
    expect(readinessOf(pool(4, 200), credits(interrupts))).toMatchObject({ cause: "unknown", basis: { cause: null } });
  });

  it("is the boot loader's seed where it is ready before the kernel echoes its command line", () => {
    const echo = logged(0.1, { kind: "command-line", text: "ro", early: false, fips: false });
    expect(readinessOf(rewrite, echo, readyLine(0.05))).toMatchObject({
      cause: "bootloader",
      basis: { cause: expect.stringMatching(/^ready before the kernel printed its command line/) as string },
    });
  });

  it("says what would show it: of a log a trace, of an old pool the kernel's own event", () => {
    expect(readinessOf(readyLine(5), extent(9)).basis.cause).toBe(
      "a log does not show it; a trace of the flight recorder would show it",
    );
    expect(readinessOf(pool(9, 0, 4096), readyLine(5)).basis.cause).toContain("random:credit_entropy_bits");
  });

  it("of two traces follows from that which goes on longer, in whatever order they come", () => {
    const evidence = [
      rewrite,
      credits(interrupts),
      credits(interrupts, aCredit({})),
      credits(aCredit({ times: 3, bits: 3 })),
      readyLine(5),
    ];
    for (const order of arrangements(evidence))
      if (order.length === evidence.length)
        expect(readinessOf(...order).basis.cause).toBe(
          "recorded in the kernel: jitter entropy 138 bits, interrupts 118 bits",
        );
  });
});
