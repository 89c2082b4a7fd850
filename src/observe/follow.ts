import type { BootRecord } from "../core/boot-record.ts";
import { earlyIsEnough } from "../core/fold/claims.ts";
import type { Evidence } from "../core/evidence.ts";
import { isOpen } from "../core/wait.ts";
import { withUnseenEnd } from "../core/fold/wait-ends.ts";
import { type Host, isUnrequested, type Observation, type Source } from "../sources/source.ts";
import { ask, failedObservation, observedEvidence } from "./ask.ts";
import type { Target, Role } from "./target.ts";
import { sampling } from "./sampling.ts";
import { type Followed, wakeUps } from "./wake-ups.ts";

/** When the CRNG is ready all waits end: at once, or, of many tasks on a slow machine, within this time. */
const [releaseMilliseconds, releaseAtMostMilliseconds] = [1_000, 10_000];

/** Takes evidence in and answers with the record as it stands then. */
export type Taker = (evidence: readonly Evidence[]) => BootRecord;

export interface Following {
  /** Ends all waiting; resolves when no descriptor is in use any more. */
  readonly stop: () => Promise<void>;
}

/**
 * Observes the host from now on. Resolves once every source has been observed and `take` has the first evidence;
 * afterwards evidence comes as it happens. While the CRNG is not ready, sources that cannot be waited on are sampled;
 * when it is ready and all waits have ended, sampling and tracing end. Then no timer runs: one poll(2) waits on a
 * worker thread.
 */
export async function follow(observed: Target, take: Taker): Promise<Following> {
  const { host, sources, role } = observed;
  const followed: Followed[] = [];
  const first: Evidence[] = [];
  for (const source of sources) {
    if (!isUnrequested(source)) continue;
    const follower = mayFollow(source, role) ? (source.follow?.(host) ?? null) : null;
    if (follower?.fd != null) followed.push({ source, follower, fd: follower.fd });
    first.push(...(follower === null ? await ask(source, host) : observedEvidence(source, follower.first)));
  }

  let stopped = false;
  let latest: BootRecord | null = null;
  let readySince: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  // A sample may come before the wake-up of what it shows: with the log as it is by then, the kernel's own time is
  // reported.
  const samples = sampling(observed, (evidence) => accept([...evidence, ...waiting.now()]));
  const waiting = wakeUps(host, followed, accept);

  function accept(evidence: readonly Evidence[]): void {
    if (stopped) return;
    latest = take(evidence);
    if (readySince !== null) return;
    if (worthSampling(latest)) return samples.start();
    samples.stop();
    readySince = performance.now();
    timer = setTimeout(finishWhenReleased, releaseMilliseconds);
  }

  function finishWhenReleased(): void {
    const waited = performance.now() - (readySince ?? 0);
    if (waited < releaseAtMostMilliseconds && latest?.waits.some(isOpen) === true)
      timer = setTimeout(finishWhenReleased, releaseMilliseconds);
    else void finish();
  }

  async function finish(): Promise<void> {
    const scanned = samples.end();
    const drained = await waiting.retire();
    accept([...scanned, ...drained, ...(role === "daemon" ? lastWords(observed) : [])]);
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
 * Whether another sample could show anything: not once it is ready, nor where an old pool's figures show nothing more.
 */
function worthSampling(record: BootRecord): boolean {
  return record.readiness.level !== "ready" && !earlyIsEnough(record);
}

function lastWords({ host, sources }: Target): readonly Evidence[] {
  return sources.flatMap((source) =>
    source.finish === undefined ? [] : observedEvidence(source, lastWord(source.finish, host)),
  );
}

function lastWord(finish: (host: Host) => Observation, host: Host): Observation {
  try {
    return finish(host);
  } catch (error) {
    return failedObservation(error);
  }
}
