import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadLibc } from "../../../src/platform/libc.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { forgetStart } from "../../../src/sources/crng/own-memory.ts";
import { hostOf, libcAnswering } from "../../support/host/host-folder.ts";

const libc = loadLibc();

function residentKiB(kind: "RssFile" | "RssAnon"): number {
  return Number(new RegExp(`^${kind}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}

describe("forgetStart", () => {
  it.skipIf(typeof libc === "string")("gives back pages of Node's file, and the process goes on as before", () => {
    const [file, memory] = [residentKiB("RssFile"), residentKiB("RssAnon")];
    forgetStart({ roots: rootsBelow("/"), libc: libc as Exclude<typeof libc, string> });
    expect(residentKiB("RssFile")).toBeLessThan(file * 0.75);
    // Nothing that was written is given back.
    expect(residentKiB("RssAnon")).toBeGreaterThan(memory * 0.75);
    expect(JSON.parse(JSON.stringify({ a: [1, "é".normalize("NFD")] }))).toEqual({ a: [1, "e\u0301"] });
  });

  it("touches nothing where /proc shows no mappings, and without koffi", () => {
    const calls: number[] = [];
    const counting = { ...libcAnswering(null), forgetPages: (start: number) => (calls.push(start), null) };
    forgetStart(hostOf({}, counting));
    forgetStart({ roots: rootsBelow("/"), libc: null });
    expect(calls).toEqual([]);
  });
});

describe.skipIf(typeof libc === "string")("forgetPages", () => {
  it("answers with the errno's name where nothing is mapped, or the address is none of a page", () => {
    if (typeof libc === "string") return;
    expect(libc.forgetPages(4096, 4096)).toBe("ENOMEM");
    expect(libc.forgetPages(4097, 4096)).toBe("EINVAL");
  });
});
