import { parseWallStamp } from "./wall-clock.ts";

/** A line without a column in front of it. */
interface SplitLine {
  /** What the column holds, as far as lines can be compared by it. */
  readonly column: string;
  readonly rest: string;
  /** The wall clock in it. */
  readonly clock?: string;
}

/**
 * A column in front of a log's lines that is not the log's: the program that collected or showed the lines put it
 * there. What the log's own writers put in front of a line is in `prefixes.ts`.
 */
interface FrontColumn {
  readonly is: string;
  readonly take: (line: string) => SplitLine | null;
  /** How those of two lines in a row are related; any others are no column. Default: they are the same. */
  readonly follows?: (column: string, before: string) => boolean;
  /** How many of a log's first lines must have it: few where no log's own lines begin so. */
  readonly least: number;
  /** A log's own lines may begin so: only in front of further stamps it is a collector's. */
  readonly beforeStamps?: true;
}

/** A column that its shape alone shows, and what follows it. */
function shaped(shape: RegExp): FrontColumn["take"] {
  return (line) => {
    const match = shape.exec(line);
    return match === null ? null : { column: match[0], rest: line.slice(match[0].length) };
  };
}

/** A column that begins with a collector's clock, the same on all lines but for that. */
function clocked(shape: RegExp): FrontColumn["take"] {
  return (line) => {
    const [whole, clock = "", column = ""] = shape.exec(line) ?? [];
    return whole === undefined ? null : { column, rest: line.slice(whole.length), clock };
  };
}

const numberIn = (column: string): number => Number(/\d+/.exec(column)?.[0]);

const levels = "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL";
const isoStamp = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d`;
/** No address of a machine, as talosctl puts in front. */
const textFile = String.raw`(?![\d.]+:)[\w.@+~/-]{0,200}[\w@+~-]\.(?:log|txt|out|err|dmesg|console|journal|\d{1,3})`;

const frontColumns: readonly FrontColumn[] = [
  {
    is: "a container's stream: '2024-05-01T10:00:00.123456789+02:00 stdout F ' (Kubernetes' CRI)",
    take: clocked(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))( std(?:out|err) [FP] )/),
    least: 1,
  },
  {
    is: "when a runner or a container's runtime got the line: '2024-05-01T10:00:00.1234567Z ' (GitHub, docker logs -t)",
    take: clocked(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(?:\d{7}|\d{9})Z)( )/),
    least: 2,
  },
  {
    is: "a program's log of a console: '2024-05-01 10:00:00,123 DEBUG console: ', '2024-05-01 10:00:00 | INFO | '",
    take: clocked(
      new RegExp(
        String.raw`^\[?(${isoStamp}(?:[.,]\d{1,9})?Z?)\]?([ |:-]{1,4}\[?(?:${levels})\b\]?[ |:-]{1,12}(?:(?!kernel|vmunix)[a-z][\w./-]{0,64}(?: ?[:|]| -) )?)`,
      ),
    ),
    least: 4,
  },
  {
    is: "the wall clock of a terminal program or of ts(1)",
    take(line) {
      const open = /^(?:\| ?)?[[(]?/.exec(line)?.[0] ?? "";
      const stamp = parseWallStamp(line.slice(open.length));
      const end =
        stamp === null ? "" : (/^[\])]?(?: \||:|>)? /.exec(line.slice(open.length + stamp.length))?.[0] ?? "");
      return stamp === null || end === ""
        ? null
        : {
            column: "",
            rest: line.slice(open.length + stamp.length + end.length),
            clock: line.slice(open.length, open.length + stamp.length),
          };
    },
    least: 4,
    beforeStamps: true,
  },
  {
    is: "a number that counts the lines: '    12\t' (cat -n), '12: ', '12 | '",
    take: shaped(/^ {0,8}\d{1,9}(?:\t|[:.]? | \| )/),
    follows: (column, before) => numberIn(column) === numberIn(before) + 1,
    least: 4,
  },
  {
    is: "where grep -n found the line: '12:'",
    take: shaped(/^\d{1,9}:/),
    follows: (column, before) => numberIn(column) > numberIn(before),
    least: 4,
  },
  {
    is: "the name of a container: 'vm-1  | ' (docker compose)",
    take: shaped(/^[\w.@/-]{1,64} {0,24}\| ?/),
    least: 3,
  },
  {
    is: "the name of a file: 'logs/console.log:', 'dmesg.txt-' (grep -H)",
    take: shaped(new RegExp(String.raw`^${textFile}[:-](?!\d)`)),
    least: 2,
  },
  {
    is: "the name of a file and a line's number: 'console.log:12:' (grep -Hn)",
    take: shaped(new RegExp(String.raw`^${textFile}[:-]\d{1,9}[:-]`)),
    follows: () => true,
    least: 2,
  },
  {
    is: "the mark of an added line (diff), of a list or of a comment",
    take: shaped(/^(?:\+|[*•#%;-] |\/\/ )(?![+*#%;/-])/),
    least: 3,
  },
  {
    is: "the name of who captured it: 'console: ', '[vm01] '",
    take: shaped(/^(?!\S{0,64}(?:kernel|vmunix))(?:\[[A-Za-z][\w .:/-]{0,63}\]|[A-Za-z][\w./-]{0,63}(?::| >| -)) /),
    least: 4,
    beforeStamps: true,
  },
  {
    is: "a line as code between back-ticks",
    take(line) {
      const [whole, rest = ""] = /^\s*`(?!`)(.*[^`])`\s*$/.exec(line) ?? [];
      return whole === undefined ? null : { column: "`", rest };
    },
    least: 3,
  },
  {
    is: "a line as one string of a list: '  \"…\",'",
    take(line) {
      const [, string] = /^\s*(?:- )?("(?:[^"\\]|\\.)*"),?\s*$/.exec(line) ?? [];
      const rest = string === undefined ? null : stringIn(string);
      return rest === null ? null : { column: '"', rest };
    },
    least: 3,
  },
];

function stringIn(json: string): string | null {
  try {
    return String(JSON.parse(json));
  } catch {
    return null;
  }
}

/** Of all lines that are not blank, the part that must have a column. */
const leastPart = 0.8;
/** A collector may read what another one has collected. */
const mostColumns = 4;
/** The part of the lines that shows that the log has stamps of its own, since not all lines of a console have one. */
const stampedPart = 0.25;

/**
 * What takes off the columns that a collector put in front of a log's lines, but for a wall clock that says more than
 * the line does itself; null: there are none. `first`: the log's first lines.
 */
export function frontColumnsOf(first: readonly string[]): ((line: string) => string) | null {
  const lines = first.map(withoutColour).filter((line) => line.trim() !== "");
  const all = columnsOf(lines, frontColumns);
  const isStamped = all.rest.filter(hasStamp).length >= stampedPart * lines.length;
  const surely = frontColumns.filter(({ beforeStamps }) => beforeStamps !== true);
  const { columns } = isStamped ? all : columnsOf(lines, surely);
  if (columns.length === 0) return null;
  return (line) => {
    const { rest, clock } = without(columns, withoutColour(line));
    // The log's only wall clock stays. In brackets, since after one without a host and a tag are expected.
    return clock === null || (isStamped && !kernelStamp.test(rest)) ? rest : `[${clock}] ${rest}`;
  };
}

/** The columns in front of the lines, in their order, and what is left of the lines. */
function columnsOf(lines: readonly string[], possible: readonly FrontColumn[]) {
  const columns: FrontColumn[] = [];
  let rest = lines;
  while (columns.length < mostColumns) {
    const column = possible.find((each) => !columns.includes(each) && isIn(each, rest));
    if (column === undefined) break;
    columns.push(column);
    rest = rest.map((line) => column.take(line)?.rest ?? line);
  }
  return { columns, rest };
}

function isIn({ take, follows = (a, b) => a === b, least }: FrontColumn, lines: readonly string[]): boolean {
  let [bearing, before] = [0, null as string | null];
  for (const line of lines) {
    const column = take(line)?.column ?? null;
    if (column !== null && (before === null || follows(column, before))) bearing++;
    before = column ?? before;
  }
  return bearing >= least && bearing >= leastPart * lines.length;
}

function without(columns: readonly FrontColumn[], line: string) {
  let [rest, clock] = [line, null as string | null];
  for (const { take } of columns) {
    const taken = take(rest);
    if (taken !== null) [rest, clock] = [taken.rest, clock ?? taken.clock ?? null];
  }
  return { rest, clock };
}

const kernelStamp = /^\s*(?:<\d{1,3}>)?\[ *\d{1,12}\.\d{3,9}\]/;

/** Whether a line begins with a stamp of the log's own. */
function hasStamp(line: string): boolean {
  return kernelStamp.test(line) || /^<\d{1,3}>|^\d{1,4},\d+,\d+,/.test(line) || parseWallStamp(line) !== null;
}

// oxlint-disable-next-line no-control-regex -- an escape sequence begins with one
const coloured = /^(?:\x1b\[[\d;]{0,16}m)+([^\x1b]{0,99})(?:\x1b\[[\d;]{0,16}m)+/;

/** Without a terminal's colours around the column. */
function withoutColour(line: string): string {
  return line.startsWith("\x1b") ? line.replace(coloured, "$1") : line;
}
