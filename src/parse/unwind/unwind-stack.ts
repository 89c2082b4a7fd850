import { type Mapping, pathOfMapping } from "../proc/proc-maps.ts";
import { frameRulesAt, type InstructionsLeft, type RegisterRule } from "./call-frame-rules.ts";
import { type ReadMemory, wordAt } from "./dwarf-cursor.ts";
import { valueOfExpression } from "./dwarf-expression.ts";
import { type FrameDescription, frameDescription } from "./eh-frame.ts";
import { callerByFramePointer } from "./frame-pointer.ts";
import { type LoadedFile, parseLoadedFile } from "./loaded-file.ts";
import type { SearchedParts } from "./searched-parts.ts";

/** One frame, from the innermost on. */
export interface Frame {
  /** The address of its next instruction: for all but the innermost, the one after the call. */
  readonly pc: number;
  /** An address within the instruction that it is in. */
  readonly inside: number;
  /** As the mapping is named; null: no file is mapped there. */
  readonly name: string | null;
  readonly file: LoadedFile | null;
  /** Where its function begins; null: no entry of .eh_frame says. */
  readonly functionStart: number | null;
  /** The stack pointer in it. */
  readonly stackPointer: number;
  /** It was found by the frame pointer of a function without call frame information: others may lie in between. */
  readonly byFramePointer: boolean;
}

export interface UnwoundStack {
  readonly frames: readonly Frame[];
  /** Why the stack ends: `outermost` where the program begins; else what is missing further out. */
  readonly end: "outermost" | "no-frame-information" | "no-memory" | "too-deep";
}

/** Numbers of DWARF on x86-64: the stack pointer, and the return address. */
const [stackPointer, returnAddress, registerCount] = [7, 16, 17];
/** The registers that a function preserves (System V ABI, AMD64 supplement, figure 3.4). */
const preserved: ReadonlySet<number> = new Set([3, 6, 12, 13, 14, 15]);
/** Of a whole stack. */
const [mostFrames, mostInstructions] = [64, 16_384];

/** A process' memory, as far as its stack needs it. */
export interface ProcessImage {
  readonly mappings: readonly Mapping[];
  readonly read: ReadMemory;
  /** What was found in tables of symbols for other stacks. */
  readonly searched?: SearchedParts;
  /** Names of functions by the file itself: what its tables have that are not in memory. */
  readonly namesInFile?: (
    frame: Pick<Frame, "name" | "file">,
    addresses: readonly number[],
  ) => ReadonlyMap<number, string>;
}

/**
 * Unwinds a user stack on x86-64 by its call frame information (.eh_frame), all of it read from the memory of the
 * process itself: it is what runs, whichever file has its name now, in whichever mount namespace. `registers`: those
 * with which it entered the kernel, by DWARF's numbers. Code without such information, such as a JIT compiler's, is
 * unwound by the frame pointer, where everything that can be checked shows that it leads to a frame.
 */
export function unwindStack(image: ProcessImage, registers: readonly (number | null)[]): UnwoundStack {
  const files = new LoadedFiles(image);
  const frames: Frame[] = [];
  const instructions: InstructionsLeft = { left: mostInstructions };
  let values: readonly (number | null)[] = registers;
  // A signal may interrupt any instruction; a call is in the instruction before.
  let called = false;
  let byFramePointer = false;
  while (frames.length < mostFrames) {
    const [pc, sp] = [values[returnAddress] ?? 0, values[stackPointer] ?? 0];
    if (pc === 0) return { frames, end: frames.length === 0 ? "no-memory" : "outermost" };
    const inside: number = called ? pc - 1 : pc;
    const { name, file } = files.at(inside);
    const table = file?.frameTable ?? null;
    const description: FrameDescription | null = table === null ? null : frameDescription(table, inside, image.read);
    frames.push({
      pc,
      inside,
      name,
      file,
      functionStart: description?.start ?? null,
      stackPointer: sp,
      byFramePointer,
    });
    const caller =
      description === null
        ? (callerByFramePointer(image, values) ?? "no-frame-information")
        : callerOf(description, inside, values, image.read, instructions);
    if (caller === "outermost" || caller === "no-frame-information" || caller === "no-memory")
      return { frames, end: caller };
    // The stack grows downwards, so each caller's part is above; a circle would never end.
    if ((caller[stackPointer] ?? 0) <= sp) return { frames, end: "no-memory" };
    called = description?.isSignalFrame !== true;
    byFramePointer = description === null;
    values = caller;
  }
  return { frames, end: "too-deep" };
}

type Registers = readonly (number | null)[];

function callerOf(
  description: FrameDescription,
  pc: number,
  values: Registers,
  read: ReadMemory,
  instructions: InstructionsLeft,
): Registers | Exclude<UnwoundStack["end"], "too-deep"> {
  const rules = frameRulesAt(description, pc, instructions);
  if (rules === null || rules.frameAddress === null) return "no-frame-information";
  const register = (number: number): number | null => values[number] ?? null;
  const rule = rules.frameAddress;
  const base =
    rule.kind === "register"
      ? sum(register(rule.register), rule.offset)
      : valueOfExpression(rule.expression, null, { register, read });
  if (base === null) return "no-memory";
  const frameAddress = base;
  const valueBy = (number: number, by: RegisterRule | undefined): number | null => {
    switch (by?.kind) {
      case undefined:
        return number === stackPointer ? frameAddress : preserved.has(number) ? register(number) : null;
      case "undefined":
        return null;
      case "same":
        return register(number);
      case "offset":
        return wordAt(frameAddress + by.offset, read);
      case "value-offset":
        return frameAddress + by.offset;
      case "register":
        return register(by.register);
      case "expression": {
        const address = valueOfExpression(by.expression, frameAddress, { register, read });
        return address === null ? null : wordAt(address, read);
      }
      case "value-expression":
        return valueOfExpression(by.expression, frameAddress, { register, read });
    }
  };
  const back = rules.registers.get(description.returnRegister);
  if (back === undefined || back.kind === "undefined") return "outermost";
  const caller = Array.from({ length: registerCount }, (_, number) => valueBy(number, rules.registers.get(number)));
  caller[returnAddress] = valueBy(description.returnRegister, back);
  if (caller[returnAddress] === null) return "no-memory";
  return caller;
}

function sum(value: number | null, more: number): number | null {
  return value === null ? null : value + more;
}

/** The files of a process, each parsed once. */
class LoadedFiles {
  readonly #image: ProcessImage;
  readonly #byBase = new Map<number, LoadedFile | null>();

  constructor(image: ProcessImage) {
    this.#image = image;
  }

  at(address: number): Pick<Frame, "name" | "file"> {
    const { mappings, read } = this.#image;
    const index = mappings.findIndex(({ start, end }) => start <= address && address < end);
    const mapping = mappings[index];
    if (mapping === undefined || !mapping.executable || mapping.name === null) return { name: null, file: null };
    const name = mapping.name;
    if (pathOfMapping(name) === null && name !== "[vdso]") return { name: null, file: null };
    // The linker maps a file in one piece, its first byte first.
    const first = mappings.slice(0, index + 1).findLast((one) => one.name === name && one.offset === 0);
    if (first === undefined) return { name, file: null };
    let file = this.#byBase.get(first.start);
    if (file === undefined) {
      file = parseLoadedFile(first.start, read);
      this.#byBase.set(first.start, file);
    }
    return { name, file };
  }
}
