export interface ProbeProfile {
  readonly hits: number;
  /** Hits while the probe could not be run: those are lost. */
  readonly missed: number;
}

/**
 * tracefs' `kprobe_profile`: a line for each probe event, its name, hits and misses (probes_profile_seq_show() of
 * kernel/trace/trace_kprobe.c). The groups are not in it; of two of one name the older is returned, which is the
 * command line's.
 */
export function parseKprobeProfile(text: string): ReadonlyMap<string, ProbeProfile> {
  const lines = text.matchAll(/^[ \t]*(\w+)[ \t]+(\d{1,15})[ \t]+(\d{1,15})[ \t]*$/gm);
  return new Map(
    Array.from(
      lines,
      ([, name = "", hits, missed]) => [name, { hits: Number(hits), missed: Number(missed) }] as const,
    ).toReversed(),
  );
}

/**
 * tracefs' `kprobe_events`: the names of the events in a group, from lines such as `r10:crngwatch/waited
 * wait_for_random_bytes`.
 */
export function probesOfGroup(text: string, group: string): readonly string[] {
  return Array.from(text.matchAll(/^[pr]\d*:(\w+)\/(\w+)\s/gm)).flatMap(([, its, name = ""]) =>
    its === group ? [name] : [],
  );
}
