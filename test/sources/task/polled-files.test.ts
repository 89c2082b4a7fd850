import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { polledFiles } from "../../../src/sources/task/polled-files.ts";
import { hostFolder } from "../../support/host/host-folder.ts";

/** A task's folder in /proc, with some of its memory. */
function taskFolder(
  syscall: string,
  memory: Readonly<Record<number, Uint8Array>> = {},
  files: Readonly<Record<string, string>> = {},
): string {
  const folder = hostFolder({
    syscall: `${syscall} 0x7ffd3f0a2b58 0x7f1c2d8e1a9f\n`,
    mem: "",
    maps: "00001000-7ffd00000000 rw-p 00000000 00:00 0 \n",
    ...files,
  });
  const fd = openSync(join(folder, "mem"), "r+");
  for (const [address, bytes] of Object.entries(memory)) writeSync(fd, bytes, 0, bytes.length, Number(address));
  closeSync(fd);
  return folder;
}

const pollfds = (...fds: readonly number[]): Buffer =>
  Buffer.concat(fds.map((fd) => Buffer.from(new Int32Array([fd, 1]).buffer)));

describe("what a task polls", () => {
  it("is in an array of its memory", () => {
    expect(
      polledFiles(taskFolder("7 0x2000 0x3 0xffffffff 0x0 0x0 0x0", { 0x2000: pollfds(5, -1, 9) }), "x64"),
    ).toEqual(new Set([5, -1, 9]));
  });

  it("is in sets of its memory", () => {
    expect(
      polledFiles(
        taskFolder("23 0xc 0x1000 0x0 0x1010 0x0 0x0", {
          0x1000: Buffer.from([0b1000, 0b100]),
          0x1010: Buffer.from([1, 0]),
        }),
        "x64",
      ),
    ).toEqual(new Set([3, 10, 0]));
  });

  it("comes from /proc, where it was given to an epoll file", () => {
    const info =
      "pos:\t0\nflags:\t02\nmnt_id:\t15\ntfd:        7 events:       19 data:                7  pos:0 ino:5 sdev:6\ntfd:       12 events:       19 data:                c\n";
    expect(polledFiles(taskFolder("232 0x4 0x2000 0x40 0xffffffff 0x0 0x0", {}, { "fdinfo/4": info }), "x64")).toEqual(
      new Set([7, 12]),
    );
  });

  it.each<[what: string, maps: string, mounts: string, read: boolean]>([
    ["of a program's data on a disk", "00002000-00003000 rw-p 0 fd:00 12 /usr/bin/x\n", "", true],
    [
      "of a mounted btrfs",
      "00002000-00003000 rw-p 0 00:21 12 /usr/bin/x\n",
      "9 1 0:33 / / rw - btrfs /dev/sda1 rw\n",
      true,
    ],
    ["that FUSE serves", "00002000-00003000 rw-p 0 00:21 12 /mnt/x\n", "9 1 0:33 / /mnt rw - fuse.x x rw\n", false],
    [
      "that FUSE serves from a disk",
      "00002000-00003000 rw-p 0 08:01 12 /mnt/x\n",
      "9 1 8:1 / /mnt rw - fuseblk x rw\n",
      false,
    ],
    ["of a file system that nothing shows any more", "00002000-00003000 rw-p 0 00:21 12 /mnt/x\n", "", false],
    ["that ends within", "00002000-00002010 rw-p 0 00:00 0 \n", "", false],
  ])("reads an array in a mapping %s only where no program can hold the page back", (_what, maps, mountinfo, read) => {
    const folder = taskFolder(
      "7 0x2000 0x3 0xffffffff 0x0 0x0 0x0",
      { 0x2000: pollfds(5, -1, 9) },
      { maps, mountinfo },
    );
    expect(polledFiles(folder, "x64")).toEqual(read ? new Set([5, -1, 9]) : null);
  });

  it.each([
    ["memory that is not there", taskFolder, "7 0x2000 0x3 0xffffffff 0x0 0x0 0x0"],
    ["an epoll file that is gone", taskFolder, "232 0x4 0x2000 0x40 0x0 0x0 0x0"],
    ["another call", taskFolder, "0 0x4 0x2000 0x40 0x0 0x0 0x0"],
  ])("is unknown: %s", (_what, made, syscall) => {
    expect(polledFiles(made(syscall), "x64")).toBeNull();
    expect(polledFiles(hostFolder(), "x64")).toBeNull();
  });
});
