import type { BootRecord } from "../core/boot-record.ts";
import { earlyIsEnough } from "../core/claims.ts";
import type { Evidence } from "../core/evidence.ts";
import { isOpen, withUnseenEnd } from "../core/same-wait.ts";
import { sources } from "./registry.ts";
import type { Host, Observation, Source } from "../sources/source.ts";
import { ask, failure, reported } from "./ask.ts";
import type { Role } from "./role.ts";
import { sampling } from "./sampling.ts";
import { type Followed, wakeUps } from "./wake-ups.ts";

/**
 * When it is ready, who waited comes back from the kernel: at once, or, of many on a slow machine, within this time.
 */
const [settleMilliseconds, settleAtMostMilliseconds] = [1_000, 10_000];

/** Takes evidence in and answers with the record as it stands then. */
export type Taker = (evidence: readonly Evidence[]) => BootRecord;

export interface Following {
  /** Ends all waiting; resolves when no descriptor is in use any more. */
  readonly stop: () => Promise<void>;
}

/**
 * Observes the host from now on. Resolves once every source has been asked and the first snapshot is taken in;
 * afterwards evidence comes as it happens. While the CRNG is not ready, what cannot be waited for is looked at again
 * and again; when it is ready and who waited has been let through, all that is taken down. Then no timer runs: one
 * poll(2) waits on a worker thread.
 */
export async function follow(host: Host, take: Taker, role: Role): Promise<Following> {
  const followed: Followed[] = [];
  const first: Evidence[] = [];
  for (const source of sources) {
    if (source.asked === "on-request") continue;
    const follower = mayFollow(source, role) ? (source.follow?.(host) ?? null) : null;
    if (follower?.fd != null) followed.push({ source, follower, fd: follower.fd });
    first.push(...(follower === null ? await ask(source, host) : reported(source, follower.first)));
  }

  let stopped = false;
  let latest: BootRecord | null = null;
  let readySince: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  // A sample may come before the wake-up of what it shows: with the log as it is by then, the kernel's own time is
  // told.
  const samples = sampling(host, role, (evidence) => accept([...evidence, ...waiting.now()]));
  const waiting = wakeUps(host, followed, accept);

  function accept(evidence: readonly Evidence[]): void {
    if (stopped) return;
    latest = take(evidence);
    if (readySince !== null) return;
    if (worthSampling(latest)) return samples.start();
    samples.stop();
    readySince = performance.now();
    timer = setTimeout(settleWhenQuiet, settleMilliseconds);
  }

  function settleWhenQuiet(): void {
    const waited = performance.now() - (readySince ?? 0);
    if (waited < settleAtMostMilliseconds && latest?.waits.some(isOpen) === true)
      timer = setTimeout(settleWhenQuiet, settleMilliseconds);
    else void settle();
  }

  async function settle(): Promise<void> {
    const scanned = samples.end();
    const drained = await waiting.retire();
    accept([...scanned, ...drained, ...(role === "daemon" ? lastWords(host) : [])]);
    if (latest === null) return;
    const record = latest;
    const unseen = record.waits
      .filter(isOpen)
      .map((wait): Evidence => ({ kind: "wait", wait: withUnseenEnd(wait, record) }));
    if (unseen.length > 0) accept(unseen);
  }

  accept(first);
  return {
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      samples.end();
      await waiting.stop();
    },
  };
}

function mayFollow({ setsUp }: Source, role: Role): boolean {
  return setsUp !== true || role === "daemon";
}

/**
 * Whether another sample could tell anything: not once it is ready, nor where an old pool's figures say nothing more.
 */
function worthSampling(record: BootRecord): boolean {
  return record.readiness.level !== "ready" && !earlyIsEnough(record);
}

function lastWords(host: Host): readonly Evidence[] {
  return sources.flatMap((source) =>
    source.settle === undefined ? [] : reported(source, lastWord(source.settle, host)),
  );
}

function lastWord(settle: (host: Host) => Observation, host: Host): Observation {
  try {
    return settle(host);
  } catch (error) {
    return failure(error);
  }
}
