import { describe, expect, it } from "vitest";
import { type BootRecord } from "../../../src/core/boot-record.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { type CheckLimits, checkLine, type Limit, unknownLine } from "../../../src/render/text/check-line.ts";
import { extent, fastInit, fips, pool, probe, readyLine, stretch, wait } from "../../support/records/evidence-of.ts";
import { recordOf } from "../../support/records/record-of.ts";

/** Alerts above so many seconds. */
const above = (seconds: number): Limit => ({ text: String(seconds), alerts: (low) => low > seconds });
const limits: CheckLimits = { warning: above(10), critical: above(60), waited: above(5) };
const wordsOf = (record: BootRecord): string => checkLine(record, limits).text.split(" | ")[0] ?? "";
const returned = (from: number, seconds: number, comm: string): Evidence =>
  wait(from, seconds, { to: from + seconds, ended: "returned", comm, evidence: "recorder" });

describe("the words of a check", () => {
  it.each<[words: string, evidence: readonly Evidence[]]>([
    ["CRNG OK - ready at 2.500000 s (kernel log)", [readyLine(2.5)]],
    ["CRNG WARNING - the time to ready is outside 10 s; ready at 12.500000 s (kernel log)", [readyLine(12.5)]],
    [
      "CRNG CRITICAL - the time to ready is outside 60 s; ready at 359.068229 s (5 min 59 s; kernel log)",
      [readyLine(359.068229)],
    ],
    ["CRNG OK - ready no later than 900.000000 s (15 min 0 s; probe)", [pool(900, 256)]],
    ["CRNG OK - ready between 2.000000 s and 90.000000 s (probe)", [pool(2, 40), pool(90, 256)]],
    [
      "CRNG WARNING - the time to ready is outside 10 s; ready between 20.000000 s and 90.000000 s (probe)",
      [pool(20, 40), pool(90, 256)],
    ],
    [
      "CRNG CRITICAL - not ready at 5.500000 s; callers of getrandom() block",
      [fips(false), pool(5, 4), probe(5.5, "would-wait")],
    ],
    ["CRNG CRITICAL - whether callers block is unknown; not ready at 2.100000 s", [fips(true), pool(2.1, 40)]],
    [
      "CRNG OK - not ready at 2.100000 s, but callers get bytes from the kernel's FIPS generator",
      [fips(true), probe(2, "returned"), pool(2.1, 40)],
    ],
    [
      "CRNG OK - ready at 27.000000 s (kernel log); callers get bytes from the kernel's FIPS generator",
      [fips(true), probe(2, "returned"), pool(2.1, 160), readyLine(27)],
    ],
    [
      "CRNG WARNING - partly initialised ('fast init') at 5.000000 s, and on this kernel getrandom() does not block after that",
      [fips(false), pool(6, 80, 4096, 64), stretch(0, 30, 31), fastInit(5), probe(6, "returned")],
    ],
    [
      "CRNG OK - at least partly initialised: getrandom() returns; this kernel does not show more",
      [fips(false), pool(900, 80, 4096), stretch(700, 890, 901), probe(901, "returned")],
    ],
    ["CRNG UNKNOWN - state unknown", []],
    ["CRNG OK - ready at 9.000000 s (kernel log)", [readyLine(9), returned(2, 5, "dbus-daemon")]],
    [
      "CRNG WARNING - sshd[412] waited 7.000 s; ready at 9.000000 s (kernel log)",
      [readyLine(9), returned(2, 7, "sshd"), returned(2.5, 1, "gpgv")],
    ],
    [
      "CRNG WARNING - b[412] waited 7.000 s; 2 waits were that long; ready at 9.000000 s (kernel log)",
      [readyLine(9), returned(1, 6, "a"), returned(2, 7, "b")],
    ],
    [
      "CRNG CRITICAL - the time to ready is outside 60 s; systemd[412] waited 70.000 s; ready at 72.000000 s (kernel log)",
      [readyLine(72), returned(2, 70, "systemd")],
    ],
    [
      "CRNG WARNING - sshd[412] waited at least 120.000 s (2 min 0 s); ready at 9.000000 s (kernel log)",
      [extent(40), readyLine(9), wait(3, 120)],
    ],
    [
      "CRNG CRITICAL - systemd[412] of init.scope is blocked now; not ready at 5.500000 s; callers of getrandom() block",
      [fips(false), pool(5, 4), probe(5.5, "would-wait"), wait(3, null, { comm: "systemd", unit: "init.scope" })],
    ],
    [
      "CRNG CRITICAL - a task[6] is blocked now, and 1 more; ready at 9.000000 s (kernel log)",
      [
        readyLine(9),
        wait(8, null, { comm: null, pid: 6, evidence: "live" }),
        wait(8.5, null, { pid: 7, evidence: "recorder" }),
      ],
    ],
    ["CRNG OK - ready at 9.000000 s (kernel log)", [extent(40), readyLine(9), wait(3, 4, { evidence: "stack" })]],
  ])("%s", (words, evidence) => {
    expect(wordsOf(recordOf(...evidence))).toBe(words);
  });
});

describe("the performance data of a check", () => {
  const dataOf = (record: BootRecord): string | undefined => checkLine(record, limits).text.split(" | ")[1];

  it("has the exact moment, the waits and the bits, with their limits", () => {
    const record = recordOf(
      readyLine(34.381196),
      pool(50, 256),
      returned(30, 3.25, "sshd"),
      returned(31, 1.125, "gpgv"),
    );
    expect(dataOf(record)).toBe(
      "ready_seconds=34.381196s;10;60;0 waits=2;;;0 waited_seconds=4.375s;;;0 longest_wait_seconds=3.25s;5;;0 entropy_bits=256;;;0;256\n",
    );
  });

  it("says U for what is not known, and gives no moment where an interval is", () => {
    expect(dataOf(recordOf())).toBe(
      "ready_seconds=U;10;60;0 waits=U;;;0 waited_seconds=U;;;0 longest_wait_seconds=U;5;;0 entropy_bits=U;;;0\n",
    );
    expect(dataOf(recordOf(pool(2, 40), pool(9, 256)))).toMatch(/^ready_seconds=U;/);
  });

  it("says that there was no wait only where something records waits", () => {
    expect(
      dataOf({
        ...recordOf(readyLine(2)),
        recorder: { armed: true, sees: "waits", seesFipsGenerator: false, recording: true, events: 0, problem: null },
      }),
    ).toContain(" waits=0;;;0 waited_seconds=0s;;;0 longest_wait_seconds=0s;5;;0 ");
  });
});

describe("a line for a monitoring system", () => {
  it("is one, whatever a stranger is called", () => {
    const hostile = "a|b=1;;\n\r\u001b[31m\u202e'\"";
    const { text } = checkLine(
      recordOf(
        readyLine(9),
        wait(3, null, { comm: hostile, unit: hostile.repeat(20), pid: 413, evidence: "live" }),
        returned(3, 6, hostile),
      ),
      limits,
    );
    expect(text).toMatch(/^CRNG CRITICAL - [^|\p{Cc}\p{Cf}]+ \| [a-z_]+=[^|\p{Cc}\p{Cf}']+\n$/u);
    expect(text).toContain(String.raw`a\x7cb=1;;\x0a\x0d\x1b[31m\u{202e}'"[413] of a\x7cb`);
    expect(text.length).toBeLessThan(1024);
  });

  it("is one for a failure too", () => {
    expect(unknownLine("Cannot read 'a|b':\n  denied")).toEqual({
      state: "UNKNOWN",
      text: "CRNG UNKNOWN - Cannot read 'a\\x7cb': denied\n",
    });
  });
});
