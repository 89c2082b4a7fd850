import type { BootRecord, Finding, Remedy } from "../core/boot-record.ts";

/** One thing worth reporting: when it holds, and its text. */
export interface Rule {
  readonly id: string;
  readonly severity: Finding["severity"];
  readonly find: (record: BootRecord) => FindingText | null;
}
/** `severity`: where it is another than the rule's own. */
export type FindingText = Pick<Finding, "summary" | "detail"> & {
  readonly remedies?: readonly Remedy[];
  readonly severity?: Finding["severity"];
};
