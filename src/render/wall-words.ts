import type { BootRecord } from "../core/boot-record.ts";
import type { WallClock } from "../core/log-evidence.ts";
import { someYear, type WallShows, type WallSpan } from "../core/base/wall-time.ts";
import { escapeText } from "./escape.ts";

/**
 * When the boot began and when the CRNG became ready by the wall clock: of a log by its own stamps, else by this
 * machine's clock. Null: neither is known.
 */
export function wallWords(record: BootRecord): string | null {
  const { readiness, covers } = record;
  if (covers === null) return ownClockWords(record);
  const clock = covers.wall;
  if (clock === null || clock.shows === null) return null;
  if (clock.adjusted === "back") return `unknown: ${adjustedWords.back}`;
  const known = [
    ["ready", readiness.wall],
    ["the boot began", clock.began],
  ] as const;
  const parts = known.flatMap(([what, span]) =>
    span === null ? [] : [`${what} ${spanWords(span)}${zoneWords(clock)}`],
  );
  return parts.length === 0 ? null : `${parts.join("; ")} (${sourceWords(clock)})`;
}

const notShown: Readonly<Record<WallShows, string | null>> = {
  date: null,
  "no-year": "year",
  "time-of-day": "date",
};

const adjustedWords: Readonly<Record<NonNullable<WallClock["adjusted"]>, string>> = {
  back: "the log's clock was set back while the log was written",
  ahead: "this clock was set forward later, or the machine was suspended",
};

/** What its moments rest on, and what is not known of them. */
function sourceWords({ shows, zone, adjusted }: WallClock): string {
  const unknown = [shows === null ? null : notShown[shows], zone === null ? "time zone" : null].filter(
    (part) => part !== null,
  );
  return [
    "by the log's own timestamps",
    ...(unknown.length === 0 ? [] : [`${unknown.join(" and ")} unknown`]),
    ...(adjusted === null ? [] : [adjustedWords[adjusted]]),
  ].join("; ");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "2016-03-22 18:17:20 to 18:17:22": whole seconds that hold the interval. */
function spanWords({ notBefore, notAfter }: WallSpan): string {
  const [to, from] = [wholeSecond(notAfter, true), notBefore === null ? null : wholeSecond(notBefore, false)];
  if (from === null) return `no later than ${to.date}${to.time}`;
  if (from.date === to.date && from.time === to.time) return `${to.date}${to.time}`;
  return `${from.date}${from.time} to ${from.date === to.date ? "" : to.date}${to.time}`;
}

/** The whole second that a moment is in, or the next one, as people write it. */
function wholeSecond(text: string, up: boolean): { readonly date: string; readonly time: string } {
  const [, day = "", time = "", fraction = ""] = /^(.*?)T(\d\d:\d\d:\d\d)(\.\d+)?/.exec(text) ?? [];
  // Any year and day do for those that are not written; a leap year has each day.
  const whole = { date: day, "no-year": day.replace(/^-/, String(someYear)), "time-of-day": `${someYear}-01-01` }[
    showsOf(day)
  ];
  const at = new Date(Date.parse(`${whole}T${time}Z`) + (up && fraction !== "" ? 1000 : 0));
  if (Number.isNaN(at.getTime())) return { date: "", time: escapeText(text) };
  const iso = at.toISOString();
  return { date: dateWords(iso, showsOf(day)), time: iso.slice(11, 19) };
}

function showsOf(day: string): WallShows {
  return day === "" ? "time-of-day" : day.startsWith("-") ? "no-year" : "date";
}

function dateWords(iso: string, shows: WallShows): string {
  const monthAndDay = `${months[Number(iso.slice(5, 7)) - 1] ?? ""} ${Number(iso.slice(8, 10))} `;
  return { date: `${iso.slice(0, 10)} `, "no-year": monthAndDay, "time-of-day": "" }[shows];
}

function zoneWords({ zone }: WallClock): string {
  return zone === null ? "" : ` ${zone === "Z" ? "UTC" : escapeText(zone)}`;
}

/** To the second. A clock that was set since is not noticed. */
function ownClockWords({ readiness, host }: BootRecord): string | null {
  const booted = Date.parse(host?.bootedAt ?? "");
  if (Number.isNaN(booted) || !readiness.exact || readiness.readyAt === null) return null;
  const at = new Date(booted + readiness.readyAt * 1000);
  return Number.isNaN(at.getTime())
    ? null
    : `${at.toISOString().slice(0, 19).replace("T", " ")} UTC ± 1 s, by this machine's clock as it is set now`;
}
