import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../support/host/host-folder.ts";
import { everything } from "../../support/inputs/logs.ts";
import { openThings, packed, packings } from "../../support/inputs/packed.ts";
import { whyMissing } from "../../support/running/programs.ts";
import { archive, member } from "../../support/inputs/tar-archive.ts";

/** What a file starts with, and how many times each is tried: those that start a program are slow. */
const starts: readonly (readonly [name: string, start: Buffer, runs: number, why: string | null])[] = [
  ["nothing", Buffer.alloc(0), 200, null],
  ["a gzip magic", gzipSync("log").subarray(0, 10), 200, null],
  ["a gzip file", gzipSync("log"), 100, null],
  [
    "a packed archive",
    gzipSync(archive(member({ path: "a.log.gz" }, gzipSync("log")), member({ path: "sos_commands/x" }))),
    200,
    null,
  ],
  ["an archive", member({ path: "dmesg" }, "log"), 200, null],
  ["the header of a log in an archive", member({ path: "dmesg", size: 5000 }), 200, null],
  ["a journal's magic", Buffer.from("LPKSHHRH"), 15, whyMissing("journalctl")],
  ...packings
    .filter(({ compression }) => compression !== "gzip")
    .map(
      ({ compression, why }) =>
        [
          `a ${compression} magic`,
          why === null ? packed(compression, "a log").subarray(0, 10) : Buffer.alloc(0),
          15,
          why,
        ] as const,
    ),
];

describe("whatever bytes", () => {
  it.for(starts)(
    "after %s are a log or an error, and leave nothing open",
    async ([_, start, numRuns, why], context) => {
      if (why !== null) return context.skip(why);
      const path = join(temporaryFolder(), "a.log");
      const before = openThings();
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 1500 }), fc.nat(3), async (bytes, lost) => {
          writeFileSync(path, Buffer.concat([start.subarray(0, start.length - (lost === 0 ? 1 : 0)), bytes]));
          // All that is thrown but LogUnreadable fails in there.
          await everything(path);
        }),
        { numRuns },
      );
      expect(openThings()).toEqual(before);
    },
  );

  it("in the place of any others in a packed archive are a log or an error", async () => {
    const path = join(temporaryFolder(), "a.log");
    const good = archive(
      member({ path: "a.log.gz" }, gzipSync("log ".repeat(300))),
      member({ path: "type L", type: "L" }, "sos_commands/kernel/dmesg\0"),
      member({}, "log"),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (at, bytes, isPacked) => {
          const bad = Buffer.from(good);
          bad.set(bytes.slice(0, bad.length - at), at);
          writeFileSync(path, isPacked ? gzipSync(bad) : bad);
          await everything(path);
        },
      ),
      { numRuns: 300 },
    );
  });
});
