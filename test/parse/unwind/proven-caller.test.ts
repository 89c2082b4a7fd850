import { describe, expect, it } from "vitest";
import type { LoadedFile } from "../../../src/parse/unwind/loaded-file.ts";
import { provenCaller } from "../../../src/parse/unwind/proven-caller.ts";
import type { Frame, UnwoundStack } from "../../../src/parse/unwind/unwind-stack.ts";

const image = { mappings: [], read: (): Uint8Array => new Uint8Array() };
/** A frame in the file of that name, of which nothing more is known. */
const frameIn = (name: string, more: Partial<Frame> = {}): Frame => ({
  pc: 1,
  inside: 0,
  name,
  file: null,
  functionStart: null,
  stackPointer: 8,
  byFramePointer: false,
  ...more,
});

describe("provenCaller", () => {
  const libraryOf = (...names: readonly string[]): string | null | undefined =>
    provenCaller({ frames: names.map((name) => frameIn(name)), end: "no-frame-information" }, "/bin/a", image, null)
      ?.library;

  it.each([
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/lib/x86_64-linux-gnu/libc-2.31.so",
    "/lib/ld-musl-x86_64.so.1",
    "/usr/lib/x86_64-linux-musl/libc.so",
    "/lib/libc.musl-x86_64.so.1",
    "[vdso]",
  ])("never names %s, which only carries the call of a function further out", (carrier) => {
    expect(libraryOf(carrier)).toBeUndefined();
    expect(libraryOf(carrier, "/usr/lib64/libgcrypt.so.20.4.1")).toBe("libgcrypt.so.20.4.1");
    expect(libraryOf(carrier, "/bin/a")).toBeNull();
  });

  it("never names a function that only a frame pointer leads to", () => {
    const callerBeyondLibc = (byFramePointer: boolean) => {
      const frames = [frameIn("/lib/libc.so.6"), frameIn("/lib/libgcrypt.so.20", { byFramePointer })];
      return provenCaller({ frames, end: "outermost" }, "/bin/a", image, null);
    };
    expect(callerBeyondLibc(true)).toBeNull();
    expect(callerBeyondLibc(false)?.library).toBe("libgcrypt.so.20");
  });
});

describe("provenCaller: a constructor", () => {
  const starts = 0x7f00_0000_1000;
  const library: LoadedFile = {
    bias: 0x7f00_0000_0000,
    frameTable: null,
    soname: "libdrawer.so.7",
    isProgram: false,
    buildId: null,
    initialisers: [starts],
    symbols: null,
  };
  const own = (functionStart: number | null): Frame =>
    frameIn("/usr/lib/libdrawer.so.7.1", { functionStart, file: library });
  const [libc, linker] = [frameIn("/usr/lib/libc.so.6"), frameIn("/usr/lib/ld-linux-x86-64.so.2")];
  const isConstructor = (...frames: readonly Frame[]): boolean | null | undefined =>
    provenCaller({ frames, end: "outermost" }, "/bin/a", image, null)?.fromConstructor;

  it("is a function of the library that called which the dynamic linker calls, itself or further out", () => {
    expect(isConstructor(libc, own(starts), linker)).toBe(true);
    expect(isConstructor(own(starts), linker)).toBe(true);
    expect(isConstructor(libc, own(starts + 64), own(null), own(starts), linker)).toBe(true);
  });

  it("is none where another called that function, or the linker another function or library", () => {
    expect(isConstructor(libc, own(starts), frameIn("/bin/a", { functionStart: 1 }))).toBe(false);
    expect(isConstructor(libc, own(starts + 1), linker)).toBe(false);
    expect(isConstructor(libc, own(null), linker)).toBe(false);
    expect(isConstructor(libc, own(starts))).toBe(false);
    const other = frameIn("/usr/lib/libother.so.1", {
      functionStart: starts,
      file: { ...library, soname: "libother.so.1" },
    });
    expect(isConstructor(libc, own(starts + 64), other, linker)).toBe(false);
    expect(isConstructor(libc, frameIn("/usr/lib/libother.so.1", { functionStart: starts }), linker)).toBe(false);
  });

  it("is none further in than the one that called: what runs in libc then is another library's call", () => {
    const carrier = { ...library, soname: "libc.so.6" };
    const inside = frameIn("/usr/lib/libc.so.6", { functionStart: starts, file: carrier });
    expect(isConstructor(inside, linker)).toBeUndefined();
    expect(isConstructor(inside, own(starts + 64))).toBe(false);
  });

  it("is not known where the stack ends before the program's start, or a frame may be missing further out", () => {
    const of = (end: UnwoundStack["end"], ...frames: readonly Frame[]) =>
      provenCaller({ frames, end }, "/bin/a", image, null)?.fromConstructor;
    expect(of("no-memory", libc, own(1))).toBeNull();
    expect(of("outermost", libc, own(1), { ...own(2), byFramePointer: true })).toBeNull();
    expect(of("outermost", libc, { ...own(1), byFramePointer: true })).toBeUndefined();
  });
});
