import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type Daemon,
  recordOf,
  spawnDaemon,
  startDaemon,
  stopDaemon,
  untilAnswering,
} from "../support/running/daemon.ts";
import { until } from "../support/running/until.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";

/** Node has no datagram sockets of the Unix domain: these stand in for systemd. */
const missing = spawnSync("python3", ["--version"]).error === undefined ? null : "no python3 here";

const receiver = `
import json, socket, sys
address = sys.argv[1]
receiving = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiving.bind("\\0" + address[1:] if address.startswith("@") else address)
print("bound", flush=True)
while True:
    print(json.dumps(receiving.recv(65536).decode()), flush=True)
`;

const activator = `
import os, socket, sys
path, pid, program = sys.argv[1], sys.argv[2], sys.argv[3:]
listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listening.bind(path)
listening.listen(16)
os.dup2(listening.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=pid if pid != "own" else str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="crngwatch.socket")
os.execv(program[0], program)
`;

/** What a service manager at `address` has received until now, one assignment a line. */
async function receiveAt(address: string): Promise<() => readonly string[]> {
  const child = spawn("python3", ["-c", receiver, address], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill());
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  await once(child.stdout, "data");
  return () =>
    output
      .split("\n")
      .slice(1, -1)
      .flatMap((line) => (JSON.parse(line) as string).split("\n"));
}

describe("a service of Type=notify", () => {
  it.for(["path", "abstract"])(
    "reports readiness, a verdict, that it lives and that it stops: to an address that is %s",
    async (kind, context) => {
      if (missing !== null) return context.skip(missing);
      const address = kind === "path" ? join(temporaryFolder(), "notify") : `@crngwatch-test-${process.pid}`;
      const notified = await receiveAt(address);
      const daemon = await startDaemon({ environment: { NOTIFY_SOCKET: address, WATCHDOG_USEC: "400000" } });
      const expected = (assignment: string | RegExp): Promise<void> =>
        until(
          () => `${String(assignment)} among ${notified().join(", ")}`,
          () =>
            notified().some((line) => (typeof assignment === "string" ? line === assignment : assignment.test(line))),
        );
      await expected("READY=1");
      await expected(/^STATUS=.*CRNG \S/);
      await expected("WATCHDOG=1");
      await until(
        () => "a second WATCHDOG=1",
        () => notified().filter((line) => line === "WATCHDOG=1").length > 1,
      );
      expect(await stopDaemon(daemon)).toBe(0);
      await expected("STOPPING=1");
      // READY=1 means that the first snapshot is taken: the verdict is sent with it, once, and nothing else.
      expect(notified().filter((line) => line === "READY=1")).toHaveLength(1);
      expect(notified().filter((line) => !/^(?:READY=1|STATUS=.*CRNG .*|WATCHDOG=1|STOPPING=1)$/.test(line))).toEqual(
        [],
      );
      expect(notified().indexOf("READY=1")).toBeLessThan(notified().indexOf("WATCHDOG=1"));
    },
  );

  it("says nothing of a watchdog that is another process's, or that there is none", async (context) => {
    if (missing !== null) return context.skip(missing);
    const address = join(temporaryFolder(), "notify");
    const notified = await receiveAt(address);
    const daemon = await startDaemon({
      environment: { NOTIFY_SOCKET: address, WATCHDOG_USEC: "100000", WATCHDOG_PID: "1" },
    });
    await stopDaemon(daemon);
    await until(
      () => "STOPPING=1",
      () => notified().includes("STOPPING=1"),
    );
    expect(notified()).not.toContain("WATCHDOG=1");
  });

  it("lives without a service manager that listens", async () => {
    const daemon = spawnDaemon({ environment: { NOTIFY_SOCKET: join(temporaryFolder(), "nobody") } });
    await untilAnswering(daemon);
    expect(await stopDaemon(daemon)).toBe(0);
  });
});

describe("socket activation", () => {
  const activated = (path: string, pid: string): Daemon =>
    spawnDaemon({ starter: ["python3", "-c", activator, path, pid] });

  it("is answered on the socket that was passed, which is left in its place", async (context) => {
    if (missing !== null) return context.skip(missing);
    const path = join(temporaryFolder(), "passed");
    const daemon = activated(path, "own");
    await untilAnswering(daemon, path);
    expect((await recordOf({ socket: path })).self?.pid).toBe(daemon.pid);
    expect(existsSync(daemon.socket)).toBe(false);
    expect(await stopDaemon(daemon)).toBe(0);
    expect(existsSync(path)).toBe(true);
  });

  it("is for the process that LISTEN_PID names alone", async (context) => {
    if (missing !== null) return context.skip(missing);
    const daemon = activated(join(temporaryFolder(), "passed"), "1");
    await untilAnswering(daemon);
    expect(await stopDaemon(daemon)).toBe(0);
  });
});
