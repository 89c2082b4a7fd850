import { membersOf } from "./base/members.ts";

/**
 * What a line of the kernel log says about randomness. `parse/kernel-log/kernel-messages.ts` holds the table that reads
 * it.
 */
export type KernelMessage =
  /** The CRNG, or before 4.8 the nonblocking pool, is initialised. `trusting` names what was credited at once. */
  | { readonly kind: "ready"; readonly pool: "crng" | "nonblocking"; readonly trusting: "cpu" | null }
  /**
   * "fast init done": crng_init 0 -> 1 (4.8 to the 2022 rewrite). Whether callers return from here differs by kernel.
   */
  | { readonly kind: "early-init" }
  | {
      readonly kind: "early-use";
      readonly use: EarlyUseKind;
      /** The task's comm, or the calling kernel symbol with its offset. A stranger's text. */
      readonly name: string;
      readonly bytes: number | null;
      readonly bits: number | null;
    }
  /** Warnings that the kernel says it did not print. */
  | { readonly kind: "missed-warnings"; readonly count: number }
  | { readonly kind: "reseed"; readonly reason: ReseedReason }
  | { readonly kind: "fips-mode"; readonly enabled: boolean }
  | { readonly kind: "kernel-version"; readonly release: string; readonly version: string }
  /**
   * The kernel's command line. `early`: as x86 prints it first of all ("Command line: "), before firmware tables are
   * read. `fips`: it asks for FIPS mode.
   */
  | { readonly kind: "command-line"; readonly text: string; readonly early: boolean; readonly fips: boolean }
  /** The kernel routes callers to its FIPS generator. */
  | { readonly kind: "fips-generator" }
  /** "efi: seeding entropy pool" (4.14-6.0); later kernels seed silently. */
  | { readonly kind: "bootloader-seed" }
  /** RDRAND or RDSEED switched off or mistrusted by the kernel. */
  | { readonly kind: "cpu-rng-problem"; readonly text: string }
  /** What the firmware, or the hypervisor, calls this machine. Texts of strangers. */
  | {
      readonly kind: "machine";
      readonly hardware: string | null;
      readonly hypervisor: string | null;
      readonly deviceTree: boolean;
      /** Null: the message does not show it. */
      readonly architecture: OtherArchitecture | null;
    }
  /** No cycle counter: entropy collection suffers (5.19+). */
  | { readonly kind: "no-cycle-counter" };

/** Architectures whose kernels say so by a line of their own. x86 is none of them: it has no such line. */
export type OtherArchitecture = "arm" | "mips" | "powerpc" | "riscv" | "s390";

export type EarlyUseKind = "urandom-read" | "urandom-low-entropy" | "kernel-call";
/** The device of /dev that a program read; null: code of the kernel itself drew the bytes. */
export const earlyUseDevice: Readonly<Record<EarlyUseKind, "urandom" | null>> = {
  "urandom-read": "urandom",
  "urandom-low-entropy": "urandom",
  "kernel-call": null,
};

export type ReseedReason = "vm-fork" | "resume";
/**
 * What had happened to the machine. `cloned`: processes keep the state of their own generators, which a copy has too.
 * `suspended`: from then on the log's clock is behind CLOCK_BOOTTIME.
 */
export const reseedFacts: Readonly<Record<ReseedReason, { readonly cloned: boolean; readonly suspended: boolean }>> = {
  "vm-fork": { cloned: true, suspended: false },
  resume: { cloned: false, suspended: true },
};
export const reseedReasons = membersOf(reseedFacts);
