import { isWhole, type Wait } from "../../core/wait.ts";
import { waiterName } from "../wait-text.ts";
import type { Canvas, TextLine } from "./layout.ts";

/** Seconds from which a wait is drawn though it is the only one. */
const longSeconds = 10;
/** Of more waits the longest are drawn. */
const mostBars = 10;
/** Of a longer name the start is shown; the line about the wait has it whole. */
const mostLabel = 24;
/** Fewer columns are no picture. */
const fewestCells = 10;

interface Bar {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly took: string;
}

/**
 * The waits as bars on the boot's time, as `systemd-analyze plot` draws units: where two or more are known, or a long
 * one. Waits without a known start or end are left out.
 */
export function waitBarLines(waits: readonly Wait[]): readonly TextLine[] {
  const bars = waits
    .flatMap((wait) => barOf(wait) ?? [])
    .toSorted((one, other) => other.to - other.from - (one.to - one.from))
    .slice(0, mostBars)
    .toSorted((one, other) => one.from - other.from || one.to - other.to);
  if (bars.length < 2 && !bars.some(({ from, to }) => to - from >= longSeconds)) return [];
  const [start, end] = [Math.min(...bars.map(({ from }) => from)), Math.max(...bars.map(({ to }) => to))];
  if (end <= start) return [];
  const labelWidth = Math.min(mostLabel, Math.max(...bars.map(({ label }) => label.length)));
  const tookWidth = Math.max(...bars.map(({ took }) => took.length));
  const row = (draw: (cells: number, canvas: Canvas) => readonly [label: string, cells: string, took: string]) => ({
    text: "",
    draw: (canvas: Canvas): string | null => {
      const cells = canvas.columns - labelWidth - tookWidth - 4;
      if (cells < fewestCells) return null;
      const [label, bar, took] = draw(cells, canvas);
      return `${label.padEnd(labelWidth)}  ${bar.padEnd(cells)}  ${took.padStart(tookWidth)}`.trimEnd();
    },
  });
  return [
    row((cells) => ["", axis(start, end, cells), ""]),
    ...bars.map(({ label, from, to, took }) =>
      row((cells, canvas) => {
        const column = (at: number): number => Math.round(((at - start) / (end - start)) * cells);
        const first = Math.min(cells - 1, column(from));
        const drawn = (canvas.ascii ? "#" : "█").repeat(Math.max(1, column(to) - first));
        return [shortened(label, labelWidth, canvas), `${" ".repeat(first)}${drawn}`, took];
      }),
    ),
  ];
}

function barOf(wait: Wait): Bar | null {
  const { seconds } = wait;
  const from = wait.from ?? (wait.to === null || seconds === null ? null : wait.to - seconds);
  const to = wait.to ?? (from === null || seconds === null ? null : from + seconds);
  // Of a task that waited again and again the ends are those of the first and the last time.
  if (from === null || to === null || seconds === null || to < from || wait.times > 1) return null;
  return { label: waiterName(wait), from, to, took: `${isWhole(wait) ? "" : ">="}${seconds.toFixed(3)} s` };
}

/** The times at both ends. */
function axis(start: number, end: number, cells: number): string {
  const [left, right] = [`${start.toFixed(3)} s`, `${end.toFixed(3)} s`];
  return left.length + right.length < cells ? `${left}${right.padStart(cells - left.length)}` : left.slice(0, cells);
}

function shortened(label: string, width: number, { ascii }: Canvas): string {
  if (label.length <= width) return label;
  return ascii ? `${label.slice(0, width - 3)}...` : `${label.slice(0, width - 1)}…`;
}
