import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verbs } from "../../src/cli/verbs/registry.ts";
import { mounted, noMounts } from "../support/host/mounted.ts";
import { compile, root } from "./compiled.ts";

/** What the stand-in for crngwatch itself prints. */
interface Started {
  readonly main: string;
  readonly node: string;
  readonly options: readonly string[];
  readonly arguments: readonly string[];
  readonly preload: string | null;
  readonly loaded: boolean;
  readonly nodeOptions: string | null;
}
const main = `
const { readFileSync } = require("node:fs");
console.log(JSON.stringify({
  main: __filename,
  node: process.execPath,
  options: process.execArgv,
  arguments: process.argv.slice(2),
  preload: process.env.LD_PRELOAD ?? null,
  loaded: readFileSync("/proc/self/maps", "utf8").includes("nonblocking-start.so"),
  nodeOptions: process.env.NODE_OPTIONS ?? null,
}));
process.exitCode = 3;
`;

const compiled = compile();
let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), "crngwatch-wrapper-")))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A crngwatch below `folder`, and the path of its bin/crngwatch. */
const tree = (name: string, object = compiled.reason === null) => {
  const top = join(folder, name);
  for (const part of ["bin", "dist", "native", "node_modules/koffi"]) mkdirSync(join(top, part), { recursive: true });
  copyFileSync(join(root, "bin/crngwatch"), join(top, "bin/crngwatch"));
  copyFileSync(join(root, "src/start.cjs"), join(top, "dist/start.cjs"));
  writeFileSync(join(top, "dist/main.cjs"), main);
  if (object && compiled.reason === null) copyFileSync(compiled.object, join(top, "native/nonblocking-start.so"));
  return join(top, "bin/crngwatch");
};

const run = (command: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = "/") => {
  const inherited = { PATH: process.env["PATH"], CRNGWATCH_NODE: process.execPath };
  const { status, stdout, stderr } = spawnSync(command[0] ?? "", command.slice(1), {
    cwd,
    env: { ...inherited, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};
const start = (...parameters: Parameters<typeof run>): Started => {
  const { status, stdout, stderr } = run(...parameters);
  expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
  return JSON.parse(stdout);
};
const failsWith = (message: RegExp, ...parameters: Parameters<typeof run>) => {
  const { status, stdout, stderr } = run(...parameters);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr.match(/\n/gu)).toHaveLength(1);
};

describe("bin/crngwatch", () => {
  it("hands over its arguments as they are, and the exit code", () => {
    const odd = ["status", "", " a  b ", "line\nline", "*", "$HOME `id` $(id)", "'\"\\", "--help", "-", "é"];
    expect(start([tree("a"), ...odd]).arguments).toEqual(odd);
    expect(start([tree("a")]).arguments).toEqual([]);
  });

  it.for(["sh", "dash", "bash", "busybox"])("runs in %s", (shell, { skip }) => {
    const command = shell === "busybox" ? ["busybox", "sh"] : [shell];
    if (spawnSync(command[0] ?? "", ["-c", ":"]).error !== undefined) skip(`${command[0]} is not installed`);
    const script = tree("a");
    expect(start([...command, script, "a b"])).toMatchObject({ arguments: ["a b"], loaded: compiled.reason === null });
    failsWith(/Cannot run 'none'/u, [...command, script], { CRNGWATCH_NODE: "none" });
  });

  it("is found wherever it is called from", () => {
    const script = tree("-a/b");
    const expected = { main: join(folder, "-a/b/dist/main.cjs"), loaded: compiled.reason === null };
    expect(start([script])).toMatchObject(expected);
    expect(start(["./-a/b/bin/crngwatch"], {}, folder)).toMatchObject(expected);
    expect(start(["./crngwatch"], {}, dirname(script))).toMatchObject(expected);
    expect(start(["sh", "crngwatch"], {}, dirname(script))).toMatchObject(expected);
    expect(start(["../bin/crngwatch"], {}, join(folder, "-a/b/dist"))).toMatchObject(expected);
    expect(start(["crngwatch"], { PATH: `${dirname(script)}:${process.env["PATH"]}` })).toMatchObject(expected);
    // An empty part of PATH is the current folder, and $0 then has no slash.
    expect(start(["crngwatch"], { PATH: `:${process.env["PATH"]}` }, dirname(script))).toMatchObject(expected);
  });

  it("is found through symbolic links", () => {
    const script = tree("opt/crngwatch");
    const expected = { main: join(folder, "opt/crngwatch/dist/main.cjs"), loaded: compiled.reason === null };
    mkdirSync(join(folder, "usr/bin"), { recursive: true });
    mkdirSync(join(folder, "links"));
    symlinkSync(script, join(folder, "usr/bin/absolute"));
    symlinkSync("../../opt/crngwatch/bin/crngwatch", join(folder, "usr/bin/relative"));
    symlinkSync("relative", join(folder, "usr/bin/twice"));
    // Like /bin on most systems: the relative link is one level deeper than its path shows.
    symlinkSync("usr/bin", join(folder, "bin"));
    symlinkSync("../opt/crngwatch/bin", join(folder, "links/folder"));
    symlinkSync("opt/crngwatch/dist", join(folder, "link"));
    for (const link of [
      "usr/bin/absolute",
      "usr/bin/relative",
      "usr/bin/twice",
      "bin/relative",
      "bin/twice",
      "links/folder/crngwatch",
      "link/../bin/crngwatch",
    ]) {
      expect(start([`${folder}/${link}`])).toMatchObject(expected);
      expect(start([link], {}, folder)).toMatchObject(expected);
    }
    expect(start(["twice"], { PATH: `${join(folder, "bin")}:${process.env["PATH"]}` })).toMatchObject(expected);
  });

  it("runs no other program, but readlink for a symbolic link", () => {
    const script = tree("a");
    expect(start([script], { PATH: "/nonexistent" }).arguments).toEqual([]);
    symlinkSync(script, join(folder, "link"));
    const { status, stderr } = run([join(folder, "link")], { PATH: "/nonexistent" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^crngwatch: Cannot follow the symbolic link '.*link'$/mu);
  });

  it.each(["with blank", "with\ttab", "with\nnewline", "with:colon", "with$ORIGIN", "with*glob", "with'quote"])(
    "starts from %j",
    (name) => {
      const { main: started, preload, loaded } = start([tree(name), "x"]);
      expect(started).toBe(join(folder, name, "dist/main.cjs"));
      // The loader has no way to name these three.
      const possible = !/[ :$]/u.test(name);
      expect(loaded).toBe(possible && compiled.reason === null);
      expect(preload !== null).toBe(loaded);
    },
  );

  it("starts without the object", () => {
    expect(start([tree("a", false)])).toMatchObject({ preload: null, loaded: false });
    expect(start([tree("a", false)], { LD_PRELOAD: "" })).toMatchObject({ preload: "", loaded: false });
  });

  it.skipIf(compiled.reason !== null)("keeps the LD_PRELOAD of its user, after its own", () => {
    const theirs = join(folder, "theirs.so");
    if (compiled.reason === null) copyFileSync(compiled.object, theirs);
    expect(start([tree("a")], { LD_PRELOAD: theirs }).preload).toBe(
      `${folder}/a/bin/../native/nonblocking-start.so:${theirs}`,
    );
    expect(start([tree("b", false)], { LD_PRELOAD: theirs }).preload).toBe(theirs);
    expect(start([tree("with blank")], { LD_PRELOAD: theirs }).preload).toBe(theirs);
    expect(start([tree("a")], { LD_PRELOAD: "" }).preload).toBe(`${folder}/a/bin/../native/nonblocking-start.so`);
  });

  it("ignores what is meant for other programs of Node", () => {
    const env = { NODE_OPTIONS: "--require=/nonexistent", NODE_EXTRA_CA_CERTS: "/nonexistent" };
    expect(start([tree("a")], env).nodeOptions).toBe(null);
  });

  it("has Node start without a compiler for a service, and otherwise with few threads and no configuration of OpenSSL", () => {
    const quick = ["--v8-pool-size=1", "--openssl-config=/dev/null"];
    const service = { NOTIFY_SOCKET: "/run/systemd/notify" };
    const daemon: Started = JSON.parse(run([tree("a"), "daemon", "x"], service).stdout);
    expect(daemon).toMatchObject({
      options: ["--jitless", "--max-semi-space-size=1", "--no-memory-reducer"],
      arguments: ["daemon", "x"],
    });
    expect(start([tree("a"), "status", "daemon"], service).options).toEqual(quick);
    expect(start([tree("a"), "daemon"]).options).toEqual(quick);
  });

  describe("finds Node", () => {
    const nodes = () => {
      mkdirSync(join(folder, "nodes"));
      symlinkSync(process.execPath, join(folder, "nodes/node"));
      symlinkSync(process.execPath, join(folder, "nodes/other-node"));
      return join(folder, "nodes");
    };

    it("in PATH", () => {
      const path = nodes();
      expect(start([tree("a")], { CRNGWATCH_NODE: undefined, PATH: path }).node).toBe(realpathSync(process.execPath));
      expect(start([tree("a")], { CRNGWATCH_NODE: "", PATH: path }).node).toBe(realpathSync(process.execPath));
    });

    it("where CRNGWATCH_NODE says, and nowhere else", () => {
      const path = nodes();
      start([tree("a")], { CRNGWATCH_NODE: join(path, "other-node"), PATH: "/nonexistent" });
      start([tree("a")], { CRNGWATCH_NODE: "other-node", PATH: path });
      const wrong = (name: string) =>
        new RegExp(`^crngwatch: Cannot run '${name}', which CRNGWATCH_NODE names: it must be Node.js 20`, "u");
      for (const name of ["/nonexistent/node", "no-such-node", folder, join(folder, "a/dist/main.cjs")])
        failsWith(wrong(name), [tree("a")], { CRNGWATCH_NODE: name, PATH: path });
    });

    it("in /usr/bin, or says so", () => {
      const env = { CRNGWATCH_NODE: undefined, PATH: "/nonexistent" };
      if (existsSync("/usr/bin/node")) expect(run([tree("a")], env).status).toBe(3);
      else
        failsWith(/^crngwatch: Cannot find 'node' in PATH nor '\/usr\/bin\/node': install Node.js/u, [tree("a")], env);
    });
  });

  it("says when it was not built", () => {
    const script = tree("a");
    rmSync(join(folder, "a/dist/start.cjs"));
    failsWith(/^crngwatch: Cannot find '.*\/dist\/start.cjs': run 'npm run build' first\n$/u, [script]);
  });

  it("says that the npm packages are missing, and not that something in it is broken", () => {
    const script = tree("a");
    rmSync(join(folder, "a/node_modules"), { recursive: true });
    failsWith(
      /^crngwatch: Cannot find the npm packages of crngwatch in '.*\/node_modules': run 'npm ci' there first\n$/u,
      [script],
    );
    // Where npm lays the packages of a project side by side.
    mkdirSync(join(folder, "koffi"));
    expect(start([script]).arguments).toEqual([]);
  });

  it("answers a monitoring system in its own way where it cannot start", () => {
    const script = tree("a");
    rmSync(join(folder, "a/dist/start.cjs"));
    expect(run([script, "check"])).toEqual({
      status: 3,
      stdout: expect.stringMatching(
        /^CRNG UNKNOWN - Cannot find '.*start\.cjs': run 'npm run build' first\n$/u,
      ) as string,
      stderr: "",
    });
    const without = { CRNGWATCH_NODE: "/nonexistent" };
    expect(run([tree("b"), "check"], without)).toMatchObject({ status: 3, stderr: "" });
  });
});

// What `npm install -g --ignore-scripts` leaves, and a host without a C compiler.
describe.skipIf(noMounts !== null)("bin/crngwatch without its start object, where entropy_avail", () => {
  const pool = "/proc/sys/kernel/random/entropy_avail";
  /** A program that shows what it starts this number of bits; the file can be written while it runs. */
  const showing = (bits: string): readonly [string, ...string[]] => {
    writeFileSync(join(folder, "bits"), bits);
    return mounted(`mount --bind '${join(folder, "bits")}' ${pool}`);
  };
  const because = (bits: string): string =>
    `Node.js would wait for the CRNG, which is not known to be ready (entropy_avail: ${bits}), because `;
  const build = (script: string): string => {
    const top = `${dirname(script)}/..`;
    return `'${top}/native/nonblocking-start.so' is missing: run 'sh ${top}/native/build.sh', which needs a C compiler`;
  };

  it.each(verbs.map(({ name }) => name).filter((name) => name !== "daemon" && name !== "check"))(
    "is below 256: %s does not start Node, and says what is missing and how to get it",
    (verb) => {
      const script = tree("a", false);
      expect(run([...showing("255\n"), script, verb])).toEqual({
        status: 1,
        stdout: "",
        stderr: `crngwatch: ${because("255")}${build(script)}\n`,
      });
    },
  );

  it("is below 256: check is UNKNOWN, on standard output", () => {
    const script = tree("a", false);
    expect(run([...showing("2\n"), script, "check"])).toEqual({
      status: 3,
      stdout: `CRNG UNKNOWN - ${because("2")}${build(script)}\n`,
      stderr: "",
    });
  });

  it.for(["dash", "bash", "busybox"])("is 256: it starts, in %s", (shell, { skip }) => {
    const command = shell === "busybox" ? ["busybox", "sh"] : [shell];
    if (spawnSync(command[0] ?? "", ["-c", ":"]).error !== undefined) skip(`${shell} is not installed`);
    const script = tree("a", false);
    expect(start([...showing("256\n"), ...command, script])).toMatchObject({ loaded: false });
    failsWith(/^crngwatch: Node\.js would wait for the CRNG, /u, [...showing("25\n"), ...command, script]);
  });

  it.each<[what: string, script: string]>([
    ["is not there", "mount -t tmpfs tmpfs /proc/sys/kernel/random"],
    ["is empty", `mount --bind /dev/null ${pool}`],
  ])("%s: readiness is unknown, and Node is not started", (_what, script) => {
    failsWith(/^crngwatch: Node\.js would wait for the CRNG, /u, [...mounted(script), tree("a", false), "status"]);
  });

  it("is below 256, and the object is empty, or lies where LD_PRELOAD cannot name it", () => {
    const script = tree("a", false);
    writeFileSync(join(folder, "a/native/nonblocking-start.so"), "");
    failsWith(/nonblocking-start\.so' is missing: run 'sh /u, [...showing("0\n"), script, "status"]);
    failsWith(
      /because LD_PRELOAD cannot name '.*\.so': move crngwatch to a folder without a blank, ':' or '\$' in its path$/mu,
      [...showing("0\n"), tree("with blank"), "status"],
    );
  });

  it("is below 256: the daemon says so once, and starts when it is 256", { timeout: 30_000 }, async () => {
    const script = tree("a", false);
    const [command, ...words] = [...showing("12\n"), script, "daemon"];
    const child = spawn(command, words, { env: { PATH: process.env["PATH"], CRNGWATCH_NODE: process.execPath } });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    const said = new Promise<void>((resolve) =>
      child.stderr.setEncoding("utf8").on("data", (text: string) => ((stderr += text), resolve())),
    );
    const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
    await said;
    expect(stdout).toBe("");
    writeFileSync(join(folder, "bits"), "256\n");
    expect(await closed).toBe(3);
    expect(stderr).toBe(`crngwatch: ${because("12")}${build(script)}; the daemon starts once it is ready\n`);
    expect(JSON.parse(stdout)).toMatchObject({ arguments: ["daemon"], loaded: false });
  });
});
