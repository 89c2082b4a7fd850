import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseKeyValue } from "../../../src/parse/proc/key-value.ts";
import { growth, linear } from "../../support/growth.ts";

const read = (text: string): unknown => Object.fromEntries(parseKeyValue(text));

describe("assignments", () => {
  it("of os-release", () => {
    expect(
      read("NAME=\"Fedora Linux\"\nID=fedora\n# comment=1\n\n  VERSION_ID=41\nPRETTY_NAME='Fedora Linux 41'\n"),
    ).toEqual({
      NAME: "Fedora Linux",
      ID: "fedora",
      VERSION_ID: "41",
      PRETTY_NAME: "Fedora Linux 41",
    });
  });

  it("keep '=' and other quotes in values, and may be empty", () => {
    expect(read('A=b=c\nB=\nC="it\'s"\nD="open\nE=""')).toEqual({ A: "b=c", B: "", C: "it's", D: '"open', E: "" });
  });

  it("are overruled by later ones", () => {
    expect(read("container=lxc\ncontainer=podman")).toEqual({ container: "podman" });
  });

  it("have names, and no blank before the '='", () => {
    expect(read("1A=x\n-B=x\nC =x\n=x\nexport D=x\nE")).toEqual({});
  });

  it("hold no other line's text", () => {
    const line = fc.string({ unit: fc.constantFrom(...Array.from("AB=\"' #")) });
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const value of parseKeyValue(lines.join("\n")).values()) expect(value).not.toContain("\n");
      }),
    );
  });

  it("take time in proportion to their length, whatever they hold", () => {
    for (const text of [
      (size: number) => "\n".repeat(size),
      (size: number) => " ".repeat(size),
      (size: number) => "A".repeat(size),
      (size: number) => `A=${'"'.repeat(size)}`,
      (size: number) => "A=\n".repeat(size / 4),
    ])
      expect(growth((size) => void parseKeyValue(text(size)), 1 << 18)).toBeLessThan(linear);
  });
});
