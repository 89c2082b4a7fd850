import { describe, expect, it } from "vitest";
import { journalDatagram } from "../../../src/render/journal/journal-datagram.ts";

describe("an entry for journald", () => {
  it("has a line for each field that is one line, and leaves out what is not known", () => {
    expect(
      journalDatagram({ MESSAGE: "a=b", PRIORITY: "4", CRNGWATCH_UNIT: null, EMPTY: "", OTHER: [] }).toString(),
    ).toBe("MESSAGE=a=b\nPRIORITY=4\nEMPTY=\n");
  });

  it("has a field of several values several times", () => {
    expect(journalDatagram({ LIBRARY: ["libgcrypt.so.20", "libcrypto.so.3"] }).toString()).toBe(
      "LIBRARY=libgcrypt.so.20\nLIBRARY=libcrypto.so.3\n",
    );
  });

  it("counts the bytes of a value with line feeds", () => {
    const value = "ä\nPRIORITY=0\n";
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(14n);
    expect(journalDatagram({ COMM: value })).toEqual(
      Buffer.concat([Buffer.from("COMM\n"), size, Buffer.from(value), Buffer.from("\n")]),
    );
  });

  it("keeps bytes as they are", () => {
    expect(journalDatagram({ A: Uint8Array.of(0xff, 0, 0x1b) })).toEqual(Buffer.of(0x41, 0x3d, 0xff, 0, 0x1b, 0x0a));
  });
});
