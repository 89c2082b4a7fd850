import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootInterfaceName } from "../../src/exporters/boot-interface-name.ts";
import { defaultLimits } from "../../src/varlink/server.ts";
import { openWithoutReason, readUnit, unitFolder, whyNoAnalysis, words } from "./unit-file.ts";

const service = readUnit("crngwatch.service");
const socket = readUnit("crngwatch.socket");
const units = { "crngwatch.service": service, "crngwatch.socket": socket };

describe.each(Object.entries(units))("%s never delays the boot", (name, unit) => {
  it("waits for nothing but what it needs", () => {
    expect(words(unit, "Unit.DefaultDependencies")).toEqual(["no"]);
    expect(words(unit, "Unit.After")).toEqual(
      name === "crngwatch.service" ? ["crngwatch.socket", "sys-kernel-tracing.mount"] : [],
    );
    const strong = ["Requires", "Requisite", "BindsTo", "PartOf", "Upholds", "RequiresMountsFor"];
    for (const key of strong) expect(words(unit, `Unit.${key}`), key).toEqual([]);
  });

  it("is waited for by nothing but the shutdown, and by sockets.target for the socket", () => {
    expect(words(unit, "Unit.Before")).toEqual(
      name === "crngwatch.service" ? ["shutdown.target"] : ["shutdown.target", "sockets.target"],
    );
    expect(words(unit, "Unit.Conflicts")).toEqual(["shutdown.target"]);
  });

  it("is wanted when it is enabled, and never required", () => {
    expect(words(unit, "Install.WantedBy")).toEqual(
      name === "crngwatch.service" ? ["sysinit.target"] : ["sockets.target"],
    );
    const install = [...unit.settings.keys()].filter((key) => key.startsWith("Install."));
    expect(install.filter((key) => !["Install.WantedBy", "Install.Also"].includes(key))).toEqual([]);
  });
});

describe("crngwatch.service", () => {
  it.each([
    ["PrivateTmp", "waits for mounts"],
    ["DynamicUser", "implies PrivateTmp"],
    ["StateDirectory", "/var is not mounted yet"],
    ["CacheDirectory", "/var is not mounted yet"],
    ["LogsDirectory", "/var is not mounted yet"],
    ["PrivateDevices", "hides /dev/kmsg"],
    ["ProtectKernelLogs", "hides /dev/kmsg"],
    ["PrivateUsers", "takes CAP_SYSLOG's meaning away"],
    ["ProcSubset", "hides /proc/sys"],
    ["Environment", "LD_PRELOAD is the wrapper's work"],
  ])("does not set %s, which %s", (key) => {
    expect(words(service, `Service.${key}`)).toEqual([]);
  });

  it("may write to tracefs alone, and only once that is mounted: before, it would be a mount in its way", () => {
    expect(words(service, "Service.ReadWritePaths")).toEqual(["-/sys/kernel/tracing"]);
    expect(words(service, "Unit.After")).toContain("sys-kernel-tracing.mount");
  });

  it("lives in a sandbox in which Node can live", () => {
    expect(words(service, "Service.MemoryDenyWriteExecute")).toEqual(["yes"]);
    const wrapper = readFileSync(join(unitFolder, "../bin/crngwatch"), "utf8");
    expect(wrapper).toMatch(/^if .*\bdaemon\b.*\n\texec "\$node" --jitless /m);
    // Without it, what the filter does not allow is SIGSYS.
    expect(words(service, "Service.SystemCallErrorNumber")).toEqual(["EPERM"]);
    expect(words(service, "Service.CapabilityBoundingSet")).toEqual(["CAP_SYSLOG", "CAP_SYS_PTRACE"]);
    expect(words(service, "Service.DeviceAllow")).toEqual(["/dev/kmsg", "r"]);
  });

  it("has a descriptor for every client, and as many again", () => {
    expect(Number(words(service, "Service.LimitNOFILE")[0])).toBeGreaterThan(2 * defaultLimits.clients);
  });

  it("keeps the record, and the socket, when it stops", () => {
    expect(words(service, "Service.RuntimeDirectoryPreserve")).toEqual(["yes"]);
    const folder = words(service, "Service.RuntimeDirectory")[0];
    expect(words(socket, "Socket.ListenStream")).toEqual([`/run/${folder}/${bootInterfaceName}`]);
    expect(words(socket, "Socket.SocketMode")).toEqual(["0666"]);
  });
});

const reason = whyNoAnalysis();
if (reason !== null) console.warn(`Skipped in part: ${reason}`);

describe.skipIf(reason !== null)("systemd-analyze", () => {
  let root: string;
  /** A machine with the units installed, and nothing else. */
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "crngwatch-units-"));
    mkdirSync(join(root, "usr/bin"), { recursive: true });
    writeFileSync(join(root, "usr/bin/crngwatch"), "#!/bin/sh\n");
    chmodSync(join(root, "usr/bin/crngwatch"), 0o755);
    for (const name of Object.keys(units)) cpSync(join(unitFolder, name), join(root, "etc/systemd/system", name));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const analyze = (...given: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync("systemd-analyze", given, { encoding: "utf8" });
    return { status, stdout, stderr };
  };
  const verify = () => analyze("verify", "--man=no", "--recursive-errors=no", `--root=${root}`, ...Object.keys(units));

  it("verify finds every line good", () => {
    expect(verify()).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("verify would find a bad one", () => {
    const path = join(root, "etc/systemd/system/crngwatch.service");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("PrivateNetwork=", "PrivateNetwrk="));
    expect(verify()).toMatchObject({ status: 1, stderr: expect.stringContaining("PrivateNetwrk") });
    writeFileSync(path, text);
  });

  const security = (...given: readonly string[]) =>
    analyze("security", "--offline=true", "--no-pager", ...given, join(unitFolder, "crngwatch.service"));

  it("security sees an exposure of 1.8 or less", () => {
    const { status, stdout } = security("--threshold=18");
    expect(stdout).toMatch(/Overall exposure level for crngwatch\.service: [\d.]+ OK/);
    expect(status).toBe(0);
  });

  it("security finds nothing open that the unit does not give a reason for", () => {
    const { open, unexplained } = openWithoutReason(service, security("--json=short").stdout);
    expect(open).toContain("ProtectKernelLogs=");
    expect(unexplained).toEqual([]);
  });
});
