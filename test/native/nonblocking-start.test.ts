import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { compile } from "./compiled.ts";

const compiled = compile();
if (compiled.reason !== null) console.warn(`native/nonblocking-start.so is not tested: ${compiled.reason}`);

describe.skipIf(compiled.reason !== null)("nonblocking-start.so", () => {
  if (compiled.reason !== null) return;
  const { object, harness } = compiled;
  const preloaded = { ...process.env, LD_PRELOAD: object };
  const cases = execFileSync(harness, ["list"], { encoding: "utf8" }).trim().split("\n");

  // Some sandboxes forbid seccomp filters.
  const seccomp = spawnSync(harness, ["exec", "ready", "true"], { encoding: "utf8" });
  if (seccomp.status !== 0) console.warn(`without seccomp there is no unready kernel to test with: ${seccomp.stderr}`);

  it.skipIf(seccomp.status !== 0).each(cases.filter((name) => name.startsWith("scripted-")))("%s", (name) => {
    const { status, signal, stderr } = spawnSync(harness, ["run", name], { env: preloaded, encoding: "utf8" });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
  });

  // Where there is seccomp, its filter kills the harness on a call that could wait.
  it.each(cases.filter((name) => !name.startsWith("scripted-")))("%s", (name) => {
    const env = seccomp.status === 0 ? preloaded : { ...preloaded, HARNESS_WITHOUT_SECCOMP: "1" };
    const { status, signal, stderr } = spawnSync(harness, ["run", name], { env, encoding: "utf8" });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
  });

  describe.skipIf(seccomp.status !== 0)("a program that is killed if it calls in a way that can block", () => {
    const start = (rule: string, env: NodeJS.ProcessEnv) => {
      const script = "process.stdout.write('started')";
      return spawnSync(harness, ["exec", rule, process.execPath, "-e", script], { env, encoding: "utf8" });
    };

    it("is Node, without the object", () => {
      const { signal, stdout } = start("unready", process.env);
      expect({ signal, stdout }).toEqual({ signal: "SIGSYS", stdout: "" });
    });

    it.each(["ready", "unready", "unready-before-5.6", "before-3.17"])("is not Node with it: %s", (rule) => {
      const { status, stdout, stderr } = start(rule, preloaded);
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "started", stderr: "" });
    });

    it.for(["sh", "bash", "dash", "busybox"])("is not %s", (shell, { skip }) => {
      const command = shell === "busybox" ? ["busybox", "sh"] : [shell];
      if (spawnSync(command[0] ?? "", ["-c", ":"]).error !== undefined) skip(`${command[0]} is not installed`);
      const script = "x=$(echo a | cat; exit 3); echo $x $?";
      const { stdout } = spawnSync(harness, ["exec", "unready", ...command, "-c", script], {
        env: preloaded,
        encoding: "utf8",
      });
      expect(stdout).toBe("a 3\n");
    });
  });

  const readelf = (...options: string[]) => spawnSync("readelf", ["-W", ...options, object], { encoding: "utf8" });
  describe.skipIf(readelf("-h").status !== 0)("the file", () => {
    it("exports its six functions and nothing else", () => {
      const symbols = readelf("--dyn-syms")
        .stdout.split("\n")
        .map((line) => line.trim().split(/\s+/u));
      const defined = symbols
        .filter((column) => column[4] === "GLOBAL" && column[6] !== "UND")
        .map((column) => column[7]);
      expect(new Set(defined)).toEqual(
        new Set([
          "crngwatch_best_effort_answers",
          "crngwatch_drop_capabilities",
          "getentropy",
          "getrandom",
          "napi_register_module_v1",
          "syscall",
        ]),
      );
    });

    it("needs libc, for errno, and nothing else; Node-API only where it is", () => {
      const undefinedSymbols = readelf("--dyn-syms")
        .stdout.split("\n")
        .filter((line) => / UND \S/u.test(line) && !/ WEAK .* UND napi_\w+$/u.test(line));
      expect(undefinedSymbols).toEqual([expect.stringContaining("__errno_location")]);
      expect(readelf("-d").stdout.match(/NEEDED/gu)).toHaveLength(1);
    });

    it("runs nothing when it is loaded, and is read-only after that", () => {
      expect(readelf("-d").stdout).not.toMatch(/INIT|FINI|TEXTREL/u);
      expect(readelf("-d").stdout).toMatch(/BIND_NOW/u);
      expect(readelf("-l").stdout).toMatch(/GNU_RELRO/u);
      expect(readelf("-l").stdout).toMatch(/GNU_STACK.* RW /u);
    });
  });
});
