import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byClockAhead, isOpen, isWhole, type Wait } from "../../src/core/wait.ts";
import { emptyRecord } from "../../src/core/boot-record.ts";
import type { Evidence, WaitSeen } from "../../src/core/evidence.ts";
import { type Change, step } from "../../src/core/fold/fold.ts";
import { microseconds } from "../../src/core/base/time.ts";
import { withWait } from "../../src/core/same-wait.ts";
import { withUnseenEnd } from "../../src/core/fold/wait-ends.ts";
import { aCaller, aWait } from "../support/records/waits.ts";
import { arrangements, fastInit, fips, probe, pool, readyLine, seen, wait } from "../support/records/evidence-of.ts";
import { recordOf } from "../support/records/record-of.ts";

const recorded = (from: number, to: number | null, more: Partial<Wait> = {}): WaitSeen =>
  wait(from, to === null ? null : microseconds(to - from), {
    pid: 7,
    tid: 7,
    notBefore: from,
    seenAt: to ?? from,
    to,
    ended: to === null ? null : "returned",
    errorSeconds: 0,
    evidence: "recorder",
    ...more,
  });
const live = (from: number, seenAt: number, to: number | null = null, more: Partial<Wait> = {}): WaitSeen =>
  wait(from, microseconds((to ?? seenAt) - from), {
    pid: 7,
    tid: 7,
    notBefore: from - 0.01,
    seenAt,
    to,
    ended: to === null ? null : "gone",
    evidence: "live",
    ...more,
  });

describe("sightings of one wait", () => {
  it("become one, with the kernel's own times and what each knows of the task", () => {
    const byProbe = recorded(2, 3.5, { comm: "gpgv", exe: "/usr/bin/gpgv", gatheredJitter: true });
    const byStack = [
      live(2.01, 2.01),
      live(2.01, 2.4, null, {
        unit: "keys.service",
        libraries: ["libgcrypt.so.20"],
        librariesSource: "maps",
        fips: true,
        fipsWhy: "the kernel's",
      }),
      live(2.01, 3.4, 3.49),
    ];
    for (const order of [...arrangements([byProbe, ...byStack])].filter(({ length }) => length === 4)) {
      expect(recordOf(...order).waits).toMatchObject([
        {
          from: 2,
          notBefore: 2,
          to: 3.5,
          ended: "returned",
          seconds: 1.5,
          exe: "/usr/bin/gpgv",
          unit: "keys.service",
          libraries: ["libgcrypt.so.20"],
          librariesSource: "maps",
          fips: true,
          gatheredJitter: true,
          evidence: "recorder",
        },
      ]);
    }
  });

  it("are separated by thread, by start, and by when they were", () => {
    expect(recordOf(recorded(2, 3), recorded(2, 3, { tid: 8 })).waits).toHaveLength(2);
    expect(recordOf(live(2, 3, null, { startedAt: 1 }), live(2, 3, null, { startedAt: 1.5 })).waits).toHaveLength(2);
    expect(recordOf(recorded(2, 3), recorded(3.2, 4)).waits).toHaveLength(2);
    expect(recordOf(live(2, 3, 3), live(4, 5)).waits).toHaveLength(2);
    expect(recordOf(live(2, 3), live(2, 3, null, { polls: true })).waits).toHaveLength(2);
  });

  it("are of one wait where they are no further apart than the clocks may differ, 50 ms", () => {
    expect(recordOf(live(2, 3, 3), live(3.04, 4)).waits).toHaveLength(1);
    expect(recordOf(live(2, 3, 3), live(3.06, 4)).waits).toHaveLength(2);
    expect(recordOf(live(2, 3, 3), live(3.05, 4)).waits).toHaveLength(1);
    // Two events exactly so far apart are two.
    expect(recordOf(recorded(0, 0.5), recorded(0.05, 0.6)).waits).toHaveLength(2);
    expect(recordOf(recorded(2, 3.5), recorded(2.04, 3.54)).waits).toHaveLength(1);
    expect(recordOf(recorded(2, 3.5), recorded(2.06, 3.56)).waits).toHaveLength(2);
  });

  it("by two traces of one event become one, with the process that /proc named for its thread", () => {
    const [byBoot, byInstance] = [
      recorded(2, 3.5),
      recorded(2.02, 3.52, { pid: 6, exe: "/usr/bin/keys", startedAt: 1.9 }),
    ];
    for (const order of [
      [byBoot, byInstance],
      [byInstance, byBoot],
    ])
      expect(recordOf(...order).waits).toMatchObject([
        { pid: 6, tid: 7, from: 2, to: 3.5, seenAt: 3.5, exe: "/usr/bin/keys" },
      ]);
    expect(recordOf(recorded(2, 2.2), recorded(2.21, 3.5)).waits).toHaveLength(2);
  });

  it("end when the kernel recorded it, whatever looks in between made of it", () => {
    const looks = [live(2.01, 3.2, 3.3, { ended: "returned", errorSeconds: 0.1 }), recorded(2, null)];
    expect(recordOf(...looks).waits).toMatchObject([{ from: 2, to: 3.3, errorSeconds: 0.1, evidence: "recorder" }]);
    for (const order of arrangements([...looks, recorded(2, 3.5)]))
      if (order.length === 3)
        expect(recordOf(...order).waits).toMatchObject([{ from: 2, to: 3.5, errorSeconds: 0, seconds: 1.5 }]);
  });

  it("is not known by how much it may be wrong where it went by unseen, though the beginning was recorded", () => {
    const unseen = recorded(2, 3.3, { errorSeconds: null });
    for (const order of arrangements([recorded(2, null), unseen]))
      if (order.length === 2)
        expect(recordOf(...order).waits).toMatchObject([{ from: 2, to: 3.3, errorSeconds: null }]);
  });

  it("by which way one came is what was seen of it, not what is likely", () => {
    const [entry, stack] = [
      recorded(2, null, { interfaceSeen: false }),
      live(2.01, 2.4, null, { interface: "dev-random" }),
    ];
    for (const order of [...arrangements([entry, stack, recorded(2, 3.5, { interfaceSeen: false })])].filter((some) =>
      some.includes(stack),
    )) {
      expect(recordOf(...order).waits).toMatchObject([{ interface: "dev-random", interfaceSeen: true }]);
    }
  });

  it("hold the program that /proc shows rather than the name that it was started by, and the control group's unit rather than a unit file's", () => {
    const byFile = recorded(2, 3.5, { exe: "/usr/bin/dd", unit: "a.service", unitSource: "unit-file" });
    const byProc = live(2.01, 3, null, {
      exe: "/usr/bin/busybox",
      unit: "b.service",
      unitSource: "cgroup",
      startedAt: 1,
    });
    for (const order of [
      [byFile, byProc],
      [byProc, byFile],
    ])
      expect(recordOf(...order).waits).toMatchObject([
        { exe: "/usr/bin/busybox", unit: "b.service", unitSource: "cgroup" },
      ]);
  });

  it("of mapped libraries go before what the program's file needs", () => {
    const [byFile, byMaps] = [
      { libraries: ["libcrypto.so.3"], librariesSource: "elf" },
      { libraries: ["libgcrypt.so.20"], librariesSource: "maps" },
    ] as const;
    for (const order of [
      [byFile, byMaps],
      [byMaps, byFile],
    ])
      expect(recordOf(...order.map((more) => recorded(2, 3, more))).waits).toMatchObject([byMaps]);
  });

  it.each<[what: string, byProbe: Partial<Wait>, byStack: Partial<Wait>, together: Partial<Wait>]>([
    ["the name that the kernel recorded", { comm: "gpgv" }, { comm: "gpg" }, { comm: "gpgv" }],
    ["the only name", { comm: null }, { comm: "gpg" }, { comm: "gpg" }],
    ["the program that the trace names, where /proc showed nothing", { exe: "/a" }, { exe: "/b" }, { exe: "/a" }],
    ["the only program", { exe: null }, { exe: "/b" }, { exe: "/b" }],
    ["the program of /proc", { exe: "/a" }, { exe: "/b", startedAt: 1 }, { exe: "/b", startedAt: 1 }],
    ["the trace's program, where /proc hides it", { exe: "/a" }, { exe: null, startedAt: 1 }, { exe: "/a" }],
    ["the arguments of /proc", { commandLine: "a" }, { commandLine: "b", startedAt: 1 }, { commandLine: "b" }],
    ["the only arguments", { commandLine: "a" }, { commandLine: null, startedAt: 1 }, { commandLine: "a" }],
    ["the only parent", {}, { parent: { pid: 1, comm: "systemd" } }, { parent: { pid: 1, comm: "systemd" } }],
    ["the only number in its namespace", {}, { namespacePid: 3 }, { namespacePid: 3 }],
    ["the only container", {}, { container: "ab" }, { container: "ab" }],
    ["the only runtime", { runtime: "python3" }, { startedAt: 1 }, { runtime: "python3" }],
    [
      "the only unit",
      { unit: "a.service", unitSource: "unit-file" },
      { startedAt: 1 },
      { unit: "a.service", unitSource: "unit-file" },
    ],
    [
      "FIPS mode as /proc shows it",
      { fips: false, fipsWhy: "a" },
      { fips: true, fipsWhy: "b", startedAt: 1 },
      { fips: true, fipsWhy: "b" },
    ],
    ["the only FIPS mode", { fips: false, fipsWhy: "a" }, { startedAt: 1 }, { fips: false, fipsWhy: "a" }],
    [
      "the request that was recorded",
      { request: { syscall: "getrandom", bytes: 24, flags: 0 } },
      { request: { syscall: "getrandom", bytes: 48, flags: 0 } },
      { request: { syscall: "getrandom", bytes: 24, flags: 0 } },
    ],
    [
      "the only request",
      {},
      { request: { syscall: "getrandom", bytes: 48, flags: 0 } },
      { request: { syscall: "getrandom", bytes: 48, flags: 0 } },
    ],
    [
      "the caller that is better proven",
      { caller: aCaller("a", { how: "request" }) },
      { caller: aCaller("b") },
      { caller: aCaller("b") },
    ],
    ["the stack that was recorded", { userStack: ["a"] }, { userStack: ["b"] }, { userStack: ["a"] }],
    ["the only stack", { userStack: [] }, { userStack: ["b"] }, { userStack: ["b"] }],
    ["that the kernel gathered for it", { gatheredJitter: false }, { gatheredJitter: true }, { gatheredJitter: true }],
    ["that it gathered nothing", { gatheredJitter: false }, { gatheredJitter: null }, { gatheredJitter: false }],
    ["that nothing shows it", { gatheredJitter: null }, { gatheredJitter: null }, { gatheredJitter: null }],
    ["the process of its thread", { pid: 7, tid: 7 }, { pid: 6, tid: 7 }, { pid: 6, tid: 7 }],
    ["the thread of its process", { pid: 7, tid: null }, { pid: 6, tid: 7 }, { pid: 6, tid: 7 }],
    ["its thread, where another sighting knows none", { pid: 7, tid: 7 }, { pid: 7, tid: null }, { pid: 7, tid: 7 }],
    ["how often it came back", { times: 3 }, { times: 2 }, { times: 3 }],
    [
      "libraries that are mapped",
      { libraries: ["a"], librariesSource: "request" },
      { libraries: ["b"], librariesSource: "elf" },
      { libraries: ["b"], librariesSource: "elf" },
    ],
    [
      "the only libraries",
      { libraries: ["a"], librariesSource: "request" },
      {},
      { libraries: ["a"], librariesSource: "request" },
    ],
    [
      "the way that was seen",
      { interface: "getrandom", interfaceSeen: false },
      { interface: "dev-random" },
      { interface: "dev-random", interfaceSeen: true },
    ],
    [
      "the recorded way, where neither was seen",
      { interface: "getrandom", interfaceSeen: false },
      { interface: "dev-random", interfaceSeen: false },
      { interface: "getrandom", interfaceSeen: false },
    ],
    [
      "the recorded way, where both were seen",
      { interface: "getrandom" },
      { interface: "dev-random" },
      { interface: "getrandom", interfaceSeen: true },
    ],
  ])("keep, whichever came first: %s", (_what, byProbe, byStack, together) => {
    const [a, b] = [recorded(2, 3.5, byProbe), live(2.01, 3.4, null, byStack)];
    for (const order of [
      [a, b],
      [b, a],
    ])
      expect(recordOf(...order).waits).toMatchObject([together]);
  });

  it("come to the same waits in every order", () => {
    const sighting = fc
      .tuple(fc.constantFrom(7, 8), fc.nat(3), fc.nat(4), fc.boolean(), fc.boolean())
      .map(([tid, second, tenths, ended, probed]) => {
        const [from, to] = [second * 10, second * 10 + 1];
        // A task that is seen to wait again has returned from the wait before.
        const isOver = ended || second < 3;
        return probed
          ? recorded(from, isOver ? to : null, { tid })
          : live(from + 0.01, from + 0.01 + tenths / 10, isOver ? to : null, { tid });
      });
    fc.assert(
      fc.property(fc.array(sighting, { maxLength: 8 }), fc.func(fc.nat(100)), (sightings, rank) => {
        const shuffled = sightings.toSorted((a, b) => rank(a) - rank(b));
        expect(recordOf(...shuffled).waits).toEqual(recordOf(...sightings).waits);
        expect(recordOf(...sightings, ...sightings).waits).toEqual(recordOf(...sightings).waits);
      }),
    );
  });
});

describe("a wait that is recorded", () => {
  it("after the moment of readiness was none: a read of /dev/random enters and is let through", () => {
    for (const order of [
      [recorded(5.1, 5.2), readyLine(5)],
      [readyLine(5), recorded(5.1, 5.2)],
    ])
      expect(recordOf(...order)).toMatchObject({ waits: [], anomalies: [], readiness: { readyAt: 5 } });
  });

  it("proves that the CRNG was not ready then", () => {
    expect(recordOf(recorded(2, 3.5), pool(9, 256)).readiness).toMatchObject({
      level: "ready",
      notBefore: 2,
      notAfter: 9,
    });
    expect(recordOf(probe(1, "returned"), recorded(2, 3.5)).readiness).toMatchObject({
      level: "unseeded",
      notBefore: 2,
    });
  });

  it("in which the kernel gathered jitter shows why it became ready", () => {
    expect(recordOf(recorded(2, 3.501, { gatheredJitter: true }), readyLine(3.5)).readiness.cause).toBe("jitter");
    expect(recordOf(recorded(2, 3.501), readyLine(3.5)).readiness.cause).toBe("unknown");
    // It had given up before, and something else made it ready.
    expect(recordOf(recorded(2, 3, { gatheredJitter: true }), readyLine(3.5)).readiness.cause).toBe("unknown");
    const hwRandom = { current: "virtio_rng.0", available: ["virtio_rng.0"], quality: 1000, virtio: true };
    expect(
      recordOf(recorded(2, 3.501, { gatheredJitter: true }), readyLine(3.5), { kind: "supply", hwRandom }).readiness
        .cause,
    ).toBe("unknown");
  });
});

describe("a call of which only the beginning was recorded", () => {
  const call = (from: number, to: number | null = null): Evidence => ({
    kind: "call",
    call: {
      ...recorded(from, null, {
        seenAt: from,
        errorSeconds: null,
        request: { syscall: "getrandom", bytes: 24, flags: 0 },
      }).wait,
      to,
      ended: to === null ? null : "returned",
    },
  });

  it("waited until the CRNG was ready, or as long as its task can have, where it came before", () => {
    for (const order of arrangements([call(2), readyLine(5)]))
      if (order.length === 2)
        expect(recordOf(...order).waits).toMatchObject([
          { from: 2, to: 5, seconds: 3, ended: "returned", errorSeconds: null, evidence: "recorder" },
        ]);
    expect(recordOf(call(2, 3), readyLine(5)).waits).toMatchObject([{ from: 2, to: 3, seconds: 1 }]);
    expect(recordOf(call(2, 9), readyLine(5)).waits).toMatchObject([{ from: 2, to: 5, seconds: 3 }]);
    expect(recordOf(call(2), fastInit(4), readyLine(5)).waits).toMatchObject([
      { from: 2, to: null, ended: "returned", seenAt: 4, seconds: 2 },
    ]);
  });

  it("is no wait where it came later, or where nothing shows when callers were let through", () => {
    expect(recordOf(call(6), readyLine(5)).waits).toEqual([]);
    expect(recordOf(call(2)).waits).toEqual([]);
    expect(recordOf(call(2), probe(9, "returned")).waits).toEqual([]);
    expect(recordOf(call(2), call(2), readyLine(5)).waits).toHaveLength(1);
    // Of the same clock it is a wait right up to that moment.
    expect(recordOf(call(4.999), readyLine(5)).waits).toHaveLength(1);
    expect(recordOf(call(5), readyLine(5)).waits).toEqual([]);
  });

  it("waits now, where a call that may not wait is refused", () => {
    expect(recordOf(call(2), call(3, 4), probe(9, "would-wait")).waits).toMatchObject([
      { from: 2, to: null, ended: null },
    ]);
    expect(recordOf(call(2), probe(9, "would-wait"), readyLine(10)).waits).toMatchObject([
      { from: 2, to: 10, seconds: 8 },
    ]);
  });
});

describe("a wait that came back before any caller was let through", () => {
  it("was interrupted", () => {
    for (const order of [...arrangements([recorded(2, 3), readyLine(5)])].filter(({ length }) => length === 2))
      expect(recordOf(...order).waits).toMatchObject([{ to: 3, ended: "interrupted" }]);
    expect(recordOf(recorded(2, 3), live(2.01, 2.9, 3.01, { ended: "gone" }), readyLine(5)).waits).toMatchObject([
      { to: 3, ended: "interrupted" },
    ]);
  });

  it("was not where it was let through as the line was printed, at 'fast init done' of an old pool, or had given up as readers of /dev/urandom do", () => {
    expect(recordOf(recorded(2, 4.97), readyLine(5)).waits).toMatchObject([{ ended: "returned" }]);
    expect(recordOf(recorded(2, 3), fastInit(2.99), readyLine(5)).waits).toMatchObject([{ ended: "returned" }]);
    expect(recordOf(recorded(2, 3, { interface: "urandom" }), readyLine(5)).waits).toMatchObject([
      { ended: "returned" },
    ]);
  });

  it("in a file may have been by another clock", () => {
    expect(recordOf(recorded(2, 4.8, { line: 12 }), readyLine(5)).waits).toMatchObject([{ ended: "returned" }]);
    expect(recordOf(recorded(2, 4, { line: 12 }), readyLine(5)).waits).toMatchObject([{ ended: "interrupted" }]);
  });
});

describe("a wait that was sampled", () => {
  it("ended as the CRNG became ready, where that lies between two looks", () => {
    const missed = live(2, 3.4, 3.5, { ended: "returned", errorSeconds: 0.05 });
    for (const order of [
      [missed, readyLine(3.42)],
      [readyLine(3.42), missed],
      [readyLine(3.42), live(2, 3), missed],
    ]) {
      expect(recordOf(...order).waits).toMatchObject([
        { from: 2, seenAt: 3.42, to: 3.42, seconds: 1.42, errorSeconds: 0.18, ended: "returned" },
      ]);
    }
  });

  it("and was gone before, as when it is killed, ended then", () => {
    expect(recordOf(live(2, 3.4, 3.5), readyLine(5)).waits).toMatchObject([{ to: 3.5, ended: "gone" }]);
  });
});

describe("a wait whose end was not observed", () => {
  const unseenEnd = ({ wait: open }: WaitSeen, ...evidence: readonly Evidence[]) => {
    const record = recordOf(...evidence);
    const ended = withUnseenEnd(open, record);
    expect([isOpen(ended), isWhole(ended)]).toEqual([false, ended.ended !== null]);
    return ended;
  };
  const letThrough = { to: 5, seconds: 3, ended: "returned", errorSeconds: null };
  const lastSeen = (at: number) => ({ to: at, seconds: microseconds(at - 2), ended: null, errorSeconds: null });
  const dev = { interface: "dev-random" } as const;

  it("ended as the CRNG became ready", () => {
    expect(unseenEnd(live(2, 4), readyLine(5))).toMatchObject(letThrough);
    expect(unseenEnd(live(2, 4, null, { ...dev, polls: true }), readyLine(5))).toMatchObject(letThrough);
    expect(unseenEnd(live(2, 4), probe(1, "would-wait"), fips(true), readyLine(5))).toMatchObject(letThrough);
    expect(unseenEnd(recorded(2, null, { seenAt: 4 }), fips(true), readyLine(5))).toMatchObject(letThrough);
    expect(unseenEnd(live(2, 4), probe(1, "would-wait"), pool(5, 256))).toMatchObject(letThrough);
  });

  it("is not known to have ended where it was still seen when the CRNG had been ready for a while", () => {
    expect(unseenEnd(live(2, 5.1), readyLine(5))).toMatchObject({ to: 5.1, ended: "returned" });
    expect(unseenEnd(live(2, 14.5), readyLine(5))).toMatchObject(lastSeen(14.5));
  });

  it("is not known to have ended where it may be for another generator, or for the blocking pool", () => {
    const drbg: Partial<Wait> = { generator: "drbg" };
    expect(unseenEnd(live(2, 4, null, drbg), fips(true), pool(1, 40), pool(5, 256))).toMatchObject(lastSeen(4));
    expect(unseenEnd(live(2, 4), fips(true), pool(1, 40), pool(5, 256))).toMatchObject(letThrough);
    expect(unseenEnd(live(2, 4, null, dev), pool(1, 40, 4096, 64), readyLine(5))).toMatchObject(lastSeen(4));
    expect(unseenEnd(live(2, 4), pool(1, 40, 4096, 64), readyLine(5))).toMatchObject(letThrough);
  });

  it("is not known to have ended where the CRNG is not known to be ready", () => {
    expect(unseenEnd(live(2, 4), fips(true), pool(1, 40, 4096), probe(3, "returned"))).toMatchObject(lastSeen(4));
  });

  it("stays so beside what was seen of it before", () => {
    const open = live(2, 14.5, null, dev);
    const known = [readyLine(5), open];
    for (const order of arrangements([...known, seen(withUnseenEnd(open.wait, recordOf(...known)))])) {
      if (order.length === 3) expect(recordOf(...order).waits).toMatchObject([lastSeen(14.5)]);
    }
  });
});

it("a wait by another clock has its moments moved, and lasts as long", () => {
  expect(byClockAhead(recorded(2.1, 3.5).wait, 0.2)).toEqual(recorded(2.3, 3.7).wait);
  expect(byClockAhead(recorded(2.1, null).wait, -0.1)).toEqual(recorded(2, null).wait);
  const { program } = byClockAhead({ ...recorded(2.1, 3.5).wait, program: { from: 1, until: null } }, 0.2);
  expect(program).toEqual({ from: 1.2, until: null });
});

describe("what is known of a wait", () => {
  it("is that it began and that it ended, once each", () => {
    const announced: Change["kind"][] = [];
    let record = emptyRecord();
    for (const evidence of [
      live(2.01, 2.01),
      recorded(2, null),
      live(2.01, 2.5),
      recorded(2, 3.5),
      live(2.01, 3.4, 3.49),
    ]) {
      const { record: after, changes } = step(record, evidence);
      record = after;
      announced.push(...changes.map(({ kind }) => kind).filter((kind) => kind.startsWith("wait")));
    }
    expect(announced).toEqual(["wait-began", "wait-ended"]);
  });

  it("is that it ended alone, where it is over when it is first seen", () => {
    const { changes } = step(emptyRecord(), recorded(2, 3.5));
    expect(changes.filter(({ kind }) => kind.startsWith("wait"))).toMatchObject([
      { kind: "wait-ended", wait: { seconds: 1.5 } },
    ]);
  });
});

describe("withWait: of two sightings of one wait", () => {
  const sighting = (more: Partial<Wait>): Wait =>
    aWait({ pid: 7, tid: 7, from: 2, seenAt: 2.5, evidence: "live", ...more });
  const both = (one: Partial<Wait>, other: Partial<Wait>): readonly (Wait | undefined)[] => [
    withWait([sighting(one)], sighting(other)).list[0],
    withWait([sighting(other)], sighting(one)).list[0],
  ];

  it("the end counts that shows most: that a signal ended it, then that it returned, then that it was gone", () => {
    const ends = ["interrupted", "returned", "gone", null] as const;
    for (const [index, most] of ends.entries())
      for (const less of ends.slice(index))
        expect(both({ to: 3, ended: most }, { to: 3, ended: less }).map((kept) => kept?.ended)).toEqual([most, most]);
  });

  it("the libraries count that are mapped, then those that the file needs, then those by the request", () => {
    const sources = ["maps", "elf", "request", null] as const;
    for (const [index, best] of sources.entries())
      for (const other of sources.slice(index + 1)) {
        const found = both(
          { libraries: [`by ${best}`], librariesSource: best },
          { libraries: [`by ${other}`], librariesSource: other },
        );
        expect(found.map((kept) => kept?.libraries)).toEqual([[`by ${best}`], [`by ${best}`]]);
      }
  });

  it("the unit counts of its control group, then by a unit's file, then by a way that is not known", () => {
    const units = [
      { unit: "a.service", unitSource: "cgroup" },
      { unit: "b.service", unitSource: "unit-file" },
      { unit: "c.service", unitSource: null },
      { unit: null, unitSource: null },
    ] as const;
    for (const [index, best] of units.entries())
      for (const other of units.slice(index + 1))
        expect(both(best, other).map((kept) => kept?.unit)).toEqual([best.unit, best.unit]);
  });

  it("they are of one wait up to 50 ms between them, and of one task of one process", () => {
    const count = (one: Partial<Wait>, other: Partial<Wait>): number =>
      withWait([sighting(one)], sighting(other)).list.length;
    expect(count({ from: 1, seenAt: 1.5, to: 1.5 }, { from: 1.55 })).toBe(1);
    expect(count({ from: 1, seenAt: 1.5, to: 1.5 }, { from: 1.5625 })).toBe(2);
    expect(count({}, { polls: true })).toBe(2);
    expect(count({}, { generator: "drbg" })).toBe(2);
    expect(count({ tid: null, pid: null }, { tid: null, pid: null, from: 2.01 })).toBe(2);
    expect(count({ startedAt: 1 }, { startedAt: 2 })).toBe(2);
    expect(count({ startedAt: 1 }, {})).toBe(1);
  });

  it("those of a log are in order by start, line and task, and one where all are the same", () => {
    const ofLog = (more: Partial<Wait>): Wait => sighting({ line: 7, evidence: "stack", ...more });
    const later: readonly Partial<Wait>[] = [
      { from: 3 },
      { line: 8 },
      { pid: 8 },
      { tid: 8 },
      { startedAt: 1 },
      { polls: true },
      { generator: "drbg" },
    ];
    for (const more of later)
      for (const order of [
        [ofLog({}), ofLog(more)],
        [ofLog(more), ofLog({})],
      ])
        expect(order.reduce<readonly Wait[]>((list, one) => withWait(list, one).list, [])).toEqual([
          ofLog({}),
          ofLog(more),
        ]);
    expect(withWait([ofLog({})], ofLog({})).list).toHaveLength(1);
  });
});
