import { describe, expect, it } from "vitest";
import { awaitedBy } from "../../../../src/parse/sign/unit/awaited.ts";

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
