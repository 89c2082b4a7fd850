import { reseedFacts } from "../../core/kernel-message.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import { helpOf } from "./hypervisor.ts";
import { withoutKernelArguments } from "./kernel-argument.ts";
import { cpuGenerator, gathersTooSlowly, isNotX86, isOldKernel, refusals } from "./kernel-traits.ts";
import type { Machine } from "./machine.ts";
import { olderProcesses, restartable } from "./older-processes.ts";
import { commandsOf, hasJournal } from "./packages.ts";
import { atNextBoot, byArgument, seedFileCredit, free, largerBuffer, newerKernel, type Recipe } from "./recipe.ts";

/** Null: it is of no use here, or cannot be done. */
type Maker = (machine: Machine, record: BootRecord) => Recipe | null;

/** Units that a command names; more are a reboot. */
const mostUnits = 32;
const trustsCpu = "the first seed then depends on the CPU manufacturer's generator";

/** Everything that findings and verdicts advise. All commands that people are given are in this folder. */
export const remedyTable = {
  "trust-cpu": (machine, record) => {
    const use = cpuGenerator(machine, record);
    if (use === null) return null;
    return {
      ...byArgument(machine, `${use}let the kernel credit the CPU's generator`, "random.trust_cpu=on"),
      price: { ...atNextBoot, security: trustsCpu },
      saves: "all",
    };
  },
  "take-off-argument": (machine, record) => {
    const words = refusals(record);
    if (words.length === 0) return null;
    const { text, command } = withoutKernelArguments(machine, words);
    const names = words.map((word) => `'${word}'`).join(" and ");
    return {
      text: `remove ${names} from the kernel command line, because of which the kernel does not use the CPU's generator${text === null ? "" : `: ${text}`}`,
      command,
      price: { ...atNextBoot, security: trustsCpu },
    };
  },
  "credit-hwrng": (machine, { supply: { hwRandom } }) =>
    hwRandom === null || hwRandom.current === null || hwRandom.quality !== 0
      ? null
      : {
          ...byArgument(machine, `let the kernel credit '${hwRandom.current}'`, "rng_core.default_quality=700"),
          price: {
            security: "you vouch for the quality of the device",
            processor: "a kernel thread reads the device from time to time",
            reboot: true,
          },
        },
  "virtio-rng": ({ vm }, { supply: { hwRandom } }) => {
    const help = helpOf(vm);
    if (help === null || help.device === null || hwRandom?.virtio === true) return null;
    return {
      ...help.device,
      where: help.where,
      price: { security: "the guest then trusts random bytes from its host", processor: null, reboot: true },
    };
  },
  "cpu-of-host": ({ vm }, record) => {
    const { cpu } = record.supply;
    const help = helpOf(vm);
    const hasGenerator = cpu !== null && (cpu.rdrand || cpu.rdseed || cpu.other !== null);
    if (help === null || help.cpu === null || hasGenerator || isNotX86(record)) return null;
    return {
      ...help.cpu,
      where: help.where,
      price: {
        security: `the guest then trusts the CPU manufacturer's generator${help.where === "provider" ? "" : ", and can be migrated only to hosts with such CPUs"}`,
        processor: null,
        reboot: true,
      },
    };
  },
  "bootloader-seed": ({ tool }, { supply: { bootloader } }) =>
    bootloader === null || !bootloader.efi || bootloader.via !== null || tool?.backEnd !== "kernel-install"
      ? null
      : {
          text: "let systemd-boot pass a random seed to the kernel",
          command: "bootctl random-seed",
          price: {
            ...atNextBoot,
            security: "the seed on the EFI system partition must not be copied to other machines",
          },
        },
  "device-tree-seed": (_machine, { supply: { bootloader }, observed }) =>
    bootloader?.via != null || !observed.machine.deviceTree
      ? null
      : {
          text: "let the boot loader pass a seed in the device tree (/chosen/rng-seed): U-Boot can if the board has a generator, the firmware of the Raspberry Pi does since 2019",
          command: null,
          price: { ...atNextBoot, security: "the kernel then trusts the boot loader" },
        },
  "credit-seed-file": ({ ofLog, image, family, container }, { supply: { seedFile } }) =>
    ofLog || image || container !== null || seedFile === null || seedFile.present !== true || seedFile.credited === true
      ? null
      : {
          ...seedFileCredit(family),
          price: { ...atNextBoot, security: "copies of this disk or image then start with the same seed" },
        },
  "update-kernel": (machine, record) =>
    !isOldKernel(record) || record.observed.notes.some(({ note }) => note === "no-cycle-counter")
      ? null
      : {
          ...newerKernel(machine),
          price: atNextBoot,
        },
  "entropy-daemon": (machine, record) =>
    !(isOldKernel(record) || gathersTooSlowly(machine, record)) ||
    (commandsOf(machine).entropyDaemon === null && machine.family !== null)
      ? null
      : {
          text: `let a daemon gather entropy in user space (helps programs that start later, not the initrd)${machine.family === null ? ": rng-tools, haveged, or the like of its distribution" : ""}`,
          command: commandsOf(machine).entropyDaemon,
          price: {
            security: "the kernel then trusts the daemon's estimate of its entropy",
            processor: "some seconds of processor time at each boot",
            reboot: true,
          },
        },
  "any-source": ({ ofLog, vm }, record) => {
    if (!ofLog) return null;
    const sources = [
      "the driver of a hardware generator (before kernel 6.2 with rng_core.default_quality=700)",
      ...(vm === null ? ["in a virtual machine, a virtio-rng device"] : []),
      "a stored seed that is credited at boot (with systemd, SYSTEMD_RANDOM_SEED_CREDIT=1)",
      ...(record.kernel.release === null
        ? ["before kernel 5.4, a newer kernel, or a daemon such as rngd or haveged"]
        : []),
    ];
    return {
      text: `give the kernel entropy that it credits early: ${sources.join("; ")}`,
      command: null,
      price: { ...atNextBoot, security: "the kernel then trusts that source" },
    };
  },
  "remove-system-fips": (machine) => {
    const rebuild = commandsOf(machine).rebuildInitramfs;
    return {
      text: `remove the marker${rebuild === null ? " and rebuild the initramfs" : ""}, and the initramfs' FIPS module if FIPS mode is not required`,
      command: `rm /etc/system-fips${rebuild === null ? "" : ` && ${rebuild}`}`,
      price: {
        ...atNextBoot,
        security: "libraries no longer run self-tests. Do it only if FIPS mode is not required",
      },
    };
  },
  "update-microcode": () => ({
    text: "update the CPU's microcode and the firmware",
    command: null,
    price: atNextBoot,
  }),
  "use-getrandom": () => ({
    text: "configure the program to use getrandom() or /dev/urandom",
    command: null,
    price: free,
    saves: "nothing",
  }),
  "build-start-object": () => ({
    text: "build native/nonblocking-start.so in crngwatch's folder (needs a C compiler) and start crngwatch with bin/crngwatch",
    command: "sh native/build.sh",
    price: free,
    saves: "nothing",
  }),
  "see-recorder": () => ({
    text: "show what the flight recorder records",
    command: "crngwatch recorder status",
    price: free,
    saves: "nothing",
  }),
  "arm-recorder": ({ armedByHand }, { covers, recorder }) =>
    covers !== null || recorder?.armed === true
      ? null
      : {
          text: `arm the flight recorder, so that the next boots record which tasks are blocked${armedByHand ? " (this prints what to change by hand)" : ""}`,
          command: "crngwatch recorder arm",
          price: atNextBoot,
          saves: "nothing",
        },
  "ready-line": (machine, record) =>
    stops(record)
      ? null
      : {
          text: machine.ofLog
            ? "if it is still running, look for the line there"
            : "look for the line in the journal, which may still have it",
          command:
            hasJournal(machine) || !machine.ofLog
              ? `journalctl -k -b ${bootWord(record)}-g 'random:'`
              : "dmesg | grep 'random:'",
          price: free,
          saves: "nothing",
        },
  "capture-console": ({ ofLog }, record) =>
    ofLog && stops(record)
      ? {
          text: "boot it once with 'ignore_loglevel' instead of 'quiet' and capture its serial console (see crngwatch-stuck(7))",
          command: null,
          price: free,
          saves: "nothing",
        }
      : null,
  "larger-log": (machine) => largerBuffer(machine, "enlarge the kernel's log buffer for the next boots", "log_buf_len"),
  "larger-trace": (machine) => largerBuffer(machine, "enlarge the trace buffer for the next boots", "trace_buf_size"),
  "mount-tracefs": () => ({
    text: "mount tracefs, unless the kernel is locked down",
    command: "mount -t tracefs nodev /sys/kernel/tracing",
    price: free,
    saves: "nothing",
  }),
  "refused-probes": (_machine, record) => ({
    text: "show which probes the kernel rejected",
    command: bootWord(record) === "" ? "dmesg | grep -i kprobe" : `journalctl -k -b ${bootWord(record)}-g kprobe`,
    price: free,
    saves: "nothing",
  }),
  "restart-generators": (_machine, record) => {
    const older = olderProcesses(record);
    if (older.length === 0) return null;
    const units = restartable(older);
    const rest = units.length === 0 ? "" : "; a reboot covers the rest, such as sessions and containers";
    return {
      text: `restart the processes that started before the clone or restore and have a generator of their own${rest}`,
      command: units.length === 0 ? null : `systemctl restart ${units.slice(0, mostUnits).join(" ")}`,
      price: free,
      saves: "nothing",
    };
  },
  "new-host-keys": (_machine, { reseeds }) =>
    reseeds.some(({ reason }) => reseedFacts[reason].cloned)
      ? {
          text: "if the clone keeps running beside its original, generate new SSH host keys and other secrets in one of them: both have the same ones",
          command: null,
          price: { ...free, security: "clients that know the old host keys must accept the new ones" },
          saves: "nothing",
        }
      : null,
  "critical-chain": () => ({
    text: "show the whole critical chain, and read the journal of that time",
    command: "systemd-analyze critical-chain",
    price: free,
    saves: "nothing",
  }),
  "look-on-the-host": () => ({
    text: "run crngwatch there: it sees all tasks, and what that host recorded of this boot",
    command: "crngwatch report",
    where: "container-host",
    price: free,
    saves: "nothing",
  }),
} as const satisfies Readonly<Record<string, Maker>>;

/** Its boot, with a blank after it: without a word journalctl reads the boot that runs, which may be another. */
function bootWord({ bootId }: BootRecord): string {
  return bootId !== null && /^[0-9a-f-]{32,36}$/.test(bootId) ? `${bootId.replaceAll("-", "")} ` : "";
}

export type RemedyId = keyof typeof remedyTable;

/** The log shows that the machine does not get up. */
function stops({ signs }: BootRecord): boolean {
  return signs.some(({ gravity }) => gravity === "stops");
}
