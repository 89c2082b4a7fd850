import { END_MARKER, LATE_MARKER, START_MARKER } from "./guest-shell.ts";

/** How many lines of each serial port an error quotes. */
const QUOTED_LINES = 15;

/** What the two serial ports of a guest carried, as they stand. */
export interface SerialLogs {
  /** The kernel's console. */
  readonly console: string;
  readonly rawConsole: Uint8Array;
  /** The script's output, with the lab's markers. */
  readonly script: string;
}

/** What a guest said from its start to its power-off. */
export interface Transcript {
  /** The kernel's console (ttyS0): with `quiet` on the command line only what is worse than a notice. */
  readonly console: string;
  /** The same byte for byte, with the carriage returns of a serial line. */
  readonly rawConsole: Uint8Array;
  /** What the script wrote to its standard output and error (ttyS1). */
  readonly output: string;
  /** The script's exit status. */
  readonly status: number;
  /** What the guest's kernel calls itself. */
  readonly kernelRelease: string;
  /** From QEMU's start to its end, in seconds of the host. */
  readonly hostSeconds: number;
  /**
   * What the script wrote after `section NAME`, up to the next section; the first, where two have one name. Throws when
   * there is none.
   */
  section(name: string): string;
}

/** Reads the logs of a guest that has powered off. Throws when the script did not come to its end. */
export function readTranscript(logs: SerialLogs, hostSeconds: number): Transcript {
  const start = new RegExp(`^${START_MARKER} (.*)\n`, "m").exec(logs.script);
  const end = new RegExp(`\n${END_MARKER} (\\d+)\n`).exec(logs.script);
  if (start === null || end === null) {
    const panic = /Kernel panic.*/.exec(logs.console)?.[0].trim() ?? "it powered off by itself";
    throw new Error(
      `The guest ended before its script ${start === null ? "began" : "did"}: ${panic}\n${quoteTails(logs)}`,
    );
  }
  const output = logs.script.slice(start.index + start[0].length, end.index);
  // The script continues after it, and its time is not measured otherwise.
  for (const line of output.split("\n").filter((text) => text.startsWith(LATE_MARKER))) console.warn(line);
  return {
    console: logs.console.replaceAll("\r\n", "\n"),
    rawConsole: logs.rawConsole,
    output,
    status: Number(end[1]),
    kernelRelease: start[1] ?? "",
    hostSeconds,
    section: (name) => section(output, name),
  };
}

/** The last lines of both serial ports, for an error message. */
export function quoteTails(logs: SerialLogs): string {
  return `--- end of the console\n${tail(logs.console)}\n--- end of the script's output\n${tail(logs.script)}`;
}

function section(output: string, name: string): string {
  const parts = output.split(/^== /m).slice(1);
  const found = parts.find((part) => part.startsWith(`${name}\n`));
  if (found === undefined) {
    const names = parts.map((part) => `'${part.split("\n", 1)[0]}'`);
    throw new Error(`The guest printed no section '${name}', only ${names.join(", ") || "none at all"}`);
  }
  return found.slice(name.length + 1);
}

function tail(text: string): string {
  return text.trimEnd().split("\n").slice(-QUOTED_LINES).join("\n");
}
