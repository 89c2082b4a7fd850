import type { Logger, pino as Pino } from "pino";
import { createRequire } from "../platform/builtins.ts";

/**
 * Log lines as sd-daemon(3) wants them on standard output: "<4>text", a priority of syslog(3) in front when the journal
 * reads, plain text with a time on a terminal. pino stays the one logging call; `notice` is its level for what an administrator should see.
 */
export type Log = Logger<"notice">;

/** pino's level numbers and the syslog priorities that they become. */
const priorities: readonly (readonly [level: number, priority: number])[] = [
  [60, 2],
  [50, 3],
  [40, 4],
  [35, 5],
  [30, 6],
  [0, 7],
];

/** What may wait in memory when nobody reads; beyond it lines are dropped and the drop is told with the next line. */
const mostPendingBytes = 256 * 1024;

export function openLog(out: NodeJS.WriteStream, { priority }: { readonly priority: boolean }): Log {
  let dropped = 0;
  const write = (line: object): void => {
    const { level, msg } = line as { readonly level: number; readonly msg: string };
    if (out.writableLength > mostPendingBytes) {
      dropped++;
      return;
    }
    const number = priorities.find(([from]) => level >= from)?.[1] ?? 6;
    const lost = dropped === 0 ? "" : ` (${dropped} lines before this one were dropped: nobody read them)`;
    dropped = 0;
    out.write(`${priority ? `<${number}>` : ""}${msg}${lost}\n`);
  };
  // pino's main entry brings worker threads for its transports, and memory with them; its browser entry is the same logger without, and
  // hands each line to `write`. Only the daemon logs, so it is loaded here.
  const pino = createRequire(import.meta.url)("pino/browser.js") as typeof Pino;
  return pino({ customLevels: { notice: 35 }, level: "info", browser: { write } });
}
