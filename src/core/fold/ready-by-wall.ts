import { microseconds, type Seconds } from "../base/time.ts";
import { type WallForm, wallSecondsOf, type WallSpan, wallSpanText } from "../base/wall-time.ts";
import type { BootRecord, WallInterval } from "../boot-record.ts";
import type { NotedAt } from "../log-evidence.ts";

/** journald and syslog daemons take in what the kernel has said so far within this time of their start, in seconds. */
const writerReadsWithin = 1;

/**
 * The stamp of a line by a wall clock, as an interval: what the kernel said before the log's writer started bears the
 * time of that start.
 */
export function wallInterval({ covers }: Pick<BootRecord, "covers">, noted: NotedAt | null): WallInterval | null {
  if (noted === null || noted.clock !== "wall" || covers === null || covers.wall === null) return null;
  // It is not known which lines came first.
  if (covers.wall.adjusted === "back") return null;
  const { resolution, sinceWriter } = covers.wall;
  const isHeldBack = sinceWriter && noted.seconds <= writerReadsWithin;
  return {
    since: sinceWriter ? "writer-start" : "first-line",
    notBefore: isHeldBack ? null : microseconds(Math.max(0, noted.seconds - resolution)),
    notAfter: microseconds(noted.seconds + resolution),
  };
}

/** When the CRNG became ready by the boot's own time, as far as that is known. */
interface Moments {
  /** Null: no line of the kernel's gives the moment. */
  readonly readyAt: Seconds | null;
  readonly notBefore: Seconds | null;
  readonly notAfter: Seconds | null;
  readonly noted: NotedAt | null;
}

/** The same by the wall clock; null where that is not known. */
export function readyByWall({ covers, host }: BootRecord, moments: Moments): WallSpan | null {
  if (covers === null) return addTo(startOfHost(host), moments, inUtc);
  const clock = covers.wall;
  if (clock === null || clock.shows === null || clock.adjusted === "back") return null;
  const form = { shows: clock.shows, zone: clock.zone };
  if (moments.notAfter !== null) return addTo(spanSeconds(clock.began, form), moments, form);
  const first = clock.first === null ? null : wallSecondsOf(clock.first, form);
  if (first === null || moments.noted?.clock !== "wall") return null;
  return wallSpanText(stampedSpan(first + moments.noted.seconds, clock, moments.noted.seconds), form);
}

const inUtc: WallForm = { shows: "date", zone: "Z" };
/** /proc/stat has whole seconds (proc_stat(5), btime). */
const hostErrorSeconds = 1;

function startOfHost(host: BootRecord["host"]): WallSpan<number> | null {
  const booted = Date.parse(host?.bootedAt ?? "") / 1000;
  return Number.isNaN(booted) ? null : { notBefore: booted - hostErrorSeconds, notAfter: booted + hostErrorSeconds };
}

/** What the stamp on the ready line itself shows. The writer takes in what the kernel says within a second. */
function stampedSpan(
  stamp: number,
  { resolution, sinceWriter }: NonNullable<NonNullable<BootRecord["covers"]>["wall"]>,
  sinceFirst: number,
): WallSpan<number> {
  // dmesg adds two numbers without their fractions.
  if (!sinceWriter) return { notBefore: stamp, notAfter: stamp + 2 * resolution };
  const notAfter = stamp + resolution;
  return { notBefore: sinceFirst <= writerReadsWithin ? null : notAfter - writerReadsWithin, notAfter };
}

function addTo(began: WallSpan<number> | null, moments: Moments, form: WallForm): WallSpan | null {
  const [from, to] =
    moments.readyAt === null ? [moments.notBefore, moments.notAfter] : [moments.readyAt, moments.readyAt];
  if (began === null || to === null) return null;
  // The boot's start as a lower end shows nothing of the CRNG.
  const isBound = began.notBefore !== null && from !== null && (from > 0 || moments.readyAt !== null);
  return wallSpanText(
    { notBefore: isBound ? (began.notBefore ?? 0) + from : null, notAfter: began.notAfter + to },
    form,
  );
}

function spanSeconds(span: WallSpan | null, form: WallForm): WallSpan<number> | null {
  const notAfter = span === null ? null : wallSecondsOf(span.notAfter, form);
  if (span === null || notAfter === null) return null;
  return { notBefore: span.notBefore === null ? null : wallSecondsOf(span.notBefore, form), notAfter };
}
