import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loaderEntryFiles } from "../../src/boot-loaders/loader-entry-files.ts";
import { backEndOf } from "../../src/boot-loaders/registry.ts";
import { hostFolder } from "../support/host/host-folder.ts";
import { actingHost, arm, contentsOf, disarm, putProgram } from "./acting-host.ts";

const arch = "title Arch Linux\nlinux /vmlinuz-linux\ninitrd /initramfs-linux.img\noptions  root=/dev/sda2 rw quiet\n";
const files = {
  "boot/loader/loader.conf": "default arch.conf\n",
  "boot/loader/entries/arch.conf": arch,
  "boot/loader/entries/arch-fallback.conf": arch.replace("linux.img", "linux-fallback.img").trimEnd(),
  "boot/loader/entries/memtest.conf": "title Memtest\nefi /memtest.efi\n",
};

/** A host with these files, which has kernel-install as any with systemd has. */
function hostOf(more: Readonly<Record<string, string>> = {}): string {
  const top = hostFolder({ ...files, ...more });
  putProgram(top, "usr/bin/kernel-install", "exit 1");
  return top;
}

describe("the back end for boot entries that a person wrote", () => {
  it("changes the options of each kernel's entry, and restores them byte for byte", async () => {
    const top = hostOf();
    const host = actingHost(top);
    const before = contentsOf(top);
    expect(backEndOf(host)).toBe(loaderEntryFiles);
    expect(await arm(loaderEntryFiles, host)).toEqual([]);
    for (const name of ["arch", "arch-fallback"])
      expect(readFileSync(join(top, `boot/loader/entries/${name}.conf`), "utf8")).toMatch(
        /^options {2}root=\/dev\/sda2 rw quiet .*wait_for_random_bytes.*$/m,
      );
    expect(await loaderEntryFiles.nextBoot(host)).toEqual({ armed: "kprobes", problem: null });
    await disarm(loaderEntryFiles, host);
    expect(contentsOf(top)).toEqual(before);
  });

  it("says so where only some entries have the recorder", async () => {
    const top = hostOf();
    await arm(loaderEntryFiles, actingHost(top));
    const other = hostOf({
      "boot/loader/entries/arch.conf": readFileSync(join(top, "boot/loader/entries/arch.conf"), "utf8"),
    });
    expect((await loaderEntryFiles.nextBoot(actingHost(other))).problem).toContain("only some");
  });

  it.each([
    [
      "kernel-install wrote one of the entries",
      { "boot/loader/entries/id-6.1.conf": "title Linux\nversion 6.1\noptions ro\n" },
    ],
    ["kernel-install has its own command line", { "etc/kernel/cmdline": "ro\n" }],
  ])("is left to kernel-install where %s", (_what, more) => {
    expect(backEndOf(actingHost(hostOf(more)))?.name).toBe("kernel-install");
  });

  it("changes nothing where an entry has several lines of options", () => {
    const host = actingHost(hostOf({ "boot/loader/entries/two.conf": `${arch}options debug\n` }));
    expect(() => loaderEntryFiles.arm(host, "kprobes")).toThrow(/two\.conf': it has several lines of options$/);
  });
});
