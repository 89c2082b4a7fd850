import type { Threshold } from "../threshold.ts";
import { type AlertConfig, lineFinder, mostLength } from "./alert-reader.ts";
import { nagiosThreshold } from "./nagios.ts";

/** `object CheckCommand "entropy" {`, `apply Service "entropy" for (…) {`, `template Service "entropy" {`. */
const opening = /^[ \t]*(?:object|apply|template)[ \t]+\w+[ \t]+"[^"\n]*"[^{\n]*\{/gm;
/** `vars.entropy_warning = 200`, `vars["entropy_critical"] = "100"`. */
const variable = /\bvars(?:\.|\[")(\w*(?:warn(?:ing)?|crit(?:ical)?))(?:"\])?\s*=\s*"?([@~:\d.]+)"?/g;
/** `"-w" = 200`, `"--critical" = { value = "100" }`. */
const argument = /"(-w|-c|--warning|--critical|--watermark)"\s*=\s*(?:\{[^{}]*?\bvalue\s*=\s*)?"?([@~:\d.]+)"?/g;

/** Limits of a check for entropy in Icinga 2's language: variables of its services, and arguments of its command. */
export function icingaThresholds({ text, tree }: AlertConfig): readonly Threshold[] {
  if (tree !== null) return [];
  const lineAt = lineFinder(text);
  return [...text.matchAll(opening)].flatMap(({ 0: head, index }) => {
    const body = bodyAt(text, index + head.length);
    if (!/entrop/i.test(head) && !/check_entrop|check_command\s*=\s*"[\w-]*entrop/i.test(body)) return [];
    return [variable, argument].flatMap((form) =>
      [...body.matchAll(form)].map((found) =>
        nagiosThreshold(
          "icinga",
          lineAt(index + head.length + found.index),
          `${form === variable ? `vars.${found[1]} =` : found[1]} ${found[2]}`,
          found[2] ?? "",
        ),
      ),
    );
  });
}

/** What is between a brace that is open at `start` and the one that closes it. */
function bodyAt(text: string, start: number): string {
  let open = 1;
  const body = text.slice(start, start + mostLength);
  for (const { 0: brace, index } of body.matchAll(/[{}]/g)) {
    open += brace === "{" ? 1 : -1;
    if (open === 0) return body.slice(0, index);
  }
  return body;
}
