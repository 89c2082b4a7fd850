import { execFileSync } from "node:child_process";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Compression } from "../../../src/parse/archive/file-format.ts";
import { CannotDecompress, decompressed } from "../../../src/platform/unpack/decompressed.ts";
import { whyMissing } from "../../support/running/programs.ts";
import { logLines, openThings, packed, packings } from "../../support/inputs/packed.ts";

interface Unpacked {
  readonly text: string;
  readonly error: unknown;
}

async function* chunksOf(
  bytes: Buffer,
  size: number,
  onEnd: () => void = () => undefined,
): AsyncGenerator<Buffer, void, undefined> {
  // One buffer for all, as log-file.ts gives them: a chunk that is kept would hold the next one's bytes.
  const buffer = Buffer.alloc(size);
  try {
    for (let from = 0; from < bytes.length; from += size)
      yield buffer.subarray(0, bytes.copy(buffer, 0, from, from + size));
  } finally {
    buffer.fill("x");
    onEnd();
  }
}

async function unpack(compression: Compression, bytes: Buffer, size = 1 << 16): Promise<Unpacked> {
  const parts: Buffer[] = [];
  try {
    for await (const part of decompressed(compression, chunksOf(bytes, size))) parts.push(Buffer.from(part));
  } catch (error) {
    return { text: Buffer.concat(parts).toString("latin1"), error };
  }
  return { text: Buffer.concat(parts).toString("latin1"), error: null };
}

const log = logLines(20_000);

describe.each(packings)("$compression", ({ compression, why }) => {
  it("gives back what was packed", async (context) => {
    if (why !== null) return context.skip(why);
    const bytes = packed(compression, log);
    expect((await unpack(compression, bytes)).text === log).toBe(true);
    expect((await unpack(compression, bytes, 777)).text === log).toBe(true);
    expect(await unpack(compression, packed(compression, ""))).toEqual({ text: "", error: null });
  });

  it("goes on with what is packed after it", async (context) => {
    if (why !== null) return context.skip(why);
    expect(
      await unpack(
        compression,
        Buffer.concat([packed(compression, "one\n"), packed(compression, ""), packed(compression, "two\n")]),
      ),
    ).toEqual({ text: "one\ntwo\n", error: null });
  });

  it("is cut short wherever it ends too early, after what was there", async (context) => {
    if (why !== null) return context.skip(why);
    const bytes = packed(compression, log);
    for (const length of [3, 12, bytes.length >> 1, bytes.length - 9, bytes.length - 1]) {
      const { text, error } = await unpack(compression, bytes.subarray(0, length));
      expect(error, `${length} of ${bytes.length}`).toBeInstanceOf(CannotDecompress);
      expect(log.startsWith(text)).toBe(true);
    }
  });

  it("is damaged where a byte is another, after what was good", async (context) => {
    if (why !== null) return context.skip(why);
    const bytes = Buffer.from(packed(compression, log));
    for (let at = bytes.length >> 1; at < (bytes.length >> 1) + 100; at++) bytes[at] = 0x5a;
    const { error } = await unpack(compression, bytes);
    expect(error).toBeInstanceOf(CannotDecompress);
    expect(String(error)).not.toContain("\n");
  });

  it("hands an error of its input through, after what came before", async (context) => {
    if (why !== null) return context.skip(why);
    const failure = new Error("the disk is on fire");
    const bytes = packed(compression, log);
    async function* burning(): AsyncGenerator<Buffer, void, undefined> {
      yield bytes;
      throw failure;
    }
    let text = "";
    const reading = (async () => {
      for await (const part of decompressed(compression, burning())) text += part.toString("latin1");
    })();
    await expect(reading).rejects.toBe(failure);
    expect(text === log).toBe(true);
  });

  it("leaves nothing open when no more is read", async (context) => {
    if (why !== null) return context.skip(why);
    const before = openThings();
    let ended = 0;
    const bytes = packed(compression, log.repeat(4));
    for await (const _ of decompressed(
      compression,
      chunksOf(bytes, 4096, () => ended++),
    )) {
      if (compression !== "gzip") expect(openThings().length).toBe(before.length + 1);
      break;
    }
    expect([ended, openThings()]).toEqual([1, before]);
  });

  it("holds no memory for its output: 100 MB of zeros", async (context) => {
    if (why !== null) return context.skip(why);
    const bomb = zeros(compression, 100 << 20);
    if (bomb === null) return context.skip(whyMissing("sh", "head") ?? "");
    const before = process.memoryUsage.rss();
    let [given, most] = [0, 0];
    for await (const part of decompressed(compression, chunksOf(bomb, 1 << 16))) {
      given += part.length;
      most = Math.max(most, process.memoryUsage.rss());
    }
    expect(given).toBe(100 << 20);
    expect(most - before).toBeLessThan(60 << 20);
  });

  it("is an error or a text, whatever is after the magic", async (context) => {
    if (why !== null) return context.skip(why);
    const start = packed(compression, "a log").subarray(0, 10);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.nat(10), async (bytes, keep) => {
        const { error } = await unpack(compression, Buffer.concat([start.subarray(0, keep), bytes]));
        if (error !== null) expect(error).toBeInstanceOf(CannotDecompress);
      }),
      { numRuns: compression === "gzip" ? 200 : 15 },
    );
  });
});

describe("gzip, byte by byte", () => {
  const text = logLines(60);
  const bytes = gzipSync(text);

  it("gives all that is good, wherever it is cut", async () => {
    for (let length = 1; length < bytes.length; length++) {
      const { text: part, error } = await unpack("gzip", bytes.subarray(0, length));
      expect(String(error)).toBe("CannotDecompress: it is cut short");
      if (length >= bytes.length - 8) expect(part).toBe(text);
      expect(text.startsWith(part)).toBe(true);
    }
  });

  it("gives all of a log with a wrong checksum or length", async () => {
    for (const at of [bytes.length - 8, bytes.length - 1]) {
      const wrong = Buffer.from(bytes);
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      expect(await unpack("gzip", wrong)).toMatchObject({
        text,
        error: { message: expect.stringMatching(/^it is damaged \(incorrect (?:data|length) check\)$/) },
      });
    }
  });

  it("gives what stands before the damage in the middle of a large one", async () => {
    const large = gzipSync(log);
    const middle = large.length >> 1;
    const wrong = Buffer.concat([large.subarray(0, middle), Buffer.alloc(1000, 0xff)]);
    const { text: part } = await unpack("gzip", wrong);
    const good = gunzipSync(large.subarray(0, middle), { finishFlush: constants.Z_SYNC_FLUSH }).length;
    expect(part.slice(0, good)).toBe(log.slice(0, good));
    expect(good).toBeGreaterThan(log.length / 3);
  });

  it("accepts zeros after it as padding, and reports anything else", async () => {
    const padded = Buffer.concat([bytes, Buffer.alloc(5000)]);
    for (const size of [1, 512, 1 << 16]) expect(await unpack("gzip", padded, size)).toEqual({ text, error: null });
    for (const size of [1, bytes.length, 1 << 16]) {
      expect(await unpack("gzip", Buffer.concat([bytes, Buffer.from("not gzip")]), size)).toMatchObject({
        text,
        error: { message: "it is damaged (incorrect header check)" },
      });
    }
  });

  it("has members that end anywhere in a chunk", async () => {
    const two = Buffer.concat([gzipSync("one\n"), gzipSync("two\n")]);
    for (let size = 1; size <= two.length; size++)
      expect(await unpack("gzip", two, size)).toEqual({ text: "one\ntwo\n", error: null });
  });
});

describe("a program that is not there", () => {
  it("is named", async () => {
    const path = process.env["PATH"];
    try {
      process.env["PATH"] = "/nowhere";
      expect(await unpack("zstd", Buffer.alloc(1 << 20))).toMatchObject({
        text: "",
        error: { message: "needs the program 'zstd'" },
      });
    } finally {
      process.env["PATH"] = path;
    }
  });
});

function zeros(compression: Compression, bytes: number): Buffer | null {
  return whyMissing("sh", "head", compression) === null
    ? execFileSync("sh", ["-c", `head -c ${bytes} /dev/zero | ${compression} -1c`], { maxBuffer: 1 << 24 })
    : null;
}
