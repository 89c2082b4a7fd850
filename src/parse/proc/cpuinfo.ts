/** What /proc/cpuinfo shows of the first CPU's random number instructions and of a hypervisor. */
export interface CpuFeatures {
  readonly rdrand: boolean;
  readonly rdseed: boolean;
  /** arm64 `rng` (FEAT_RNG: RNDR); null where there is none. */
  readonly other: string | null;
  readonly hypervisor: boolean;
}

/** Reads the flags of the first CPU: `flags` on x86, `Features` on arm64. Null: no such line. */
export function parseCpuinfo(text: string): CpuFeatures | null {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(text);
  if (line === null) return null;
  const flags = new Set((line[1] ?? "").trim().split(/\s+/));
  return {
    rdrand: flags.has("rdrand"),
    rdseed: flags.has("rdseed"),
    other: flags.has("rng") ? "rng" : null,
    hypervisor: flags.has("hypervisor"),
  };
}
