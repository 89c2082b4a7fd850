import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { analyse } from "scslre";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { project } from "./support/running/program.ts";

/**
 * Expressions that may take quadratic time on some text, and why that text cannot come. Everything else is linear: a
 * log, an archive or a host's file may be a stranger's.
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

/** Modules that put together others' expressions, each of which is read where it stands. */
const joining: readonly string[] = ["core/pattern/any-pattern.ts"];

const slowIn = (source: string, flags: string): boolean =>
  analyse({ source, flags }, { reportTypes: { Move: true, Trade: true, Self: true } }).reports.length > 0;

interface Expression {
  readonly place: string;
  readonly pattern: string;
  readonly flags: string;
}

interface Found {
  readonly literals: readonly Expression[];
  /** Modules that call the constructor of RegExp. */
  readonly builders: ReadonlySet<string>;
  /** What is put together where a function runs: a word stands for each part that is not known before. */
  readonly templates: readonly Expression[];
}

type Node = Readonly<Record<string, unknown>> & { readonly type?: string };

/** All expressions that the program's sources hold. */
function expressions(): Found {
  const [literals, templates, builders] = [[] as Expression[], [] as Expression[], new Set<string>()];
  for (const name of readdirSync(join(project, "src"), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const visit = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      const node = value as Node;
      if (isRegExpCall(node)) {
        builders.add(name);
        const [source, flags] = (node["arguments"] as readonly Node[]).map(textOf);
        if (source !== undefined && source !== null)
          templates.push({ place: name, pattern: source, flags: flags ?? "" });
      }
      if (typeof node["regex"] === "object" && node["regex"] !== null) {
        const { pattern, flags } = node["regex"] as { pattern: string; flags: string };
        literals.push({ place: name, pattern, flags });
      } else for (const child of Object.values(node)) visit(child);
    };
    visit(parseAst(readFileSync(join(project, "src", name), "utf8"), { lang: "ts" }));
  }
  return { literals, builders, templates };
}

function isRegExpCall({ type, callee }: Node): boolean {
  return (type === "NewExpression" || type === "CallExpression") && (callee as Node)["name"] === "RegExp";
}

/** The text of a string, or of a template with "key" for what is put in; null where it is neither. */
function textOf(node: Node): string | null {
  if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : null;
  if (node.type === "BinaryExpression") {
    const [left, right] = [textOf(node["left"] as Node), textOf(node["right"] as Node)];
    return left === null || right === null ? null : left + right;
  }
  const template = node.type === "TaggedTemplateExpression" ? (node["quasi"] as Node) : node;
  if (template.type !== "TemplateLiteral") return null;
  const kind = template === node ? "cooked" : "raw";
  const quasis = template["quasis"] as readonly { readonly value: Readonly<Record<string, string>> }[];
  return quasis.map(({ value }) => value[kind] ?? "").join("key");
}

/** The expressions that modules put together as they are loaded, as the engine gets them. */
async function builtBy(modules: Iterable<string>): Promise<readonly Expression[]> {
  const found: Expression[] = [];
  const original = globalThis.RegExp;
  for (const place of modules) {
    vi.resetModules();
    globalThis.RegExp = new Proxy(original, {
      construct(target, given: ConstructorParameters<typeof RegExp>) {
        const made = new target(...given);
        found.push({ place, pattern: made.source, flags: made.flags });
        return made;
      },
    });
    try {
      await import(join(project, "src", place));
    } finally {
      globalThis.RegExp = original;
    }
  }
  return found;
}

describe("regular expressions", () => {
  const { literals, builders, templates } = expressions();
  let all: readonly Expression[] = [];

  beforeAll(async () => {
    all = [...literals, ...templates, ...(await builtBy(builders))];
  });

  it("are all read by this test: literals, and those that are put together", () => {
    expect(literals.length).toBeGreaterThan(300);
    const read = new Set(all.filter((one) => !literals.includes(one)).map(({ place }) => place));
    expect([...builders].filter((name) => !read.has(name))).toEqual(joining);
    // "|" comes from a list, and the end from the message's own expression.
    expect(all.some(({ pattern }) => pattern.includes("lsqb|rsqb"))).toBe(true);
    expect(all.some(({ pattern }) => pattern.includes("uninitialized urandom read") && !pattern.endsWith("$"))).toBe(
      true,
    );
  });

  it("are no literals with Unicode's tables outside of the readers of logs: parsing the file would build these", () => {
    const places = literals.filter(({ pattern }) => /\\p\{/i.test(pattern)).map(({ place }) => place);
    expect(places.filter((place) => !place.startsWith("parse/"))).toEqual([]);
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
