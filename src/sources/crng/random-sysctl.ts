import { join } from "../../platform/builtins.ts";
import { readText } from "../../platform/pseudo-file.ts";
import { ok, type Source, unable } from "../source.ts";

/** The CRNG's own figures. `uuid` in the same folder is not read: reading it draws random bytes. */
export const randomSysctl: Source = {
  name: "random-sysctl",
  reads: "/proc/sys/kernel/random/{entropy_avail,poolsize,read_wakeup_threshold}",
  needs: "nothing",
  without: "which generation of random.c this is, and so what a probe proves; the entropy curve",
  schedule: "unready",
  observe({ roots, now }) {
    const folder = join(roots.proc, "sys/kernel/random");
    const at = now();
    const available = readText(join(folder, "entropy_avail"));
    const pool = readText(join(folder, "poolsize"));
    const wakeup = readText(join(folder, "read_wakeup_threshold"));
    if (available.kind !== "ok") return unable(available.kind, `Cannot read '${join(folder, "entropy_avail")}'`);
    if (pool.kind !== "ok") return unable(pool.kind, `Cannot read '${join(folder, "poolsize")}'`);
    const [availableBits, poolBits] = [parseBits(available.value), parseBits(pool.value)];
    if (availableBits === null || poolBits === null) {
      return unable("failed", `'${folder}' holds '${available.value}' and '${pool.value}', not two numbers of bits`);
    }
    const readWakeupBits = wakeup.kind === "ok" ? parseBits(wakeup.value) : null;
    return ok({ kind: "pool", at, availableBits, poolBits, readWakeupBits });
  },
};

function parseBits(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
