import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listOf, parseUnitFile, wordsOfExec } from "../../../src/parse/program/unit-file.ts";
import { growth, linear } from "../../support/growth.ts";
import { anyText } from "../../support/inputs/any-text.ts";

describe("a unit file", () => {
  it("is read with its comments and its lines that go on", () => {
    const text =
      "# a\n[Unit]\nDescription=Load/Save; OS\nWants=a.service \\\n# between\n  b.service\n;no\n\n[Service]\nExecStart=/bin/a \\\n\nExecStart = /bin/b\nnonsense\n=x\n";
    expect(parseUnitFile(text)).toEqual([
      { section: "Unit", name: "Description", value: "Load/Save; OS" },
      { section: "Unit", name: "Wants", value: "a.service  b.service" },
      { section: "Service", name: "ExecStart", value: "/bin/a" },
      { section: "Service", name: "ExecStart", value: "/bin/b" },
    ]);
  });

  it("clears a list by an empty value", () => {
    const settings = parseUnitFile(
      "[Service]\nExecStart=/a\nExecStartPre=/p\nExecStart=\nExecStart=/b\n[Unit]\nExecStart=/c\n",
    );
    expect(listOf(settings, "Service", "ExecStart", "ExecStartPre").toSorted()).toEqual(["/b", "/p"]);
  });

  it("may hold anything", () => {
    expect(parseUnitFile("a=b\n".repeat(5_000))).toHaveLength(1024);
    fc.assert(
      fc.property(anyText(), (text) =>
        parseUnitFile(text).every(({ name, value }) => name !== "" && !value.includes("\n")),
      ),
    );
  });
});

describe("a command line of a unit", () => {
  it.each([
    ["/usr/bin/a b c", ["/usr/bin/a", "b", "c"]],
    ["-@/usr/bin/a a0 b", ["/usr/bin/a", "a0", "b"]],
    ["+:!!|/usr/bin/a", ["/usr/bin/a"]],
    ["\"/opt/my prog\" 'x y'", ["/opt/my prog", "x y"]],
    ["ssh-keygen -A ; /bin/true", ["ssh-keygen", "-A"]],
    ["/usr/bin/%i", null],
    ["${PROGRAM} x", null],
    ["-", null],
    ["", null],
  ])("%s", (value, words) => {
    expect(wordsOfExec(value)).toEqual(words);
  });

  it("may hold anything", () => {
    fc.assert(fc.property(anyText(), (value) => wordsOfExec(value)?.[0] !== ""));
    expect(growth((size) => void wordsOfExec('"\\'.repeat(size)), 100_000)).toBeLessThan(linear);
  });
});
