import { describe, expect, it } from "vitest";
import { awaitedBy } from "../../../src/parse/sign/unit/awaited.ts";
import { bootEnds } from "../../../src/parse/sign/boot-end.ts";
import { daemonTrouble } from "../../../src/parse/sign/trouble/daemon-trouble.ts";
import { deviceTrouble } from "../../../src/parse/sign/trouble/device-trouble.ts";
import { kernelTrouble } from "../../../src/parse/sign/trouble/kernel-trouble.ts";
import { peripheralTrouble } from "../../../src/parse/sign/trouble/peripheral-trouble.ts";
import { programTrouble } from "../../../src/parse/sign/trouble/program-trouble.ts";
import { ownWords } from "../../../src/parse/sign/words.ts";

const tables = [
  ["kernelTrouble", kernelTrouble],
  ["deviceTrouble", deviceTrouble],
  ["peripheralTrouble", peripheralTrouble],
  ["daemonTrouble", daemonTrouble],
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

it("no row of one table of trouble fits an example of another table, so that their order decides nothing", () => {
  const troubleTables = [kernelTrouble, deviceTrouble, programTrouble];
  const shared = troubleTables.flatMap((rows) => {
    const others = troubleTables.filter((table) => table !== rows).flat();
    return rows
      .flatMap(({ examples }) => examples)
      .flatMap((text) => others.filter(({ pattern }) => pattern.test(text)).map(({ id }) => `${id}: ${text}`));
  });
  expect(shared).toEqual([]);
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
