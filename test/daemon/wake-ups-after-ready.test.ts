import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runDaemon } from "../../src/daemon/daemon.ts";
import { openLog } from "../../src/exporters/log-lines.ts";
import { ok } from "../../src/sources/source.ts";
import { logged, probe, readyLine, wait } from "../support/records/evidence-of.ts";
import {
  fakeFollower,
  type FakeFollower,
  fakeSource,
  polledHost,
  type PolledHost,
} from "../support/host/fake-sources.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";

const watchdogMilliseconds = 15_000;
const [logFd, traceFd] = [71, 72];

beforeEach(
  () =>
    void vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval", "performance"] }),
);
afterEach(() => void vi.useRealTimers());

interface Running extends PolledHost {
  readonly log: FakeFollower;
  readonly sent: string[];
  readonly saved: () => number;
  readonly looks: () => number;
  readonly end: () => Promise<void>;
}

/** The daemon on a CRNG that is not ready, with a task that waits, a scan that looks at it and probes in the kernel. */
async function running(): Promise<Running> {
  const machine = polledHost();
  const [log, trace] = [fakeFollower(logFd), fakeFollower(traceFd, { untilFinished: true })];
  const sent: string[] = [];
  let [saved, looks] = [0, 0];
  const sampled = fakeSource("probe", { schedule: "unready", says: [probe(1, "would-wait")] });
  const scan = {
    look: () => ({ observation: ok(wait(2, ++looks, { to: null })), againMilliseconds: 50, follows: false }),
    close: () => undefined,
  };
  const sources = [
    sampled,
    fakeSource("stacks", { scan: () => scan }),
    fakeSource("kmsg", { follow: () => log }),
    fakeSource("trace", { follow: () => trace }),
  ];
  const stop = new AbortController();
  const ended = runDaemon(
    {
      host: machine.host,
      sources,
      listen: { path: join(temporaryFolder(), "socket"), mode: 0o600 },
      state: { load: () => ({ kind: "absent" }), save: () => (saved++, { kind: "ok", value: undefined }) },
      log: openLog(() => undefined),
      notify: { send: (assignments) => (sent.push(...assignments), true), watchdogMilliseconds },
      info: { vendor: "x", product: "x", version: "0", url: "x" },
    },
    stop.signal,
  );
  const end = async (): Promise<void> => {
    let isEnded = false;
    const after = ended.then(() => (isEnded = true));
    stop.abort();
    while (!isEnded) {
      await machine.happen(machine.wake);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await after;
  };
  await vi.waitFor(() => expect(sent).toContain("READY=1"));
  return { ...machine, log, sent, saved: () => saved, looks: () => looks, end };
}

describe("the daemon after the CRNG is ready and all waits have ended", () => {
  it("is woken by the watchdog and by records of the log alone", async () => {
    const { happen, wake, polled, log, sent, saved, looks, end } = await running();
    await vi.advanceTimersByTimeAsync(5000);
    expect(looks()).toBeGreaterThan(20);

    log.drains.push({ ...ok(readyLine(9), wait(2, 7, { to: 9 })), more: true });
    await happen(logFd);
    // Done once it is ready: the last samples, the removal of the probes, the boot's summary.
    for (let second = 0; second < 120; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      if (polled()?.includes(traceFd) === true) await happen(wake);
    }
    expect(polled()).toEqual([expect.any(Number), logFd]);
    expect(vi.getTimerCount()).toBe(1);

    const before = { looks: looks(), saved: saved(), polled: polled() };
    sent.length = 0;
    await vi.advanceTimersByTimeAsync(24 * 60 * 60 * 1000);
    expect({ looks: looks(), saved: saved(), polled: polled() }).toEqual(before);
    expect(new Set(sent)).toEqual(new Set(["WATCHDOG=1"]));
    expect(sent).toHaveLength((24 * 60 * 60 * 1000) / watchdogMilliseconds);

    log.drains.push({ ...ok(logged(90_000, { kind: "reseed", reason: "resume" })), more: true });
    await happen(logFd);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(1);
    expect(looks()).toBe(before.looks);
    await end();
    // Not the watchdog's either: it is no sign of life once STOPPING=1 is sent.
    expect({ timers: vi.getTimerCount(), last: sent.at(-1) }).toEqual({ timers: 0, last: "STOPPING=1" });
  });
});
