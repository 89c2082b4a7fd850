import { membersOf } from "./members.ts";

/** How a source fares: four different answers, never mixed. `absent`: this host does not have it. */
export type Health = "ok" | "absent" | "denied" | "failed";

const reports: Readonly<Record<Health, boolean>> = { ok: true, absent: true, denied: false, failed: false };

export const healths = membersOf(reports);
/** "ok, absent, denied or failed" */
export const healthWords = healths.join(", ").replace(/, (?=[^,]*$)/, " or ");

/**
 * Whether a source failed to report, so that a person may do something about it. An absent source has reported its
 * absence.
 */
export function isUnable(health: Health): boolean {
  return !reports[health];
}
