import { kernelArguments, valueText } from "./kernel-arguments.ts";

/** The kernel's parameters in order; the value is null where there is no `=`. */
export function parseCommandLine(text: string): readonly (readonly [name: string, value: string | null])[] {
  return kernelArguments(text, "kernel").words.map(({ name, value }) => [
    name,
    value === null ? null : valueText(value),
  ]);
}

/**
 * The value of a boolean parameter, null where it is not given. As in the kernel the last one wins, but one that is no
 * boolean, or has no value at all, changes nothing.
 */
export function booleanParameter(commandLine: string, name: string): boolean | null {
  return booleanArgument(commandLine, name)?.value ?? null;
}

/** The same, with the argument as it was typed. */
export function booleanArgument(
  commandLine: string,
  name: string,
): { readonly value: boolean; readonly typed: string } | null {
  const given = parseCommandLine(commandLine).flatMap(([known, text]) => {
    const value = known === name ? kstrtobool(text ?? "") : null;
    return value === null ? [] : [{ value, typed: `${name}=${text ?? ""}` }];
  });
  return given.at(-1) ?? null;
}

/** As kstrtobool() of lib/kstrtox.c: the first letter counts, after an "o" the second. */
function kstrtobool(value: string): boolean | null {
  if (/^(?:[1yt]|on)/i.test(value)) return true;
  return /^(?:[0nf]|of)/i.test(value) ? false : null;
}
