import { describe, expect, it } from "vitest";
import { parseUnitTime, waitOfUnitTime } from "../../../../src/parse/sign/paste/unit-time.ts";

/** A line of this length whose last characters are `end`. */
const long = (start: string, length: number, end: string): string => start.padEnd(length - end.length, " ") + end;

describe("parseUnitTime", () => {
  it("reads the unit and its time from a line of `systemd-analyze blame`", () => {
    expect(parseUnitTime("     1min 2.500s systemd-random-seed.service")).toEqual({
      unit: "systemd-random-seed.service",
      at: null,
      took: 62.5,
    });
  });

  it("reads when a unit was active, and what it took, from a line of `critical-chain`", () => {
    expect(parseUnitTime("  └─sshd.service @1min 3s +2.250s")).toEqual({ unit: "sshd.service", at: 63, took: 2.25 });
    expect(parseUnitTime("basic.target @900ms")).toMatchObject({ unit: "basic.target", at: 0.9 });
  });

  it("knows no time where the line gives none", () => {
    for (const text of ["sshd.service", "1.5s", "1.5s sshd", "sshd.service @later", ""])
      expect(parseUnitTime(text), text).toBeNull();
  });

  it("reads lines of 1024 characters at most", () => {
    expect(parseUnitTime(long("1.5s", 1024, "a.service"))).not.toBeNull();
    expect(parseUnitTime(long("1.5s", 1025, "a.service"))).toBeNull();
  });
});

describe("waitOfUnitTime", () => {
  const of = (unit: string, took: number | null): unknown => waitOfUnitTime({ unit, at: null, took }, 7);

  it("is a wait that is shown where the unit of the random seed took 5 s", () => {
    expect(of("systemd-random-seed.service", 5)).toMatchObject({ proof: "shown", seconds: 5, line: 7, open: false });
    expect(of("systemd-random-seed.service", 4.999)).toBeNull();
    expect(of("systemd-random-seed.service", null)).toBeNull();
  });

  it("is a likely one where a unit that makes keys did, and none for other units", () => {
    expect(of("ssh-keygen@rsa.service", 40)).toMatchObject({ proof: "likely", seconds: 40 });
    expect(of("mysql.service", 40)).toBeNull();
  });
});
