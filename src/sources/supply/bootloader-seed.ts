import { join } from "../../platform/builtins.ts";
import { exists, namesOrNone } from "../../platform/pseudo-file.ts";
import { ok, type Source, unable } from "../source.ts";
import { trust } from "./trust.ts";

/**
 * A seed from firmware or boot loader. Since 6.1 the kernel takes it without a message, so all that shows is what
 * could have passed one.
 */
export const bootloaderSeed: Source = {
  name: "bootloader-seed",
  reads: "/sys/firmware/efi/efivars (names only), /proc/device-tree/chosen, /proc/cmdline",
  needs: "nothing",
  without: "whether the boot loader could seed the CRNG",
  schedule: "once",
  observe(host) {
    const { roots } = host;
    if (exists(roots.sys) !== true) return unable("absent", `'${roots.sys}' is not mounted`);
    const efi = exists(join(roots.sys, "firmware/efi")) === true;
    const variables = namesOrNone(join(roots.sys, "firmware/efi/efivars"));
    // systemd-boot keeps a token per machine and passes a seed made of it in the EFI table LINUX_EFI_RANDOM_SEED_TABLE.
    const systemdBoot = variables.some((name) => name.startsWith("LoaderSystemToken-"));
    // of_scan_flat_dt() overwrites the seed that it took; the property stays.
    const deviceTree = exists(join(roots.proc, "device-tree/chosen/rng-seed")) === true;
    const via = systemdBoot ? "systemd-boot, through EFI" : deviceTree ? "the device tree's /chosen/rng-seed" : null;
    return ok({ kind: "supply", bootloader: { via, efi, ...trust(host, "bootloader") } });
  },
};
