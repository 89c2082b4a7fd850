import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { analyse } from "scslre";
import { describe, expect, it } from "vitest";
import { project } from "./support/program.ts";

/**
 * Expressions that may take quadratic time on some text, and why that text cannot come. Everything else is linear: a log,
 * an archive or a host's file may be a stranger's.
 */
const bounded: Readonly<Record<string, string>> = {
  "^(.{1,8}|<\\.{3}>)-(\\d{1,10}) +(\\d{1,4})([^\\s\\d]\\S{3,11}) +(\\d{1,15})us[ !#*$@+]?: +(.*)$":
    "all that follows ' +' is '.*', which cannot fail",
  "^(.{0,15}|<\\.{3}>)-(\\d{1,10}) +(?:\\( *(\\d{1,10}|-{1,10})\\) +)?\\[\\d{3,5}\\]\\s+(?:\\S{4,12} +)?(\\d{1,10}\\.\\d{6}(?:\\d{3})?): +(.*)$":
    "all that follows ' +' is '.*', which cannot fail",
  "^[ \\t]{0,99}([a-z][a-z ]{0,30}?)[ \\t]{0,9}:[ \\t]*((?:[^\\n]*\\\\\\r?\\n)*[^\\n]*)$":
    "what follows '[ \\t]*' ends where the line does, and cannot fail",
  "^[ ]*([0-7]*)[ \\0]*$": "a field of a tar header has 12 bytes at most",
  "\\0.*$": "a field of a tar header has 12 bytes at most",
};

/** Folders whose expressions read lines of a bounded length alone. */
const boundedFolders: Readonly<Record<string, string>> = {
  "parse/sign/": "log-signs.ts cuts each line at longestLine before any of them reads it",
};

const slowIn = (source: string, flags: string): boolean =>
  analyse({ source, flags }, { reportTypes: { Move: true, Trade: true, Self: true } }).reports.length > 0;

interface Expression {
  readonly place: string;
  readonly pattern: string;
  readonly flags: string;
}

/** All literals of regular expressions in the program's sources. */
function expressions(): readonly Expression[] {
  const found: Expression[] = [];
  for (const name of readdirSync(join(project, "src"), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const visit = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      if ("regex" in node && typeof node.regex === "object" && node.regex !== null) {
        const { pattern, flags } = node.regex as { pattern: string; flags: string };
        found.push({ place: name, pattern, flags });
      } else for (const child of Object.values(node)) visit(child);
    };
    visit(parseAst(readFileSync(join(project, "src", name), "utf8"), { lang: "ts" }));
  }
  return found;
}

describe("regular expressions", () => {
  const all = expressions();

  it("are all read by this test", () => {
    expect(all.length).toBeGreaterThan(300);
  });

  it("take linear time, or on text of a bounded length alone", () => {
    const slow = all
      .filter(({ place }) => !Object.keys(boundedFolders).some((folder) => place.startsWith(folder)))
      .filter(({ pattern, flags }) => bounded[pattern] === undefined && slowIn(pattern, flags))
      .map(({ place, pattern, flags }) => `${place}: /${pattern}/${flags}`);
    expect(slow).toEqual([]);
  });

  it("are excused only where they are still there", () => {
    const patterns = new Set(all.map(({ pattern }) => pattern));
    expect(Object.keys(bounded).filter((pattern) => !patterns.has(pattern))).toEqual([]);
  });

  it("would be found if they were quadratic", () => {
    for (const source of ["\\r+$", "(a|a)*b", "(?:\\w+ +)*x"]) expect(slowIn(source, ""), source).toBe(true);
  });
});
