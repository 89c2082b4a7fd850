import { describe, expect, it } from "vitest";
import { emptyRecord, type Readiness } from "../../../src/core/boot-record.ts";
import { hasNoGetrandom, releaseOf } from "../../../src/diagnose/verdict/release.ts";

const fastInit = { at: 5, noted: null, line: 7, seq: 7 };
const kernel = (release: string | null, version = "#1 SMP"): ReturnType<typeof emptyRecord>["kernel"] => ({
  release,
  version,
  buildId: null,
  commandLine: null,
});
const ready = (facts: Partial<Readiness>): Readiness => ({ ...emptyRecord().readiness, level: "ready", ...facts });

describe("releaseOf: from when on callers of getrandom() were let through", () => {
  it.each<[release: string, version: string, from: "fast-init" | "ready"]>([
    ["4.7.10", "#1 SMP", "ready"],
    ["4.8.0", "#1 SMP", "fast-init"],
    ["4.10.17", "#1 SMP", "fast-init"],
    ["4.9.95", "#1 SMP", "fast-init"],
    ["4.9.96", "#1 SMP", "ready"],
    ["4.14.35-1.el7.x86_64", "#1 SMP", "fast-init"],
    ["4.14.36", "#1 SMP", "ready"],
    ["4.16", "#1 SMP", "fast-init"],
    ["4.16.3-301.fc28.x86_64", "#1 SMP", "fast-init"],
    ["4.16.4", "#1 SMP", "ready"],
    ["4.17.0", "#1 SMP", "ready"],
    ["3.10.0-957.el7.x86_64", "#1 SMP", "fast-init"],
    ["3.10.0", "#1 SMP", "ready"],
    ["3.11.0-1.el7.x86_64", "#1 SMP", "ready"],
    ["5.9.1", "#1 SMP", "ready"],
    ["5.4.0-42-generic", "#46-Ubuntu SMP", "fast-init"],
    ["4.9.0-11-amd64", "#1 SMP Debian 4.9.189-3+deb9u2 (2019-11-11)", "ready"],
    ["4.9.0-6-amd64", "#1 SMP Debian 4.9.88-1+deb9u1 (2018-05-07)", "fast-init"],
    ["4.8.0-2-amd64", "#1 SMP Debian 4.8.11-1 (2016-12-02)", "fast-init"],
    ["4.9.0-6-amd64", "#1 SMP", "ready"],
    ["unheard-of", "#1 SMP", "ready"],
  ])("%s (%s) lets them through at %s", (release, version, from) => {
    const record = {
      ...emptyRecord(),
      kernel: kernel(release, version),
      earlyInit: fastInit,
      readiness: ready({ readyAt: 9, line: 12 }),
    };
    expect(releaseOf(record)).toEqual(
      from === "ready" ? { at: 9, line: 12, by: "ready" } : { at: 5, line: 7, by: "fast-init" },
    );
  });

  it("is readiness where 'fast init done' is not there, or the kernel is not known", () => {
    const record = { ...emptyRecord(), readiness: ready({ readyAt: 9, line: 12 }) };
    expect(releaseOf({ ...record, kernel: kernel("4.8.0") })).toMatchObject({ by: "ready" });
    expect(releaseOf({ ...record, earlyInit: fastInit })).toMatchObject({ by: "ready" });
  });

  it("is the end of the interval where the moment is not known, and nothing while the CRNG is not ready", () => {
    expect(releaseOf({ ...emptyRecord(), readiness: ready({ notAfter: 40 }) })).toMatchObject({ at: 40 });
    expect(releaseOf({ ...emptyRecord(), readiness: ready({ level: "early", notAfter: 40 }) })).toBeNull();
  });
});

describe("hasNoGetrandom: kernels before getrandom(2)", () => {
  it.each<[release: string | null, has: boolean]>([
    ["2.6.32-754.el6.x86_64", true],
    ["3.16.0-4-amd64", true],
    ["3.17.0", false],
    ["3.10.0-1160.el7.x86_64", false],
    ["3.10.108", true],
    ["4.1.0", false],
    ["10.2.0", false],
    ["unheard-of", false],
    [null, false],
  ])("of %s it is %s", (release, has) => {
    expect(hasNoGetrandom({ kernel: kernel(release) })).toBe(has);
  });
});
