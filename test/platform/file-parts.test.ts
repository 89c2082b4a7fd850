import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withFileParts } from "../../src/platform/file-parts.ts";
import { rootsBelow } from "../../src/platform/roots.ts";
import { describeProgram } from "../../src/sources/program/task-facts.ts";
import { elfFile } from "../support/inputs/elf-file.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";

describe("withFileParts", () => {
  it("opens regular files alone: a device may act when it is opened, and a FIFO blocks", () => {
    const folder = temporaryFolder();
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    writeFileSync(join(folder, "file"), "text");
    const first = (path: string): unknown => withFileParts(path, (readAt) => readAt(0, 4).toString());
    expect(first(join(folder, "file"))).toEqual({ kind: "ok", value: "text" });
    for (const path of [fifo, folder, "/dev/null", "/dev/zero"])
      expect(first(path), path).toEqual({ kind: "failed", errno: "EINVAL" });
  });

  it("is how a program's libraries are read, so that one that names a device or a FIFO has none of that name", () => {
    const folder = temporaryFolder();
    const [fifo, program] = [join(folder, "fifo"), join(folder, "program")];
    execFileSync("mkfifo", [fifo]);
    writeFileSync(program, elfFile({ needed: ["/dev/random", "/dev/zero", fifo] }));
    expect(describeProgram({ roots: rootsBelow("/") }, program)).toMatchObject({
      libraries: [],
      librariesSource: "elf",
    });
  });
});
