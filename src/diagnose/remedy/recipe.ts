import type { RemedyPlace, RemedyPrice } from "../../core/finding.ts";
import { kernelArgument } from "./kernel-argument.ts";
import type { Machine } from "./machine.ts";
import { commandsOf } from "./packages.ts";

/** A remedy as it is for one machine. */
export interface Recipe {
  /** In the imperative and in lower case, so that the place can be before it: "On the hypervisor: …". */
  readonly text: string;
  readonly command: string | null;
  /** Not there: on the machine itself. */
  readonly where?: RemedyPlace;
  readonly price: RemedyPrice;
  /** `all`: with it no task would have waited. `nothing`: it is for knowing more. Not there: how much is not known. */
  readonly saves?: "all" | "nothing";
}

/** Prices: nothing, and a reboot. */
export const free: RemedyPrice = { security: null, processor: null, reboot: false };
export const atNextBoot: RemedyPrice = { ...free, reboot: true };

/** What is done by an argument on the kernel command line, and how on this machine. */
export function byArgument(machine: Machine, what: string, argument: string): Pick<Recipe, "text" | "command"> {
  const { text, command } = kernelArgument(machine, argument);
  return { text: text === null ? what : `${what}: ${text}`, command };
}

/** How systemd-random-seed is made to credit its file. */
export function seedFileCredit(family: Machine["family"]): Pick<Recipe, "text" | "command"> {
  const what = "let systemd-random-seed credit the seed file (helps programs that start later, not the initrd)";
  // Its /etc/systemd/system is made from the configuration.
  if (family === "nixos")
    return {
      text: `${what}: set systemd.services.systemd-random-seed.environment.SYSTEMD_RANDOM_SEED_CREDIT = "1" in the configuration, then run 'nixos-rebuild boot'`,
      command: null,
    };
  return {
    text: what,
    command:
      "mkdir -p /etc/systemd/system/systemd-random-seed.service.d && printf '[Service]\\nEnvironment=SYSTEMD_RANDOM_SEED_CREDIT=1\\n' > /etc/systemd/system/systemd-random-seed.service.d/credit.conf",
  };
}

/** Sizes to choose from; a buffer that overflowed at the last one overflows for another reason. */
const sizes = ["4M", "16M", "64M"] as const;

/** A buffer of the next size above the one on this boot's command line; null: that is the largest. */
export function largerBuffer(machine: Machine, what: string, name: string): Recipe | null {
  const given = new RegExp(`(?:^|\\s)${name}=(\\d{1,12})([kmg]?)`, "gi");
  const [, digits = "0", unit = ""] = [...(machine.commandLine ?? "").matchAll(given)].at(-1) ?? [];
  const now = Number(digits) * 1024 ** " kmg".indexOf(unit.toLowerCase() || " ");
  const size = sizes.find((one) => Number.parseInt(one) * 1024 ** 2 > now);
  if (size === undefined) return null;
  return { ...byArgument(machine, what, `${name}=${size}`), price: atNextBoot, saves: "nothing" };
}

/** A kernel that does not wait for entropy from outside. */
export function newerKernel(machine: Machine): Pick<Recipe, "text" | "command"> {
  // Their kernels keep the old generator.
  if (machine.family === "rhel" && machine.release !== null && machine.release <= 8)
    return { text: "move to RHEL 9 or later, whose kernel gathers entropy itself when a caller waits", command: null };
  if (machine.family === "openwrt")
    return {
      text: "install a newer release of OpenWrt (sysupgrade): since 5.4 the kernel gathers entropy itself when a caller waits",
      command: null,
    };
  return {
    text: "update the kernel: since 5.4, and in stable kernels since 2022, it gathers entropy itself when a caller waits, in about a second",
    command: commandsOf(machine).updateKernel,
  };
}
