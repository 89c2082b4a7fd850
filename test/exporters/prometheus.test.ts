import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bootInterfaceName } from "../../src/exporters/boot-interface-name.ts";
import { callVarlink } from "../../src/varlink/client.ts";
import type { BootRecord } from "../../src/core/boot-record.ts";
import { openMetrics, sampleName } from "../../src/render/metrics/open-metrics.ts";
import { metricFamilies } from "../../src/render/metrics/metric-families.ts";
import { version } from "../../src/core/base/version.ts";
import { dashboard, dashboardQueries, substituted } from "../support/running/dashboard.ts";
import { aRecorder, fullRecord, hostileNames, hostileWaits } from "../support/records/full-record.ts";
import { type MetricsService, startMetricsService, serveRecord } from "../support/running/metrics-service.ts";
import { crngwatch, program, project } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";
import { freePort, type Prometheus, startPrometheus } from "../support/running/prometheus.ts";

const missing = whyMissing("prometheus", "prometheus-node-exporter", "systemd-socket-activate");
if (missing !== null) console.warn(`Skipped: ${missing}`);

/**
 * A real Prometheus that scrapes three hosts: "here", the real daemon through the socket; "file", the same through
 * node_exporter's textfile collector; "stuck", a made boot with hostile names in it, through the socket.
 */
describe.skipIf(missing !== null)("a real Prometheus", () => {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-scraped-"));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
  const own = join(folder, "daemon", bootInterfaceName);
  const stuck = fullRecord({
    waits: [...fullRecord().waits, ...hostileWaits()],
    recorder: aRecorder({ recording: false }),
  });
  let prometheus: Prometheus;
  let record: BootRecord;

  beforeAll(async () => {
    mkdirSync(join(folder, "daemon"));
    mkdirSync(join(folder, "textfiles"));
    const daemon = spawn(program, ["daemon", "--state-dir", join(folder, "daemon")], { stdio: "ignore" });
    ends.push(() => daemon.kill("SIGKILL"));
    record = await answered(own);
    const served = await serveRecord(folder, () => stuck);
    ends.push(served.stop);
    const services: readonly MetricsService[] = [
      await startMetricsService({ socket: own }),
      await startMetricsService({ socket: served.socket }),
    ];
    ends.push(...services.map(({ stop }) => stop));
    expect((await crngwatch(["metrics", "--socket", own, "-o", join(folder, "textfiles/crngwatch.prom")])).code).toBe(
      0,
    );
    const nodePort = await freePort();
    const node = spawn(
      "prometheus-node-exporter",
      [
        "--collector.disable-defaults",
        "--collector.textfile",
        `--collector.textfile.directory=${join(folder, "textfiles")}`,
        `--web.listen-address=127.0.0.1:${nodePort}`,
      ],
      { stdio: "ignore" },
    );
    ends.push(() => node.kill("SIGKILL"));
    const target = (port: number, instance: string) => ({ targets: [`127.0.0.1:${port}`], labels: { instance } });
    prometheus = await startPrometheus({
      global: { scrape_interval: "500ms", scrape_timeout: "400ms", evaluation_interval: "500ms" },
      rule_files: [join(project, "packaging/prometheus/crngwatch.rules.yml")],
      scrape_configs: [
        {
          job_name: "crngwatch",
          static_configs: services.map(({ port }, index) => target(port, index === 0 ? "here" : "stuck")),
        },
        { job_name: "node", static_configs: [target(nodePort, "file")] },
      ],
    });
    ends.push(prometheus.stop);
    await untilSeries(
      "count(kernel_release:crngwatch_ready_seconds:usual) and on () (count(up == 1) == 3) and on () count(ALERTS)",
    );
  }, 60_000);
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  async function answered(socket: string): Promise<BootRecord> {
    for (;;) {
      try {
        return (await callVarlink(socket, `${bootInterfaceName}.GetRecord`))["record"] as BootRecord;
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "VarlinkCallFailed") throw error;
        await sleep(50);
      }
    }
  }

  async function untilSeries(expression: string): Promise<void> {
    for (const end = Date.now() + 30_000; (await prometheus.query(expression)).length === 0; await sleep(200)) {
      if (Date.now() > end)
        throw new Error(`No data for '${expression}': ${JSON.stringify(await prometheus.query("up"))}`);
    }
  }

  const valueOf = async (expression: string): Promise<string | undefined> =>
    (await prometheus.query(expression))[0]?.value[1];

  it.each(["here", "file"])("has this machine's values, by way of '%s'", async (instance) => {
    expect(await valueOf(`crngwatch_build_info{instance="${instance}",version="${version}"}`)).toBe("1");
    expect(await valueOf(`crngwatch_daemon_up{instance="${instance}"}`)).toBe("1");
    expect(await valueOf(`crngwatch_ready{instance="${instance}"}`)).toBe(
      record.readiness.level === "ready" ? "1" : record.readiness.settled ? "0" : undefined,
    );
    expect(Number((await valueOf(`crngwatch_ready_not_after_seconds{instance="${instance}"}`)) ?? Number.NaN)).toBe(
      record.readiness.notAfter ?? Number.NaN,
    );
    const sources = await prometheus.query(`crngwatch_source_info{instance="${instance}"}`);
    expect(Object.fromEntries(sources.map(({ metric }) => [metric["source"], metric["health"]]))).toEqual(
      Object.fromEntries(record.sources.map(({ name, health }) => [name, health])),
    );
  });

  it("has the same series both ways", async () => {
    const names = async (instance: string): Promise<readonly string[]> =>
      (await prometheus.query(`{__name__=~"crngwatch_.+",instance="${instance}"}`))
        .map(({ metric: { job: _job, instance: _instance, ...metric } }) => JSON.stringify(metric))
        .toSorted();
    expect(await names("file")).toEqual(await names("here"));
  });

  it("has no complaint of node_exporter's about the file", async () => {
    expect(await valueOf("node_textfile_scrape_error")).toBe("0");
    expect(Number(await valueOf('node_textfile_mtime_seconds{file=~".*/crngwatch.prom"}'))).toBeGreaterThan(1e9);
  });

  it("knows every family's type and help from OpenMetrics", async () => {
    const metadata =
      await prometheus.ask<
        Readonly<Record<string, readonly { readonly type: string; readonly help: string; readonly unit: string }[]>>
      >("/api/v1/metadata");
    for (const { name, type, unit, help, samples } of metricFamilies) {
      if (samples({ record: stuck, daemon: true }).length > 0)
        expect(metadata[name], name).toContainEqual({ type, unit: unit ?? "", help });
    }
  });

  it("has the values of a boot on which much happened", async () => {
    for (const family of metricFamilies) {
      const expected = family.samples({ record: stuck, daemon: true });
      const found = await prometheus.query(`${sampleName(family)}{instance="stuck"}`);
      expect(
        found.map(({ value: [, value] }) => Number(value)).toSorted((a, b) => a - b),
        family.name,
      ).toEqual(expected.map(({ value }) => value).toSorted((a, b) => a - b));
    }
  });

  it("reads names from the host as they are, control characters shown", async () => {
    const units = (await prometheus.query('crngwatch_waits_total{instance="stuck"}')).map(
      ({ metric }) => metric["unit"] ?? "",
    );
    expect(units).toContain("init.scope");
    expect(units).toContain(`${hostileNames[9]}9`);
    expect(units.some((unit) => unit.startsWith("\\x1b[31mred\\x1b[0m\\x0d\\x0a# EOF"))).toBe(true);
    expect(units.some((unit) => unit.startsWith('"><script>'))).toBe(true);
    expect(await valueOf('crngwatch_ready{instance="stuck"}')).toBe("1");
  });

  // Each group is evaluated at a moment of its own, and on a busy machine late.
  it("evaluates every rule", { timeout: 90_000 }, async () => {
    await vi.waitFor(evaluated, { timeout: 60_000, interval: 500 });
  });

  async function evaluated(): Promise<void> {
    const { groups } = await prometheus.ask<{
      readonly groups: readonly {
        readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[];
      }[];
    }>("/api/v1/rules");
    const rules = groups.flatMap((group) => group.rules);
    expect(rules).toHaveLength(11);
    for (const rule of rules) expect(rule).toMatchObject({ health: "ok" });
    const alerts = (await prometheus.query('ALERTS{instance="stuck"}')).map(({ metric }) => metric["alertname"]);
    expect(alerts).toEqual(
      expect.arrayContaining(["CrngWaitedLong", "CrngWaiterNow", "CrngVmForked", "CrngRecorderSilent"]),
    );
    expect(alerts).not.toContain("CrngNotReady");
  }

  it.each(dashboardQueries)("has data for the dashboard's query: %s", async (_, expression) => {
    expect((await prometheus.query(expression)).length).toBeGreaterThan(0);
  });

  it("gives the dashboard's variables their values", async () => {
    const values = async (definition: string | undefined): Promise<readonly string[]> => {
      const [, selector = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(substituted(definition ?? "")) ?? [];
      return await prometheus.ask(`/api/v1/label/${label}/values?match[]=${encodeURIComponent(selector)}`);
    };
    const [, job, instance] = dashboard.templating.list;
    expect(await values(job?.definition)).toEqual(["crngwatch", "node"]);
    expect(await values(instance?.definition)).toEqual(["file", "here", "stuck"]);
  });
});

describe.skipIf(missing !== null)("node_exporter's textfile collector", () => {
  it("would refuse OpenMetrics: there are two texts for that reason", async () => {
    const folder = mkdtempSync(join(tmpdir(), "crngwatch-textfile-"));
    writeFileSync(join(folder, "open.prom"), openMetrics.render({ record: fullRecord(), daemon: true }));
    const port = await freePort();
    const node = spawn(
      "prometheus-node-exporter",
      [
        "--collector.disable-defaults",
        "--collector.textfile",
        `--collector.textfile.directory=${folder}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    try {
      let complaint = "";
      node.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
      let text = "";
      for (let tries = 0; tries < 100 && text === ""; tries++) {
        text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
          (response) => response.text(),
          () => "",
        );
        await sleep(50);
      }
      expect(text).toContain("node_textfile_scrape_error 1");
      expect(complaint).toMatch(/unknown metric type \\*"info/);
    } finally {
      node.kill("SIGKILL");
      if (node.exitCode === null && node.signalCode === null) await once(node, "exit");
      rmSync(folder, { recursive: true });
    }
  });
});
