import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { needlePlaces, type SearchedBlock } from "../../../src/parse/log/needles.ts";
import { longBytes, openLogFile } from "../../../src/sources/log/log-file.ts";
import { hostFolder } from "../../support/host/host-folder.ts";
import { fileWith } from "../../support/inputs/logs.ts";
import { logLines, openThings } from "../../support/inputs/packed.ts";

const dist = resolve(import.meta.dirname, "../../../dist");
const thread = pathToFileURL(join(dist, "read-ahead-thread.cjs"));
const longLog = Buffer.from(logLines(240_000));

interface Outcome {
  readonly bytes: Buffer;
  readonly chunks: readonly SearchedBlock[];
  readonly error: string | null;
}

/** Reads a file to its end, as slowly as a reader that parses each chunk. */
async function readWhole(path: string, program: URL): Promise<Outcome> {
  const file = openLogFile(path, program);
  const chunks: SearchedBlock[] = [];
  let error: string | null = null;
  try {
    for await (const chunk of file.chunks) {
      const copy: SearchedBlock = Buffer.from(chunk);
      chunks.push(chunk.places === undefined ? copy : Object.assign(copy, { places: chunk.places }));
    }
  } catch (failure) {
    error = String(failure);
  }
  file.close();
  return { bytes: Buffer.concat(chunks), chunks, error };
}

describe("a long log", () => {
  it("is read whole by the other thread, with the places of its needles where that thread searched", async () => {
    const before = openThings();
    const { bytes, chunks, error } = await readWhole(fileWith(longLog), thread);
    expect(longLog.length).toBeGreaterThan(longBytes);
    expect([error, bytes.equals(longLog)]).toEqual([null, true]);
    // This thread's own chunks are smaller.
    expect(chunks.some(({ length }) => length > 1 << 17)).toBe(true);
    for (const chunk of chunks) if (chunk.places !== undefined) expect(chunk.places).toEqual(needlePlaces(chunk));
    await vi.waitFor(() => expect(openThings()).toEqual(before));
  });

  it("may be left at any time, and is closed when the other thread has ended", async () => {
    const before = openThings();
    const file = openLogFile(fileWith(longLog), thread);
    let count = 0;
    for await (const _ of file.chunks) if (++count === 3) break;
    file.close();
    await vi.waitFor(() => expect(openThings()).toEqual(before));
  });

  it.each([
    ["is not there", null],
    ["fails as it starts", "throw new Error('no memory')"],
    ["ends as it starts", "process.exit(1)"],
  ])("is read whole without another thread, where its program %s", async (_, program) => {
    const folder = hostFolder(program === null ? {} : { "thread.cjs": program });
    const { bytes, error } = await readWhole(fileWith(longLog), pathToFileURL(join(folder, "thread.cjs")));
    expect([error, bytes.equals(longLog)]).toEqual([null, true]);
  });

  it("of which a part cannot be read, or whose thread ends, is reported in one line, with what came before", async () => {
    const path = fileWith(longLog);
    const answer = (filled: string): string =>
      `const { parentPort } = require("worker_threads"); parentPort.on("message", (bytes) => { ${filled} });`;
    const failing = answer("parentPort.postMessage({ bytes, count: 0, failure: 'EIO' }, [bytes])");
    const ending = answer("parentPort.postMessage({ bytes, count: 5, failure: null }, [bytes]); process.exit(3)");
    const folder = hostFolder({ "failing.cjs": failing, "ending.cjs": ending });
    const failed = await readWhole(path, pathToFileURL(join(folder, "failing.cjs")));
    expect([failed.error, failed.bytes.length]).toEqual([`LogUnreadable: Cannot read '${path}': EIO`, 1 << 17]);
    const ended = await readWhole(path, pathToFileURL(join(folder, "ending.cjs")));
    expect(ended.error).toBe(`LogUnreadable: Cannot read '${path}': the reading thread ended with 3`);
  });
});

it("the thread's program loads nothing that the start of crngwatch is a part of", () => {
  const loaded = [...readFileSync(thread, "utf8").matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name as string);
  expect(loaded).toEqual(["./needles.cjs"]);
  expect(readFileSync(join(dist, "needles.cjs"), "utf8")).not.toContain("require(");
});
