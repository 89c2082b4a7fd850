import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseMappings } from "../../src/parse/proc/proc-maps.ts";
import { openProcessMemory, type ProcessMemory } from "../../src/platform/process-memory.ts";
import { until } from "../support/running/until.ts";

const pageBytes = 4096;
const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
let child: ChildProcess | null = null;
afterAll(() => child?.kill("SIGKILL"));

/** The memory of a process that sleeps, and one mapping of libc's that has many pages. */
function opened(): { readonly memory: ProcessMemory; readonly start: number; readonly maps: string } {
  const maps = readFileSync(`/proc/${child?.pid}/maps`, "utf8");
  const memory = openProcessMemory(`/proc/${child?.pid}/mem`);
  const code = parseMappings(maps).find(({ name, executable }) => executable && name?.includes("/libc") === true);
  if (memory.kind !== "ok" || code === undefined) throw new Error("Cannot read the memory of a child");
  return { memory: memory.value, start: code.start, maps };
}

describe("the memory of another process", () => {
  beforeAll(async () => {
    child = spawn("/bin/cat", [], { stdio: ["pipe", "ignore", "inherit"] });
    await until(
      () => "cat to read",
      () => readFileSync(`/proc/${child?.pid}/wchan`, "utf8") !== "0" && opened().maps.includes("[stack]"),
    );
  });

  it("is read once, and the pages of one request together", () => {
    const { memory, start } = opened();
    const whole = memory.read(start + 100, 10 * pageBytes);
    expect(whole.length).toBe(10 * pageBytes);
    expect({ reads: memory.reads, pages: memory.pages }).toEqual({ reads: 1, pages: 11 });
    expect(isEqual(memory.read(start + 5 * pageBytes, 200), whole.subarray(5 * pageBytes - 100).subarray(0, 200))).toBe(
      true,
    );
    expect(memory.reads).toBe(1);
    // The pages that are known lie between others.
    const more = memory.read(start, 40 * pageBytes);
    expect(isEqual(more.subarray(100, 100 + whole.length), whole)).toBe(true);
    expect({ reads: memory.reads, pages: memory.pages }).toEqual({ reads: 3, pages: 40 });
    memory.close();
  });

  it("is the same in one request and page by page", () => {
    const { memory, start } = opened();
    const { memory: other } = opened();
    const pages = Array.from({ length: 20 }, (_, index) => other.read(start + index * pageBytes, pageBytes));
    expect(isEqual(Buffer.concat(pages), memory.read(start, 20 * pageBytes))).toBe(true);
    expect(other.reads).toBe(20);
    memory.close();
    other.close();
  });

  it("ends where nothing is mapped", () => {
    const { memory, maps } = opened();
    const mappings = parseMappings(maps);
    const last = mappings.find(({ end, name }, index) => name !== null && mappings[index + 1]?.start !== end);
    const end = last?.end ?? 0;
    expect(memory.read(end - 100, 3 * pageBytes).length).toBe(100);
    expect(memory.read(end, 8).length).toBe(0);
    expect(memory.read(Number.NaN, 8).length).toBe(0);
    memory.close();
  });

  it("is read up to 4 MiB", () => {
    const { memory, maps } = opened();
    let sum = 0;
    for (const { start, end } of parseMappings(maps))
      for (let at = start; at < end; at += 1 << 16) sum += memory.read(at, Math.min(1 << 16, end - at)).length;
    expect(memory.pages).toBeLessThanOrEqual(1024);
    expect(sum).toBeLessThanOrEqual(1 << 22);
    memory.close();
  });

  it("is handed out up to 4 MiB and 16 384 requests, known pages too, and compared all the same", () => {
    const { memory, start } = opened();
    let bytes = 0;
    for (let request = 0; request < 200; request++) bytes += memory.read(start, 1 << 16).length;
    expect(bytes).toBe((1 << 22) + (1 << 16));
    expect(memory.isUnchanged(start, start + 4096)).toBe(true);
    memory.close();
    const { memory: other } = opened();
    const requests = Array.from({ length: 20_000 }, () => other.read(start, 8).length);
    expect(requests.indexOf(0)).toBe(16_384);
    other.close();
  });

  it("is unchanged as long as its process sleeps", () => {
    const { memory, start } = opened();
    expect(memory.isUnchanged(start, start + 20 * pageBytes)).toBe(true);
    memory.close();
  });
});
