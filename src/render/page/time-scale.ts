import type { Seconds } from "../../core/base/time.ts";

/**
 * Where a moment of the boot is on the picture's time axis. By hand, and not d3-scale: a linear and a logarithmic
 * scale are ten lines, and d3-scale with its seven dependencies takes longer to load than the whole page to render.
 */
export interface TimeScale {
  readonly end: number;
  /** The axis is logarithmic, which its label must say. */
  readonly logarithmic: boolean;
  /** Percent of the width, 0 to 100. */
  readonly percent: (at: Seconds) => number;
  readonly ticks: readonly Tick[];
}

export interface Tick {
  readonly at: number;
  readonly label: string;
  /** Shown where the picture is wide enough only. */
  readonly wideOnly: boolean;
}

/** Up to here the axis is linear; beyond, the first second would be a hair. */
const linearUpTo = 30;
/** Below this the logarithmic axis is linear. */
const finestSeconds = 0.1;
/** Distance of labels in percent: of a picture 340 px wide, and of one wider than 800 px. */
const [narrowDistance, wideDistance] = [18, 8];

const roundMoments: readonly number[] = [
  0, 0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000,
  31_536_000,
];

/** A scale from the boot's start to `end`. */
export function timeScale(end: Seconds): TimeScale {
  const last = Math.max(end, finestSeconds);
  const logarithmic = last > linearUpTo;
  const position = (at: number): number =>
    logarithmic ? Math.log1p(at / finestSeconds) / Math.log1p(last / finestSeconds) : at / last;
  const percent = (at: Seconds): number => Number((Math.min(1, Math.max(0, position(at))) * 100).toFixed(3));
  return {
    end: last,
    logarithmic,
    percent,
    ticks: ticksOf(logarithmic ? roundMoments : evenMoments(last), last, percent),
  };
}

/** 0, 1, 2, … or 0, 5, 10, …: at most 11 of them. */
function evenMoments(last: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(last / 10));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => last / candidate <= 10) ?? last;
  return Array.from({ length: Math.floor(last / step + 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  );
}

function ticksOf(moments: readonly number[], last: number, percent: (at: number) => number): readonly Tick[] {
  const within = moments.filter((at) => at <= last);
  const narrow = spaced(within, [], narrowDistance, percent);
  const wide = spaced(within, narrow, wideDistance, percent);
  return [...narrow.map((at) => tick(at, false)), ...wide.map((at) => tick(at, true))].toSorted((a, b) => a.at - b.at);
}

/** Those that keep their distance from each other and from those that are there. */
function spaced(
  moments: readonly number[],
  present: readonly number[],
  distance: number,
  percent: (at: number) => number,
): readonly number[] {
  const chosen: number[] = [];
  for (const at of moments)
    if ([...present, ...chosen].every((other) => Math.abs(percent(other) - percent(at)) >= distance)) chosen.push(at);
  return chosen;
}

function tick(at: number, wideOnly: boolean): Tick {
  return { at, label: shortTime(at), wideOnly };
}

/** A round moment in its largest unit: "0.1 s", "5 min", "2 h", "30 d". */
function shortTime(at: number): string {
  if (at < 60) return `${at} s`;
  if (at < 3600) return `${at / 60} min`;
  return at < 86_400 ? `${at / 3600} h` : `${at / 86_400} d`;
}
