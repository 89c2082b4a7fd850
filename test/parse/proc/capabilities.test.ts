import { describe, expect, it } from "vitest";
import { capabilityNames, permittedCapabilities } from "../../../src/parse/proc/capabilities.ts";

describe("permittedCapabilities", () => {
  it("reads the permitted set of a thread's status, and no other", () => {
    const status = "Name:\tnode\nCapInh:\t0000000000000001\nCapPrm:\t0000000400080000\nCapEff:\t0000000000080000\n";
    expect(permittedCapabilities(status)).toBe(0x400080000n);
  });

  it.each(["", "Name:\tnode\n", "CapPrm:\t40\n", "CapPrm:\tno hexadecimal\n"])(
    "is null where %j shows none",
    (status) => {
      expect(permittedCapabilities(status)).toBeNull();
    },
  );
});

describe("capabilityNames", () => {
  it("names the two of the unit, and none of an empty set", () => {
    expect(capabilityNames(0x400080000n)).toEqual(["CAP_SYS_PTRACE", "CAP_SYSLOG"]);
    expect(capabilityNames(0n)).toEqual([]);
  });

  it("numbers those that are newer than its table", () => {
    expect(capabilityNames((1n << 40n) | (1n << 41n) | (1n << 63n))).toEqual([
      "CAP_CHECKPOINT_RESTORE",
      "CAP_41",
      "CAP_63",
    ]);
  });
});
