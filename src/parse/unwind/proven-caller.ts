import type { Caller, CallerFrame, RandomRequest } from "../../core/caller.ts";
import { pathOfMapping } from "../proc/proc-maps.ts";
import { callTarget } from "./call-target.ts";
import { functionNames } from "./function-name.ts";
import type { LoadedFile } from "./loaded-file.ts";
import type { Frame, ProcessImage, UnwoundStack } from "./unwind-stack.ts";
import { fileName } from "../../core/base/file-name.ts";

/**
 * Files that only pass on the call of a caller further out: the C library's parts, musl's too, and the kernel's vDSO.
 */
const carriers =
  /^(?:libc\.so\.6|libc-2\.\d+\.so|libpthread\.so\.0|libpthread-2\.\d+\.so|libc\.so|libc\.musl-\w+\.so\.1|ld-musl-\w+\.so\.1|linux-vdso\.so\.1|\[vdso\])$/;
const linker = /^ld-linux[\w.-]*\.so\.\d$|^ld-2\.\d+\.so$|^ld64?\.so\.\d$/;

/**
 * Who called, by an unwound stack: the innermost file that is not libc. Null: the stack does not reach one, or no file
 * is mapped there. `program`: the file that the process runs, as the mapping names it.
 */
export function provenCaller(
  { frames, end }: UnwoundStack,
  program: string | null,
  image: ProcessImage,
  request: RandomRequest | null,
): Caller | null {
  const index = frames.findIndex((frame) => !carriers.test(nameOf(frame)));
  const frame = frames[index];
  // The dynamic linker requests no random bytes, so that what is further out did not call.
  if (frame === undefined || frame.name === null || linker.test(nameOf(frame))) return null;
  // After a frame pointer the one that called may be missing.
  if (frames.slice(0, index + 1).some(({ byFramePointer }) => byFramePointer)) return null;
  if (index > 0 && !calledOwnOrLibc(frame, frames.slice(0, index), image)) return null;
  const isWhole = end === "outermost" && !frames.some(({ byFramePointer }) => byFramePointer);
  const stack = shown(frames, image);
  const { function: name = null, offset = null, buildId = null } = stack[index] ?? {};
  return {
    library: isProgram(frame, program) ? null : nameOf(frame),
    function: name,
    offset,
    buildId,
    how: "stack",
    fromConstructor: isInitialising(frames, index) ? true : isWhole ? false : null,
    stack,
    request,
  };
}

/** Also where it was started by the dynamic linker as a command (ld.so(8)), which then is the program of the kernel. */
function isProgram({ name, file }: Frame, program: string | null): boolean {
  return name === program || (linker.test(nameOf({ name: program, file: null })) && file?.isProgram === true);
}

/**
 * Whether a frame called a function of its own file, or of libc, as those further in are (`inner`). False: it called
 * one of another file, which has no frame, because it ended by a jump (a tail call); what it jumped to is not known.
 * True where the call does not show it.
 */
function calledOwnOrLibc(
  { pc, inside, name }: Frame,
  inner: readonly Frame[],
  { mappings, read }: Pick<ProcessImage, "mappings" | "read">,
): boolean {
  // What a signal interrupted called nothing.
  const target = inside === pc ? null : callTarget(pc, read);
  if (target === null) return true;
  const mapping = mappings.find(({ start, end }) => start <= target && target < end);
  if (mapping === undefined || !mapping.executable || pathOfMapping(mapping.name) === null) return true;
  const files = [name, ...inner.map((frame) => frame.name)];
  return files.includes(mapping.name) || carriers.test(nameOf({ name: mapping.name, file: null }));
}

/**
 * Whether the dynamic linker called an initialiser of the file in this frame, which is still running: outwards from it
 * a function of that file that is in DT_INIT or DT_INIT_ARRAY, with the linker as its caller.
 */
function isInitialising(frames: readonly Frame[], index: number): boolean {
  const file = frames[index]?.file ?? null;
  return frames.some(
    (frame, at) =>
      at >= index &&
      file !== null &&
      frame.file === file &&
      frame.functionStart !== null &&
      file.initialisers.includes(frame.functionStart) &&
      linker.test(nameOf(frames[at + 1])),
  );
}

/** By its own name (soname), else by that of its file; empty where there is no file. */
function nameOf(frame: Pick<Frame, "name" | "file"> | undefined): string {
  if (frame === undefined) return "";
  const path = pathOfMapping(frame.name)?.path ?? frame.name ?? "";
  return frame.file?.soname ?? fileName(path);
}

function shown(frames: readonly Frame[], image: ProcessImage): readonly CallerFrame[] {
  const files = new Set(frames.map(({ file }) => file).filter((file) => file !== null));
  const names = new Map(
    [...files].map((file) => [
      file,
      namesOf(
        frames.filter((frame) => frame.file === file),
        file,
        image,
      ),
    ]),
  );
  return frames.map(({ name, file, inside, pc, byFramePointer }) => ({
    file: pathOfMapping(name)?.path ?? name,
    function: file === null ? null : (names.get(file)?.get(inside) ?? null),
    offset: file === null ? null : pc - file.bias,
    buildId: file?.buildId ?? null,
    byFramePointer,
  }));
}

/** Of frames of one file: by the table in memory, which has what the file exports; the others by the file. */
function namesOf(
  frames: readonly Frame[],
  file: LoadedFile,
  { read, searched, namesInFile }: ProcessImage,
): ReadonlyMap<number, string> {
  const addresses = frames.map(({ inside }) => inside);
  const exported = functionNames(file, addresses, read, searched);
  const [frame] = frames;
  const others = addresses.filter((address) => !exported.has(address));
  if (frame === undefined || others.length === 0 || namesInFile === undefined) return exported;
  return new Map([...exported, ...namesInFile(frame, others)]);
}
