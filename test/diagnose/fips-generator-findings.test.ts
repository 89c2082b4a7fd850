import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import { fold } from "../../src/core/fold/fold.ts";
import type { Wait } from "../../src/core/wait.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { extent, fips, pool, probe, readyLine, wait } from "../support/records/evidence-of.ts";

const findingOf = (id: string, ...evidence: readonly Evidence[]): Finding | undefined =>
  diagnose(fold(emptyRecord(), evidence).record).findings.find((finding) => finding.id === id);
/** A task in the generator's queue. */
const queued = (pid: number, seconds: number | null, more: Partial<Wait> = {}): Evidence =>
  wait(2, seconds, { pid, tid: pid, comm: "keygen", generator: "drbg", evidence: "live", ...more });
const over = (seconds: number): Partial<Wait> => ({ to: 2 + seconds });

describe("the finding fips-generator-waits: its sentence", () => {
  const summary = (...evidence: readonly Evidence[]): string | undefined =>
    findingOf("fips-generator-waits", fips(true), ...evidence)?.summary;
  const generator = "for the kernel's FIPS generator";

  it.each<[words: string, ...waits: readonly Evidence[]]>([
    [`keygen waited ${generator} for 2.9 s`, queued(7, 2.867, over(2.867))],
    [`keygen waits ${generator} for at least 2.9 s`, queued(7, 2.867)],
    [`keygen waited ${generator} for 0.042 s`, queued(7, 0.0418, over(0.0418))],
    [`keygen waited ${generator} for 1.0 s`, queued(7, 1, over(1))],
    [`keygen waited ${generator}`, queued(7, 0, over(0))],
    [`keygen waits ${generator}`, queued(7, null)],
    [`A task waits ${generator}`, queued(7, null, { comm: null })],
    [`keygen waited again and again ${generator} for at least 3.0 s in all`, queued(7, 3, { ...over(4), times: 9 })],
    [
      `keygen waited again and again ${generator} for 3.0 s in all`,
      queued(7, 3, { ...over(4), times: 9, evidence: "recorder", errorSeconds: 0 }),
    ],
    [`2 tasks waited ${generator}, the longest for 2.5 s`, queued(7, 1, over(1)), queued(8, 2.5, over(2.5))],
    [`2 tasks wait ${generator}, the longest for 2.5 s`, queued(7, 1), queued(8, 2.5, over(2.5))],
    // Two waits of one task.
    [
      `1 tasks waited ${generator}, the longest for 2.5 s`,
      queued(7, 1, over(1)),
      wait(20, 2.5, { pid: 7, tid: 7, generator: "drbg", evidence: "live", to: 22.5 }),
    ],
    // Nothing continues while PID 1 waits.
    [`PID 1 waited ${generator} for 1.5 s`, queued(1, 1.5, over(1.5)), queued(8, 9)],
    [`PID 1 waits ${generator} for at least 1.5 s`, queued(1, 1.5), queued(8, 9, over(9))],
  ])("%s", (words, ...waits) => {
    expect(summary(...waits)).toBe(words);
  });

  it("does not say of a log that a task waits now", () => {
    expect(summary(extent(40), queued(7, 2.867))).toBe(`keygen waited ${generator} for at least 2.9 s`);
  });

  it("is a note for waits that are not noticed, and a warning from 1 s on", () => {
    const severity = (...waits: readonly Evidence[]): string | undefined =>
      findingOf("fips-generator-waits", fips(true), ...waits)?.severity;
    expect(severity(queued(7, 0.999, over(0.999)))).toBe("info");
    expect(severity(queued(7, null))).toBe("info");
    expect(severity(queued(7, 1, over(1)))).toBe("warning");
    expect(severity(queued(1, 0.1, over(0.1)), queued(8, 1, over(1)))).toBe("warning");
  });
});

describe("the finding extrng: its detail", () => {
  const detail = (...evidence: readonly Evidence[]): string =>
    findingOf("extrng", fips(true, true), ...evidence)?.detail ?? "no such finding";

  it("says by what it is known that callers are served by that generator", () => {
    expect(detail(probe(2, "returned"), pool(2.1, 40))).toContain("A call returned while the CRNG was not ready. ");
    expect(detail(queued(7, 1), pool(4, 40))).toContain("Tasks were observed inside it. ");
    expect(detail(readyLine(0.1), probe(2, "returned"), pool(2, 256))).toContain(
      "No call has shown yet that it is in use. ",
    );
  });

  it("says how late the CRNG itself became ready, from 10 s on", () => {
    const late = "The CRNG itself became ready only";
    const served = [probe(2, "returned"), pool(2.1, 40)];
    expect(detail(...served, readyLine(27.25))).toContain(`${late} at 27.3 s. `);
    expect(detail(...served, readyLine(10))).toContain(`${late} at 10.0 s. `);
    expect(detail(...served, readyLine(9.9))).not.toContain(late);
    expect(detail(...served, pool(12, 40), pool(40, 256))).toContain(`${late} after 12.0 s. `);
    expect(detail(...served, pool(40, 200))).not.toContain(late);
  });
});

describe("the finding callers-unknown", () => {
  it("is of a live host whose CRNG is not ready, until the kernel itself has answered", () => {
    const known = (...evidence: readonly Evidence[]): boolean =>
      findingOf("callers-unknown", fips(true), ...evidence) !== undefined;
    expect(known(pool(5, 4))).toBe(true);
    expect(known(pool(5, 160))).toBe(true);
    expect(known(pool(5, 256))).toBe(false);
    expect(known(pool(5, 4), probe(5, "would-wait"))).toBe(false);
    expect(known(pool(5, 4), extent(40))).toBe(false);
    expect(known()).toBe(false);
  });
});
