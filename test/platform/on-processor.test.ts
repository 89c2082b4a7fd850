import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseProcessStat } from "../../src/parse/proc-stat.ts";
import { loadLibc } from "../../src/platform/libc.ts";

const own = (file: string): string => readFileSync(`/proc/thread-self/${file}`, "utf8");
const allowed = (): string => /^Cpus_allowed_list:\t(.+)$/m.exec(own("status"))?.[1] ?? "";
const where = (): number | null | undefined => parseProcessStat(own("stat"))?.processor;

const libc = loadLibc();

describe.skipIf(typeof libc === "string")("this thread on a processor of its choice", () => {
  const onProcessor = <T>(processor: number, work: () => T): T | null => (typeof libc === "string" ? null : libc.onProcessor(processor, work));
  const processors = allowed()
    .split(",")
    .flatMap((range) => range.split("-", 2))
    .map(Number);

  it("is there, and afterwards wherever it was allowed before", () => {
    const before = allowed();
    expect(processors.map((processor) => onProcessor(processor, () => ({ where: where(), allowed: allowed() })))).toEqual(processors.map((processor) => ({ where: processor, allowed: String(processor) })));
    expect(allowed()).toBe(before);
  });

  it("is so after an exception, too", () => {
    const before = allowed();
    const thrown = new Error("while there");
    expect(() =>
      onProcessor(processors[0] ?? 0, () => {
        throw thrown;
      }),
    ).toThrow(thrown);
    expect(allowed()).toBe(before);
  });

  it.each([8191, 8192, 1e9])("does nothing where there is no such processor: %d", (processor) => {
    let called = false;
    expect(onProcessor(processor, () => (called = true))).toBeNull();
    expect(called).toBe(false);
  });
});
