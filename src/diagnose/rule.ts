import type { BootRecord } from "../core/boot-record.ts";
import type { Finding, Remedy } from "../core/finding.ts";

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
