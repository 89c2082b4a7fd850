import { escapeText } from "../render/escape.ts";
import { fs } from "../platform/builtins.ts";

const standardError = 2;
/** What is read sooner needs no line about it. */
const quietMilliseconds = 1_000;
const everyMilliseconds = 200;

/** What is being read, as far as it is known. */
export interface ReadProgress {
  readonly name: string;
  readonly totalBytes: number | null;
  readonly consumedBytes: () => number;
}

/** One line on a terminal about long work: bytes, rate and time left. */
export interface Progress {
  readonly report: (reading: ReadProgress) => void;
  readonly clear: () => void;
}

/** Progress on standard error where that is a terminal; elsewhere none. */
export function openProgress(): Progress {
  const isTerminal = process.getBuiltinModule("node:tty").isatty(standardError);
  let [name, started, reportedAt, shown] = ["", 0, 0, false];
  const write = (text: string): void => void fs.writeSync(standardError, text);
  const clear = (): void => {
    if (shown) write("\r\x1b[K");
    shown = false;
  };
  const report = (reading: ReadProgress): void => {
    const now = performance.now();
    if (reading.name !== name)
      [name, started, reportedAt] = [reading.name, now, now + quietMilliseconds - everyMilliseconds];
    if (now - reportedAt < everyMilliseconds) return;
    reportedAt = now;
    write(`\r\x1b[K${progressText(reading, (now - started) / 1000)}`);
    shown = true;
  };
  return { report: isTerminal ? report : () => undefined, clear };
}

/** "boot.log: 512 of 1024 MiB, 640 MiB/s, 1 s left". */
export function progressText({ name, totalBytes, consumedBytes }: ReadProgress, seconds: number): string {
  const bytes = consumedBytes();
  const rate = bytes / Math.max(seconds, 0.001);
  const parts = [
    totalBytes === null ? mebibytes(bytes) : `${(bytes / 2 ** 20).toFixed(0)} of ${mebibytes(totalBytes)}`,
    `${mebibytes(rate)}/s`,
    ...(totalBytes === null || rate === 0 ? [] : [`${Math.ceil(Math.max(0, totalBytes - bytes) / rate)} s left`]),
  ];
  return `${escapeText(name).slice(-60)}: ${parts.join(", ")}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
