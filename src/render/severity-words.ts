import type { Finding } from "../core/finding.ts";

/** What a finding's severity is called wherever people read it; the record, metrics and Varlink keep "info". */
export const severityWords: Readonly<Record<Finding["severity"], string>> = {
  critical: "critical",
  warning: "warning",
  info: "note",
};
