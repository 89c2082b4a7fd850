import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../../src/core/caller.ts";
import { parseProcessStat } from "../../../src/parse/proc/proc-stat.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { CallStacks } from "../../../src/sources/program/call-stacks.ts";
import { hostOf } from "../../support/host/host-folder.ts";
import { untilAsleepInRead } from "../../support/running/until.ts";

const missing =
  process.arch === "x64"
    ? ["cc", "objcopy", "nm", "xz"].find((program) => spawnSync(program, ["--version"]).error !== undefined)
    : "x86-64";
const reason = missing === undefined ? null : `names in files are not tested: there is no ${missing}`;
if (reason !== null) console.warn(reason);

const folder = mkdtempSync(join(tmpdir(), "crngwatch-names-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const run = (program: string, ...words: readonly string[]): string =>
  execFileSync(program, words, { cwd: folder, encoding: "utf8" });

/** The process of a program that sleeps in read(2). */
async function sleeperIn(program: string): Promise<number> {
  const child = spawn(program, [], { stdio: ["pipe", "ignore", "inherit"] });
  children.push(child);
  const pid = child.pid ?? 0;
  await untilAsleepInRead(`/proc/${pid}`);
  return pid;
}

function callerOf(pid: number, stacks: CallStacks): Caller | null {
  const startTicks = parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"))?.startTicks ?? 0;
  return stacks.callOfSleeper({ pid, tid: pid, startTicks })?.caller ?? null;
}

const callerIn = async (
  program: string,
  stacks = new CallStacks({ ...hostOf({}), roots: rootsBelow("/") }),
): Promise<Caller | null> => callerOf(await sleeperIn(program), stacks);

const functionsOf = (caller: Caller | null): readonly (string | null)[] =>
  (caller?.stack ?? []).filter(({ file }) => file?.startsWith(folder)).map(({ function: name }) => name);
/** Those of the C file, from the inside out; _start is an export of no program, but in each .symtab. */
const all = ["innermost", "middle", "main", "_start"];
const options = ["-O2", "-fomit-frame-pointer", "-fno-optimize-sibling-calls"] as const;
const unnamed = [null, null, null, null];

/** Stripped as a distribution does, with the names that its find-debuginfo(1) keeps: .gnu_debugdata. */
function withMiniDebugInfo(name: string, ...xz: readonly string[]): string {
  const functions = run("nm", "--format=posix", "--defined-only", at("whole"))
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, type]) => type === "T" || type === "t");
  writeFileSync(at("keep"), functions.map(([symbol]) => `${symbol}\n`).join(""));
  run("objcopy", "--only-keep-debug", "whole", "debug");
  run("objcopy", "--strip-all", "--remove-section=.comment", "--keep-symbols=keep", "debug", "mini");
  rmSync(at("mini.xz"), { force: true });
  run("xz", ...xz, "mini");
  return withSection(name, readFileSync(at("mini.xz")));
}

function withSection(name: string, content: Uint8Array): string {
  writeFileSync(at("section"), content);
  run("objcopy", "--add-section=.gnu_debugdata=section", "stripped", name);
  chmodSync(at(name), 0o755);
  return at(name);
}

describe.skipIf(reason !== null)("functions that a program does not export", () => {
  beforeAll(() => {
    const source = join(import.meta.dirname, "nested-reader.c");
    run("cc", ...options, "-Wl,--build-id", "-o", "whole", source);
    run("objcopy", "--strip-all", "whole", "stripped");
  });

  it("are named by .symtab", async () => {
    expect(functionsOf(await callerIn(at("whole")))).toEqual(all);
  });

  it("have no name in a stripped file, but frames", async () => {
    expect(functionsOf(await callerIn(at("stripped")))).toEqual(unnamed);
  });

  it("are named by mini debug info, as Fedora's packages have it", async () => {
    const caller = await callerIn(withMiniDebugInfo("fedora"));
    expect(functionsOf(caller)).toEqual(all);
    expect(caller).toMatchObject({ library: null, function: "innermost", how: "stack" });
  });

  it("are named of the next task of the same program without reading its file again", async () => {
    const stacks = new CallStacks({ ...hostOf({}), roots: rootsBelow("/") });
    const program = withMiniDebugInfo("again");
    expect(functionsOf(await callerIn(program, stacks))).toEqual(all);
    const { searches } = stacks;
    expect(searches).toBeGreaterThan(0);
    expect(functionsOf(await callerIn(program, stacks))).toEqual(all);
    expect(stacks.searches).toBe(searches);
  });

  it("are named by the program's own file, though another one claims the same build ID", async () => {
    const source = join(import.meta.dirname, "nested-reader.c");
    const stacks = new CallStacks({ ...hostOf({}), roots: rootsBelow("/") });
    for (const [name, innermost] of [
      ["forged", "pretender"],
      ["claimed", "innermost"],
    ] as const) {
      run("cc", ...options, "-Wl,--build-id=0x1234", `-Dinnermost=${innermost}`, "-o", name, source);
      expect(functionsOf(await callerIn(at(name), stacks))).toEqual([innermost, ...all.slice(1)]);
    }
  });

  it("are named by the memory of each process, though another with the same build ID was unwound before", async () => {
    const source = join(import.meta.dirname, "nested-reader.c");
    const stacks = new CallStacks({ ...hostOf({}), roots: rootsBelow("/") });
    const exported = [...options, "-rdynamic", "-Dstatic=", "-s", "-Wl,--build-id=0x5678"];
    for (const name of ["pretender", "innermost"]) run("cc", ...exported, `-Dinnermost=${name}`, "-o", name, source);
    for (const name of ["pretender", "innermost", "pretender"])
      expect(functionsOf(await callerIn(at(name), stacks))[0]).toBe(name);
  });

  it("are named by the file that runs, where another one has its path by now", async () => {
    const source = join(import.meta.dirname, "nested-reader.c");
    const stacks = new CallStacks({ ...hostOf({}), roots: rootsBelow("/") });
    const replaceBy = (name: string): void => {
      run("cc", ...options, "-Wl,--build-id=none", `-Dinnermost=${name}`, "-o", "next", source);
      renameSync(at("next"), at("upgraded"));
    };
    replaceBy("before");
    const first = await sleeperIn(at("upgraded"));
    replaceBy("after");
    const second = await sleeperIn(at("upgraded"));
    for (let turn = 0; turn < 2; turn++) {
      expect(functionsOf(callerOf(first, stacks))[0]).toBe("before");
      expect(functionsOf(callerOf(second, stacks))[0]).toBe("after");
    }
  });

  it("are named of a program that was removed since it started", async () => {
    copyFileSync(withMiniDebugInfo("kept"), at("removed"));
    chmodSync(at("removed"), 0o755);
    const caller = callerIn(at("removed"));
    rmSync(at("removed"));
    expect(functionsOf(await caller)).toEqual(all);
  });

  it("are not unpacked of a file that other users may write", async () => {
    const program = withMiniDebugInfo("writable");
    chmodSync(program, 0o775);
    expect(functionsOf(await callerIn(program))).toEqual(unnamed);
  });

  it("are not unpacked where that takes much memory", async () => {
    expect(functionsOf(await callerIn(withMiniDebugInfo("large", "--lzma2=dict=256MiB")))).toEqual(unnamed);
  });

  it.each<[what: string, content: () => Uint8Array]>([
    ["is empty", () => new Uint8Array()],
    ["is no xz file", () => Buffer.alloc(4096, "x")],
    ["is cut off", () => readFileSync(at("mini.xz")).subarray(0, -40)],
    ["has a flipped byte", () => readFileSync(at("mini.xz")).map((byte, index) => (index === 60 ? byte ^ 0xff : byte))],
    ["is an xz file of something else", () => packed(Buffer.alloc(100, "no ELF file"))],
    ["unpacks to more than is read", () => packed(Buffer.alloc(5 << 20))],
  ])("have no name where their section %s, and the stack is still shown", async (what, content) => {
    withMiniDebugInfo("whole-section");
    const caller = await callerIn(withSection(`bad ${what}`, content()));
    expect(functionsOf(caller)).toEqual(unnamed);
    expect(caller?.how).toBe("stack");
  });
});

const packed = (content: Uint8Array): Uint8Array => spawnSync("xz", ["--stdout"], { input: content }).stdout;
