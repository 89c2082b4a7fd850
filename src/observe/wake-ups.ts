import type { Evidence } from "../core/evidence.ts";
import { fs } from "../platform/builtins.ts";
import { type Libc, POLLIN } from "../platform/libc.ts";
import type { Drained, Follower, Host, Source } from "../sources/source.ts";
import { failedObservation, observedEvidence } from "./ask.ts";

/** Without FFI nothing can be waited for; the log is polled. */
const withoutPollMilliseconds = 10_000;
/** How long after waking its waiters the kernel has surely stored its line. */
const lineFollowsMilliseconds = 5;

/** A source that is waited on. */
export interface Followed {
  readonly source: Source;
  readonly follower: Follower;
  readonly fd: number;
}

/** Waits for what happens, and hands it over. */
export interface WakeUps {
  /** What there is right now, without waiting for its wake-up. */
  readonly now: () => readonly Evidence[];
  /** Drains once more and closes those that are followed until all waits have ended; resolves to what they had. */
  readonly retire: () => Promise<readonly Evidence[]>;
  /** Ends all waiting and closes everything. */
  readonly stop: () => Promise<void>;
}

/** Waits on the descriptors of `followed`; `accept` takes what comes. Each follower is closed by this alone. */
export function wakeUps(
  host: Host,
  followed: readonly Followed[],
  accept: (evidence: readonly Evidence[]) => void,
): WakeUps {
  const wake = host.libc?.eventfd() ?? null;
  return host.libc === null || wake === null
    ? pollByTimer(followed, accept)
    : waitForEvents(host.libc, wake, followed, accept);
}

/** One poll(2) over all followers and a descriptor of our own, `wake`, that ends it. */
function waitForEvents(
  libc: Libc,
  wake: number,
  followed: readonly Followed[],
  accept: (evidence: readonly Evidence[]) => void,
): WakeUps {
  let open = followed;
  let closed: readonly Followed[] = [];
  let stopped = false;
  /** Asks the loop to retire; it alone closes descriptors, since a poll(2) on them may be under way. */
  let retired: ((evidence: readonly Evidence[]) => void) | null = null;

  async function loop(): Promise<void> {
    while (!stopped) {
      const events = await libc.poll([wake, ...open.map(({ fd }) => fd)].map((fd) => ({ fd, events: POLLIN })));
      if (stopped) return;
      if (retired !== null) retire(retired);
      else await takeEvents(open, events.slice(1));
    }
  }

  function retire(done: (evidence: readonly Evidence[]) => void): void {
    retired = null;
    fs.readSync(wake, new BigUint64Array(1));
    closed = followed.filter(({ follower }) => follower.untilFinished === true);
    const evidence = closed.flatMap((one) => [...drain(one).evidence, ...atEnd(one)]);
    for (const { follower } of closed) follower.close();
    open = open.filter((one) => !closed.includes(one));
    done(evidence);
  }

  async function takeEvents(polled: readonly Followed[], events: readonly number[]): Promise<void> {
    const evidence: Evidence[] = [];
    const spent = polled.filter((one, index) => {
      if (events[index] === 0) return false;
      const drained = drain(one);
      evidence.push(...drained.evidence);
      return !drained.more;
    });
    open = polled.filter((one) => !spent.includes(one));
    // The CRNG woke us, and the kernel prints its line right after: with that line the kernel's own time is known at
    // once.
    if (spent.length > 0 && !evidence.some(({ kind }) => kind === "message"))
      evidence.push(...(await drainWithMessage(open)));
    accept(evidence);
  }

  const ended = loop();
  const nudge = (): void => void fs.writeSync(wake, new BigUint64Array([1n]));
  return {
    now: () => open.flatMap((one) => drain(one).evidence),
    retire() {
      return new Promise((resolve) => {
        if (stopped) return resolve([]);
        retired = resolve;
        nudge();
      });
    },
    async stop() {
      stopped = true;
      nudge();
      await ended;
      fs.closeSync(wake);
      for (const one of followed) if (!closed.includes(one)) one.follower.close();
      retired?.([]);
    },
  };
}

function drain({ source, follower }: Followed): { readonly evidence: readonly Evidence[]; readonly more: boolean } {
  let drained: Drained;
  try {
    drained = follower.drain();
  } catch (error) {
    drained = { ...failedObservation(error), more: false };
  }
  return { evidence: observedEvidence(source, drained), more: drained.more };
}

function atEnd({ source, follower }: Followed): readonly Evidence[] {
  try {
    return follower.atEnd?.() ?? [];
  } catch (error) {
    return observedEvidence(source, failedObservation(error));
  }
}

/** What the followers have now, or, where that is nothing, have a moment later. */
async function drainWithMessage(open: readonly Followed[]): Promise<readonly Evidence[]> {
  const now = open.flatMap((one) => drain(one).evidence);
  if (now.some(({ kind }) => kind === "message")) return now;
  await new Promise((resolve) => setTimeout(resolve, lineFollowsMilliseconds));
  return [...now, ...open.flatMap((one) => drain(one).evidence)];
}

function pollByTimer(followed: readonly Followed[], accept: (evidence: readonly Evidence[]) => void): WakeUps {
  const timer = setInterval(() => {
    for (const one of followed) accept(drain(one).evidence);
  }, withoutPollMilliseconds);
  return {
    now: () => followed.flatMap((one) => drain(one).evidence),
    retire: () => Promise.resolve([]),
    stop() {
      clearInterval(timer);
      for (const { follower } of followed) follower.close();
      return Promise.resolve();
    },
  };
}
