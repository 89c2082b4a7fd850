/** What a person should know of a boot, with the evidence in words, and what helps. */
export interface Finding {
  /** Its name in the table of `diagnose/findings.ts`. */
  readonly id: string;
  readonly severity: "info" | "warning" | "critical";
  readonly summary: string;
  readonly detail: string;
  readonly remedies: readonly Remedy[];
}

/** One way to make the CRNG ready sooner, or to know more at the next boot. */
export interface Remedy {
  /** Its name in the table of `diagnose/remedy`. */
  readonly id: string;
  readonly text: string;
  /** One command line to copy; null: nothing that a shell does. */
  readonly command: string | null;
  readonly where: RemedyPlace;
  readonly price: RemedyPrice;
  /** Null: it is not for time, but for knowing more. */
  readonly saves: RemedySaving | null;
}

/**
 * Where a remedy is carried out.
 *
 * - `here`: on this host. `that-machine`: on the machine that a log is of.
 * - `hypervisor`: on the host of this virtual machine. `provider`: in the cloud provider's console or API.
 * - `container-host`: on the host of this container.
 */
export type RemedyPlace = "here" | "that-machine" | "hypervisor" | "provider" | "container-host";

/** What a remedy costs, in words; null: nothing. */
export interface RemedyPrice {
  readonly security: string | null;
  readonly processor: string | null;
  /** It takes effect at the next boot. */
  readonly reboot: boolean;
}

/** What a remedy would have saved in the boot that the record is of. Null: not known. */
export interface RemedySaving {
  /** By how much the boot would have been shorter. */
  readonly bootSeconds: number | null;
  /** Seconds that tasks would not have been blocked, at least. */
  readonly waitSeconds: number | null;
}
