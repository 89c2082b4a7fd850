import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openLogs } from "../../../src/sources/log/log-input.ts";
import { everything, fileWith, log, only, text } from "../../support/inputs/logs.ts";
import { archive, header, member, pax } from "../../support/inputs/tar-archive.ts";

describe("an archive", () => {
  it("has the logs that are named like one, packed or not", async () => {
    const members = [
      member({ path: "x/README" }, "none"),
      member({ path: "x/boot.log" }, log),
      member({ path: "dmesg-old.gz" }, gzipSync(log)),
      member({ path: "x/dir.log/", type: "5" }),
      member({ path: "y.log-20240101" }),
      member({ path: "evil\n\x1b[2J.txt" }, "evil"),
    ];
    const path = fileWith(archive(...members));
    expect(await everything(path)).toMatchObject(
      only(
        text(`${path}/x/boot.log`),
        text(`${path}/dmesg-old.gz`),
        text(`${path}/y.log-20240101`, ""),
        text(`${path}/evil\n\x1b[2J.txt`, "evil"),
      ),
    );
  });

  it("may be in an archive, but no deeper", async () => {
    const inner = gzipSync(archive(member({ path: "messages" }, log)));
    const path = fileWith(gzipSync(archive(member({ path: "inner.tgz" }, inner), member({ path: "z.log" }, "z"))));
    expect(await everything(path)).toMatchObject(only(text(`${path}/inner.tgz/messages`), text(`${path}/z.log`, "z")));
    const deep = fileWith(
      archive(member({ path: "a.tar" }, archive(member({ path: "b.tar" }, archive(member({ path: "c.log" }, log)))))),
    );
    expect(await everything(deep)).toMatchObject({
      logs: [{ text: "", error: `Cannot read '${deep}/a.tar/b.tar': more than 2 archives inside each other` }],
      error: null,
    });
  });

  it("goes on after a member that cannot be read", async () => {
    const members = [
      member({ path: "a.log.gz" }, gzipSync(log).subarray(0, 30)),
      header({ path: "b.log", type: "S" }),
      member({ path: "c.journal" }, "LPKSHHRH"),
      member({ path: "d.log" }, log),
    ];
    const path = fileWith(archive(...members));
    expect(await everything(path)).toMatchObject({
      logs: [
        { name: `${path}/a.log.gz`, error: expect.stringMatching(/a\.log\.gz'(?: to its end)?: it is cut short$/) },
        {
          name: `${path}/b.log`,
          error: expect.stringMatching(/b\.log': stored as a sparse file, unpack the archive first$/),
        },
        {
          name: `${path}/c.journal`,
          error: expect.stringMatching(/c\.journal': a journal must be a file of its own, unpack it first$/),
        },
        text(`${path}/d.log`),
      ],
      error: null,
    });
  });

  it("that is cut short gives the logs until there, and says so once", async () => {
    const bytes = archive(member({ path: "a.log" }, log), member({ path: "b.log" }, log), member({ path: "zzz" }, log));
    const second = bytes.length >> 1;
    const inside = fileWith(bytes.subarray(0, second));
    expect(await everything(inside)).toMatchObject({
      logs: [
        text(`${inside}/a.log`),
        {
          name: `${inside}/b.log`,
          error: `Cannot read all of '${inside}': the archive is cut short at byte ${second}`,
        },
      ],
      error: null,
    });
    const later = fileWith(bytes.subarray(0, bytes.length - 3000));
    expect(await everything(later)).toMatchObject({
      logs: [text(`${later}/a.log`), text(`${later}/b.log`)],
      error: `Cannot read all of '${later}': the archive is cut short at byte ${bytes.length - 3000}`,
    });
    const squeezed = gzipSync(bytes);
    const packedFile = fileWith(squeezed.subarray(0, squeezed.length >> 1));
    const { logs, error } = await everything(packedFile);
    expect([...logs.map((one) => one.error), error].filter((one) => one !== null)).toEqual([
      `Cannot decompress '${packedFile}' to its end: it is cut short`,
    ]);
  });

  it("may have logs that may not be read", async () => {
    const path = fileWith(
      archive(member({ path: "a.log" }, log), member({ path: "b.log" }, log), member({ path: "c.log" }, log)),
    );
    const names: string[] = [];
    for await (const input of openLogs(path)) {
      names.push(input.name);
      if (input.name.endsWith("b.log")) for await (const _ of input.chunks) break;
    }
    expect(names).toEqual(["a", "b", "c"].map((name) => `${path}/${name}.log`));
  });

  it("has no names that no file could have", async () => {
    const path = fileWith(
      archive(pax({ path: `${"x/".repeat(3000)}a.log` }), member({}, log), member({ path: "b.log" }, log)),
    );
    expect(await everything(path)).toMatchObject(only(text(`${path}/b.log`)));
  });

  it("has too many logs after the 256th", async () => {
    const path = fileWith(archive(...Array.from({ length: 300 }, (_, index) => member({ path: `${index}.log` }))));
    const { logs, error } = await everything(path);
    expect([logs.length, error]).toEqual([
      256,
      `Cannot read '${path}': it holds 300 logs, of which the first 256 were read`,
    ]);
  });
});
