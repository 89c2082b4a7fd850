import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  clockOffsets,
  kernelBootSeconds,
  kernelClock,
  parseClockOffsets,
} from "../../../src/platform/clock/time-namespace.ts";
import { monotonicNow } from "../../../src/platform/clock/monotonic.ts";
import { rootsBelow, type Roots } from "../../../src/platform/roots.ts";
import { hostFolder } from "../../support/host/host-folder.ts";

const text = "monotonic      -30 250000000\nboottime   1000000         0\n";

/** This machine, as a process sees it whose clocks are in namespace `own`, and its children's in `children`. */
function machine({ own, children }: Readonly<Record<"own" | "children", number>>, live = true): Roots {
  const top = hostFolder({ "proc/self/timens_offsets": text });
  mkdirSync(join(top, "proc/self/ns"));
  symlinkSync(`time:[${own}]`, join(top, "proc/self/ns/time"));
  symlinkSync(`time:[${children}]`, join(top, "proc/self/ns/time_for_children"));
  return { ...rootsBelow(top), live };
}

describe("parseClockOffsets", () => {
  it("reads the clocks by their names, and by their numbers as Linux 5.6 has them", () => {
    const offsets = { monotonic: -29.75, boottime: 1_000_000 };
    expect(parseClockOffsets(text)).toEqual(offsets);
    expect(parseClockOffsets("1 -30 250000000\n7 1000000 0\n")).toEqual(offsets);
  });

  it.each(["", "monotonic 0 0\n", "boottime 0 0\n", "monotonic x 0\nboottime 0 0\n", "17 1 0\n71 1 0\n"])(
    "does not guess one that is not there: %j",
    (other) => expect(parseClockOffsets(other)).toBeNull(),
  );
});

describe("the kernel's clocks, from within a time namespace", () => {
  it("are this process' clocks without the offsets", () => {
    const roots = machine({ own: 7, children: 7 });
    const before = monotonicNow();
    const now = kernelClock(roots)();
    expect(now).toBeGreaterThanOrEqual(before + 29.75 - 1e-6);
    expect(now).toBeLessThanOrEqual(monotonicNow() + 29.75 + 1e-6);
    expect(kernelBootSeconds(roots, 1_000_012.34)).toBe(12.34);
  });

  it("are not changed by offsets that are those of its children only, nor by those of a folder's process", () => {
    const none = { monotonic: 0, boottime: 0 };
    expect(clockOffsets(machine({ own: 7, children: 8 }))).toEqual(none);
    expect(clockOffsets(machine({ own: 7, children: 7 }, false))).toEqual(none);
  });

  it("are this process' own where the kernel has no time namespaces", () => {
    const roots = { ...rootsBelow(hostFolder({ "proc/uptime": "1.0 1.0\n" })), live: true };
    expect(kernelClock(roots)).toBe(monotonicNow);
  });
});
