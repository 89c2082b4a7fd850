import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Caller } from "../../../src/core/caller.ts";
import { parseMappings } from "../../../src/parse/proc/proc-maps.ts";
import { fileMemory } from "../../../src/parse/unwind/file-memory.ts";
import { functionNamed } from "../../../src/parse/unwind/named-function.ts";
import { provenCaller } from "../../../src/parse/unwind/proven-caller.ts";
import { unwindStack, type UnwoundStack } from "../../../src/parse/unwind/unwind-stack.ts";
import { withFileParts } from "../../../src/platform/file-parts.ts";
import { openProcessMemory } from "../../../src/platform/process-memory.ts";
import { untilAsleepInRead } from "../../support/running/until.ts";
import { whyMissing } from "../../support/running/programs.ts";

const reason = process.arch === "x64" ? whyMissing("cc", "strip") : "x86-64 only";

/** A library that reads as it is loaded, or when it is called, with frames of its own between. */
const library = `
#include <stdlib.h>
#include <unistd.h>
static __attribute__((noinline)) int inner(void) { char c; return (int)read(0, &c, 1) + 1; }
static __attribute__((noinline)) int outer(void) { return inner() * 2; }
int lib_draw(void) { return outer() + 1; }
long lib_jump(void *into) { return read(0, into, 1); }
__attribute__((constructor)) static void load(void) { if (getenv("AT_LOAD") != NULL) exit(outer()); }
`;
/** With a length that is not constant the compiler finds the frame of main() by rbp. */
const program = `
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
extern int lib_draw(void);
extern long lib_jump(void *);
static __attribute__((noinline)) long own_jump(void *into) { return read(0, into, 1); }
static int compare(const void *a, const void *b) { char c; return (int)read(0, &c, 1) + *(int *)a - *(int *)b; }
int main(int count, char **words)
{
	char room[ROOM];
	int two[2] = { 2, 1 };
	memset(room, count, sizeof(room));
	if (strcmp(words[1], "lib") == 0) return lib_draw() + room[1];
	if (strcmp(words[1], "jump") == 0) return (int)lib_jump(room) + room[1];
	if (strcmp(words[1], "own-jump") == 0) return (int)own_jump(room) + room[1];
	if (strcmp(words[1], "sort") == 0) { qsort(two, 2, sizeof(int), compare); return two[0] + room[1]; }
	return (int)read(0, room, 1) + room[1];
}
`;

const folder = mkdtempSync(join(tmpdir(), "unwind-"));
const file = (name: string): string => join(folder, name);
let built = false;
function build(): void {
  if (built) return;
  built = true;
  writeFileSync(file("library.c"), library);
  writeFileSync(file("program.c"), program);
  const cc = (...words: readonly string[]): void => void execFileSync("cc", ["-O2", "-fomit-frame-pointer", ...words]);
  cc("-shared", "-fPIC", "-Wl,-soname,libdrawer.so.7", "-o", file("libdrawer.so.7.1"), file("library.c"));
  execFileSync("ln", ["-sf", "libdrawer.so.7.1", file("libdrawer.so.7")]);
  for (const [name, room, option] of [
    ["program", "100", "-fplt"],
    ["no-plt", "100", "-fno-plt"],
    ["by-rbp", "count * 100", "-fplt"],
  ] as const)
    cc(option, `-DROOM=${room}`, "-o", file(name), file("program.c"), file("libdrawer.so.7.1"), "-Wl,-rpath,$ORIGIN");
  cc("-DROOM=100", "-static", "-o", file("static"), file("program.c"), "-x", "c", file("library.c"));
  for (const name of ["libdrawer.so.7.1", "program", "no-plt", "by-rbp"]) execFileSync("strip", [file(name)]);
}

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Unwinds a program that sleeps in read(2), by /proc/PID/syscall alone: no register but the two that it shows. */
async function unwound(
  name: string,
  mode: string,
  env: Readonly<Record<string, string>> = {},
  loader: readonly string[] = [],
  onceAsleep: () => void = () => undefined,
): Promise<{ readonly stack: UnwoundStack; readonly caller: Caller | null }> {
  build();
  const child = spawn("env", [...loader, file(name), mode], { stdio: ["pipe", "ignore", "inherit"], env });
  children.push(child);
  const proc = `/proc/${child.pid}`;
  await untilAsleepInRead(proc);
  onceAsleep();
  const [sp, pc] = readFileSync(`${proc}/syscall`, "utf8").trim().split(" ").slice(-2).map(Number);
  const memory = openProcessMemory(`${proc}/mem`);
  if (memory.kind !== "ok" || sp === undefined || pc === undefined) throw new Error(`Cannot read ${proc}`);
  const registers = Array.from({ length: 17 }, (_, number) => (number === 7 ? sp : number === 16 ? pc : null));
  const mappings = parseMappings(readFileSync(`${proc}/maps`, "utf8"));
  const image = { mappings, read: memory.value.read };
  const stack = unwindStack(image, registers);
  const caller = provenCaller(stack, readlinkSync(`${proc}/exe`), image, null);
  expect(memory.value.isUnchanged(sp, sp + 4096)).toBe(true);
  expect(memory.value.pages).toBeLessThan(200);
  memory.value.close();
  return { stack, caller };
}

const framesOf = (caller: Caller | null): readonly string[] =>
  (caller?.stack ?? []).map(
    ({ file: path, function: name }) => `${path?.slice(path.lastIndexOf("/") + 1)} ${name ?? "-"}`,
  );

describe.skipIf(reason !== null)(`the stack of a stripped program without frame pointers ${reason ?? ""}`, () => {
  it("names the library that called, whole to the program's start", async () => {
    const { stack, caller } = await unwound("program", "lib");
    expect(stack.end).toBe("outermost");
    expect(caller).toMatchObject({ library: "libdrawer.so.7", how: "stack", fromConstructor: false });
    expect(framesOf(caller).slice(0, 5)).toEqual([
      expect.stringMatching(/^libc\S* (?:__)?read$/),
      "libdrawer.so.7.1 -",
      "libdrawer.so.7.1 -",
      "libdrawer.so.7.1 lib_draw",
      "program -",
    ]);
    expect(framesOf(caller)).toContainEqual(expect.stringMatching(/^libc\S* __libc_start_main$/));
  });

  it("names no library where the program itself called, though one calls back into it", async () => {
    for (const mode of ["own", "sort"]) {
      const { caller } = await unwound("program", mode);
      expect(caller).toMatchObject({ library: null, how: "stack", fromConstructor: false });
      expect(framesOf(caller)[1]).toBe("program -");
    }
  });

  it.each(["program", "no-plt"])("names none where %s called a library that left no frame", async (name) => {
    const { stack, caller } = await unwound(name, "jump");
    expect(stack.end).toBe("outermost");
    expect(caller).toBeNull();
  });

  it.each(["program", "no-plt"])("names %s where a function of its own left no frame", async (name) => {
    expect((await unwound(name, "own-jump")).caller).toMatchObject({ library: null, how: "stack" });
    expect((await unwound(name, "own")).caller).toMatchObject({ library: null, how: "stack" });
    expect((await unwound(name, "lib")).caller).toMatchObject({ library: "libdrawer.so.7", how: "stack" });
  });

  it("names no library where the dynamic linker was started as a command, and the library that called", async () => {
    const loader = ["/lib64/ld-linux-x86-64.so.2"];
    expect((await unwound("program", "own", {}, loader)).caller).toMatchObject({ library: null, how: "stack" });
    expect((await unwound("program", "lib", {}, loader)).caller).toMatchObject({ library: "libdrawer.so.7" });
  });

  it("shows a constructor by the address that the linker calls", async () => {
    const { caller } = await unwound("program", "own", { AT_LOAD: "1" });
    expect(caller).toMatchObject({ library: "libdrawer.so.7", fromConstructor: true });
    expect(framesOf(caller)).toContainEqual(expect.stringMatching(/^ld-linux/));
  });

  it("ends where a register is needed that is not known, and says no more of a constructor", async () => {
    const { stack, caller } = await unwound("by-rbp", "lib");
    expect(stack.end).toBe("no-memory");
    expect(caller).toMatchObject({ library: "libdrawer.so.7", fromConstructor: null });
    expect(framesOf(caller).at(-1)).toBe("by-rbp -");
  });

  it("and its file agree on where a function is", async () => {
    const { caller } = await unwound("program", "lib");
    const read = withFileParts(file("libdrawer.so.7.1"), (readAt) => {
      const memory = fileMemory(readAt) ?? expect.fail("not an ELF file");
      return ["lib_draw", "inner", "read"].map((name) => functionNamed(memory.file, name, memory.read));
    });
    const [{ address = 0, bytes = 0 } = {}, ...others] = (read.kind === "ok" ? read.value : []).map(
      (place) => place ?? {},
    );
    expect(others).toEqual([{}, {}]);
    const offset = caller?.stack.find((frame) => frame.function === "lib_draw")?.offset ?? 0;
    expect(offset).toBeGreaterThan(address);
    expect(offset).toBeLessThanOrEqual(address + bytes);
  });

  it("of a static program names none", async () => {
    const { caller } = await unwound("static", "lib");
    expect(caller).toMatchObject({ library: null });
  });

  it("is of what runs, though the file was replaced since", async () => {
    build();
    execFileSync("cp", [file("program"), file("replaced")]);
    const { caller } = await unwound("replaced", "lib", {}, [], () => {
      execFileSync("sh", ["-c", `echo nothing >${file("new")}; mv ${file("new")} ${file("replaced")}`]);
    });
    expect(caller).toMatchObject({ library: "libdrawer.so.7" });
  });
});

describe("memory that a stranger has filled", () => {
  const mappings = parseMappings(
    "400000-500000 r-xp 00000000 08:01 1    /bin/a\n7ffd0000-7ffe0000 rw-p 00000000 00:00 0   [stack]\n",
  );
  const registers = Array.from({ length: 17 }, (_, number) =>
    number === 7 ? 0x7ffd_8000 : number === 16 ? 0x40_1000 : 0,
  );

  it("is read in bounds, and names no caller", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 512 }), fc.boolean(), (bytes, isElf) => {
        let reads = 0;
        const header = Buffer.from("7f454c46020101000000000000000000", "hex");
        const read = (address: number, length: number): Uint8Array => {
          reads++;
          const part = Uint8Array.from(
            { length: Math.min(length, 65_536) },
            (_, index) => bytes[(address + index) % bytes.length] ?? 0,
          );
          if (isElf && address === 0x40_0000) part.set(header.subarray(0, part.length));
          return part;
        };
        const stack = unwindStack({ mappings, read }, registers);
        expect(stack.frames.length).toBeLessThanOrEqual(64);
        expect(reads).toBeLessThan(20_000);
        expect(provenCaller(stack, "/bin/a", { mappings, read }, null)?.library ?? null).toBeNull();
      }),
    );
  });

  it("without an address to begin with has no frame", () => {
    const read = (): Uint8Array => new Uint8Array();
    const nowhere = registers.map((value, number) => (number === 16 ? 0 : value));
    expect(unwindStack({ mappings, read }, nowhere)).toEqual({ frames: [], end: "no-memory" });
  });

  it("that cannot be read shows no caller", () => {
    const read = (): Uint8Array => new Uint8Array();
    const stack = unwindStack({ mappings, read }, registers);
    expect(stack).toMatchObject({ frames: [{ pc: 0x40_1000, file: null }], end: "no-frame-information" });
    expect(provenCaller(unwindStack({ mappings: [], read }, registers), null, { mappings, read }, null)).toBeNull();
  });
});
