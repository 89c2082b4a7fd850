import type { Diagnosed } from "../../core/boot-record.ts";
import { parseSecondsRange, type PluginRange } from "../../parse/plugin-range.ts";
import { checkLine, type Limit, pluginCodes } from "../../render/text/check-line.ts";
import { escapeText } from "../../render/escape.ts";
import { recordOfDaemon } from "../daemon-record.ts";
import { print } from "../print.ts";
import { secondsOption } from "../seconds-option.ts";
import { probed } from "./status.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, type ExitCode } from "../verb.ts";

/**
 * `crngwatch check`: the answer to a monitoring system, by the Monitoring Plugins' conventions. `run` prints its
 * failures as UNKNOWN.
 */
export async function check(invocation: InvocationOf<"check">): Promise<ExitCode> {
  const { given } = invocation;
  const limits = {
    warning: limitOf(given, "warning", "10"),
    critical: limitOf(given, "critical", "60"),
    waited: limitOf(given, "waited", "5"),
  };
  const record = await inTime(recordOf(invocation), secondsOption(invocation, "timeout") ?? usualSeconds);
  const { state, text } = checkLine(record, limits, { long: given.verbose === true });
  print(text);
  return pluginCodes[state];
}

/** As other plugins have it (guidelines, "Plugin Options"). */
const usualSeconds = 10;

async function recordOf(invocation: InvocationOf<"check">): Promise<Diagnosed> {
  return (await recordOfDaemon(invocation)) ?? (await probed(invocation));
}

/** Rejects with CommandFailed where the answer is not there in time. */
async function inTime<T>(answer: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CommandFailed(`No answer within ${seconds} s: see --timeout`)), seconds * 1000);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function limitOf(given: InvocationOf<"check">["given"], name: "warning" | "critical" | "waited", usual: string): Limit {
  const text = given[name] ?? usual;
  const range = parseSecondsRange(text);
  if (range === null)
    throw new CommandFailed(
      `Cannot read the range '${escapeText(text)}' of --${name}: expected seconds as 10, 10:, ~:10, 10:20 or @10:20, or time spans as 5s:2min`,
    );
  return { text: range.text, alerts: (low, high) => allAlert(range, low, high) };
}

function allAlert({ start, end, inside }: PluginRange, low: number, high: number): boolean {
  return inside ? low >= start && high <= end : high < start || low > end;
}
