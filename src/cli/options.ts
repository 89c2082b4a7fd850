import { formatNames } from "./formats.ts";
import type { Invocation, Option } from "./verb.ts";

/** Read by `daemon-client.ts`. */
export const socket = {
  name: "socket",
  value: "PATH",
  summary: "the daemon's socket (default /run/crngwatch/io.crngwatch)",
} as const satisfies Option;
const json = { name: "json", value: null, summary: "print the boot record as JSON" } as const satisfies Option;

/** Of a verb whose text says how grave a thing is: `terminal.ts` reads it. */
export const color = {
  name: "color",
  value: "WHEN",
  summary: "colour verdict and severities: auto, always or never (default auto: on a terminal, unless NO_COLOR is set)",
} as const satisfies Option;

/** Options of a verb that prints boot records: `output.ts` reads them. */
export const outputOptions = [
  {
    name: "format",
    value: "FORMAT",
    summary: `${formatNames.slice(0, -1).join(", ")} or ${formatNames.at(-1)} (default ${formatNames[0]})`,
  },
  { name: "json", value: null, summary: "the same as --format json" },
  { name: "output", short: "o", value: "FILE", summary: "write to a file instead of standard output" },
  { name: "no-pager", value: null, summary: "do not start a pager for text that is longer than the terminal" },
] as const satisfies readonly Option[];

/** Of a verb that describes boots in text. */
export const verbose = {
  name: "verbose",
  short: "v",
  value: null,
  summary: "print everything, including what needs no attention",
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
  status: [json, color, socket],
  wait: [
    {
      name: "timeout",
      value: "SECONDS",
      summary: "give up after this number of seconds, or after a time span such as 2min",
    },
    { name: "callers", value: null, summary: "return as soon as a caller of getrandom() would not block" },
  ],
  report: [
    ...outputOptions,
    verbose,
    color,
    {
      name: "boot",
      short: "b",
      value: "BOOT",
      summary: "a boot of the journal: 0 is the last, -1 the one before it, or a boot's ID",
    },
    { name: "compare", value: "BOOT", summary: "what changed since another boot, named as for --boot (text, json)" },
    directory,
    socket,
  ],
  boots: [...outputOptions, directory, socket],
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
  watch: [socket],
  recorder: [
    { name: "dry-run", value: null, summary: "print what arm or disarm would change, and change nothing" },
    { name: "yes", short: "y", value: null, summary: "do not ask for confirmation" },
    { name: "json", value: null, summary: "print the status as JSON" },
  ],
  metrics: [
    { name: "output", short: "o", value: "FILE", summary: "replace FILE atomically instead of printing" },
    socket,
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
    socket,
  ],
  "lint-alerts": [
    {
      name: "pool",
      value: "BITS",
      summary: "poolsize of the kernel in question, 256 or 4096 (default: this kernel's)",
    },
    { name: "json", value: null, summary: "print the findings as JSON" },
  ],
  daemon: [
    { name: "state-dir", value: "DIR", summary: "folder for the record and the socket (default /run/crngwatch)" },
  ],
  bridge: [socket],
} as const satisfies Readonly<Record<string, readonly Option[]>>;

/** The command line of a verb. */
export type InvocationOf<Name extends keyof typeof options> = Invocation<(typeof options)[Name]>;
