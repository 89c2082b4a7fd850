import { fs } from "../platform/builtins.ts";
import type { BootRecord } from "../core/boot-record.ts";
import type { Evidence } from "../core/evidence.ts";
import { type Libc, POLLIN } from "../platform/libc.ts";
import { sources } from "../sources/registry.ts";
import type { Drained, Follower, Host, Source } from "../sources/source.ts";
import { ask, failure, reported } from "./ask.ts";

/** How often what cannot be waited for is looked at: while it matters, and without FFI afterwards. */
const unreadyMilliseconds = 1_000;
const withoutPollMilliseconds = 10_000;
/** How long after waking its waiters the kernel has surely stored its line. */
const lineFollowsMilliseconds = 5;

/** Takes evidence in and answers with the record as it stands then. */
export type Taker = (evidence: readonly Evidence[]) => BootRecord;

export interface Following {
  /** Ends all waiting; resolves when no descriptor is in use any more. */
  readonly stop: () => Promise<void>;
}

interface Followed {
  readonly source: Source;
  readonly follower: Follower;
}

/**
 * Observes the host from now on. Resolves once every source has been asked and the first snapshot is taken in; afterwards
 * evidence comes as it happens. No timer runs once the CRNG is ready: one poll(2) waits on a worker thread.
 */
export async function follow(host: Host, take: Taker): Promise<Following> {
  const followed: Followed[] = [];
  const first: Evidence[] = [];
  for (const source of sources) {
    if (source.asked === "on-request") continue;
    const follower = source.follow?.(host) ?? null;
    if (follower !== null) followed.push({ source, follower });
    first.push(...(follower === null ? await ask(source, host) : reported(source, follower.first)));
  }

  let sampling: NodeJS.Timeout | null = null;
  let stopped = false;
  const accept = (evidence: readonly Evidence[]): void => {
    if (!worthSampling(take(evidence))) stopSampling();
  };
  const sample = async (): Promise<void> => {
    const evidence: Evidence[] = [];
    for (const source of sources) if (source.asked === "unready") evidence.push(...(await ask(source, host)));
    if (!stopped) accept(evidence);
  };
  const stopSampling = (): void => {
    if (sampling === null) return;
    clearInterval(sampling);
    sampling = null;
    // Once more: the last point of the curve, and what was not to be asked before.
    void sample();
  };
  if (worthSampling(take(first))) sampling = setInterval(() => void sample(), unreadyMilliseconds);

  const wake = host.libc?.eventfd() ?? null;
  const waiting = host.libc === null || wake === null ? lookEveryNowAndThen(followed, accept) : waitForEvents(host.libc, wake, followed, accept);
  return {
    async stop() {
      stopped = true;
      if (sampling !== null) clearInterval(sampling);
      await waiting.stop();
      for (const { follower } of followed) follower.close();
    },
  };
}

/** Whether another sample could tell anything: not once it is ready, nor where an old pool's figures say nothing more. */
function worthSampling({ readiness, observed }: BootRecord): boolean {
  if (readiness.level === "ready") return false;
  const oldPool = observed.pool !== null && observed.pool.poolBits !== 256;
  return !(oldPool && observed.probe.firstReturned !== null);
}

function drain({ source, follower }: Followed): { readonly evidence: readonly Evidence[]; readonly more: boolean } {
  let drained: Drained;
  try {
    drained = follower.drain();
  } catch (error) {
    drained = { ...failure(error), more: false };
  }
  return { evidence: reported(source, drained), more: drained.more };
}

/** One poll(2) over all followers and a descriptor of our own, `wake`, by which `stop` ends it. */
function waitForEvents(libc: Libc, wake: number, followed: readonly Followed[], accept: (evidence: readonly Evidence[]) => void): Following {
  let open = [...followed];
  let stopped = false;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const events = await libc.poll([wake, ...open.map(({ follower }) => follower.fd)].map((fd) => ({ fd, events: POLLIN })));
      if (stopped) return;
      const evidence: Evidence[] = [];
      const spent = open.filter((one, index) => {
        if (events[index + 1] === 0) return false;
        const drained = drain(one);
        evidence.push(...drained.evidence);
        return !drained.more;
      });
      open = open.filter((one) => !spent.includes(one));
      // The CRNG woke us, and the kernel prints its line right after: with it, what is told is the kernel's time.
      if (spent.length > 0 && !evidence.some(({ kind }) => kind === "message")) evidence.push(...(await drainSettled(open)));
      if (!stopped) accept(evidence);
    }
  };
  const ended = loop();
  return {
    async stop() {
      stopped = true;
      fs.writeSync(wake, new BigUint64Array([1n]));
      await ended;
      fs.closeSync(wake);
    },
  };
}

/** What the followers have now, or, where that is nothing, have a moment later. */
async function drainSettled(open: readonly Followed[]): Promise<readonly Evidence[]> {
  const now = open.flatMap((one) => drain(one).evidence);
  if (now.some(({ kind }) => kind === "message")) return now;
  await new Promise((resolve) => setTimeout(resolve, lineFollowsMilliseconds));
  return [...now, ...open.flatMap((one) => drain(one).evidence)];
}

/** Without FFI nothing can be waited for; the log is looked at now and then. */
function lookEveryNowAndThen(followed: readonly Followed[], accept: (evidence: readonly Evidence[]) => void): Following {
  const timer = setInterval(() => {
    for (const one of followed) accept(drain(one).evidence);
  }, withoutPollMilliseconds);
  return {
    stop() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}
