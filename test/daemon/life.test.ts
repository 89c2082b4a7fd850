import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootsSchema } from "../../src/core/boot-record.ts";
import {
  type Daemon,
  killDaemon,
  recordOf,
  spawnDaemon,
  startDaemon,
  stopDaemon,
  untilAnswering,
} from "../support/running/daemon.ts";
import { until } from "../support/running/until.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { crngwatch } from "../support/running/program.ts";

describe("the daemon", () => {
  it("answers status over its socket with its own record, for as long as it lives", async () => {
    const daemon = await startDaemon();
    const asked = await crngwatch(["status", "--json", "--socket", daemon.socket]);
    expect([0, 3, 4]).toContain(asked.code);
    expect(asked.stderr).toBe("");
    const { schema, boots } = JSON.parse(asked.stdout) as {
      readonly schema: string;
      readonly boots: readonly { readonly self: { readonly pid: number } }[];
    };
    expect(schema).toBe(bootsSchema);
    expect(boots.map(({ self }) => self.pid)).toEqual([daemon.pid]);

    const text = await crngwatch(["status", "--socket", daemon.socket]);
    expect(text.stdout.split("\n")[1]).toMatch(/^CRNG /);
    const report = await crngwatch(["report", "--socket", daemon.socket]);
    expect({ code: report.code, stderr: report.stderr }).toEqual({ code: 0, stderr: "" });
    expect(report.stdout.split("\n")[0]).toBe(text.stdout.split("\n")[0]);

    expect(await stopDaemon(daemon)).toBe(0);
    expect(await crngwatch(["status", "--json", "--socket", daemon.socket])).toEqual({
      code: 1,
      stdout: "",
      stderr: `crngwatch: No daemon answers on '${daemon.socket}': leave out --socket for the host's own, or use --no-daemon\n`,
    });
    const alone = await crngwatch(["status", "--json", "--no-daemon"]);
    expect(alone.stdout).not.toContain(`"pid": ${daemon.pid}`);
    expect(alone.stderr).toBe("");
  });

  it("saves its record as a document of the schema", async () => {
    const daemon = await startDaemon();
    const saved = JSON.parse(readFileSync(join(daemon.folder, "record.json"), "utf8")) as {
      readonly schema: string;
      readonly boots: readonly unknown[];
    };
    expect(saved.schema).toBe(bootsSchema);
    expect(saved.boots).toHaveLength(1);
    expect(saved.boots[0]).toMatchObject({
      bootId: (await recordOf(daemon)).bootId,
      kernel: { release: expect.any(String) },
    });
  });

  it("ends in order at SIGTERM and SIGINT, and leaves nothing but the record", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const daemon = await startDaemon();
      daemon.child.kill(signal);
      expect(await daemon.ended).toBe(0);
      expect(daemon.output()).not.toMatch(/Error|defect/);
      expect(readdirSync(daemon.folder)).toEqual(["record.json"]);
    }
  });

  it("is one: a second names the first and leaves it alone", async () => {
    const first = await startDaemon();
    const second = spawnDaemon({ folder: first.folder });
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(
      new RegExp(`^crngwatch: A crngwatch daemon is already running as process ${first.pid}\\b[^\\n]*\\n$`, "m"),
    );
    await untilAnswering(first);
    expect(await stopDaemon(first)).toBe(0);
  });

  it("is one of several that start at once", async () => {
    const folder = temporaryFolder();
    const daemons = [1, 2, 3].map(() => spawnDaemon({ folder }));
    const refused = (): readonly Daemon[] => daemons.filter(({ child }) => child.exitCode !== null);
    await until(
      () => "two of three daemons to end",
      () => refused().length === 2,
    );
    expect(refused().map(({ child }) => child.exitCode)).toEqual([1, 1]);
    for (const daemon of daemons) if (!refused().includes(daemon)) await untilAnswering(daemon);
  });

  it("replaces a daemon that was killed, also if its pid is in use again", async () => {
    const killed = await startDaemon();
    await killDaemon(killed);
    const next = await startDaemon({ folder: killed.folder });
    await killDaemon(next);
    // A process of that pid that started at another time.
    writeFileSync(join(killed.folder, "daemon.pid"), `${process.pid} 1\n`);
    await startDaemon({ folder: killed.folder });
  });

  it("starts whatever its pid file holds", async () => {
    for (const text of ["", "\n", "0 0\n", "-1 0\n", "x y z\n", "1\n", "999999999 5\n"]) {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "daemon.pid"), text);
      const daemon = await startDaemon({ folder });
      await killDaemon(daemon);
    }
  });

  it("ends where it cannot have its socket", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "io.crngwatch"), "not a socket");
    const daemon = spawnDaemon({ folder });
    await until(
      () => `its end; it printed: ${daemon.output()}`,
      () => daemon.child.exitCode !== null,
    );
    expect(daemon.child.exitCode).toBe(1);
    expect(daemon.output()).toMatch(/^crngwatch: Cannot listen on '[^\n]*\n$/m);
    expect(readdirSync(folder)).not.toContain("daemon.pid");
  });

  it("does not delay a status when it hangs", async () => {
    const daemon = await startDaemon();
    daemon.child.kill("SIGSTOP");
    const { code, stdout, stderr } = await crngwatch(["status", "--socket", daemon.socket]);
    expect([0, 3, 4]).toContain(code);
    expect(stdout).toMatch(/^CRNG /m);
    expect(stderr).toMatch(/^crngwatch: [^\n]+no answer[^\n]+, continuing without the daemon\n$/);
  });

  it("logs plain lines to what is not the journal, though a service's variable was inherited", async () => {
    const daemon = await startDaemon({ environment: { JOURNAL_STREAM: "8:4711" } });
    const lines = daemon
      .output()
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("Warning: disabling flag"));
    expect(lines[0]).toMatch(/^crngwatch \S+ observes this boot$/);
    for (const line of lines) expect(line).toMatch(/^[^<]/);
  });
});
