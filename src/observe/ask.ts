import type { Evidence } from "../core/evidence.ts";
import { takeTaskMemoryProblem } from "../platform/process-memory.ts";
import type { Host, Observation, Source } from "../sources/source.ts";

/**
 * Asks one source; its health is evidence like the rest. A source that fails in a way it did not foresee costs its own
 * facts, no other's.
 */
export async function ask(source: Source, host: Host): Promise<readonly Evidence[]> {
  try {
    return observedEvidence(source, await source.observe(host));
  } catch (error) {
    return observedEvidence(source, failedObservation(error));
  }
}

/** An observation with the health of the source that made it, and that of tasks' memory, which several of them read. */
export function observedEvidence({ name }: Source, { health, detail, evidence }: Observation): readonly Evidence[] {
  const problem = takeTaskMemoryProblem();
  return [
    ...evidence,
    { kind: "source", name, health, detail },
    ...(problem === null ? [] : [{ kind: "source", name: "task-memory", health: "failed", detail: problem } as const]),
  ];
}

/** What an unforeseen error comes to. */
export function failedObservation(error: unknown): Observation {
  return { health: "failed", detail: error instanceof Error ? error.message : String(error), evidence: [] };
}
