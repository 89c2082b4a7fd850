import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "./support/host/host-folder.ts";

const root = resolve(import.meta.dirname, "..");
let top: string;
const inDist = (name: string): string => join(top, "dist", name);

beforeEach(() => {
  top = temporaryFolder();
  for (const part of ["dist", "native"]) mkdirSync(join(top, part));
  copyFileSync(join(root, "src/start.cjs"), inDist("start.cjs"));
  copyFileSync(join(root, "native/compile-start.cjs"), join(top, "native/compile-start.cjs"));
});

function node(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  return { status, stdout, stderr };
}

describe("start.cjs", () => {
  it("says that Node is too old before that Node sees a line that it cannot parse", () => {
    const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { engines: { node: string } };
    const oldest = engines.node.replace(">=", "");
    const pretend = join(top, "pretend.cjs");
    writeFileSync(inDist("main.cjs"), "this is no JavaScript");
    const runs = (version: string, ...given: readonly string[]) => {
      writeFileSync(pretend, `Object.defineProperty(process.versions, "node", { value: "${version}" });`);
      return node("--require", pretend, inDist("start.cjs"), ...given);
    };
    const tooOld = (version: string): string =>
      `Node.js ${version} ('${process.execPath}') is too old: install Node.js ${oldest} or newer, or set CRNGWATCH_NODE to the path of one\n`;
    for (const version of ["0.10.48", "10.24.0", "12.22.12", "18.20.4", "20.18.3"])
      expect(runs(version, "status"), version).toEqual({
        status: 1,
        stdout: "",
        stderr: `crngwatch: ${tooOld(version)}`,
      });
    // A monitoring system reads standard output.
    expect(runs("18.20.4", "check")).toEqual({
      status: 3,
      stdout: `CRNG UNKNOWN - ${tooOld("18.20.4")}`,
      stderr: "",
    });
    for (const version of [`${oldest}.0`, "20.20.2", "22.0.0", "26.1.0"])
      expect(runs(version, "status").stderr, version).toContain("SyntaxError");
  });

  it("is parsed by Node of ten years ago: it has no syntax that is newer than ECMAScript 5", () => {
    const text = readFileSync(join(root, "src/start.cjs"), "utf8").replaceAll(/\/\/.*|"(?:[^"\\]|\\.)*"/gu, "");
    expect(text).not.toMatch(/=>|`|\b(?:const|let|class|async|await|import)\b|\?[.?]|\.\.\./u);
  });

  it("runs main.cjs once as a file of its folder, whichever other file requires it, and with the words given", () => {
    writeFileSync(
      inDist("main.cjs"),
      `exports.words = process.argv.slice(2); console.log(__filename, __dirname, require("./other.cjs")());`,
    );
    writeFileSync(inDist("other.cjs"), `module.exports = () => require("./main.cjs").words.join("+");`);
    expect(node(inDist("start.cjs"), "a", "b")).toEqual({
      status: 0,
      stdout: `${inDist("main.cjs")} ${join(top, "dist")} a+b\n`,
      stderr: "",
    });
  });
});

describe("compile-start.cjs", () => {
  const compiled = `function hello() { console.log("compiled"); } hello();`;
  // Of the same length: by more than that V8 does not know code again, so that this one shows what it ran.
  const changed = compiled.replace("compiled", "anew not");
  const printed = (...options: readonly string[]): string => node(...options, inDist("start.cjs")).stdout.trim();

  beforeEach(() => {
    writeFileSync(inDist("main.cjs"), compiled);
    expect(node(join(top, "native/compile-start.cjs"))).toEqual({ status: 0, stdout: "", stderr: "" });
    writeFileSync(inDist("main.cjs"), changed);
  });

  it("leaves code that a start takes without compiling it again, with the options that the wrapper gives", () => {
    expect(printed()).toBe("compiled");
    const wrapper = readFileSync(join(root, "bin/crngwatch"), "utf8");
    const [, options = ""] = /^exec "\$node" (--v8-pool-size.*) "\$start"/mu.exec(wrapper) ?? [];
    expect(printed(...options.split(" "))).toBe("compiled");
  });

  it("leaves code that another V8 refuses, as one without its compiler: what main.cjs holds runs", () => {
    expect(printed("--jitless")).toBe("anew not");
    writeFileSync(inDist("main.cjs"), `${changed} `);
    expect(printed()).toBe("anew not");
  });

  it.each([
    ["is missing", () => rmSync(inDist("main.v8"))],
    ["was cut short", () => truncateSync(inDist("main.v8"), 200)],
    ["is empty", () => truncateSync(inDist("main.v8"), 0)],
    ["is something else", () => writeFileSync(inDist("main.v8"), "no code".repeat(99))],
  ])("is not needed: what main.cjs holds runs where the code %s", (_, spoil) => {
    spoil();
    expect(node(inDist("start.cjs"))).toEqual({ status: 0, stdout: "anew not\n", stderr: "" });
  });
});
