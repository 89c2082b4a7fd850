import { isFrom, kernelVersion, type KernelVersion } from "../../core/base/kernel-version.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import type { Machine } from "./machine.ts";

/**
 * Words before the advice to trust the CPU; null: it is trusted, has no generator, or its kernel has no such switch.
 */
export function cpuGenerator(
  { ofLog, family, release }: Machine,
  { supply: { cpu }, kernel, observed }: BootRecord,
): string | null {
  if (refusals({ kernel }).length > 0) return null;
  if (cpu !== null) return cpu.trusted === false && (cpu.rdrand || cpu.rdseed || cpu.other !== null) ? "" : null;
  if (!ofLog || observed.readyLines.some(({ trusting }) => trusting === "cpu")) return null;
  if (isNotX86({ kernel, observed })) return null;
  const isOff = isSwitchedOff(kernel.commandLine ?? "");
  // 4.19 brought the switch; from 5.18 on it is on unless the command line says otherwise.
  const version = kernelVersion(kernel.release);
  const mayBeOff = version !== null && isFrom(version, 4, 19) && !isFrom(version, 5, 18);
  return isOff || (mayBeOff && !isTrustedBy({ family, release }, version)) ? "if its CPU has RDRAND, " : null;
}

/** By the last one that is a boolean, as kstrtobool() of lib/kstrtox.c reads it. */
function isSwitchedOff(commandLine: string): boolean {
  const given = [...commandLine.matchAll(/(?:^|\s)random\.trust[-_]cpu=(?:(of|[0nf])|on|[1yt])/gi)];
  return given.at(-1)?.[1] !== undefined;
}

/**
 * Words on the kernel command line because of which a kernel does not use RDRAND, though its CPU has it; empty where
 * none hides it. Where one does, trusting the CPU is of no use, and `random.trust_cpu=off` has to go with it.
 */
export function refusals({ kernel }: Pick<BootRecord, "kernel">): readonly string[] {
  const words = (kernel.commandLine ?? "").split(/\s+/);
  if (!words.some((word) => hidesCpuGenerator(word, kernel.release))) return [];
  return [
    ...new Set(
      words.filter(
        (word) => hidesCpuGenerator(word, kernel.release) || /^random\.trust[-_]cpu=(?:of|[0nf])\w{0,4}$/i.test(word),
      ),
    ),
  ];
}

/** 'nordrand' (x86, up to 5.19), or RDRAND's name or its bit in cpufeatures.h. */
export function hidesCpuGenerator(word: string, release: string | null): boolean {
  if (word !== "nordrand") return /^clearcpuid=(?:rdrand|158)$/.test(word);
  const version = kernelVersion(release);
  return version === null || !isFrom(version, 6, 0);
}

/** Kernels that are built with CONFIG_RANDOM_TRUST_CPU=y before it is the default (5.18). */
function isTrustedBy({ family, release }: Pick<Machine, "family" | "release">, version: KernelVersion): boolean {
  // Fedora since 2018, RHEL since August 2021; a kernel for el7 or el8 of this age is another builder's.
  if (family === "fedora") return true;
  if (family === "rhel") return release !== null && release >= 9;
  if (family === "debian") return isFrom(version, 5, 10);
  return family === "ubuntu" && isFrom(version, 5, 4);
}

/** The kernel shows a machine without RDRAND by its architecture; whether that has another generator is not shown. */
export function isNotX86({ kernel, observed }: Pick<BootRecord, "kernel" | "observed">): boolean {
  const names = /arm64|aarch64|armv\d|armhf|armmp|riscv|ppc64|powerpc|s390|mips|loong|-v[678]l?\+/;
  return observed.machine.deviceTree || observed.machine.architecture !== null || names.test(kernel.release ?? "");
}

/** Jitter is enough within about a second, where the machine has a fast counter. */
const slowGatheringSeconds = 10;

/**
 * A kernel that gathers entropy when a caller waits, on a machine whose counter is too slow for that, as that of many
 * boards: it says so, or something waited, and it took long.
 */
export function gathersTooSlowly({ family }: Machine, record: BootRecord): boolean {
  const { observed, kernel, readiness, waits, reportedWaits } = record;
  if (observed.notes.some(({ note }) => note === "no-cycle-counter")) return true;
  const version = kernelVersion(kernel.release);
  const hasWaited = waits.length > 0 || reportedWaits.length > 0;
  const readyAt = readiness.readyAt ?? readiness.notAfter ?? 0;
  const gathers = version === null ? family === "openwrt" : isFrom(version, 5, 4);
  const isBoard = family === "openwrt" || isNotX86(record);
  return gathers && isBoard && hasWaited && readyAt >= slowGatheringSeconds;
}

/**
 * A kernel that does not gather entropy when a caller waits: before 5.4, but for stable kernels with the pool of the
 * rewrite. The old pool alone shows nothing, since kernels up to 5.17 have it.
 */
export function isOldKernel({ observed, kernel, covers }: BootRecord): boolean {
  const version = kernelVersion(kernel.release);
  if (version !== null && isFrom(version, 5, 4)) return false;
  if (observed.pool !== null) return observed.pool.poolBits === 4096;
  return covers !== null && version !== null;
}
