import { join } from "../../platform/builtins.ts";
import { booleanArgument } from "../../parse/command-line/command-line.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";
import { kernelConfig } from "../host/kernel-config.ts";
import type { Host } from "../source.ts";

/**
 * Whether the kernel credits what the CPU's generator or the boot loader gives: the command line's word
 * (`random.trust_cpu=`, `random.trust_bootloader=`), else the kernel's build configuration. Since 6.2 that option is
 * gone and the answer is yes (drivers/char/random.c); null where none of these shows it.
 */
export function trust(
  { roots }: Host,
  what: "cpu" | "bootloader",
): { readonly trusted: boolean | null; readonly why: string } {
  const parameter = `random.trust_${what}`;
  const commandLine = textOrNull(join(roots.proc, "cmdline"));
  if (commandLine === null) return { trusted: null, why: "the kernel command line cannot be read" };
  const said = booleanArgument(commandLine, parameter);
  if (said !== null) return { trusted: said.value, why: `${said.typed} on the command line` };
  const option = `CONFIG_RANDOM_TRUST_${what.toUpperCase()}`;
  const config = kernelConfig(roots);
  if (config === null)
    return { trusted: null, why: `no ${parameter}= on the command line, and the kernel's configuration was not found` };
  if (config.includes(`${option}=y`)) return { trusted: true, why: `${option}=y` };
  if (config.includes(`# ${option} is not set`)) return { trusted: false, why: `${option} is not set` };
  const rewritten = textOrNull(join(roots.proc, "sys/kernel/random/poolsize")) === "256";
  return rewritten
    ? { trusted: true, why: `this kernel has no ${option}: always on` }
    : { trusted: false, why: `this kernel has no ${option}` };
}
