import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { startDaemon, stopDaemon } from "../support/running/daemon.ts";
import { hostOfStory } from "../support/host/hosts.ts";
import { program, run } from "../support/running/program.ts";
import { startSshServer, whyNoSsh } from "../support/running/ssh-server.ts";

if (whyNoSsh !== null) console.warn(`Skipped: ${whyNoSsh}`);

describe.skipIf(whyNoSsh !== null)("a real OpenSSH", () => {
  it("carries Varlink to the bridge of another host: many calls on one connection, and an end that is noticed", async () => {
    const daemon = await startDaemon({ words: ["--root", hostOfStory("vm-cloned")] });
    const ssh = await startSshServer();
    const bridge = spawn(ssh, ["here", program, "bridge", "--socket", daemon.socket], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    let [answers, errors] = ["", ""];
    bridge.stdout.setEncoding("utf8").on("data", (text: string) => (answers += text));
    bridge.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const methods = ["org.varlink.service.GetInfo", "io.crngwatch.GetReadiness", "io.crngwatch.GetDaemon"];
    for (const method of methods) bridge.stdin.write(`${JSON.stringify({ method, parameters: {} })}\0`);
    while (answers.split("\0").length <= methods.length) await once(bridge.stdout, "data");
    const replies = answers
      .split("\0")
      .slice(0, -1)
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(replies).toMatchObject([
      { parameters: { product: "crngwatch" } },
      {
        parameters: { verdict: expect.stringMatching(/^The CRNG delayed nothing: /), readiness: { readyAt: 0.107655 } },
      },
      { parameters: { pid: daemon.pid } },
    ]);
    bridge.stdin.end();
    const [code] = (await once(bridge, "close")) as [number | null];
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(await stopDaemon(daemon)).toBe(0);
  });

  it("hands over the exit code and the one line of a verb that fails there", async () => {
    const ssh = await startSshServer();
    const { code, stdout, stderr } = await run(ssh, ["here", program, "analyze", "/nowhere/console.log"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^crngwatch: Cannot read '\/nowhere\/console\.log'.*\n$/);
  });
});
