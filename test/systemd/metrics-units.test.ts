import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { metricsLimits } from "../../src/exporters/metrics-server.ts";
import { openWithoutReason, readUnit, unitFolder, whyNoAnalysis, words } from "./unit-file.ts";

const service = readUnit("crngwatch-metrics.service");
const socket = readUnit("crngwatch-metrics.socket");
const project = join(unitFolder, "..");

describe("crngwatch-metrics.socket", () => {
  it("listens on loopback alone, on the port that the program and its manual page name", () => {
    expect(words(socket, "Socket.ListenStream")).toEqual(["127.0.0.1:19573"]);
    for (const file of ["src/cli/verbs/serve-metrics.ts", "docs/man/crngwatch-metrics.7.md"])
      expect(readFileSync(join(project, file), "utf8"), file).toContain("127.0.0.1:19573");
  });

  it("hands the listening socket to one service, and not a process to each client", () => {
    expect(words(socket, "Socket.Accept")).toEqual([]);
    expect(words(socket, "Install.WantedBy")).toEqual(["sockets.target"]);
  });
});

describe("crngwatch-metrics.service", () => {
  it("is started by its socket alone, and delays nothing", () => {
    expect([...service.settings.keys()].filter((key) => key.startsWith("Install."))).toEqual([]);
    expect(words(service, "Unit.Requires")).toEqual(["crngwatch-metrics.socket"]);
    expect(words(service, "Unit.After")).toEqual(["crngwatch-metrics.socket"]);
    expect(words(service, "Unit.Before")).toEqual([]);
    expect(words(service, "Service.ExecStart")).toEqual(["/usr/bin/crngwatch", "serve-metrics"]);
  });

  it("may make no network socket, and is no user that owns anything", () => {
    expect(words(service, "Service.RestrictAddressFamilies")).toEqual(["AF_UNIX"]);
    expect(words(service, "Service.PrivateNetwork")).toEqual(["yes"]);
    expect(words(service, "Service.DynamicUser")).toEqual(["yes"]);
    expect(words(service, "Service.CapabilityBoundingSet")).toEqual([""]);
  });

  it("lives in a sandbox in which Node can live", () => {
    expect(words(service, "Service.MemoryDenyWriteExecute")).toEqual(["yes"]);
    expect(readFileSync(join(project, "bin/crngwatch"), "utf8")).toMatch(
      /^if .*= serve-metrics \].*\n\texec "\$node" --jitless /m,
    );
    expect(words(service, "Service.SystemCallErrorNumber")).toEqual(["EPERM"]);
  });

  it("has descriptors for every client, for asking the daemon on behalf of each, and Node's own", () => {
    expect(Number(words(service, "Service.LimitNOFILE")[0])).toBeGreaterThan(3 * metricsLimits.clients);
  });
});

const reason = whyNoAnalysis();
if (reason !== null) console.warn(`Skipped in part: ${reason}`);

describe.skipIf(reason !== null)("systemd-analyze", () => {
  it("verify finds every line good", () => {
    const root = mkdtempSync(join(tmpdir(), "crngwatch-units-"));
    try {
      mkdirSync(join(root, "usr/bin"), { recursive: true });
      writeFileSync(join(root, "usr/bin/crngwatch"), "#!/bin/sh\n");
      chmodSync(join(root, "usr/bin/crngwatch"), 0o755);
      const names = ["crngwatch-metrics.service", "crngwatch-metrics.socket"];
      for (const name of names) cpSync(join(unitFolder, name), join(root, "etc/systemd/system", name));
      const { status, stdout, stderr } = spawnSync(
        "systemd-analyze",
        ["verify", "--man=no", "--recursive-errors=no", `--root=${root}`, ...names],
        { encoding: "utf8" },
      );
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("security finds nothing open that the unit does not give a reason for", () => {
    const { stdout } = spawnSync(
      "systemd-analyze",
      ["security", "--offline=true", "--json=short", "--no-pager", join(unitFolder, "crngwatch-metrics.service")],
      { encoding: "utf8" },
    );
    const { open, unexplained } = openWithoutReason(service, stdout);
    expect(open).toContain("IPAddressDeny=");
    expect(unexplained).toEqual([]);
  });

  it("security sees an exposure of 1.0 or less", () => {
    const { status, stdout } = spawnSync(
      "systemd-analyze",
      ["security", "--offline=true", "--no-pager", "--threshold=10", join(unitFolder, "crngwatch-metrics.service")],
      { encoding: "utf8" },
    );
    expect(stdout).toMatch(/Overall exposure level for crngwatch-metrics\.service: 0\.\d SAFE/);
    expect(status).toBe(0);
  });
});
