import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Diagnosed } from "../../src/core/boot-record.ts";
import { spawnDaemon, startDaemon, stopDaemon, recordOf } from "../support/running/daemon.ts";
import { monotonicNow } from "../../src/platform/clock/monotonic.ts";
import { pause, until } from "../support/running/until.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { hostOfStory } from "../support/host/hosts.ts";
import { mounted, noMounts } from "../support/host/mounted.ts";
import { crngwatch, program, run, whyClosedToOthers } from "../support/running/program.ts";

const host = hostOfStory("vm-cloned");

if (noMounts !== null) console.warn(`Skipped in part: ${noMounts}`);

describe("the daemon's standard output", () => {
  it.each([
    ["is a full disk", ">/dev/full 2>&1"],
    ["is closed", ">&- 2>&-"],
    ["has a reader that leaves after the first line", "2>&1 | head -n 1"],
  ])("%s: it observes and answers all the same", async (_what, to) => {
    const folder = temporaryFolder();
    const command = `${program} daemon --state-dir ${folder} --root ${host} ${to}`;
    const daemon = spawnDaemon({ folder, starter: ["sh", "-c", `${command}; exit 0`, "sh"] });
    await until(
      () => `the daemon to answer; printed: ${daemon.output()}`,
      async () => (await recordOf(daemon)).readiness.level === "ready",
    );
    const pid = Number(readFileSync(join(folder, "daemon.pid"), "utf8").split(/\s/)[0]);
    // Later lines find the same output.
    process.kill(pid, "SIGTERM");
    await daemon.ended;
    expect(daemon.output()).not.toMatch(/at .*\.cjs|node:events/);
    expect(readdirSync(folder)).toEqual(["record.json"]);
  });
});

describe("SIGHUP", () => {
  it("ends a daemon that has lost its terminal in order", async () => {
    const daemon = await startDaemon({ words: ["--root", host] });
    daemon.child.kill("SIGHUP");
    expect(await daemon.ended).toBe(0);
    expect(readdirSync(daemon.folder)).toEqual(["record.json"]);
  });

  it("does not end a service, which has none", async () => {
    const daemon = await startDaemon({ words: ["--root", host], environment: { NOTIFY_SOCKET: "@crngwatch-nobody" } });
    daemon.child.kill("SIGHUP");
    await pause(200);
    expect((await recordOf(daemon)).readiness.level).toBe("ready");
    expect(await stopDaemon(daemon)).toBe(0);
  });
});

it("a daemon that is stopped for a while goes on where it was", async () => {
  const daemon = await startDaemon({ words: ["--root", host] });
  const before = await recordOf(daemon);
  daemon.child.kill("SIGSTOP");
  await pause(300);
  daemon.child.kill("SIGCONT");
  expect(await recordOf(daemon)).toEqual(before);
  expect(await stopDaemon(daemon)).toBe(0);
});

it("32 descriptors are enough for the daemon and for a report", async () => {
  const starter = ["sh", "-c", 'ulimit -n 32; exec "$@"', "sh"];
  const daemon = await startDaemon({ starter, words: ["--root", host] });
  expect((await recordOf(daemon)).sources.filter(({ health }) => health === "failed")).toEqual([]);
  const clients = await Promise.all(Array.from({ length: 40 }, () => crngwatch(["status", "--socket", daemon.socket])));
  expect(new Set(clients.map(({ code }) => code))).toEqual(new Set([0]));
  expect(await stopDaemon(daemon)).toBe(0);
  const report = await run("sh", ["-c", `ulimit -n 32; ${program} report --root ${host}`]);
  expect({ code: report.code, stderr: report.stderr }).toEqual({ code: 0, stderr: "" });
});

describe.skipIf(noMounts !== null)("the folder of the record", () => {
  it("that is read-only is named, with the reason", async () => {
    const script = "mount -t tmpfs -o mode=755 tmpfs /mnt && mount -o remount,ro /mnt";
    const [command, ...words] = [...mounted(script), program, "daemon", "--state-dir", "/mnt", "--root", host];
    const { code, stdout, stderr } = await run(command, words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^crngwatch: Cannot keep the daemon's state in '\/mnt': read-only file system \(EROFS\); [^\n]+\n$/,
    );
  });

  it("is all that has to be writable: on a root that is read-only the daemon starts, saves, and reports no failure", async () => {
    const script =
      "mount -t tmpfs -o mode=755 tmpfs /mnt && mount -o remount,bind,ro / && ! touch /var/tmp/crngwatch 2>/dev/null";
    const daemon = spawnDaemon({ folder: "/mnt", starter: [...mounted(script)], words: ["--root", host] });
    const inside = `/proc/${daemon.pid}/root/mnt`;
    await until(
      () => `the daemon to answer; printed: ${daemon.output()}`,
      async () => (await recordOf({ socket: join(inside, "io.crngwatch") })).readiness.level === "ready",
    );
    expect(daemon.output()).not.toMatch(/EROFS|Cannot|continuing without/);
    expect(readdirSync(inside)).toContain("record.json");
    expect(await stopDaemon(daemon)).toBe(0);
  });

  it("that has no space is named with the reason, and the daemon observes and answers all the same", async () => {
    const script =
      "mount -t tmpfs -o size=64k,mode=755 tmpfs /mnt && { dd if=/dev/zero of=/mnt/fill bs=4k 2>/dev/null; true; }";
    const daemon = spawnDaemon({ folder: "/mnt", starter: [...mounted(script)], words: ["--root", host] });
    const socket = `/proc/${daemon.pid}/root/mnt/io.crngwatch`;
    await until(
      () => `the daemon to answer; printed: ${daemon.output()}`,
      async () => (await recordOf({ socket })).readiness.level === "ready",
    );
    expect(daemon.output()).toContain("'/mnt': no space left on device (ENOSPC), continuing without");
    expect(await stopDaemon(daemon)).toBe(0);
  });

  it("that fills up later costs the saved record and nothing else, and says so once", async () => {
    // The daemon's own socket and pid file fit; the record does not.
    const script = "mount -t tmpfs -o size=16k,mode=755 tmpfs /mnt && mkdir /mnt/s";
    const daemon = spawnDaemon({
      folder: "/mnt/s",
      starter: [...mounted(script)],
      words: ["--root", host],
    });
    await until(
      () => `the record not to be saved; printed: ${daemon.output()}`,
      () => daemon.output().includes("Cannot save the record: no space left on device (ENOSPC), continuing"),
    );
    const inside = `/proc/${daemon.pid}/root/mnt/s`;
    await until(
      () => `the daemon to answer; printed: ${daemon.output()}`,
      async () => (await recordOf({ socket: join(inside, "io.crngwatch") })).readiness.level === "ready",
    );
    expect(readdirSync(inside).filter((name) => name.endsWith(".new"))).toEqual([]);
    expect(daemon.output().match(/Cannot save the record/g)).toHaveLength(1);
    expect(await stopDaemon(daemon)).toBe(0);
  });
});

describe.skipIf(noMounts !== null)("a /proc that hides", () => {
  it("other users' processes (hidepid=2): a user's status answers from what is visible, and reports no source that is not read", async (context) => {
    const script = "mount -t proc -o hidepid=2 proc /proc";
    const words = [...mounted(script), "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program];
    const ended = await run(words[0] ?? "", [...words.slice(1), "status", "--json", "--no-daemon"]);
    const closed = whyClosedToOthers(ended);
    if (closed !== null) return context.skip(closed);
    const { code, stdout, stderr } = ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { boots } = JSON.parse(stdout) as { boots: readonly Diagnosed[] };
    expect(boots[0]?.sources.filter(({ health }) => health === "failed")).toEqual([]);
    // A user sees the CRNG itself; nothing is claimed about tasks that were not visible.
    expect(boots[0]?.readiness).toMatchObject({ level: "ready", settled: true });
    expect(boots[0]?.waits).toEqual([]);
    expect(boots[0]?.cost.complete).toBe(false);
    expect(boots[0]?.verdict.crng).not.toBe("cause");
    expect(boots[0]?.sources.find(({ name }) => name === "waiting-tasks")?.health).not.toBe("ok");
  });

  it.each([
    [0, 0],
    [5_000_000, 5_000_000],
    [-30, -20],
  ])(
    "everything else, in namespaces of its own (user, pid, mount, and time with offsets of %d s and %d s): it answers by the kernel's own clocks",
    async (monotonic, boottime) => {
      const clocks = ["--time", "--monotonic", String(monotonic), "--boottime", String(boottime)];
      const words = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--mount", ...clocks];
      if (spawnSync("unshare", [...words, "true"]).status !== 0) return;
      const clocksNow = (): readonly [monotonic: number, boottime: number] => [
        monotonicNow(),
        Number.parseFloat(readFileSync("/proc/uptime", "utf8")),
      ];
      const before = clocksNow();
      const { code, stdout, stderr } = await run("unshare", [...words, program, "report", "--json"]);
      const after = clocksNow();
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const bootOf = (text: string): Diagnosed | undefined =>
        (JSON.parse(text) as { readonly boots: readonly Diagnosed[] }).boots[0];
      const boot = bootOf(stdout);
      expect(boot?.sources.filter(({ health }) => health === "failed")).toEqual([]);
      const [probed, started] = [boot?.observed.probe.firstReturned, boot?.self?.startedAt];
      expect(probed).toBeGreaterThan(before[0]);
      expect(probed).toBeLessThan(after[0]);
      // Both have hundredths of a second.
      expect(started).toBeGreaterThanOrEqual(before[1] - 0.02);
      expect(started).toBeLessThanOrEqual(after[1] + 0.02);
      const bootedAt = [boot, bootOf((await crngwatch(["report", "--json"])).stdout)].map((one) =>
        Date.parse(one?.host?.bootedAt ?? ""),
      );
      // Whole seconds of a clock that NTP may slew in between.
      expect(Math.abs((bootedAt[0] ?? Number.NaN) - (bootedAt[1] ?? Number.NaN))).toBeLessThanOrEqual(1000);
    },
  );
});
