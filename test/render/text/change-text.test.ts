import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../src/core/boot-record.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { changeText } from "../../../src/render/text/change-text.ts";
import { fips, logged, pool, probe, readyLine, stretch, urandomRead } from "../../support/records/evidence-of.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";

/** The lines that `after` brings, once `before` is known. */
function lines(before: readonly Evidence[], ...after: readonly Evidence[]): readonly (string | null)[] {
  const folded = fold(fold(emptyRecord(), before).record, after);
  const [record, changes] = [diagnose(folded.record), folded.changes];
  return changes.map((change) => changeText(change, record));
}

describe("a line for what has newly come true", () => {
  it.each<[what: string, before: readonly Evidence[], after: Evidence, line: string]>([
    ["a level", [], readyLine(2.5), "CRNG ready at 2.500000 s (kernel log)"],
    [
      "the moment, later",
      [fips(false), pool(9, 256)],
      readyLine(2.5),
      "The time of readiness is now known: CRNG ready at 2.500000 s (kernel log)",
    ],
    [
      "callers that return all the same",
      [fips(true), pool(3, 40)],
      probe(2.1, "returned"),
      "CRNG not ready at 3.000000 s, but callers get bytes from the kernel's FIPS generator",
    ],
    [
      "a reader of /dev/urandom",
      [urandomRead(1)],
      urandomRead(2, "systemd"),
      "2.000000 s: 'systemd' read 16 bytes from /dev/urandom before the CRNG was ready",
    ],
    [
      "code of the kernel",
      [urandomRead(1)],
      logged(2, { kind: "early-use", use: "kernel-call", name: "start_kernel+0x8e/0x4e3", bytes: null, bits: null }),
      "2.000000 s: kernel code start_kernel+0x8e/0x4e3 read random bytes before the CRNG was ready",
    ],
    [
      "a clone",
      [readyLine(1)],
      logged(61.2, { kind: "reseed", reason: "vm-fork" }),
      "61.200000 s: CRNG reseeded because the virtual machine was cloned or restored",
    ],
    [
      "a resume",
      [readyLine(1)],
      logged(99, { kind: "reseed", reason: "resume" }),
      "99.000000 s: CRNG reseeded on resume",
    ],
    [
      "a gap",
      [readyLine(1), stretch(0, 2, 3)],
      stretch(4, 5, 6),
      "Kernel log lost 1999 records between 2.000000 s and 4.000000 s",
    ],
  ])("%s", (_what, before, after, line) => {
    expect(lines(before, after)).toContain(line);
  });

  it("a contradiction, with its kind and both facts", () => {
    const printed = lines([readyLine(1)], urandomRead(9, "ghost\u001b[31m"));
    expect(printed).toContainEqual(
      expect.stringMatching(
        /^Contradiction \(unready-after-ready\): .* at 1\.000000 s .*'ghost\\x1b\[31m'.* at 9\.000000 s/,
      ),
    );
  });

  it("never holds a stranger's control bytes", () => {
    const hostile = "\u001b[31mx\ny\u202e";
    for (const line of lines(
      [readyLine(1)],
      urandomRead(9, hostile),
      logged(10, { kind: "early-use", use: "kernel-call", name: hostile, bytes: null, bits: null }),
    )) {
      expect(line ?? "").toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
    }
  });

  it("is not needed where only the callers' state follows the level", () => {
    expect(lines([], urandomRead(1)).filter((line) => line === null)).toHaveLength(1);
  });
});
