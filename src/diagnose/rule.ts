import type { BootRecord, Finding, Remedy } from "../core/boot-record.ts";

/** One thing worth telling: when it holds, and what to say then. */
export interface Rule {
  readonly id: string;
  readonly severity: Finding["severity"];
  readonly find: (record: BootRecord) => FindingText | null;
}
export type FindingText = Pick<Finding, "summary" | "detail"> & { readonly remedies?: readonly Remedy[] };
