import { describe, expect, it } from "vitest";
import { mayBlock, parseMountRoot, parseMountTypes } from "../../../src/parse/proc/mount-info.ts";

const mounts = [
  "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
  "23 22 0:45 /export /srv rw,relatime shared:2 master:3 - nfs4 host:/export rw",
  "24 22 0:46 / /run rw - tmpfs tmpfs rw",
  "no mount at all",
  "",
].join("\n");

describe("parseMountTypes", () => {
  it("has the type of each device's file system, however many optional fields come before it", () => {
    expect([...parseMountTypes(mounts)]).toEqual([
      ["8:1", "ext4"],
      ["0:45", "nfs4"],
      ["0:46", "tmpfs"],
    ]);
  });
});

describe("mayBlock", () => {
  it("holds for a file on a network, and for one whose mount is not known", () => {
    const types = parseMountTypes(mounts);
    expect(["8:1", "0:45"].map((device) => mayBlock({ device }, types))).toEqual([false, true]);
  });
});

describe("parseMountRoot", () => {
  it("is the folder of the file system that the mount with this number shows", () => {
    expect(["22", "23", "99"].map((id) => parseMountRoot(mounts, id))).toEqual(["/", "/export", null]);
  });
});
