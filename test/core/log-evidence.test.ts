import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import { step } from "../../src/core/fold/fold.ts";
import {
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
} from "../support/records/evidence-of.ts";
import { recordOf } from "../support/records/record-of.ts";

describe("the part of a boot that a log file shows", () => {
  it("is kept, with the file's name", () => {
    const { kind: _kind, file, ...covers } = extent(40);
    expect(recordOf(extent(40))).toMatchObject({ file, covers });
    expect(emptyRecord()).toMatchObject({ file: null, covers: null });
  });

  it("has lost nothing where it does not begin with the kernel's first line: it is an excerpt", () => {
    expect(recordOf(extent(40, { fromStart: false, firstAt: 12 })).gaps).toEqual([]);
    expect(recordOf(extent(40, { fromStart: false, firstAt: 0 })).gaps).toEqual([]);
    expect(recordOf(extent(null, { fromStart: false })).gaps).toEqual([]);
    expect(recordOf(extent(40)).gaps).toEqual([]);
  });

  it("shows no caller, unless it is ready: then no caller waits any more", () => {
    const nobodyAsked = { wouldWait: null, reason: null, getrandom: null, devRandom: null };
    expect(recordOf(extent(40), urandomRead(3))).toMatchObject({
      readiness: { level: "unseeded" },
      callers: nobodyAsked,
    });
    expect(recordOf(extent(40), fastInit(3))).toMatchObject({ readiness: { level: "early" }, callers: nobodyAsked });
    expect(recordOf(extent(40))).toMatchObject({ readiness: { level: "unknown" }, callers: nobodyAsked });
    expect(recordOf(extent(40), readyLine(3)).callers).toEqual({
      wouldWait: false,
      reason: null,
      getrandom: false,
      devRandom: false,
    });
  });

  it("does not hide what the kernel itself has answered", () => {
    expect(recordOf(extent(40), fips(false), pool(5, 4), probe(5.5, "would-wait")).callers.getrandom).toBe(true);
  });
});

describe("a line that the journal stamped", () => {
  it("was logged no later than that: the moment is bounded, not known", () => {
    const { readiness } = recordOf(extent(40, { stamps: "journal" }), noted(7, "monotonic", 9.5, readyLine(0)));
    expect(readiness).toMatchObject({
      level: "ready",
      settled: true,
      readyAt: 9.5,
      notBefore: 0,
      notAfter: 9.5,
      exact: false,
      evidence: "kernel-log",
      line: 7,
      noted: { clock: "monotonic", seconds: 9.5 },
    });
  });

  it("does not bound from below: the kernel may have said it long before", () => {
    const { readiness } = recordOf(
      extent(40, { stamps: "journal" }),
      noted(5, "monotonic", 9, urandomRead(0)),
      noted(6, "monotonic", 9, fastInit(0)),
    );
    expect(readiness).toMatchObject({ level: "early", notBefore: null, readyAt: null });
  });

  it("contradicts no other that it stored late", () => {
    const { anomalies, readiness } = recordOf(
      extent(40, { stamps: "journal" }),
      noted(5, "monotonic", 5, readyLine(0)),
      noted(6, "monotonic", 9, urandomRead(0)),
      noted(7, "monotonic", 9, fastInit(0)),
    );
    expect(anomalies).toEqual([]);
    expect(readiness).toMatchObject({ level: "ready", notAfter: 5 });
  });

  it("yields to the kernel's own stamp, and is the moment's line no more", () => {
    const { readiness, anomalies } = recordOf(extent(40), noted(7, "monotonic", 9.5, readyLine(0)), {
      ...readyLine(3.25),
      seq: null,
      line: 90,
    });
    expect(readiness).toMatchObject({
      readyAt: 3.25,
      notBefore: 3.25,
      notAfter: 3.25,
      exact: true,
      line: 90,
      noted: null,
    });
    expect(anomalies).toEqual([]);
  });

  it("has its stamp without a line in the file too, as in a journal", () => {
    const { readiness } = recordOf(extent(40, { firstLine: null, lastLine: null, stamps: "journal" }), {
      ...noted(7, "monotonic", 9.5, readyLine(0)),
      line: null,
    });
    expect(readiness).toMatchObject({
      readyAt: 9.5,
      notAfter: 9.5,
      exact: false,
      line: null,
      noted: { clock: "monotonic", seconds: 9.5 },
    });
  });

  it("is announced as a level, never as the moment", () => {
    const known = recordOf(fips(false), pool(12, 256));
    expect(step(known, noted(7, "monotonic", 9.5, readyLine(0))).changes).toEqual([]);
    expect(step(known, readyLine(9.4)).changes).toContainEqual({ kind: "moment", at: 9.4 });
  });
});

describe("a line that a wall clock stamped", () => {
  it("has no moment in the boot: nothing is bounded", () => {
    const { readiness } = recordOf(extent(null, { stamps: "wall" }), noted(7, "wall", 3, readyLine(0)));
    expect(readiness).toMatchObject({
      level: "ready",
      readyAt: null,
      notBefore: 0,
      notAfter: null,
      exact: false,
      line: 7,
      noted: { clock: "wall", seconds: 3 },
    });
  });

  it("yields to the kernel's own stamp, and is the moment's line no more", () => {
    const { readiness } = recordOf(extent(40), noted(7, "wall", 3, readyLine(0)), {
      ...readyLine(3.25),
      seq: null,
      line: 90,
    });
    expect(readiness).toMatchObject({ readyAt: 3.25, exact: true, line: 90, noted: null });
  });

  it("is kept with what it says", () => {
    const { earlyUses, earlyInit, reseeds } = recordOf(
      noted(5, "wall", 1, urandomRead(0)),
      noted(6, "wall", 2, fastInit(0)),
      noted(8, "wall", 9, logged(0, { kind: "reseed", reason: "resume" })),
      noted(9, null, 0, urandomRead(0)),
    );
    expect(earlyUses).toMatchObject([
      { at: null, line: 5, noted: { clock: "wall", seconds: 1 } },
      { at: null, line: 9, noted: null },
    ]);
    expect([earlyInit, ...reseeds]).toMatchObject([
      { noted: { clock: "wall", seconds: 2 } },
      { noted: { clock: "wall", seconds: 9 } },
    ]);
  });
});

describe("records that a log says are lost", () => {
  it("are gaps, in the log's order, whatever order they come in", () => {
    const losses = [loss(4, 1, 2, 5), loss(9, 3, 4, null), loss(12, null, null, 1)];
    const gaps = [
      { source: "log", from: 1, to: 2, lost: 5 },
      { source: "log", from: 3, to: 4, lost: null },
      { source: "log", from: null, to: null, lost: 1 },
    ];
    const shown = extent(40, { fromStart: false, firstAt: 1 });
    for (const evidence of [
      [shown, ...losses],
      [...losses.toReversed(), shown],
      [...losses, shown, ...losses],
    ])
      expect(recordOf(...evidence).gaps).toEqual(gaps);
  });

  it("stand beside those that sequence numbers show", () => {
    expect(recordOf(stretch(0, 1, 5), stretch(2, 3, 5), loss(4, 1, 2, 5)).gaps).toEqual([
      { source: "log", from: 1, to: 2, lost: 999 },
      { source: "log", from: 1, to: 2, lost: 5 },
    ]);
  });

  it("are each announced once", () => {
    const { record, changes } = step(emptyRecord(), loss(4, 1, 2, 5));
    expect(changes).toEqual([{ kind: "gap", gap: { source: "log", from: 1, to: 2, lost: 5 } }]);
    expect(step(record, loss(4, 1, 2, 5))).toEqual({ record, changes: [] });
  });
});

describe("a task that waited", () => {
  it("is kept as it was seen, in order of the beginnings", () => {
    const [late, early, unknown] = [
      wait(9, 120, { pid: 7 }),
      wait(2, 3.5, { to: 5.5, evidence: "recorder", exe: "/usr/sbin/sshd" }),
      wait(null, null, { comm: null, evidence: "stack" }),
    ];
    const { waits } = recordOf(late, early, unknown, late);
    expect(waits).toEqual([unknown, early, late].map((seen) => seen.wait));
  });

  it("says nothing of the CRNG's own state", () => {
    expect(recordOf(wait(9, 120)).readiness).toEqual(emptyRecord().readiness);
    expect(recordOf(wait(9, 120), readyLine(3))).toMatchObject({ readiness: { readyAt: 3 }, anomalies: [] });
  });

  it("is another where its task, its beginning or its line is", () => {
    expect(recordOf(wait(9, 1), wait(9, 1, { pid: 7 }), wait(8, 1), wait(9, 1, { line: 3 })).waits).toHaveLength(4);
  });
});
