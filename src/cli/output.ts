import type { Diagnosed } from "../core/boot-record.ts";
import type { BootComparison } from "../core/comparison.ts";
import { bootsJson } from "../render/boots-json.ts";
import { escapeText } from "../render/escape.ts";
import { jsonInOneLine } from "../render/json-text.ts";
import { type BootOfList, bootListJson, bootListText } from "../render/text/boot-list.ts";
import { bootsText } from "../render/text/boots-text.ts";
import type { Detail } from "../render/text/detail.ts";
import type { Terminal } from "../render/text/layout.ts";
import {
  type color,
  type FormatName,
  formatNames,
  type noLegend,
  type outputOptions,
  type verbose,
} from "./options.ts";
import { type Inputs, requireOutput, writeOutput } from "./output-file.ts";
import { print } from "./print.ts";
import { printLong } from "./long-text.ts";
import { terminalOf } from "./terminal.ts";
import { CommandFailed, exit, type Given, type Invocation, withoutEffect } from "./verb.ts";

const page = async (): Promise<typeof import("../render/page/boots-page.ts")> => import("../render/page/boots-page.ts");

const comparison = async (): Promise<typeof import("../render/text/comparison-text.ts")> =>
  import("../render/text/comparison-text.ts");

/** The page is loaded where it is asked for. */
const formats: Required<Renders<readonly Diagnosed[]>> = {
  text: () => Promise.resolve((records, { detail, terminal }) => bootsText(records, detail, terminal)),
  json: () => Promise.resolve(bootsJson),
  html: async () => (await page()).bootsHtml,
  svg: async () => (await page()).bootsSvg,
};

const history = async (): Promise<typeof import("../render/page/history-page.ts")> =>
  import("../render/page/history-page.ts");

const bootListFormats: Required<Renders<readonly BootOfList[]>> = {
  text: () => Promise.resolve((boots, { legend, terminal }) => bootListText(boots, { legend, terminal })),
  json: () => Promise.resolve(bootListJson),
  html: async () => (await history()).historyHtml,
  svg: async () => (await history()).historySvg,
};

const comparisonFormats: Renders<BootComparison> = {
  text: async () => {
    const { comparisonText } = await comparison();
    return (compared, { terminal }) => comparisonText(compared, terminal);
  },
  json: async () => (await comparison()).comparisonJson,
};

type TextOptions = Given<readonly [...typeof outputOptions, typeof verbose, typeof color, typeof noLegend]>;
type RecordsInvocation = Invocation<readonly [...typeof outputOptions, typeof verbose, typeof color]>;

/** The style of the text: for what, and how much of it. */
interface TextStyle {
  readonly detail: Detail;
  readonly terminal: Terminal;
  /** Whether a table has a heading. */
  readonly legend: boolean;
}

/** How a value becomes text in one format; what is not always needed is loaded where it is asked for. */
type Renders<Value> = Readonly<Partial<Record<FormatName, () => Promise<(value: Value, style: TextStyle) => string>>>>;

/**
 * Prints boot records in the format of the invocation, and to its file. Throws at once for a format that does not
 * exist, and for an output file that could not be replaced, before anything is read.
 */
export function recordsOutputOf(
  invocation: RecordsInvocation,
  inputs: Inputs,
): (records: readonly Diagnosed[]) => Promise<void> {
  return outputAs(invocation, inputs, formats);
}

/** The same for a list of past boots. */
export function bootListOutputOf(
  invocation: Invocation<readonly [...typeof outputOptions, typeof noLegend]>,
  inputs: Inputs,
): (boots: readonly BootOfList[]) => Promise<void> {
  return outputAs(invocation, inputs, bootListFormats);
}

/** The same for what changed between two boots, which is no page. */
export function comparisonOutputOf(
  invocation: RecordsInvocation,
  inputs: Inputs,
): (comparison: BootComparison) => Promise<void> {
  if (invocation.given.verbose !== undefined) throw withoutEffect("verbose", "with --compare: leave it out");
  return outputAs(invocation, inputs, comparisonFormats);
}

function outputAs<Value>(
  { given }: { readonly given: TextOptions },
  inputs: Inputs,
  renders: Renders<Value>,
): (value: Value) => Promise<void> {
  if (given.json !== undefined && given.format !== undefined && given.format !== "json")
    throw withoutEffect("json", `with --format ${escapeText(given.format)}: leave one of them out`);
  const { format = given.json === undefined ? formatNames[0] : "json", output } = given;
  const names = formatNames.filter((known) => renders[known] !== undefined);
  const name = names.find((known) => known === format);
  const load = name === undefined ? undefined : renders[name];
  if (load === undefined)
    throw new CommandFailed(`Unknown format '${escapeText(format)}': expected one of ${names.join(", ")}`, exit.usage);
  for (const option of ["verbose", "color", "no-pager", "no-legend"] as const)
    if (name !== "text" && given[option] !== undefined)
      throw withoutEffect(option, `with --format ${name}: it is for text`);
  if (output !== undefined && given["no-pager"] === true)
    throw withoutEffect("no-pager", "with --output: leave one of them out");
  const terminal = terminalOf(given.color, output === undefined);
  const detail = given.verbose === true ? "full" : "brief";
  if (output !== undefined) requireOutput(output, inputs);
  return async (value) => {
    const whole = (await load())(value, { detail, terminal, legend: given["no-legend"] !== true });
    const text = given.json === "short" ? jsonInOneLine(whole) : whole;
    if (output === undefined && name === "text" && given["no-pager"] !== true) await printLong(text);
    else if (output === undefined) print(text);
    else writeOutput(output, text, inputs);
  };
}
