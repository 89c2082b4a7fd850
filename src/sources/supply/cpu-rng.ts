import { join } from "../../platform/builtins.ts";
import { parseCpuinfo } from "../../parse/proc/cpuinfo.ts";
import { readText } from "../../platform/pseudo-file.ts";
import { ok, type Source, unable } from "../source.ts";
import { trust } from "./trust.ts";

/** The CPU's own generator: with it, and trusted, the CRNG is ready before user space starts. */
export const cpuRng: Source = {
  name: "cpu-rng",
  reads: "/proc/cpuinfo, /proc/cmdline, the kernel's configuration",
  needs: "nothing",
  without: "whether RDRAND or RDSEED can seed the CRNG, and whether the kernel credits it",
  schedule: "once",
  observe(host) {
    const path = join(host.roots.proc, "cpuinfo");
    const text = readText(path);
    if (text.kind !== "ok") return unable(text.kind, `Cannot read '${path}'`);
    const features = parseCpuinfo(text.value);
    // Ordinary on ppc64le, s390x, MIPS and others; a file without anything is not.
    if (features === null) return unable(text.value === "" ? "failed" : "absent", `'${path}' names no CPU features`);
    const { rdrand, rdseed, other } = features;
    return ok({ kind: "supply", cpu: { rdrand, rdseed, other, ...trust(host, "cpu") } });
  },
};
