import { isUnready } from "../crng/unready.ts";
import { type Host, type Observation, unable } from "../source.ts";

/**
 * Why a source that starts programs of the host does not: a folder has none that would describe it, and while the CRNG
 * is not ready each child would be one more user of it. Null: it may.
 */
export function whyNoPrograms(host: Host): Observation | null {
  if (!host.roots.live) return unable("absent", "the host is a folder");
  if (isUnready(host)) return unable("absent", "not asked while the CRNG is not ready: it starts child processes");
  return null;
}
