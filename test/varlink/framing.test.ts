import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageSplitter } from "../../src/varlink/framing.ts";

const withoutNul = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)));

function takeAll(splitter: MessageSplitter): (Buffer | "too-long")[] {
  const taken: (Buffer | "too-long")[] = [];
  for (let next = splitter.next(); next !== "incomplete"; next = splitter.next()) {
    taken.push(next);
    if (next === "too-long") {
      break;
    }
  }
  return taken;
}

/** Cuts a stream at these places. */
function cut(stream: Buffer, places: number[]): Buffer[] {
  const ends = [...places.map((place) => place % (stream.length + 1)), stream.length].toSorted((a, b) => a - b);
  return ends.map((end, index) => Buffer.from(stream.subarray(ends[index - 1] ?? 0, end)));
}

describe("MessageSplitter", () => {
  it("gives the same messages however the stream is cut, and leaves those it gave alone", () => {
    fc.assert(
      fc.property(
        fc.array(withoutNul),
        withoutNul,
        fc.array(fc.nat()),
        fc.boolean(),
        (messages, rest, places, lazy) => {
          const stream = Buffer.concat([...messages.flatMap((message) => [message, Buffer.of(0)]), rest]);
          const splitter = new MessageSplitter(40);
          const taken: unknown[] = [];
          for (const chunk of cut(stream, places)) {
            splitter.push(chunk);
            if (!lazy) {
              taken.push(...takeAll(splitter));
            }
          }
          taken.push(...takeAll(splitter));
          expect(taken).toEqual(messages);
          expect(splitter.pendingBytes).toBe(rest.length);
        },
      ),
    );
  });

  it("counts the bytes of a message without its NUL", () => {
    const splitter = new MessageSplitter(3);
    splitter.push(Buffer.from("abc\0abcd\0"));
    expect(splitter.next()).toEqual(Buffer.from("abc"));
    expect(splitter.next()).toBe("too-long");
  });

  it("refuses a message that grows too long before it ends", () => {
    const splitter = new MessageSplitter(3);
    splitter.push(Buffer.from("abc"));
    expect(splitter.next()).toBe("incomplete");
    splitter.push(Buffer.from("d"));
    expect(splitter.next()).toBe("too-long");
  });

  it("reads a message byte by byte in linear time", () => {
    const splitter = new MessageSplitter(1 << 20);
    const byte = Buffer.from("x");
    let complete = 0;
    for (let count = 0; count < 1 << 20; count += 1) {
      splitter.push(byte);
      complete += splitter.next() === "incomplete" ? 0 : 1;
    }
    expect(complete).toBe(0);
    splitter.push(Buffer.of(0));
    expect(splitter.next()).toHaveLength(1 << 20);
    expect(splitter.pendingBytes).toBe(0);
  });
});
