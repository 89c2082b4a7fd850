import { describe, expect, it } from "vitest";
import {
  drawsRandomBytes,
  drawsSeed,
  isShortened,
  unitKey,
  unitName,
} from "../../../../src/parse/sign/unit/unit-words.ts";

describe("isShortened: whether a console shows a unit's description cut in the middle", () => {
  const long = "a.service - load/save random seed";

  it("has the long one's beginning in front of the ellipsis and its end after it", () => {
    expect(isShortened("a.service - loa…andom seed", long)).toBe(true);
    expect(isShortened("…andom seed", long)).toBe(true);
    expect(isShortened("b.s - loa…andom seed", long)).toBe(false);
    expect(isShortened("a.service - loa…andom seal", long)).toBe(false);
    expect(isShortened(long, long)).toBe(false);
  });

  it("needs seven characters of the end", () => {
    expect(isShortened("a…om seed", long)).toBe(true);
    expect(isShortened("a…m seed", long)).toBe(false);
  });

  it("may have a unit's name in front that the other line lacks", () => {
    expect(isShortened("x.ser…random seed", "load/save random seed")).toBe(true);
    expect(isShortened("x.serv…random seed", "load/save random seed")).toBe(true);
    expect(isShortened("x.mount…random seed", "load/save random seed")).toBe(false);
  });
});

describe("unitKey and unitName", () => {
  it.each([
    ["ssh.service - OpenBSD Secure Shell", "openbsd secure shell", "ssh.service"],
    ["OpenBSD Secure Shell", "openbsd secure shell", "OpenBSD Secure Shell"],
    ["Load/Save Random Seed", "load/save random seed", "systemd-random-seed.service (Load/Save Random Seed)"],
    [" - Load/Save Random Seed", "load/save random seed", " - Load/Save Random Seed"],
    ["systemd-random-seed.se…ice", "systemd-random-seed.se…ice", "systemd-random-seed.service"],
    ["…ad/Save Random Seed", "…ad/save random seed", "systemd-random-seed.service (…ad/Save Random Seed)"],
  ])("'%s'", (text, key, name) => expect([unitKey(text), unitName(text)]).toEqual([key, name]));
});

describe("drawsRandomBytes: whether a unit draws random bytes by its nature", () => {
  it.each([
    ["Load/Save Random Seed", true, true],
    ["systemd-random-seed.service", true, true],
    ["urandom-seed", true, true],
    ["OpenSSH Server Key Generation", true, false],
    ["sshd-keygen@rsa.service", true, false],
    ["Generate a self-signed certificate", true, false],
    ["Network Manager", false, false],
  ])("'%s': %s, a seed: %s", (unit, draws, seed) =>
    expect([drawsRandomBytes(unit), drawsSeed(unit)]).toEqual([draws, seed]),
  );
});
