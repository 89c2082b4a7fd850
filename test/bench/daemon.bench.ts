import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { loadLibc } from "../../src/platform/libc.ts";
import { plainEnvironment, ratioOfWallTime, printFigure, residentMegabytes } from "./side-by-side.ts";

const crngwatch = resolve(import.meta.dirname, "../../bin/crngwatch");
const folder = mkdtempSync(join(tmpdir(), "crngwatch-bench-"));
const socket = join(folder, "io.crngwatch");
const children: ChildProcess[] = [];
const made: string[] = [];

beforeAll(async () => {
  // As the service runs: the wrapper takes NOTIFY_SOCKET for systemd. Nothing listens there, and the daemon continues.
  const environment = { ...plainEnvironment, NOTIFY_SOCKET: "@crngwatch-bench" };
  children.push(spawn(crngwatch, ["daemon", "--state-dir", folder], { stdio: "ignore", env: environment }));
  children.push(spawn(process.execPath, ["-e", "setInterval(()=>{},1e9)"], { stdio: "ignore", env: plainEnvironment }));
  while (!existsSync(socket)) await sleep(50);
  // V8 gives memory back a while after the start, in both processes.
  await sleep(30_000);
});

/** Whether a daemon answers where `crngwatch status` asks: the host's own, or, for root, the one of this file. */
function atItsPlace(): boolean {
  const place = "/run/crngwatch";
  if (existsSync(place)) return true;
  if (process.geteuid?.() !== 0) return false;
  mkdirSync(place);
  symlinkSync(socket, join(place, "io.crngwatch"));
  made.push(place);
  return true;
}

afterAll(async () => {
  for (const place of made) rmSync(place, { recursive: true });
  for (const child of children) {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  rmSync(folder, { recursive: true });
});

describe(`Node ${process.version}`, () => {
  it("status, the daemon running", () => {
    const measured = (words: readonly string[], limit: string): void => {
      const { ratio, a, b } = ratioOfWallTime([crngwatch, "status", ...words], [process.execPath, "-e", "0"], 40);
      printFigure(
        `crngwatch status${words.length === 0 ? "" : " --socket PATH"} / node -e 0`,
        `${ratio.toFixed(2)} (${a.toFixed(1)} ms / ${b.toFixed(1)} ms, medians)`,
        limit,
      );
    };
    if (atItsPlace()) measured([], "1.15 or less");
    measured(["--socket", socket], "-");
  });

  it("the least that a client needs, with the daemon running", () => {
    const client = `const s=require("net").connect(${JSON.stringify(socket)});s.write('{"method":"io.crngwatch.GetStatus"}\\0');s.on("data",d=>{process.stdout.write(d);process.exit()})`;
    const { ratio, a, b } = ratioOfWallTime([process.execPath, "-e", client], [process.execPath, "-e", "0"], 40);
    printFigure(
      "node -e 'connect, ask, print' / node -e 0",
      `${ratio.toFixed(2)} (${a.toFixed(1)} ms / ${b.toFixed(1)} ms, medians)`,
      "-",
    );
  });

  it("the daemon's memory", () => {
    const [daemon = Number.NaN, idle = Number.NaN] = children.map(residentMegabytes);
    printFigure(
      "daemon / node -e 'setInterval(()=>{},1e9)'",
      `${(daemon / idle).toFixed(2)} (${daemon.toFixed(1)} MB / ${idle.toFixed(1)} MB resident)`,
      "1.25 or less",
    );
  });

  it("the idle daemon's system calls", () => {
    const pid = String(children[0]?.pid);
    const seconds = 60;
    const traced = spawnSync(
      "timeout",
      [String(seconds), "strace", "-f", "-qq", "-o", join(folder, "calls"), "-p", pid],
      { encoding: "utf8" },
    );
    if (traced.error !== undefined || !existsSync(join(folder, "calls"))) {
      printFigure(
        "system calls in a minute",
        "not measured: needs strace and the right to trace",
        "none but the watchdog's",
      );
      return;
    }
    // A call that each thread was in when strace came is shown as resumed or unfinished; new ones begin with their
    // name.
    const calls = readFileSync(join(folder, "calls"), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !/unfinished \.\.\.>$|resumed>|<detached|restart_syscall|\+\+\+|---/.test(line));
    printFigure("system calls in a minute", String(calls.length), "none but the watchdog's");
  });
});

describe("the probe", () => {
  it("against the same loop in C", () => {
    const source = `#include <sys/random.h>\n#include <stdio.h>\n#include <time.h>\nint main(void){char b;struct timespec s,e;clock_gettime(CLOCK_MONOTONIC,&s);for(int i=0;i<300000;i++)getrandom(&b,1,GRND_NONBLOCK);clock_gettime(CLOCK_MONOTONIC,&e);printf("%f",((e.tv_sec-s.tv_sec)*1e9+(e.tv_nsec-s.tv_nsec))/300000);return 0;}`;
    const program = join(folder, "probe");
    const built = spawnSync("cc", ["-O2", "-x", "c", "-", "-o", program], { input: source });
    const libc = loadLibc();
    if (built.status !== 0 || typeof libc === "string") {
      printFigure("probe by FFI / in C", "not measured: needs a C compiler and koffi", "-");
      return;
    }
    const rounds = [0, 1, 2, 3, 4].map(() => {
      const inC = Number(spawnSync(program, { encoding: "utf8" }).stdout);
      const start = process.hrtime.bigint();
      for (let count = 0; count < 300_000; count++) libc.getrandomNonblock();
      return { inC, byFfi: Number(process.hrtime.bigint() - start) / 300_000 };
    });
    const best = rounds.toSorted((a, b) => a.byFfi / a.inC - b.byFfi / b.inC)[2];
    if (best !== undefined)
      printFigure(
        "probe by FFI / in C",
        `${(best.byFfi / best.inC).toFixed(2)} (${best.byFfi.toFixed(0)} ns / ${best.inC.toFixed(0)} ns a call)`,
        "-",
      );
  });
});
