import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCpuinfo } from "../../../src/parse/proc/cpuinfo.ts";
import { anyText } from "../../support/inputs/any-text.ts";

const x86 = (flags: string): string =>
  `processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: ${flags}\nvmx flags\t: vnmi preemption_timer\nbugs\t\t: spectre_v1\n\n`;

describe("/proc/cpuinfo", () => {
  it("names x86's random number instructions", () => {
    expect(parseCpuinfo(x86("fpu rdrand sse rdseed"))).toEqual({
      rdrand: true,
      rdseed: true,
      other: null,
      hypervisor: false,
    });
    expect(parseCpuinfo(x86("fpu rdrand hypervisor"))).toEqual({
      rdrand: true,
      rdseed: false,
      other: null,
      hypervisor: true,
    });
    expect(parseCpuinfo(x86("fpu sse"))).toEqual({ rdrand: false, rdseed: false, other: null, hypervisor: false });
  });

  it("names arm64's", () => {
    expect(parseCpuinfo("processor\t: 0\nFeatures\t: fp asimd rng bti\n")).toEqual({
      rdrand: false,
      rdseed: false,
      other: "rng",
      hypervisor: false,
    });
    expect(parseCpuinfo("processor\t: 0\nFeatures\t: fp asimd evtstrm crc32 cpuid\n")?.other).toBeNull();
  });

  it("is read as words, not as letters", () => {
    expect(parseCpuinfo(x86("xrdrand rdrandx rdseed2 nohypervisor wrong"))).toEqual({
      rdrand: false,
      rdseed: false,
      other: null,
      hypervisor: false,
    });
  });

  it("is about the first CPU", () => {
    expect(parseCpuinfo(x86("fpu") + x86("fpu rdrand"))?.rdrand).toBe(false);
  });

  it.each([
    ["nothing", ""],
    ["a model that is called so", "model name\t: flags : rdrand\n"],
    ["ppc64le", "processor\t: 0\ncpu\t\t: POWER9, altivec supported\nclock\t\t: 3800.000000MHz\n"],
    ["MIPS", "system type\t\t: MediaTek MT7621\ncpu model\t\t: MIPS 1004Kc V2.15\n"],
  ])("has no feature line in %s", (_what, text) => {
    expect(parseCpuinfo(text)).toBeNull();
  });

  it("is read without an exception, whatever it holds", () => {
    fc.assert(fc.property(anyText(), (text) => void parseCpuinfo(text)));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("flags", "\n", "\t", ":", "rng") }),
        (text) => void parseCpuinfo(text),
      ),
    );
  });
});
