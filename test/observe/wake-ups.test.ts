import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Evidence } from "../../src/core/evidence.ts";
import { type Followed, wakeUps } from "../../src/observe/wake-ups.ts";
import { ok } from "../../src/sources/source.ts";
import { probe, readyLine } from "../support/records/evidence-of.ts";
import { type FakeFollower, fakeFollower, fakeSource, nothingNew, polledHost } from "../support/host/fake-sources.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const followed = (name: string, follower: FakeFollower): Followed => ({
  source: fakeSource(name),
  follower,
  fd: follower.fd ?? -1,
});
const healthOf = (name: string): Evidence => ({ kind: "source", name, health: "ok", detail: null });

function waiting(...followers: readonly FakeFollower[]) {
  const machine = polledHost();
  const accepted: (readonly Evidence[])[] = [];
  const wakes = wakeUps(
    machine.host,
    followers.map((follower, index) => followed(`source-${index}`, follower)),
    (evidence) => accepted.push(evidence),
  );
  return { ...machine, wakes, accepted };
}

describe("wake-ups: when a descriptor is readable", () => {
  it("drains that source, and waits for it again", async () => {
    const [log, other] = [fakeFollower(101), fakeFollower(102)];
    const { accepted, happen, polled, wake } = waiting(log, other);
    log.drains.push({ ...ok(readyLine(5)), more: true });
    other.drains.push({ ...ok(probe(5, "returned")), more: true });
    await happen(101);
    expect(accepted).toEqual([[readyLine(5), healthOf("source-0")]]);
    expect(polled()).toEqual([wake, 101, 102]);
  });

  it("waits no more for a source of which nothing more will come", async () => {
    const [log, device] = [fakeFollower(101), fakeFollower(102)];
    const { happen, polled, wake } = waiting(log, device);
    log.drains.push({ ...ok(readyLine(5)), more: true });
    device.drains.push({ ...ok(), more: false });
    await happen(101, 102);
    expect(polled()).toEqual([wake, 101]);
  });

  it("reports a source whose drain fails, and waits no more for it", async () => {
    const log = fakeFollower(101);
    const { accepted, happen, polled, wake } = waiting(log);
    log.drains.push(new Error("broken"));
    await happen(101);
    await vi.advanceTimersByTimeAsync(5);
    expect(accepted).toEqual([[{ kind: "source", name: "source-0", health: "failed", detail: "broken" }]]);
    expect(polled()).toEqual([wake]);
  });

  it("reads the kernel's line with the wake-up that it causes, if the line is already there", async () => {
    const [log, device] = [fakeFollower(101), fakeFollower(102)];
    const { accepted, happen } = waiting(log, device);
    device.drains.push({ ...ok(probe(5, "returned")), more: false });
    log.drains.push({ ...ok(readyLine(5)), more: true });
    await happen(102);
    expect(accepted).toEqual([[probe(5, "returned"), healthOf("source-1"), readyLine(5), healthOf("source-0")]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives the kernel a moment to print its line, and reads it with the wake-up", async () => {
    const [log, device] = [fakeFollower(101), fakeFollower(102)];
    const { accepted, happen } = waiting(log, device);
    device.drains.push({ ...ok(probe(5, "returned")), more: false });
    log.drains.push(nothingNew, { ...ok(readyLine(5)), more: true });
    await happen(102);
    expect(accepted).toEqual([]);
    await vi.advanceTimersByTimeAsync(5);
    expect(accepted.flat().filter(({ kind }) => kind !== "source")).toEqual([probe(5, "returned"), readyLine(5)]);
  });

  it("does not wait for a line where the wake-up holds one", async () => {
    const log = fakeFollower(101);
    const { accepted, happen } = waiting(log);
    log.drains.push({ ...ok(readyLine(5)), more: false });
    await happen(101);
    expect(accepted).toEqual([[readyLine(5), healthOf("source-0")]]);
  });
});

describe("wake-ups: what there is now", () => {
  it("comes without waiting for its wake-up", () => {
    const log = fakeFollower(101);
    const { wakes, accepted } = waiting(log);
    log.drains.push({ ...ok(readyLine(5)), more: true });
    expect(wakes.now()).toEqual([readyLine(5), healthOf("source-0")]);
    expect(accepted).toEqual([]);
  });
});

describe("wake-ups: when all waits have ended", () => {
  it("drains and closes the sources that are followed until then, and no other", async () => {
    const [log, trace] = [fakeFollower(101), fakeFollower(102, { untilFinished: true })];
    const { wakes, happen, polled, wake } = waiting(log, trace);
    trace.drains.push({ ...ok(probe(5, "returned")), more: true });
    const retired = wakes.retire();
    await happen(wake);
    expect(await retired).toEqual([probe(5, "returned"), healthOf("source-1")]);
    expect([log.closed(), trace.closed()]).toEqual([0, 1]);
    expect(polled()).toEqual([wake, 101]);
  });

  it("reads the sources that wait for readiness then, and never before, whatever they return", async () => {
    let asked = 0;
    const atEnd = (): readonly Evidence[] => (asked++, [probe(6, "returned")]);
    const [trace, broken] = [
      fakeFollower(101, { untilFinished: true, atEnd }),
      fakeFollower(102, {
        untilFinished: true,
        atEnd: () => {
          throw new Error("gone");
        },
      }),
    ];
    const { wakes, happen, wake } = waiting(trace, broken);
    trace.drains.push({ ...ok(readyLine(5)), more: true });
    await happen(101);
    expect(asked).toBe(0);
    const retired = wakes.retire();
    await happen(wake);
    expect(await retired).toContainEqual(probe(6, "returned"));
    expect([asked, trace.closed(), broken.closed()]).toEqual([1, 1, 1]);
  });
});

describe("wake-ups: when they are stopped", () => {
  it("closes every source once, those too that were closed before", async () => {
    const [log, trace] = [fakeFollower(101), fakeFollower(102, { untilFinished: true })];
    const { wakes, happen, wake, polled } = waiting(log, trace);
    const retired = wakes.retire();
    await happen(wake);
    await retired;
    const stopped = wakes.stop();
    await happen(wake);
    await stopped;
    expect([log.closed(), trace.closed()]).toEqual([1, 1]);
    expect(polled()).toBeNull();
    expect(await wakes.retire()).toEqual([]);
  });
});

describe("wake-ups: without FFI", () => {
  it("drains every source each ten seconds, until they are stopped", async () => {
    const log = fakeFollower(101);
    const accepted: (readonly Evidence[])[] = [];
    const wakes = wakeUps({ ...polledHost().host, libc: null }, [followed("log", log)], (one) => accepted.push(one));
    log.drains.push({ ...ok(readyLine(5)), more: true });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(accepted).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(accepted).toEqual([[readyLine(5), healthOf("log")]]);
    expect(await wakes.retire()).toEqual([]);
    await wakes.stop();
    expect({ closed: log.closed(), timers: vi.getTimerCount() }).toEqual({ closed: 1, timers: 0 });
  });
});
