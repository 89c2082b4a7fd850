import { describe, expect, it } from "vitest";
import { awaitedBy } from "../../../src/parse/sign/awaited.ts";
import { bootEnds } from "../../../src/parse/sign/boot-end.ts";
import { kernelTrouble } from "../../../src/parse/sign/kernel-trouble.ts";
import { programTrouble } from "../../../src/parse/sign/program-trouble.ts";
import { ownWords } from "../../../src/parse/sign/words.ts";

const tables = [
  ["kernelTrouble", kernelTrouble],
  ["programTrouble", programTrouble],
  ["ownWords", ownWords],
  ["bootEnds", bootEnds],
] as const;

describe.each(tables)("%s: each row", (_, rows) => {
  it.each(rows.map((row) => [row.id, row] as const))(
    "'%s' fits its examples and none of its near misses",
    (_id, row) => {
      expect(row.examples.length).toBeGreaterThan(0);
      for (const text of row.examples) expect(row.pattern.test(text), text).toBe(true);
      for (const text of row.near) expect(row.pattern.test(text), text).toBe(false);
    },
  );

  it("has a name of its own", () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });
});

describe("awaitedBy: what a unit waits for by its nature", () => {
  it.each([
    ["dev-disk-by\\x2duuid-77.device", "device"],
    ["/dev/disk/by-label/DATA", "device"],
    ["NetworkManager-wait-online.service", "network"],
    ["Wait for Network to be Configured", "network"],
    ["File System Check on /dev/sda1", "file-system"],
    ["srv.mount", "file-system"],
    ["chrony-wait.service", "clock"],
  ])("'%s': %s", (unit, awaits) => expect(awaitedBy(unit)).toBe(awaits));

  it.each([
    "systemd-random-seed.service",
    "NetworkManager.service",
    "sshd.service",
    "Wait until snapd is fully seeded",
    "Cryptography Setup for swap",
  ])("'%s': not known, since it may draw random bytes", (unit) => expect(awaitedBy(unit)).toBeNull());
});
