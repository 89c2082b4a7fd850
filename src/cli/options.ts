import type { Invocation, Option } from "./verb.ts";

/** Of a verb that observes a host: `arguments.ts` reads it. */
const root = {
  name: "root",
  value: "DIR",
  summary: "observe a folder that looks like a host instead of this machine",
  // A folder has no daemon.
  excludes: ["socket", "no-daemon"],
} as const satisfies Option;

/** Read by `daemon-client.ts`. */
export const socket = {
  name: "socket",
  value: "PATH",
  summary: "the daemon's socket (default /run/crngwatch/io.crngwatch)",
} as const satisfies Option;

/** Of a verb that observes the host itself where no daemon answers: `daemon-client.ts` reads them. */
export const daemonOptions = [
  { ...socket, excludes: ["no-daemon"] },
  { name: "no-daemon", value: null, summary: "do not ask the daemon: observe the host from this process" },
] as const satisfies readonly Option[];
const json = {
  name: "json",
  value: null,
  attached: ["pretty", "short"],
  summary: "print JSON; --json=short in one line",
} as const satisfies Option;

/** Of a verb whose exit code is an answer. */
const quiet = {
  name: "quiet",
  short: "q",
  value: null,
  summary: "print no answer: the exit code gives it",
} as const satisfies Option;

/** Of a verb whose text says how grave a thing is: `terminal.ts` reads it. */
export const color = {
  name: "color",
  value: "WHEN",
  summary: "colour verdict and severities: auto, always or never (default auto: on a terminal, unless NO_COLOR is set)",
} as const satisfies Option;

/** The formats of boot records, the usual one first: `output.ts` renders each, and the help names them. */
export const formatNames = ["text", "json", "html", "svg"] as const;
export type FormatName = (typeof formatNames)[number];

/** Options of a verb that prints boot records: `output.ts` reads them. */
export const outputOptions = [
  {
    name: "format",
    value: "FORMAT",
    summary: `${formatNames.slice(0, -1).join(", ")} or ${formatNames.at(-1)} (default ${formatNames[0]})`,
  },
  { ...json, summary: "the same as --format json; --json=short in one line" },
  { name: "output", short: "o", value: "FILE", summary: "write to a file instead of standard output" },
  { name: "no-pager", value: null, summary: "do not start a pager for text that is longer than the terminal" },
] as const satisfies readonly Option[];

/** Of a verb that prints a table. */
export const noLegend = {
  name: "no-legend",
  value: null,
  summary: "leave out the heading of the table",
} as const satisfies Option;

/** Of a verb that describes boots in text. */
export const verbose = {
  name: "verbose",
  short: "v",
  value: null,
  summary: "print everything, including what needs no attention",
} as const satisfies Option;

/** How journalctl names a boot: an offset, an ID of 32 digits or with dashes, or both. */
export const bootForm =
  /^(?:([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})([+-]\d{1,9})?|([+-]?\d{1,9}))$/i;

/** Read by `journal-place.ts`. */
const boot = {
  name: "boot",
  short: "b",
  value: "BOOT",
  usual: "0",
  form: bootForm,
  summary: "a boot of the journal: 0 is the last (default), -1 the one before it, 1 the first; an ID; ID-1, ID+1",
  // That boot is read from a journal.
  excludes: ["socket", "no-daemon"],
} as const satisfies Option;

/** Read by `journal-place.ts`. */
export const directory = {
  name: "directory",
  short: "D",
  value: "DIR",
  summary: "read the journal files in a folder instead of the host's journal",
} as const satisfies Option;

/**
 * What each verb takes besides the common options. A verb reads them by InvocationOf, so a name that is not here does
 * not compile.
 */
export const options = {
  status: [json, { ...quiet, excludes: ["json", "color"] }, color, boot, ...daemonOptions, root],
  wait: [
    {
      name: "timeout",
      value: "SECONDS",
      summary: "give up after this number of seconds, or after a time span such as 2min",
    },
    { name: "callers", value: null, summary: "return as soon as a caller of getrandom() would not block" },
    quiet,
    root,
  ],
  report: [
    ...outputOptions,
    verbose,
    color,
    boot,
    { name: "compare", value: "BOOT", summary: "what changed since another boot, named as for --boot (text, json)" },
    directory,
    ...daemonOptions,
    root,
  ],
  boots: [
    ...outputOptions,
    {
      name: "lines",
      short: "n",
      value: "NUMBER",
      usual: "10",
      form: /^(?:all|\+?\d{1,9})$/,
      summary: "list the last NUMBER boots only (default 10), the first with +NUMBER, or all",
    },
    {
      name: "since",
      short: "S",
      value: "TIME",
      summary: "list boots that ended at this time or later, given as to journalctl",
    },
    { name: "until", short: "U", value: "TIME", summary: "list boots that began at this time or earlier" },
    noLegend,
    { name: "quiet", short: "q", value: null, summary: "do not warn about boots of which a part could not be read" },
    directory,
    ...daemonOptions,
    root,
  ],
  analyze: [
    ...outputOptions,
    verbose,
    color,
    {
      name: "compare",
      value: null,
      summary: "what changed between the last boots of two files, or of one (text, json)",
    },
  ],
  watch: [...daemonOptions, root],
  recorder: [
    {
      name: "dry-run",
      value: null,
      summary: "print what arm or disarm would change, and change nothing",
      excludes: ["yes"],
    },
    { name: "yes", short: "y", value: null, summary: "do not ask for confirmation" },
    json,
    root,
  ],
  metrics: [
    { name: "output", short: "o", value: "FILE", summary: "replace FILE atomically instead of printing" },
    ...daemonOptions,
    root,
  ],
  "serve-metrics": [
    { name: "idle", value: "SECONDS", summary: "exit after this time without a request (default 90)" },
    socket,
  ],
  check: [
    {
      name: "warning",
      short: "w",
      value: "RANGE",
      summary: "WARNING if the seconds to ready are outside RANGE (default 10)",
    },
    {
      name: "critical",
      short: "c",
      value: "RANGE",
      summary: "CRITICAL if the seconds to ready are outside RANGE (default 60)",
    },
    {
      name: "waited",
      value: "RANGE",
      summary: "WARNING if the seconds of the longest wait are outside RANGE (default 5)",
    },
    {
      name: "timeout",
      short: "t",
      value: "SECONDS",
      summary: "UNKNOWN if there is no answer in this time (default 10)",
    },
    { name: "verbose", short: "v", value: null, summary: "print the findings as long output after the first line" },
    ...daemonOptions,
    root,
  ],
  "lint-alerts": [
    {
      name: "pool",
      value: "BITS",
      summary: "poolsize of the kernel in question, 256 or 4096 (default: this kernel's)",
      excludes: ["root"],
    },
    json,
    { ...quiet, excludes: ["json"] },
    root,
  ],
  daemon: [
    { name: "state-dir", value: "DIR", summary: "folder for the record and the socket (default /run/crngwatch)" },
    root,
  ],
  bridge: [socket],
} as const satisfies Readonly<Record<string, readonly Option[]>>;

/** The command line of a verb. */
export type InvocationOf<Name extends keyof typeof options> = Invocation<(typeof options)[Name]>;
