import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root, sources } from "./compiled.ts";

const lost = /^Without it crngwatch starts only when the CRNG is ready: .*\n$/mu;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "crngwatch build "));
  for (const name of sources) cpSync(join(root, "native", name), join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

const object = () => join(folder, "nonblocking-start.so");
const build = (env: NodeJS.ProcessEnv = {}, cwd = "/", script = join(folder, "build.sh")) => {
  const { status, stdout, stderr } = spawnSync("sh", [script], {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};
/** A compiler in PATH that writes its arguments where it should write an object. */
const fakeCompiler = (machine: string, status = 0) => {
  const path = join(folder, "compiler");
  writeFileSync(
    path,
    `#!/bin/sh
[ "$1" = -dumpmachine ] && { echo ${machine}; exit; }
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; arguments="$arguments $1"; shift; done
[ -z "$out" ] || echo "$arguments" >"$out"
exit ${status}
`,
  );
  chmodSync(path, 0o755);
};
const withFakeCompiler = () => ({ CC: "compiler", PATH: `${folder}:${process.env["PATH"]}` });

describe("native/build.sh", () => {
  it.skipIf(spawnSync("cc", ["--version"]).error !== undefined)("builds the object, from any folder", () => {
    expect(build({ CC: "" })).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(existsSync(object())).toBe(true);
    rmSync(object());
    expect(build({ CC: "" }, folder, "build.sh")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(readdirSync(folder).toSorted()).toEqual([...sources, "nonblocking-start.so"].toSorted());
  });

  it("builds only what is older than its source", () => {
    fakeCompiler("x86_64-linux-gnu");
    // More than one word, as in CC="ccache gcc".
    const env = { ...withFakeCompiler(), CC: "env A=b compiler" };
    const seconds = (name: string) => Math.round(statSync(join(folder, name)).mtimeMs / 1000);
    const date = (name: string, time: number) => utimesSync(join(folder, name), time, time);
    expect(build(env)).toEqual({ status: 0, stdout: "", stderr: "" });
    for (const name of sources) date(name, 1000);
    date("nonblocking-start.so", 2000);
    build(env);
    expect(seconds("nonblocking-start.so")).toBe(2000);
    for (const newer of sources) {
      date("nonblocking-start.so", 2000);
      date(newer, 3000);
      build(env);
      expect(seconds("nonblocking-start.so")).toBeGreaterThan(3000);
      date(newer, 1000);
    }
  });

  it.each([
    ["aarch64-linux-gnu", true],
    ["x86_64-redhat-linux", false],
  ])("keeps constructors of the compiler's own out: %s", (machine, expected) => {
    fakeCompiler(machine);
    build({ ...withFakeCompiler(), CFLAGS: "-g3", LDFLAGS: "-Wl,-O1" });
    const written = readFileSync(object(), "utf8");
    expect(written.includes("-mno-outline-atomics")).toBe(expected);
    expect(written).toMatch(/ -O2 .* -g3 .* -nostartfiles .* -Wl,-O1 /u);
  });

  it("says what is lost without a compiler", () => {
    // An empty PATH, so sh itself by its full path.
    const sh = spawnSync("sh", ["-c", "command -v sh"], { encoding: "utf8" }).stdout.trim();
    const { status, stderr } = spawnSync(sh, [join(folder, "build.sh")], { env: { PATH: folder }, encoding: "utf8" });
    expect(status).toBe(0);
    expect(stderr).toMatch(/^native\/nonblocking-start.so was not built: there is no C compiler/u);
    expect(stderr).toMatch(lost);
    expect(stderr.split("\n")).toHaveLength(3);
    expect(existsSync(object())).toBe(false);
  });

  it("says what is lost on an architecture that is not served", () => {
    fakeCompiler("riscv64-linux-gnu");
    const { status, stderr } = build(withFakeCompiler());
    expect(status).toBe(0);
    expect(stderr).toMatch(/was not built: it serves x86-64 and aarch64 only, not 'riscv64-linux-gnu'\n/u);
    expect(stderr).toMatch(lost);
    expect(existsSync(object())).toBe(false);
  });

  it("keeps the old object, and no half of a new one, when the compiler fails", () => {
    fakeCompiler("x86_64-linux-gnu", 1);
    writeFileSync(object(), "old");
    utimesSync(object(), 1, 1);
    const { status, stderr } = build(withFakeCompiler());
    expect(status).toBe(0);
    expect(stderr).toMatch(/was not built: 'compiler' failed\n/u);
    expect(stderr).toMatch(lost);
    expect(statSync(object()).size).toBe(3);
    expect(readdirSync(folder).toSorted()).toEqual([...sources, "compiler", "nonblocking-start.so"].toSorted());
  });
});
