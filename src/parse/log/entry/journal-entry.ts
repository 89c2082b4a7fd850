import { bareLine, type LogLine } from "../line/log-line.ts";
import { sinceEpoch } from "../line/wall-clock.ts";
import { kernelFacility } from "../../kernel-log/kmsg.ts";

/** The fields of one journal entry that are read here, by name (systemd.journal-fields(7)); the rest is not kept. */
export type JournalFields = Readonly<Record<string, string | undefined>>;

export const journalFieldNames: ReadonlySet<string> = new Set([
  "MESSAGE",
  "_TRANSPORT",
  "_BOOT_ID",
  "_SOURCE_MONOTONIC_TIMESTAMP",
  "__MONOTONIC_TIMESTAMP",
  "__REALTIME_TIMESTAMP",
  "SYSLOG_FACILITY",
  "SYSLOG_IDENTIFIER",
]);

/**
 * A journal entry as a line of a log. The transport `kernel` is /dev/kmsg, where user space can write too: such records
 * have another facility than the kernel's.
 */
export function lineOfEntry(fields: JournalFields): LogLine {
  const origin = originOf(fields);
  const wall = microseconds(fields["__REALTIME_TIMESTAMP"]);
  return {
    ...bareLine,
    origin,
    at: origin === "user" ? null : microseconds(fields["_SOURCE_MONOTONIC_TIMESTAMP"]),
    storedAt: microseconds(fields["__MONOTONIC_TIMESTAMP"]),
    wall,
    wallForm: wall === null ? null : sinceEpoch,
    bootId: dashedBootId(fields["_BOOT_ID"]),
    tag: origin === "user" ? (fields["SYSLOG_IDENTIFIER"] ?? null) : null,
    marked: true,
    // A record that begins with a line end does not begin with what follows it.
    text: (fields["MESSAGE"] ?? "").replace(/^[ \t]+/, "").trimEnd(),
  };
}

/** Where --output-fields= left out who wrote it: only what came by /dev/kmsg has the kernel's stamp. */
function originOf(fields: JournalFields): LogLine["origin"] {
  const { _TRANSPORT: transport, SYSLOG_FACILITY: facility = kernelFacility, SYSLOG_IDENTIFIER: identifier } = fields;
  if (transport !== undefined) return transport === "kernel" && Number(facility) === kernelFacility ? "kernel" : "user";
  const byKmsg =
    fields["_SOURCE_MONOTONIC_TIMESTAMP"] !== undefined &&
    (identifier ?? "kernel") === "kernel" &&
    Number(facility) === kernelFacility;
  return byKmsg ? "unsaid" : "user";
}

/** A boot ID as the kernel writes it: the journal leaves out the dashes. */
export function dashedBootId(hex: string | undefined): string | null {
  return hex === undefined
    ? null
    : hex.replace(/^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/, "$1-$2-$3-$4-$5");
}

function microseconds(digits: string | undefined): number | null {
  return digits !== undefined && /^\d{1,20}$/.test(digits) ? Number(digits) / 1e6 : null;
}
