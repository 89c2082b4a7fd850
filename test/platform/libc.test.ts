import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseProcessStat } from "../../src/parse/proc/proc-stat.ts";
import { type Libc, loadLibc } from "../../src/platform/libc.ts";
import { aFolder, denied, type Entry, hostFolder, whyNothingIsDenied } from "../support/host/host-folder.ts";

const own = (file: string): string => readFileSync(`/proc/thread-self/${file}`, "utf8");
const allowed = (): string => /^Cpus_allowed_list:\t(.+)$/m.exec(own("status"))?.[1] ?? "";
const where = (): number | null | undefined => parseProcessStat(own("stat"))?.processor;

const loaded = loadLibc();
const libc = (): Libc => {
  if (typeof loaded === "string") throw new Error(loaded);
  return loaded;
};

describe.skipIf(typeof loaded === "string")("this thread on a processor of its choice", () => {
  const processors = allowed()
    .split(",")
    .flatMap((range) => range.split("-", 2))
    .map(Number);

  it("is there, and afterwards wherever it was allowed before", () => {
    const before = allowed();
    expect(
      processors.map((processor) => libc().onProcessor(processor, () => ({ where: where(), allowed: allowed() }))),
    ).toEqual(processors.map((processor) => ({ where: processor, allowed: String(processor) })));
    expect(allowed()).toBe(before);
  });

  it("is so after an exception, too", () => {
    const before = allowed();
    const thrown = new Error("while there");
    expect(() =>
      libc().onProcessor(processors[0] ?? 0, () => {
        throw thrown;
      }),
    ).toThrow(thrown);
    expect(allowed()).toBe(before);
  });

  it.each([8191, 8192, 1e9])("does nothing where there is no such processor: %d", (processor) => {
    let called = false;
    expect(libc().onProcessor(processor, () => (called = true))).toBeNull();
    expect(called).toBe(false);
  });
});

describe.skipIf(typeof loaded === "string")("one read of a file", () => {
  const into = Buffer.alloc(8);
  const readOnce = (entry: Entry | null): string => {
    const top = hostFolder(entry === null ? {} : { file: entry });
    const read = libc().readOnce(`${top}/file`, into);
    return typeof read === "string" ? read : into.toString("latin1", 0, read);
  };

  it("reads what is there, up to the length of the buffer", () => {
    expect([readOnce("stack\n"), readOnce(""), readOnce("0123456789")]).toEqual(["stack\n", "", "01234567"]);
  });

  it("or why not", () => {
    expect([readOnce(null), readOnce(aFolder)]).toEqual(["ENOENT", "EISDIR"]);
    if (whyNothingIsDenied === null) expect(readOnce(denied)).toBe("EACCES");
  });

  it("leaves nothing open", () => {
    const open = (): number => readdirSync("/proc/self/fd").length;
    const before = open();
    for (const entry of ["x", null, aFolder] as const) readOnce(entry);
    expect(open()).toBe(before);
  });
});

describe.skipIf(typeof loaded === "string")("the lock of an open folder", () => {
  it("is one open file's, until that is closed, and another one does not wait for it", () => {
    const folder = hostFolder({ instances: aFolder });
    const [one, other] = [openSync(folder, "r"), openSync(folder, "r")];
    expect([libc().lock(one), libc().lock(one), libc().lock(other)]).toEqual([null, null, "EAGAIN"]);
    closeSync(one);
    expect(libc().lock(other)).toBeNull();
    closeSync(other);
    expect(libc().lock(other)).toBe("EBADF");
  });
});
