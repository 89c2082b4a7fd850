import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import { reportFamilies, reportMetrics } from "../../src/render/metrics/report-metrics.ts";
import { startDaemon, stopDaemon } from "../support/running/daemon.ts";
import { hostOfStory } from "../support/host/hosts.ts";
import { hostileNames } from "../support/inputs/hostile-names.ts";
import { folderWithRecord } from "../support/records/saved-state.ts";
import { aWait } from "../support/records/waits.ts";
import { program, run } from "../support/running/program.ts";
import { startSshServer, whyNoSsh } from "../support/running/ssh-server.ts";
import { fetchSidSystemd, type SidSystemd } from "./lab/host/sid-systemd.ts";
import { skipReason } from "./lab/requirements.ts";

const reason =
  skipReason() ?? (process.getuid?.() === 0 ? null : "the suite with systemd-report needs root, for a mount namespace");
if (reason !== null) console.warn(`Skipped: ${reason}`);

const [varlinkctl, report] = ["usr/bin/varlinkctl", "usr/lib/systemd/systemd-report"];
const host = hostOfStory("vm-cloned");

/** The metrics that a report or a list of varlinkctl holds, by name and what distinguishes them. */
const byName = (
  metrics: readonly {
    readonly name: string;
    readonly object?: string;
    readonly fields?: unknown;
    readonly value: unknown;
  }[],
): ReadonlyMap<string, unknown> =>
  new Map(
    metrics.map(({ name, object = "", fields = "", value }) => [`${name} ${object} ${JSON.stringify(fields)}`, value]),
  );

/** What sd-json takes of them. */
const asVarlink = hostileNames.map((name) => name.replaceAll(/\0|\p{Cs}|\p{Noncharacter_Code_Point}/gu, "\ufffd"));

describe.skipIf(reason !== null)("Debian unstable's systemd", () => {
  let sid: SidSystemd;
  let folder: string;
  beforeAll(async () => {
    sid = await fetchSidSystemd();
    folder = mkdtempSync(join(tmpdir(), "crngwatch-sid-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is one that collects metrics by Varlink", async () => {
    const { stdout } = await sid.run(report, ["--version"]);
    expect(Number(/^systemd (\d+)/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(260);
  });

  it("reads each interface, and finds in ours of metrics what its own servers have", async () => {
    const daemon = await startDaemon({ words: ["--root", host] });
    const whole = await sid.run(varlinkctl, ["introspect", daemon.socket]);
    expect({ code: whole.code, stderr: whole.stderr }).toEqual({ code: 0, stderr: "" });
    const withoutComments = (text: string): string => text.replaceAll(/^\s*# (?!\[).*\n/gm, "");
    const ours = await sid.run(varlinkctl, ["introspect", daemon.socket, "io.systemd.Metrics"]);
    // Its own server is started through the loader too.
    const server = join(folder, "server");
    writeFileSync(server, `#!/bin/sh\nexec ${sid.command("usr/lib/systemd/systemd-report-basic").join(" ")}\n`);
    chmodSync(server, 0o755);
    const theirs = await sid.run(varlinkctl, ["introspect", `exec:${server}`, "io.systemd.Metrics"]);
    expect(withoutComments(ours.stdout)).toBe(withoutComments(theirs.stdout));
    expect(ours.stdout).toContain("method List() -> (");
    expect(await stopDaemon(daemon)).toBe(0);
  });

  it("lists and describes every metric", async () => {
    const daemon = await startDaemon({ words: ["--root", host] });
    const call = async (method: string): Promise<readonly Record<string, unknown>[]> => {
      const { stdout, stderr, code } = await sid.run(varlinkctl, [
        "call",
        "--more",
        "--collect",
        "--json=short",
        daemon.socket,
        `io.systemd.Metrics.${method}`,
        "{}",
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      // With a record separator in front, RFC 7464.
      return JSON.parse(stdout.slice(stdout.indexOf("["))) as readonly Record<string, unknown>[];
    };
    const listed = byName((await call("List")) as never);
    expect(Object.fromEntries(listed)).toMatchObject({
      'io.crngwatch.Level  ""': "ready",
      'io.crngwatch.Ready  ""': 1,
      'io.crngwatch.ReadySeconds  ""': 0.107655,
      'io.crngwatch.Reseeds  {"reason":"vm-fork"}': 3,
      'io.crngwatch.SourceHealth kmsg ""': "ok",
    });
    expect(await call("Describe")).toEqual(
      reportFamilies.map(({ name, description, type }) => ({ name: `io.crngwatch.${name}`, description, type })),
    );
    const without = await sid.run(varlinkctl, ["call", daemon.socket, "io.systemd.Metrics.List", "{}"]);
    expect(without.stderr).toMatch(/called without 'more' flag/);
    expect(await stopDaemon(daemon)).toBe(0);
  });

  it("collects them where systemd's socket unit puts the link", async () => {
    const daemon = await startDaemon({ words: ["--root", host] });
    const script = `mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/report && ln -s ${daemon.socket} /run/systemd/report/io.crngwatch && exec "$@"`;
    const collect = async (...words: readonly string[]): Promise<string> => {
      const { stdout, stderr, code } = await run("unshare", [
        "--mount",
        "sh",
        "-c",
        script,
        "sh",
        ...sid.command(report, ...words),
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return stdout;
    };
    expect(await collect("list-sources", "--no-legend")).toMatch(/^io\.crngwatch\s+unix:\S+\n$/);
    const { metrics } = JSON.parse(await collect("generate", "io.crngwatch")) as { readonly metrics: readonly never[] };
    expect(Object.fromEntries(byName(metrics))).toMatchObject({
      'io.crngwatch.Level  ""': "ready",
      'io.crngwatch.Reseeds  {"reason":"vm-fork"}': 3,
    });
    expect(metrics.length).toBeGreaterThanOrEqual(reportMetrics("io.crngwatch", emptyRecord()).length);
    expect(await stopDaemon(daemon)).toBe(0);
  });

  it("reads and reports the names of processes byte for byte", async () => {
    const waits = hostileNames.map((name, index) =>
      aWait({ pid: 1000 + index, comm: name, unit: name, from: 0, to: 1, seconds: 1 }),
    );
    const daemon = await startDaemon({ folder: folderWithRecord({ waits }) });
    const { stdout, stderr, code } = await sid.run(varlinkctl, [
      "call",
      "--json=short",
      daemon.socket,
      "io.crngwatch.GetRecord",
      "{}",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { record } = JSON.parse(stdout) as {
      readonly record: { readonly waits: readonly { readonly comm: string }[] };
    };
    expect(record.waits.map(({ comm }) => comm)).toEqual(asVarlink);
    const metrics = await sid.run(varlinkctl, [
      "call",
      "--more",
      "--collect",
      "--json=short",
      daemon.socket,
      "io.systemd.Metrics.List",
      "{}",
    ]);
    const listed = JSON.parse(metrics.stdout.slice(metrics.stdout.indexOf("["))) as readonly {
      readonly name: string;
      readonly object?: string;
    }[];
    expect(new Set(listed.filter(({ name }) => name === "io.crngwatch.Waits").map(({ object }) => object))).toEqual(
      new Set(asVarlink),
    );
    expect(await stopDaemon(daemon)).toBe(0);
  });

  it.skipIf(whyNoSsh !== null)("queries a fleet through a real ssh", async () => {
    const daemon = await startDaemon({ words: ["--root", host] });
    const ssh = await startSshServer();
    const { stdout, stderr, code } = await sid.run(
      varlinkctl,
      [
        "call",
        "--json=short",
        `ssh-exec:here:${program} bridge --socket ${daemon.socket}`,
        "io.crngwatch.GetReadiness",
        "{}",
      ],
      { SYSTEMD_SSH: ssh },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ verdict: expect.stringMatching(/^The CRNG delayed nothing: /) });
    expect(await stopDaemon(daemon)).toBe(0);
  });
});
