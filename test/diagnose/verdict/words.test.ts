import { describe, expect, it } from "vitest";
import { emptyRecord, type Readiness } from "../../../src/core/boot-record.ts";
import type { Wait } from "../../../src/core/wait.ts";
import { generatorWait } from "../../../src/diagnose/verdict/served.ts";
import { lengthOf } from "../../../src/diagnose/verdict/waited.ts";
import { inLine, lasted, moment, waiterOf, whenReady } from "../../../src/diagnose/verdict/words.ts";
import { aWait } from "../../support/records/waits.ts";

describe("lasted: how long something took", () => {
  it.each([
    [0, "0.000 s"],
    [9.999, "9.999 s"],
    [10, "10.0 s"],
    [119.94, "119.9 s"],
    [120, "120.0 s (2 min 0 s)"],
    [150.25, "150.3 s (2 min 30 s)"],
    // Rounded before it is split: never "2 min 60 s".
    [179.6, "179.6 s (3 min 0 s)"],
  ])("%d s is '%s'", (seconds, words) => {
    expect(lasted(seconds)).toBe(words);
  });
});

describe("moment: a time in prose", () => {
  it("has three decimals, however late it is", () => {
    expect([moment(0.25), moment(12.3456), moment(900)]).toEqual(["0.250 s", "12.346 s", "900.000 s (15 min 0 s)"]);
  });
});

describe("waiterOf: who waited", () => {
  it.each([
    ["its unit, with the task", { unit: "sshd.service", comm: "sshd", pid: 7 }, "sshd.service (sshd[7])"],
    ["the task, where no unit is known", { unit: null, comm: "sshd", pid: 7 }, "sshd[7]"],
    ["its name, where no PID is known", { unit: null, comm: "sshd", pid: null }, "sshd"],
    ["its PID, where no name is known", { unit: null, comm: null, pid: 7 }, "PID 7"],
    ["a task, where neither is known", { unit: null, comm: null, pid: null }, "a task"],
  ])("is %s", (_what, facts, words) => {
    expect(waiterOf(aWait({ exe: null, ...facts }))).toBe(words);
  });
});

describe("lengthOf: how long a wait lasted", () => {
  it.each<[words: string, facts: Partial<Wait>]>([
    [" for 2.500 s", { seconds: 2.5, to: 3.5 }],
    [" for at least 2.500 s", { seconds: 2.5 }],
    [" for 0.500 s", { seconds: 0.5, to: 1.5 }],
    // Of one sample alone no length is known.
    ["", { seconds: 0 }],
    ["", { seconds: null }],
  ])("is '%s' of %j", (words, facts) => {
    expect(lengthOf(aWait(facts))).toBe(words);
  });
});

describe("generatorWait: who waited longest for the FIPS generator", () => {
  const queued = (...waits: readonly Partial<Wait>[]): string =>
    generatorWait({
      ...emptyRecord(),
      waits: waits.map((facts) => aWait({ unit: null, generator: "drbg", ...facts })),
    });

  it("is no task where none did", () => {
    expect([queued(), queued({ generator: "crng", seconds: 9 })]).toEqual(["", ""]);
  });

  it("is the task, with the time that is known, and how many others did", () => {
    expect(queued({ seconds: 0.5, to: 1.5 })).toBe("; sshd-keygen[612] waited 0.500 s for the kernel's FIPS generator");
    expect(queued({ seconds: 0.5 })).toBe("; sshd-keygen[612] waited at least 0.500 s for the kernel's FIPS generator");
    expect(queued({ seconds: 0 })).toBe("; sshd-keygen[612] waited for the kernel's FIPS generator");
    expect(queued({ seconds: null })).toBe("; sshd-keygen[612] waited for the kernel's FIPS generator");
    expect(queued({ seconds: 1, to: 2 }, { seconds: 3, pid: 7, to: 4 }, { seconds: 2, to: 3 })).toBe(
      "; sshd-keygen[7] waited 3.000 s for the kernel's FIPS generator, as did 2 more",
    );
  });
});

describe("inLine: where a log shows something", () => {
  it("is nothing where there is no line", () => {
    expect([inLine(12), inLine(null)]).toEqual([" (line 12)", ""]);
  });
});

describe("whenReady: when the CRNG became ready", () => {
  const ready = (facts: Partial<Readiness>): string => whenReady({ ...emptyRecord().readiness, ...facts });

  it.each<[words: string, facts: Partial<Readiness>]>([
    [" at 2.500 s", { exact: true, readyAt: 2.5, notBefore: 2.5, notAfter: 2.5 }],
    [" between 1.000 s and 2.500 s", { notBefore: 1, notAfter: 2.5 }],
    [" no later than 2.500 s", { notBefore: 0, notAfter: 2.5 }],
    [" no later than 2.500 s", { notAfter: 2.5 }],
    // When the keeper of the log stored the line.
    [" no later than 2.500 s", { readyAt: 2.5 }],
    ["", {}],
    ["", { notBefore: 1 }],
  ])("is '%s' of %j", (words, facts) => {
    expect(ready(facts)).toBe(words);
  });
});
