import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseMappings } from "../../../src/parse/proc/proc-maps.ts";
import { callerByFramePointer } from "../../../src/parse/unwind/frame-pointer.ts";
import { provenCaller } from "../../../src/parse/unwind/proven-caller.ts";
import { type Frame, unwindStack } from "../../../src/parse/unwind/unwind-stack.ts";
import { openProcessMemory } from "../../../src/platform/process-memory.ts";
import { untilAsleepInRead } from "../../support/running/until.ts";
import { whyMissing } from "../../support/running/programs.ts";

const reason = process.arch === "x64" ? whyMissing("cc") : "x86-64 only";
const folder = mkdtempSync(join(tmpdir(), "frame-pointer-"));
const program = join(folder, "program");
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Unwinds it from its sleep, with the rbp that it reported, as a probe would have recorded it. */
async function unwound(...words: readonly string[]) {
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const [reported] = (await once(child.stdout, "data")) as [Buffer];
  const rbp = Number(reported.readBigUInt64LE());
  const proc = `/proc/${child.pid}`;
  await untilAsleepInRead(proc);
  const [sp = 0, pc = 0] = readFileSync(`${proc}/syscall`, "utf8").trim().split(" ").slice(-2).map(Number);
  const memory = openProcessMemory(`${proc}/mem`);
  if (memory.kind !== "ok") throw new Error(`Cannot read ${proc}`);
  const known = new Map([
    [6, rbp],
    [7, sp],
    [16, pc],
  ]);
  const registers = Array.from({ length: 17 }, (_, number) => known.get(number) ?? null);
  const image = { mappings: parseMappings(readFileSync(`${proc}/maps`, "utf8")), read: memory.value.read };
  const stack = unwindStack(image, registers);
  const caller = provenCaller(stack, readlinkSync(`${proc}/exe`), image, null);
  memory.value.close();
  return { stack, caller, places: stack.frames.map(placeOf) };
}

const placeOf = ({ name, byFramePointer }: Frame): string => {
  const file = name === program ? "program" : name === null ? "no file" : (/libc/.exec(name)?.[0] ?? name);
  return byFramePointer ? `${file} by frame pointer` : file;
};

describe.skipIf(reason !== null)(`code without call frame information ${reason ?? ""}`, () => {
  beforeAll(() => {
    const words = ["-O2", "-fomit-frame-pointer", "-fno-optimize-sibling-calls", "-z", "noexecstack", "-o", program];
    execFileSync("cc", [...words, join(import.meta.dirname, "frame-pointer.c")]);
  });

  it("is passed by its frame pointer, and the frames further out are whole again", async () => {
    const { stack, caller, places } = await unwound("framed");
    expect(places.slice(0, 5)).toEqual(["libc", "program", "program", "program by frame pointer", "program"]);
    expect(stack.end).toBe("outermost");
    expect(caller).toMatchObject({ library: null, how: "stack" });
    expect(caller?.stack.map(({ byFramePointer }) => byFramePointer).indexOf(true)).toBe(3);
  });

  it("leaves open whether a constructor is further out, since a frame may be missing", async () => {
    expect((await unwound("framed")).caller?.fromConstructor).toBeNull();
  });

  it("made at run time is passed likewise", async () => {
    const { stack, places, caller } = await unwound("jit");
    expect(places.slice(0, 5)).toEqual(["libc", "program", "no file", "program by frame pointer", "program"]);
    expect(stack.end).toBe("outermost");
    expect(caller).toMatchObject({ library: null, how: "stack" });
  });

  it.each([
    ["on the stack, and no frame", "bare", "high"],
    ["below the stack", "bare", "low"],
  ])("ends the stack where rbp is something else: %s", async (_, ...words) => {
    const { stack, places, caller } = await unwound(...words);
    expect(places).toEqual(["libc", "program", "program"]);
    expect(stack.end).toBe("no-frame-information");
    expect(caller).toMatchObject({ library: null, fromConstructor: null });
  });
});

describe("callerByFramePointer", () => {
  const mappings = parseMappings(
    "400000-401000 r-xp 00000000 08:01 1    /bin/a\n600000-601000 rw-p 00000000 08:01 1    /bin/a\n7ffd0000-7ffe0000 rw-p 00000000 00:00 0   [stack]\n",
  );
  const [top, frame, back] = [0x7ffd_8000, 0x7ffd_8100, 0x40_0107];
  /** Memory with the words of a frame, and code that ends before `back`. */
  const follow = (code: readonly number[], { rbp = frame, sp = top, goesTo = back } = {}) => {
    const words = new Map([
      [rbp, 0x7ffd_9000],
      [rbp + 8, goesTo],
    ]);
    const read = (address: number, bytes: number): Uint8Array => {
      if (address === goesTo - 7) return Uint8Array.from([...Array(7 - code.length).fill(0x90), ...code]);
      const word = words.get(address);
      if (word === undefined || bytes !== 8) return new Uint8Array();
      const buffer = Buffer.alloc(8);
      buffer.writeBigUInt64LE(BigInt(word));
      return buffer;
    };
    const values = Array.from({ length: 17 }, (_, number) => (number === 6 ? rbp : number === 7 ? sp : 1));
    return callerByFramePointer({ mappings, read }, values);
  };
  const direct = [0xe8, 1, 2, 3, 4];

  it("gives the caller's rbp, rsp and address, and no other register", () => {
    const caller = follow(direct);
    expect(caller?.flatMap((value, number) => (value === null ? [] : [[number, value]]))).toEqual([
      [6, 0x7ffd_9000],
      [7, frame + 16],
      [16, back],
    ]);
  });

  it.each([
    ["call rel32", direct],
    ["call *%rax", [0xff, 0xd0]],
    ["call *8(%rbx)", [0xff, 0x53, 8]],
    ["call *8(%rsp)", [0xff, 0x54, 0x24, 8]],
    ["call *0x100(%rip)", [0xff, 0x15, 0, 1, 0, 0]],
    ["call *0x100(%rsp)", [0xff, 0x94, 0x24, 0, 1, 0, 0]],
  ])("takes an address after %s", (_, code) => {
    expect(follow(code)).not.toBeNull();
  });

  it.each([
    ["after a jump", follow([0xff, 0xe0])],
    ["after nothing that calls", follow([0x90])],
    ["in memory that is not executable", follow(direct, { goesTo: 0x60_0107 })],
    ["in no mapping", follow(direct, { goesTo: 0x90_0107 })],
    ["of a frame below the stack pointer", follow(direct, { rbp: top - 8 })],
    ["of a frame on another stack", follow(direct, { rbp: 0x60_0100 })],
    ["of a frame that ends with the stack", follow(direct, { rbp: 0x7ffd_fff8 })],
    ["of a frame at an odd place", follow(direct, { rbp: frame + 4 })],
  ])("takes no address %s", (_, caller) => {
    expect(caller).toBeNull();
  });

  it("takes one of the stack's last frame, which ends where the stack does", () => {
    expect(follow(direct, { rbp: 0x7ffd_fff0 })?.[7]).toBe(0x7ffe_0000);
  });
});
