/** What bears on a machine's entropy; null: not known. */
export interface Supply {
  readonly cpu: CpuRng | null;
  readonly hwRandom: HwRandom | null;
  readonly bootloader: BootloaderSeed | null;
  readonly seedFile: SeedFile | null;
  readonly virtualization: Virtualization | null;
}

/** The random number instructions of the CPU. */
export interface CpuRng {
  readonly rdrand: boolean;
  readonly rdseed: boolean;
  /** Other architectures: the feature's own name (arm64 `rng`, for FEAT_RNG). */
  readonly other: string | null;
  /** Whether the kernel credits it; null where neither the command line nor the kernel shows it. */
  readonly trusted: boolean | null;
  /** What `trusted` rests on. */
  readonly why: string;
}

/** The kernel's hwrng core (/sys/class/misc/hw_random). */
export interface HwRandom {
  readonly current: string | null;
  readonly available: readonly string[];
  /** Of 1024; null where the kernel does not show it (before 6.2). */
  readonly quality: number | null;
  readonly virtio: boolean;
}

/** A seed that the boot loader or the firmware passes to the kernel. */
export interface BootloaderSeed {
  /** How a seed could have come, for example "EFI (LINUX_EFI_RANDOM_SEED_TABLE)"; null: none seen. */
  readonly via: string | null;
  readonly efi: boolean;
  readonly trusted: boolean | null;
  readonly why: string;
}

/** The file that systemd-random-seed keeps from one boot to the next. */
export interface SeedFile {
  readonly path: string;
  readonly present: boolean | null;
  readonly bytes: number | null;
  /** Whether systemd-random-seed makes the kernel credit it (SYSTEMD_RANDOM_SEED_CREDIT=, off by default). */
  readonly credited: boolean | null;
}

/** What the host runs in. */
export interface Virtualization {
  /** Hypervisor as the CPU or firmware names it; "none" on bare metal; null where it is not known. */
  readonly vm: string | null;
  readonly container: string | null;
}
