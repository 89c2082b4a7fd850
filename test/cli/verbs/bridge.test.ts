import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { startDaemon } from "../../support/running/daemon.ts";
import { crngwatch, program } from "../../support/running/program.ts";

describe("the bridge", () => {
  it("reads calls on standard input, answers on standard output, and ends with its client", async () => {
    const daemon = await startDaemon();
    const child = spawn(program, ["bridge", "--socket", daemon.socket], { stdio: ["pipe", "pipe", "pipe"] });
    child.stdout.setEncoding("utf8");
    const ended = once(child, "close");
    child.stdin.write('{"method":"io.crngwatch.GetDaemon"}\0');
    const [answer] = (await once(child.stdout, "data")) as [string];
    expect(answer).toBe(`{"parameters":{"pid":${daemon.pid}}}\0`);
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
  });

  it("says in one line that no daemon answers", async () => {
    expect(await crngwatch(["bridge", "--socket", "/nowhere"])).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "crngwatch: No daemon answers on '/nowhere' (ENOENT): start crngwatch.service, or name its socket with --socket\n",
    });
  });
});
