import { durationWords } from "../../core/base/duration-words.ts";
import { oneLine } from "../../core/one-line.ts";
import { blockedOf, isOpen, isWhole, longestOf, type Wait } from "../../core/wait.ts";
import type { BootRecord, Readiness } from "../../core/boot-record.ts";
import { waitTotals } from "../../core/fold/cost.ts";
import { escapeText } from "../escape.ts";
import { severityWords } from "../severity-words.ts";
import { firstLines } from "../verdict.ts";
import { remediesOf, remedyCommand, remedyText } from "../remedy-words.ts";
import { waiterName } from "../wait-text.ts";

/**
 * What a monitoring plugin may answer, and the exit code that says so (Monitoring Plugins guidelines, "Plugin Return
 * Codes").
 */
export const pluginCodes = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;
export type PluginState = keyof typeof pluginCodes;

/** A range as it was written, for the performance data, and what lies outside of what it allows. */
export interface Limit {
  readonly text: string;
  /** Whether every number from `low` to `high` is one to alert on. */
  readonly alerts: (low: number, high: number) => boolean;
}

export interface CheckLimits {
  /** Seconds from the boot's start to readiness. */
  readonly warning: Limit;
  readonly critical: Limit;
  /** Seconds that the longest wait of this boot took. */
  readonly waited: Limit;
}

export interface CheckLine {
  readonly state: PluginState;
  /**
   * One line, `CRNG STATE - words | performance data`, with its line end; then the long output, if requested.
   */
  readonly text: string;
}

interface CheckReason {
  readonly state: PluginState;
  /** Null: the verdict says it. */
  readonly words: string | null;
}

const gravity: readonly PluginState[] = ["CRITICAL", "WARNING", "UNKNOWN"];
/** NRPE 2 cuts an answer off after 1024 bytes; names of units can be 255 long. */
const nameLength = 64;

/**
 * What `check` prints of a record: the gravest reason first. A time that is known as an interval alerts only if all of
 * it does.
 */
export function checkLine(
  record: BootRecord,
  limits: CheckLimits,
  { long = false }: { readonly long?: boolean } = {},
): CheckLine {
  const reasons = [waiting(record), ...readiness(record, limits), waited(record, limits)].filter(
    (reason) => reason !== null,
  );
  const state = gravity.find((grave) => reasons.some((reason) => reason.state === grave)) ?? "OK";
  const sorted = reasons.toSorted((a, b) => rank(a.state) - rank(b.state)).flatMap(({ words }) => words ?? []);
  const words = [...sorted, ...firstLines(record).map(withoutName)].join("; ");
  return { state, text: `${pluginLine(state, words, performance(record, limits))}${long ? longOutput(record) : ""}` };
}

/** The findings and the first remedy, as `status` prints them. More performance data may follow a pipe here too. */
function longOutput(record: BootRecord): string {
  const lines = [
    ...record.findings.map(({ severity, summary }) => `${severityWords[severity]}: ${summary}`),
    ...remediesOf(record)
      .slice(0, 1)
      .map((remedy) =>
        [`remedy: ${remedyText(remedy)}`, remedyCommand(remedy)].filter((part) => part !== null).join(": "),
      ),
  ];
  return lines.map((line) => `${withoutPipes(line)}\n`).join("");
}

/** The line of a check that could not be made. */
export function unknownLine(message: string): CheckLine {
  return { state: "UNKNOWN", text: pluginLine("UNKNOWN", message, "") };
}

/** A pipe begins the performance data and a line end the long output, so neither may come from the words. */
function pluginLine(state: PluginState, words: string, data: string): string {
  return `CRNG ${state} - ${withoutPipes(words)}${data === "" ? "" : ` | ${data}`}\n`;
}

function withoutPipes(words: string): string {
  return oneLine(words).replaceAll("|", String.raw`\x7c`);
}

function rank(state: PluginState): number {
  const at = gravity.indexOf(state);
  return at < 0 ? gravity.length : at;
}

function withoutName(line: string): string {
  return line.replace(/^CRNG /, "");
}

function waiting(record: BootRecord): CheckReason | null {
  // A log does not show which tasks wait now. A queue for the FIPS generator moves on by itself; a long wait there is a
  // reason of its own.
  const open =
    record.covers === null ? blockedOf(record.waits).filter((wait) => isOpen(wait) && wait.generator === "crng") : [];
  const [first, ...more] = open;
  if (first === undefined) return null;
  return {
    state: "CRITICAL",
    words: `${nameOf(first)} is blocked now${more.length === 0 ? "" : `, and ${more.length} more`}`,
  };
}

function readiness(
  { readiness: { level, settled, notBefore, notAfter }, callers }: BootRecord,
  { warning, critical }: CheckLimits,
): readonly CheckReason[] {
  // Callers are served, however long the CRNG takes; waiting for the FIPS generator is a reason of its own.
  if (callers.reason === "extrng") return [];
  if (level === "ready") {
    // Without a lower end it may have been ready from the start; without an upper one nothing is known.
    const [low, high] = notAfter === null ? [-Infinity, Infinity] : [notBefore ?? 0, notAfter];
    if (critical.alerts(low, high))
      return [{ state: "CRITICAL", words: `the time to ready is outside ${critical.text} s` }];
    return warning.alerts(low, high)
      ? [{ state: "WARNING", words: `the time to ready is outside ${warning.text} s` }]
      : [];
  }
  if (level === "unknown") return [{ state: "UNKNOWN", words: null }];
  if (callers.getrandom === false && !settled) return [];
  if (callers.getrandom === false) return [{ state: "WARNING", words: null }];
  return [{ state: "CRITICAL", words: callers.wouldWait === true ? null : "whether callers block is unknown" }];
}

function waited({ waits }: BootRecord, { waited: limit }: CheckLimits): CheckReason | null {
  const long = blockedOf(waits).filter(({ seconds }) => seconds !== null && limit.alerts(seconds, seconds));
  const longest = longestOf(long);
  if (longest === null) return null;
  const least = isWhole(longest) ? "" : "at least ";
  return {
    state: "WARNING",
    words: `${nameOf(longest)} waited ${least}${durationWords(longest.seconds ?? 0, 3)}${long.length === 1 ? "" : `; ${long.length} waits were that long`}`,
  };
}

function nameOf(wait: Wait): string {
  const name = waiterName(wait).slice(0, nameLength);
  return wait.unit === null ? name : `${name} of ${escapeText(wait.unit).slice(0, nameLength)}`;
}

/** Labels never change, so that graphs stay whole; an unknown value is `U` (guidelines, "Performance data"). */
function performance(record: BootRecord, { warning, critical, waited: limit }: CheckLimits): string {
  const { pool } = record.observed;
  const { count, seconds, longest } = waitTotals(record);
  const inSeconds = (value: number | null): string => (value === null ? "U" : `${Number(value.toFixed(6))}s`);
  return [
    `ready_seconds=${readySeconds(record.readiness)};${warning.text};${critical.text};0`,
    `waits=${count ?? "U"};;;0`,
    `waited_seconds=${inSeconds(seconds)};;;0`,
    `longest_wait_seconds=${inSeconds(longest)};${limit.text};;0`,
    `entropy_bits=${pool === null ? "U" : pool.latest.bits};;;0${pool === null ? "" : `;${pool.poolBits}`}`,
  ].join(" ");
}

function readySeconds({ level, exact, readyAt }: Readiness): string {
  return level === "ready" && exact && readyAt !== null ? `${readyAt.toFixed(6)}s` : "U";
}
