import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kernelInstall } from "../../src/boot-loaders/kernel-install.ts";
import { backEndOf } from "../../src/boot-loaders/registry.ts";
import { aFolder, hostFolder } from "../support/host/host-folder.ts";
import { whyMissing } from "../support/running/programs.ts";
import { actingHost, arm, contentsOf, disarm, putProgram, whyNoMounts } from "./acting-host.ts";

const words =
  'kprobe_event="p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter;r:crngwatch/credit,_credit_init_bits" trace_event=sched:sched_process_exec';
const kernels = {
  "usr/lib/modules/6.1.0-1/vmlinuz": "",
  "usr/lib/modules/6.12.0-2/modules.dep": "",
  "boot/vmlinuz-6.12.0-2": "",
  "usr/lib/modules/5.10-removed/modules.dep": "",
};
const loaderInfo = "sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

describe("the back end for kernel-install", () => {
  it.each(["root=UUID=1 ro quiet\n", "root=UUID=1 ro quiet", "", "\n", "quiet\r\n", 'note="a b" trace_event=x:y\n\n'])(
    "changes the line %j, installs each kernel anew, and undoes it",
    async (line) => {
      const top = hostFolder({ ...kernels, "etc/kernel/cmdline": line });
      putProgram(top, "usr/bin/kernel-install", `echo "$*" >>${top}/calls`);
      const before = contentsOf(top);
      await arm(kernelInstall, actingHost(top));
      expect(readFileSync(join(top, "calls"), "utf8")).toBe(
        `add 6.1.0-1 ${top}/usr/lib/modules/6.1.0-1/vmlinuz\nadd 6.12.0-2 ${top}/boot/vmlinuz-6.12.0-2\n`,
      );
      expect(await kernelInstall.nextBoot(actingHost(top))).toEqual({ armed: "kprobes", problem: null });
      expect(await arm(kernelInstall, actingHost(top))).toEqual([]);
      await disarm(kernelInstall, actingHost(top));
      const after = new Map(contentsOf(top));
      after.delete("calls");
      expect(after).toEqual(before);
    },
  );

  it("creates a missing file from what kernel-install would use instead, and removes it again", async () => {
    const top = hostFolder({
      ...kernels,
      "etc/kernel/install.conf": "",
      "proc/cmdline": "BOOT_IMAGE=/x initrd=\\y root=UUID=1 ro\n",
    });
    putProgram(top, "usr/bin/kernel-install", ":");
    const before = contentsOf(top);
    await arm(kernelInstall, actingHost(top));
    expect(readFileSync(join(top, "etc/kernel/cmdline"), "utf8")).toBe(`root=UUID=1 ro ${words}\n\n`);
    await disarm(kernelInstall, actingHost(top));
    expect(contentsOf(top)).toEqual(before);
  });

  it.each<[what: string, files: Readonly<Record<string, string | Uint8Array | typeof aFolder>>, name: string]>([
    [
      "the boot loader says that it is systemd's",
      {
        [loaderInfo]: Buffer.from(
          `\x06\0\0\0${Buffer.from("systemd-boot 257.9\0", "utf16le").toString("latin1")}`,
          "latin1",
        ),
        "boot/grub/grub.cfg": "",
        "etc/default/grub": "",
      },
      "kernel-install",
    ],
    [
      "the boot loader says that it is GRUB",
      {
        [loaderInfo]: Buffer.from(`\x06\0\0\0${Buffer.from("GRUB 2.12\0", "utf16le").toString("latin1")}`, "latin1"),
        "etc/kernel/cmdline": "",
        "etc/default/grub": "",
      },
      "grub",
    ],
    ["there are entries and no GRUB", { "boot/loader/loader.conf": "" }, "kernel-install"],
    ["there is a command line and no GRUB", { "etc/kernel/cmdline": "" }, "kernel-install"],
    [
      "GRUB has a configuration",
      { "etc/kernel/cmdline": "", "boot/grub/grub.cfg": "", "etc/default/grub": "" },
      "grub",
    ],
    [
      "it is Fedora's GRUB, whose tool is grubby",
      { "etc/kernel/cmdline": "", "boot/grub2/grub.cfg": "", "etc/default/grub": "", "usr/sbin/grubby": "" },
      "grubby",
    ],
    [
      "bootc is there to build images, and GRUB to boot",
      { "usr/bin/bootc": "", "proc/cmdline": "root=UUID=1 ro", "usr/sbin/grubby": "", "boot/grub2/grub.cfg": "" },
      "grubby",
    ],
    [
      "it is a sealed image",
      { "usr/bin/bootc": "", "proc/cmdline": "composefs=0123 rw", "boot/loader/loader.conf": "" },
      "bootc",
    ],
    [
      "it is an image with rpm-ostree",
      {
        "run/ostree-booted": "",
        "usr/bin/rpm-ostree": "",
        "usr/bin/bootc": "",
        "usr/sbin/grubby": "",
        "boot/grub2/grub.cfg": "",
        "etc/default/grub": "",
      },
      "rpm-ostree",
    ],
    [
      "it is an image without",
      {
        "run/ostree-booted": "",
        "usr/bin/bootc": "",
        "usr/bin/ostree": "",
        "usr/sbin/grubby": "",
        "boot/grub2/grub.cfg": "",
      },
      "bootc",
    ],
  ])("the host's own back end: %s", (_what, files, name) => {
    expect(backEndOf(actingHost(hostFolder({ "usr/bin/kernel-install": "", ...files })))?.name).toBe(name);
  });
});

const reason = whyNoMounts ?? whyMissing("/usr/bin/kernel-install");
if (reason !== null) console.warn(`real kernel-install: ${reason}`);

it.skipIf(reason !== null)(
  "the real kernel-install adds the line to its entries, and removes it from them",
  async () => {
    const top = hostFolder({
      "usr/lib/modules/6.1.0-1/vmlinuz": "",
      "etc/kernel/cmdline": "root=UUID=1  ro trace_event=x:y\n",
      "etc/kernel/install.conf": "layout=bls\n",
      "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
      "boot/loader/entries": aFolder,
    });
    putProgram(
      top,
      "usr/bin/kernel-install",
      `exec unshare --mount sh -ec 'for each in etc/kernel etc/machine-id boot; do mount --bind ${top}/$each /$each; done; exec /usr/bin/kernel-install "$@"' sh "$@"`,
    );
    const entry = join(top, "boot/loader/entries/0123456789abcdef0123456789abcdef-6.1.0-1.conf");
    const options = (): string | undefined => /^options\s+(.*)$/m.exec(readFileSync(entry, "utf8"))?.[1];
    await arm(kernelInstall, actingHost(top));
    expect(options()).toBe(
      `root=UUID=1 ro trace_event=sched:sched_process_exec,x:y ${words.replace(/ trace_event=.*/, "")} systemd.machine_id=0123456789abcdef0123456789abcdef`,
    );
    expect(await kernelInstall.nextBoot(actingHost(top))).toEqual({ armed: "kprobes", problem: null });
    await disarm(kernelInstall, actingHost(top));
    expect(options()).toBe("root=UUID=1 ro trace_event=x:y systemd.machine_id=0123456789abcdef0123456789abcdef");
    expect(readFileSync(join(top, "etc/kernel/cmdline"), "utf8")).toBe("root=UUID=1  ro trace_event=x:y\n");
    expect(await kernelInstall.nextBoot(actingHost(top))).toEqual({ armed: null, problem: null });
  },
);
