import {
  armedIn,
  armEdits,
  disarmEdits,
  edited,
  hasOurProbes,
  type Recorder,
  type Segment,
  whyNotArmable,
} from "./recorder-arguments.ts";
import { Unchangeable } from "./unchangeable.ts";

/** How a command line that is one text is written down. */
export type LineStyle = Omit<Segment, "text">;

/**
 * As the kernel itself reads its command line: next_arg() of lib/cmdline.c knows double quotes alone. systemd-boot and
 * unified kernel images hand the line over as it is: quotes do no harm there, and GRUB may read it one day.
 */
export const kernelStyle: LineStyle = { quoting: "kernel", quote: '"' };

/** Which recorder is on this command line as a whole, so that nothing is left to arm. */
export function armedLine(text: string, style: LineStyle): Recorder | null {
  return armedIn([{ ...style, text }]);
}

/**
 * What of ours records in a boot with this command line, null where nothing does. A part is enough: at a boot loader a
 * person types one probe, or follows another number of returns.
 */
export function recorderOn(commandLine: string): Recorder | null {
  return hasOurProbes([{ ...kernelStyle, text: commandLine }]) ? "kprobes" : armedLine(commandLine, kernelStyle);
}

/** The command line with the recorder on it; the same text where it is there already. Throws Unchangeable. */
export function armLine(text: string, style: LineStyle, recorder: Recorder): string {
  if (armedLine(text, style) === recorder) return text;
  const clean = [{ ...style, text: hasOurProbes([{ ...style, text }]) ? disarmLine(text, style) : text }];
  const problem = whyNotArmable(clean, recorder);
  if (problem !== null) throw new Unchangeable(`Cannot change the kernel command line: ${problem}`);
  return edited(clean[0]?.text ?? "", armEdits(clean, 0, recorder));
}

/** The command line as it was before armLine(). */
export function disarmLine(text: string, style: LineStyle): string {
  return edited(text, disarmEdits([{ ...style, text }]));
}
