import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type BootRecord, emptyRecord } from "../../src/core/boot-record.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import { fold } from "../../src/core/fold/fold.ts";
import { follow, type Following } from "../../src/observe/follow.ts";
import type { Role } from "../../src/observe/target.ts";
import { ok, type Source } from "../../src/sources/source.ts";
import { probe, readyLine, wait } from "../support/records/evidence-of.ts";
import { fakeFollower, fakeSource, polledHost, type PolledHost } from "../support/host/fake-sources.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Watched extends PolledHost {
  readonly following: Following;
  readonly taken: (readonly Evidence[])[];
  readonly record: () => BootRecord;
}

async function watched(sources: readonly Source[], role: Role = "daemon"): Promise<Watched> {
  const machine = polledHost();
  const taken: (readonly Evidence[])[] = [];
  let record = emptyRecord();
  const following = await follow({ host: machine.host, sources, role }, (evidence) => {
    taken.push(evidence);
    ({ record } = fold(record, evidence));
    return record;
  });
  return { ...machine, following, taken, record: () => record };
}

/** Finishes what the follower asked of its loop: a poll(2) that its own descriptor ends. */
async function letFinish({ happen, wake }: PolledHost): Promise<void> {
  await happen(wake);
  await vi.advanceTimersByTimeAsync(0);
}

const names = (evidence: readonly Evidence[] | undefined): readonly string[] =>
  (evidence ?? []).flatMap((one) => (one.kind === "source" ? [one.name] : []));

describe("follow: at its start", () => {
  it.each<Role>(["daemon", "watcher", "waiter"])(
    "a %s observes every source in order, but none that is for a report on request",
    async (role) => {
      const onRequest = fakeSource("host-facts", { schedule: "on-request" });
      const sources = [fakeSource("first"), onRequest, fakeSource("second", { schedule: "unready" })];
      const { taken } = await watched(sources, role);
      expect(taken).toHaveLength(1);
      expect(names(taken[0])).toEqual(["first", "second"]);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(onRequest.calls.observed).toBe(0);
    },
  );

  it("uses a follower's first evidence instead of an observation", async () => {
    const follower = fakeFollower(101, { first: ok(readyLine(2)) });
    const log = fakeSource("kmsg", { follow: () => follower });
    const { taken, polled, wake } = await watched([log]);
    expect(taken[0]).toEqual([readyLine(2), { kind: "source", name: "kmsg", health: "ok", detail: null }]);
    expect(log.calls.observed).toBe(0);
    expect(polled()).toEqual([wake, 101]);
  });

  it.each<[Role, boolean]>([
    ["daemon", true],
    ["watcher", false],
    ["waiter", false],
  ])("a %s sets something up in the host: %s", async (role, sets) => {
    let set = 0;
    const instance = fakeSource("trace-instance", {
      setsUp: true,
      follow: () => {
        set++;
        return null;
      },
    });
    await watched([instance], role);
    expect({ set, observed: instance.calls.observed }).toEqual({ set: sets ? 1 : 0, observed: 1 });
  });

  it("reports a source that fails, and goes on to the next", async () => {
    const broken = fakeSource("broken", {
      observe: () => {
        throw new Error("no such thing");
      },
    });
    const { taken } = await watched([broken, fakeSource("whole")]);
    expect(taken[0]).toEqual([
      { kind: "source", name: "broken", health: "failed", detail: "no such thing" },
      { kind: "source", name: "whole", health: "ok", detail: null },
    ]);
  });
});

describe("follow: once the CRNG is ready", () => {
  const finishing = () => {
    const calls = { finished: 0 };
    const recorder = fakeSource("flight-recorder", {
      finish: () => {
        calls.finished++;
        return ok(probe(9, "returned"));
      },
    });
    const log = fakeFollower(101);
    return { calls, log, sources: [recorder, fakeSource("kmsg", { follow: () => log })] };
  };

  it("a daemon ends sampling and has each source's last observation, a second later", async () => {
    const { calls, log, sources } = finishing();
    const unready = fakeSource("sysctl", { schedule: "unready" });
    const machine = await watched([...sources, unready]);
    await vi.advanceTimersByTimeAsync(1_000);
    log.drains.push({ ...ok(readyLine(5)), more: true });
    await machine.happen(101);
    await vi.advanceTimersByTimeAsync(999);
    expect(calls.finished).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await letFinish(machine);
    expect(calls.finished).toBe(1);
    const { observed } = unready.calls;
    await vi.advanceTimersByTimeAsync(60_000);
    expect({ finished: calls.finished, observed: unready.calls.observed }).toEqual({ finished: 1, observed });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each<Role>(["watcher", "waiter"])("a %s switches nothing off", async (role) => {
    const { calls, log, sources } = finishing();
    const machine = await watched(sources, role);
    log.drains.push({ ...ok(readyLine(5)), more: true });
    await machine.happen(101);
    await vi.advanceTimersByTimeAsync(1_000);
    await letFinish(machine);
    expect(calls.finished).toBe(0);
  });

  it("looks for the ends of waits for ten seconds at most, and records then that they went by unseen", async () => {
    const { calls, log, sources } = finishing();
    const open = wait(2, 1, { evidence: "live", seenAt: 3, tid: 412 });
    const machine = await watched([fakeSource("tasks", { says: [open] }), ...sources]);
    log.drains.push({ ...ok(readyLine(5)), more: true });
    await machine.happen(101);
    await vi.advanceTimersByTimeAsync(9_000);
    expect({ finished: calls.finished, waits: machine.record().waits }).toMatchObject({
      finished: 0,
      waits: [{ to: null, ended: null }],
    });
    await vi.advanceTimersByTimeAsync(1_000);
    await letFinish(machine);
    expect({ finished: calls.finished, waits: machine.record().waits }).toMatchObject({
      finished: 1,
      waits: [{ to: 5, ended: "returned" }],
    });
  });
});

describe("follow: when it is stopped", () => {
  it("accepts no more evidence, closes every follower, and runs no timer", async () => {
    const log = fakeFollower(101);
    const unready = fakeSource("sysctl", { schedule: "unready" });
    const machine = await watched([fakeSource("kmsg", { follow: () => log }), unready]);
    const stopped = machine.following.stop();
    await letFinish(machine);
    await stopped;
    const before = machine.taken.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect({ taken: machine.taken.length, closed: log.closed(), timers: vi.getTimerCount() }).toEqual({
      taken: before,
      closed: 1,
      timers: 0,
    });
  });
});
