import { kernelArguments, valueText, type KernelArgument, type Placed, type Quoting } from "./kernel-arguments.ts";
import { armedGroup, creditProbe, generatorProbes, type ProbedMachine, waitProbes } from "../trace/wait-probes.ts";

/**
 * What records on a kernel. `kprobes`: probes on the waits themselves, from `kprobe_event=` (5.3). `registers`: the
 * same with the waiter's registers, on x86-64, and `registers-aarch64` on that. `syscalls`: where kprobe_event= is
 * missing, each call of getrandom(); one syscall event only, since of two on a command line most kernels record none.
 */
export type Recorder = "registers" | "registers-aarch64" | "kprobes" | "syscalls";

/** As `kprobe_event=` takes them, with commas for blanks. */
const probesWith = (registers: ProbedMachine | null): readonly string[] =>
  [
    ...waitProbes(armedGroup, { registers }),
    ...generatorProbes(armedGroup),
    creditProbe(armedGroup, { registers }),
  ].map(({ definition }) => definition.replaceAll(" ", ","));
const ourProbe = new RegExp(`^[pr]\\d*:${armedGroup}/`);
const [probeName, probeSeparator] = ["kprobe_event", ";"];
const execEvent = "sched:sched_process_exec";
const syscallEvent = "syscalls:sys_enter_getrandom";

interface Parameter {
  readonly name: string;
  readonly separator: string;
  readonly items: readonly string[];
}

const probeParameter = (registers: ProbedMachine | null): Parameter => ({
  name: probeName,
  separator: probeSeparator,
  items: probesWith(registers),
});
const eventParameter = (event: string): Parameter => ({ name: "trace_event", separator: ",", items: [event] });

const parametersOf: Readonly<Record<Recorder, readonly Parameter[]>> = {
  registers: [probeParameter("x86-64"), eventParameter(execEvent)],
  "registers-aarch64": [probeParameter("aarch64"), eventParameter(execEvent)],
  kprobes: [probeParameter(null), eventParameter(execEvent)],
  syscalls: [eventParameter(syscallEvent)],
};

/** A part of a command line as it is written down: GRUB, for one, puts it together from several. */
export interface Segment {
  readonly text: string;
  readonly quoting: Quoting;
  /**
   * Put around values in which GRUB's shell would see more than a word; must be able to be in the segment. Empty:
   * none is needed.
   */
  readonly quote: "'" | '"' | "";
}

/** Replaces what is in `start`..`end` of a segment by `text`. */
export interface Edit {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The arguments of the recorder as a person types them at a boot loader. */
export function recorderArguments(recorder: Recorder, quote: Segment["quote"]): readonly string[] {
  return parametersOf[recorder].map(
    (parameter) => `${parameter.name}=${quotedIn(quote, parameter, parameter.items.join(parameter.separator))}`,
  );
}

/**
 * What the command line in these segments, in the order in which the kernel gets them, would record; null: nothing of
 * ours.
 */
export function armedIn(segments: readonly Segment[]): Recorder | null {
  const isWhole = (parameter: Parameter): boolean => {
    const last = effective(segments, parameter.name)?.argument;
    if (last === undefined) return false;
    const items = itemsOf(last.value, parameter.separator);
    return (
      !items.some(({ isExposed }) => isExposed) &&
      parameter.items.every((wanted) => items.some(({ text }) => text === wanted))
    );
  };
  return (
    (["registers", "registers-aarch64", "kprobes", "syscalls"] as const).find((recorder) =>
      parametersOf[recorder].every(isWhole),
    ) ?? null
  );
}

/** Why the recorder cannot be put on this command line, in words; null where it can. */
export function whyNotArmable(segments: readonly Segment[], recorder: Recorder): string | null {
  if (recorder !== "syscalls") return null;
  const events = itemsOf(effective(segments, "trace_event")?.argument.value ?? [], ",").map(({ text }) => text);
  const other = events.find((event) => event.startsWith("syscalls:") && event !== syscallEvent);
  return other === undefined
    ? null
    : `trace_event= records '${other}' already, and this kernel records none of two syscall events`;
}

/**
 * Puts the recorder on a command line that has nothing of it. Before 7.1 the last argument of a name replaces those
 * before it (set_kprobe_boot_events(), setup_trace_event()), since then all add up: so a stranger's last one gets ours
 * in front of its own value, and only where there is none a new one is put at the end of the segment `home`.
 */
export function armEdits(segments: readonly Segment[], home: number, recorder: Recorder): readonly Edit[] {
  const edits: Edit[] = [];
  const missing: string[] = [];
  const quote = segments[home]?.quote ?? "";
  for (const parameter of parametersOf[recorder]) {
    const items = parameter.items.join(parameter.separator);
    const found = effective(segments, parameter.name);
    if (found === null) missing.push(`${parameter.name}=${quotedIn(quote, parameter, items)}`);
    else {
      const { segment, argument } = found;
      const around = argument.isProtected ? "" : (segments[segment]?.quote ?? "");
      edits.push({
        segment,
        start: argument.valueStart,
        end: argument.valueStart,
        text: quotedIn(around, parameter, items + parameter.separator),
      });
    }
  }
  // Made first, so that it stays after an empty value at the end that is added to.
  return missing.length > 0 ? [newWords(segments, home, missing.join(" ")), ...edits] : edits;
}

/** Whether something of our probes is there, whole or not: it has to be taken off before they are put there. */
export function hasOurProbes(segments: readonly Segment[]): boolean {
  return ourProbeEdits(segments).length > 0;
}

/** Takes the recorder off a command line again, and nothing else. */
export function disarmEdits(segments: readonly Segment[]): readonly Edit[] {
  const probeEdits = ourProbeEdits(segments);
  // An exec event alone belongs to another program: ours never is without the probes.
  const event = probeEdits.length > 0 ? execEvent : syscallEvent;
  const found = effective(segments, "trace_event", ({ value }) =>
    itemsOf(value, ",").some(({ text }) => text === event),
  );
  const eventEdits =
    found === null
      ? []
      : without(segments[found.segment] as Segment, found.segment, found.argument, ",", (item) => item === event, 1);
  return withBlanks(segments, [...probeEdits, ...eventEdits]);
}

function ourProbeEdits(segments: readonly Segment[]): readonly Removal[] {
  return segments.flatMap((segment, index) =>
    kernelArguments(segment.text, segment.quoting)
      .valued.filter(({ name }) => name === probeName)
      .flatMap((argument) =>
        without(segment, index, argument, probeSeparator, (item) => ourProbe.test(item), Infinity),
      ),
  );
}

/** The text with the edits of one segment made. */
export function edited(text: string, edits: readonly Omit<Edit, "segment">[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((rest, { start, end, text: put }) => rest.slice(0, start) + put + rest.slice(end), text);
}

/** The last argument of a name, which is the one that counts. */
function effective(
  segments: readonly Segment[],
  name: string,
  isWanted: (argument: KernelArgument) => boolean = () => true,
): { readonly segment: number; readonly argument: KernelArgument } | null {
  const all = segments.flatMap(({ text, quoting }, segment) =>
    kernelArguments(text, quoting).valued.map((argument) => ({ segment, argument })),
  );
  return all.findLast(({ argument }) => argument.name === name && isWanted(argument)) ?? null;
}

interface Item {
  readonly text: string;
  /** Where it begins in the value. */
  readonly first: number;
  /** GRUB's shell would end the command in it. */
  readonly isExposed: boolean;
}

function itemsOf(value: readonly Placed[], separator: string): readonly Item[] {
  const items: Item[] = [];
  for (let first = 0; ;) {
    const found = value.findIndex(({ char }, index) => index >= first && char === separator);
    const end = found === -1 ? value.length : found;
    const isExposed = separator === ";" && value[found]?.quoted === false;
    items.push({ text: valueText(value.slice(first, end)), first, isExposed });
    if (found === -1) return items;
    first = end + 1;
  }
}

interface Removal extends Edit {
  /** A whole argument goes, not a part of its value. */
  readonly isWord: boolean;
}

/** Takes items out of a value, with a separator each; an argument of which nothing is left goes as a whole. */
function without(
  segment: Segment,
  index: number,
  argument: KernelArgument,
  separator: string,
  isOurs: (item: string) => boolean,
  most: number,
): readonly Removal[] {
  const items = itemsOf(argument.value, separator);
  const ours = items.filter(({ text }) => isOurs(text)).slice(0, most);
  if (ours.length === 0) return [];
  if (ours.length === items.length)
    return [{ segment: index, start: argument.start, end: argument.end, text: "", isWord: true }];
  const edits: Removal[] = [];
  for (const [at, item] of items.entries()) {
    const before = items[at - 1];
    if (!ours.includes(item) || (before !== undefined && ours.includes(before))) continue;
    const count = items.slice(at).findIndex((other) => !ours.includes(other));
    // With the separator after them; those at the end of the value with the one before.
    const isLast = count === -1;
    const from = argument.value[isLast ? item.first - 1 : item.first] as Placed;
    const to = (isLast ? argument.value.at(-1) : argument.value[(items[at + count] as Item).first - 1]) as Placed;
    edits.push({ segment: index, ...withQuotes(segment, from.start, to.end), text: "", isWord: false });
  }
  return edits;
}

/** Quotes around exactly what goes were put there for it. */
function withQuotes(
  { text, quoting, quote }: Segment,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } {
  const around = quoting === "grub" && quote !== "" && text.charAt(start - 1) === quote && text.charAt(end) === quote;
  return around ? { start: start - 1, end: end + 1 } : { start, end };
}

/**
 * A word goes with the blank before it; one at the very beginning, and those that follow it, with the blank after the
 * last of them.
 */
function withBlanks(segments: readonly Segment[], removals: readonly Removal[]): readonly Edit[] {
  const edits: Edit[] = removals.filter(({ isWord }) => !isWord);
  const words = removals.filter(({ isWord }) => isWord).toSorted((a, b) => a.segment - b.segment || a.start - b.start);
  for (const word of words) {
    const last = edits.at(-1);
    const joins = last !== undefined && last.segment === word.segment && last.start === 0 && last.end === word.start;
    const next = Math.min(word.end + 1, segments[word.segment]?.text.length ?? 0);
    if (joins) edits[edits.length - 1] = { ...last, end: next };
    else edits.push(word.start === 0 ? { ...word, end: next } : { ...word, start: word.start - 1 });
  }
  return edits;
}

/**
 * Where new words go: after the last of the kernel's own, before a `--`. Taken away as withBlanks() does, they leave
 * what was there.
 */
function newWords(segments: readonly Segment[], home: number, words: string): Edit {
  const { text, quoting } = segments[home] as Segment;
  const { end } = kernelArguments(text, quoting);
  const put = (inserted: string): Edit => ({ segment: home, start: end, end, text: inserted });
  if (end > 0 || /^\s/.test(text)) return put(` ${words}`);
  return put(text === "" ? words : `${words} `);
}

/** What the separators of events mean nothing to a shell; that of probes ends a command. */
function quotedIn(quote: string, { separator }: Parameter, value: string): string {
  return separator === ";" ? `${quote}${value}${quote}` : value;
}
