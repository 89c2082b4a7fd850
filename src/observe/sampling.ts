import type { Evidence } from "../core/evidence.ts";
import { isSampled, type Observation, type Scan, type Scanned, type Source } from "../sources/source.ts";
import { monotonicNow } from "../platform/clock/monotonic.ts";
import { ask, failedObservation, observedEvidence } from "./ask.ts";
import type { Target } from "./target.ts";

/** How often sources without a pace of their own are sampled while it matters. */
const sampleMilliseconds = 1_000;

/**
 * A CRNG that is not ready after this long may never be: in FIPS mode the kernel's DRBG serves every caller, so no task
 * makes the kernel gather entropy. From then on samples are taken `patience` times as seldom, and cost that much less.
 * A wait that begins later is seen later, and its error says so. Readiness is announced by the log and by poll(2),
 * which are not sampled; `crngwatch wait`, which may have to rely on samples, keeps its pace.
 */
const patientAfterMilliseconds = 600_000;
const patience = 10;

/** Looks at what cannot be waited for. */
export interface Sampling {
  /** From now on, until `stop`. */
  readonly start: () => void;
  /**
   * The CRNG is ready: one more sample, for the last point of the curve and for sources that wait until then. Scans see
   * waits to their ends.
   */
  readonly stop: () => void;
  /** Ends sampling, after one last scan of each. */
  readonly end: () => readonly Evidence[];
}

interface Scanning {
  readonly source: Source;
  readonly scan: Scan;
  timer: NodeJS.Timeout | null;
}

/** Samples the sources of a target, and scans with those that can; `accept` takes what they show. */
export function sampling({ host, sources, role }: Target, accept: (evidence: readonly Evidence[]) => void): Sampling {
  let timer: NodeJS.Timeout | null = null;
  let scans: readonly Scanning[] = [];
  let sees: "unready" | "ends" | "nothing" = "unready";
  let startedAt = 0;

  /** The factor for a source's own interval until the next sample. */
  function patienceNow(): number {
    return role !== "waiter" && monotonicNow() - startedAt >= patientAfterMilliseconds / 1000 ? patience : 1;
  }

  function sampleAgain(): void {
    timer = setTimeout(() => {
      sampleAgain();
      void sample();
    }, sampleMilliseconds * patienceNow());
  }

  async function sample(): Promise<void> {
    const evidence: Evidence[] = [];
    for (const source of sources) if (isSampled(source)) evidence.push(...(await ask(source, host)));
    accept(evidence);
  }

  function look(scanning: Scanning): void {
    const { source, scan } = scanning;
    const patienceThen = patienceNow();
    const { observation, againMilliseconds, follows } = looked(scan, patienceThen);
    if (sees === "unready" || follows)
      scanning.timer = setTimeout(() => look(scanning), againMilliseconds * patienceThen);
    // Most scans find nothing new, and a scan by itself is not worth a new record.
    if (observation.evidence.length > 0 || observation.health !== "ok") accept(observedEvidence(source, observation));
  }

  return {
    start() {
      if (timer !== null || sees !== "unready") return;
      startedAt = monotonicNow();
      sampleAgain();
      scans = (role === "waiter" ? [] : sources).flatMap((source) => {
        const scan = source.scan?.(host) ?? null;
        return scan === null ? [] : [{ source, scan, timer: null }];
      });
      for (const scanning of scans) look(scanning);
    },
    stop() {
      if (sees !== "unready") return;
      sees = "ends";
      if (timer === null) return;
      clearTimeout(timer);
      void sample();
    },
    end() {
      sees = "nothing";
      if (timer !== null) clearTimeout(timer);
      for (const scanning of scans) if (scanning.timer !== null) clearTimeout(scanning.timer);
      const last = scans.flatMap(({ source, scan }) => observedEvidence(source, looked(scan, 1).observation));
      for (const { scan } of scans) scan.close();
      scans = [];
      return last;
    },
  };
}

/** A scan that failed in an unforeseen way is not repeated soon. */
function looked(scan: Scan, patienceThen: number): Scanned {
  try {
    return scan.look(patienceThen);
  } catch (error) {
    const observation: Observation = failedObservation(error);
    return { observation, againMilliseconds: 60_000, follows: false };
  }
}
