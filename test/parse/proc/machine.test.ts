import { describe, expect, it } from "vitest";
import { machineName, parseMemoryTotal, parseProcessorName } from "../../../src/parse/proc/machine.ts";

describe("parseProcessorName", () => {
  it.each<[what: string, cpuinfo: string, name: string | null]>([
    [
      "x86",
      "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Example(R)  CPU  E5 @ 2.00GHz\n",
      "Example(R) CPU E5 @ 2.00GHz",
    ],
    [
      "POWER",
      "processor\t: 0\ncpu\t\t: POWER9, altivec supported\nclock\t\t: 3800.0MHz\n",
      "POWER9, altivec supported",
    ],
    ["MIPS", "system type\t: example\ncpu model\t\t: MIPS 24Kc V7.4\n", "MIPS 24Kc V7.4"],
    ["32-bit ARM of old", "Processor\t: ARMv7 Processor rev 4 (v7l)\nprocessor\t: 0\n", "ARMv7 Processor rev 4 (v7l)"],
    ["arm64, which has numbers only", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n", null],
    ["nothing", "", null],
  ])("reads the name of %s", (_what, cpuinfo, name) => {
    expect(parseProcessorName(cpuinfo)).toBe(name);
  });
});

it("parseMemoryTotal: gives bytes, and null where the kernel does not say", () => {
  expect(parseMemoryTotal("MemTotal:        2027396 kB\nMemFree:          100 kB\n")).toBe(2_076_053_504);
  expect(parseMemoryTotal("MemFree: 100 kB\n")).toBeNull();
  expect(parseMemoryTotal("MemTotal: lots kB\n")).toBeNull();
});

describe("machineName", () => {
  it.each<[vendor: string, product: string, name: string | null]>([
    ["QEMU", "Standard PC (Q35 + ICH9, 2009)", "QEMU Standard PC (Q35 + ICH9, 2009)"],
    ["Dell Inc.", "Dell Inc.  Example 1", "Dell Inc. Example 1"],
    ["To Be Filled By O.E.M.", "To Be Filled By O.E.M.", null],
    ["Example", "System Product Name", "Example"],
    ["", "Example Board Rev 1.2\0", "Example Board Rev 1.2"],
    ["", "", null],
  ])("of '%s' and '%s' is %j", (vendor, product, name) => {
    expect(machineName(vendor, product)).toBe(name);
  });
});
