import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import { fold } from "../../src/core/fold/fold.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { openMetrics } from "../../src/render/metrics/open-metrics.ts";
import { fips, readyLine, wait } from "../support/records/evidence-of.ts";
import { startMetricsService, serveRecord } from "../support/running/metrics-service.ts";
import { project } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";
import { type Prometheus, startPrometheus } from "../support/running/prometheus.ts";
import { printFigure, residentMegabytes } from "./side-by-side.ts";

const folder = mkdtempSync(join(tmpdir(), "crngwatch-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A host as most are, of one of ten kernels; every tenth had two waiters, every hundredth was late. */
function hostRecord(number: number) {
  const at = number % 100 === 0 ? 40 + (number % 7) : 0.5 + (number % 50) / 100;
  const sources = [
    "bootloader-seed",
    "cpu-rng",
    "dev-random-poll",
    "fips",
    "getrandom",
    "hw-random",
    "kernel-identity",
    "kmsg",
    "own-start",
    "random-sysctl",
    "seed-file",
    "virtualization",
  ];
  const waits =
    number % 10 === 0
      ? [
          wait(0.1, at - 0.1, { unit: "init.scope", libraries: ["libgcrypt.so.20"], to: at }),
          wait(0.2, at - 0.2, { unit: "systemd-random-seed.service", to: at }),
        ]
      : [];
  return diagnose(
    fold(emptyRecord(), [
      {
        kind: "kernel",
        bootId: null,
        release: `6.12.${number % 10}-200.fc41.x86_64`,
        version: null,
        buildId: null,
        commandLine: null,
      },
      { kind: "supply", virtualization: { vm: "kvm", container: null } },
      fips(false),
      ...waits,
      readyLine(at),
      ...sources.map((name) => ({ kind: "source", name, health: "ok", detail: null }) as const),
    ]).record,
  );
}

const seriesIn = (text: string): number =>
  text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;

describe("a host", () => {
  it("series and bytes", () => {
    const [usual, waited] = [1, 10].map((number) => openMetrics.render({ record: hostRecord(number), daemon: true }));
    printFigure(
      "series of a host, no unit / two units waited",
      `${seriesIn(usual ?? "")} / ${seriesIn(waited ?? "")}`,
      "40 or fewer",
    );
    printFigure("bytes of a scrape", `${Buffer.byteLength(usual ?? "")} / ${Buffer.byteLength(waited ?? "")}`, "-");
  });

  const missing = whyMissing("systemd-socket-activate");
  it("cost of a scrape", async () => {
    if (missing !== null) return printFigure("processor time of a scrape", `not measured: ${missing}`, "-");
    const daemon = await serveRecord(folder, () => hostRecord(10));
    const service = await startMetricsService({ socket: daemon.socket });
    const scrape = async (): Promise<void> => {
      const response = await fetch(`http://127.0.0.1:${service.port}/metrics`, {
        headers: { accept: "application/openmetrics-text;version=1.0.0" },
      });
      await response.text();
    };
    try {
      await scrape();
      const first = processorMs(service.child);
      printFigure("processor time of the first scrape, with the start", `${first} ms`, "-");
      const count = 500;
      for (let done = 0; done < count; done++) await scrape();
      printFigure(
        "processor time of each further scrape",
        `${((processorMs(service.child) - first) / count).toFixed(2)} ms (mean of ${count})`,
        "-",
      );
      printFigure("memory of the service", `${residentMegabytes(service.child).toFixed(1)} MB resident`, "-");
    } finally {
      await service.stop();
      await daemon.stop();
    }
  });
});

const hosts = 2000;
const missing = whyMissing("prometheus");

describe(`a fleet of ${hosts} hosts in one Prometheus`, () => {
  let fleet: Server;
  let prometheus: Prometheus;

  beforeAll(async () => {
    if (missing !== null) return;
    const texts = Array.from({ length: hosts }, (_, number) =>
      openMetrics.render({ record: hostRecord(number), daemon: true }),
    );
    // All hosts by one port: Prometheus keeps the connections, and distinguishes the targets by their labels.
    fleet = createServer((request, response) => {
      response.setHeader("Content-Type", openMetrics.contentType);
      response.end(texts[Number(/\d+/.exec(request.url ?? "")?.[0])]);
    }).listen(0, "127.0.0.1");
    await once(fleet, "listening");
    const address = fleet.address();
    const port = typeof address === "object" ? address?.port : undefined;
    prometheus = await startPrometheus({
      global: { scrape_interval: "15s", evaluation_interval: "15s" },
      rule_files: [join(project, "packaging/prometheus/crngwatch.rules.yml")],
      scrape_configs: [
        {
          job_name: "crngwatch",
          static_configs: Array.from({ length: hosts }, (_, number) => ({
            targets: [`127.0.0.1:${port}`],
            labels: { instance: `host-${number}`, __metrics_path__: `/${number}` },
          })),
        },
      ],
    });
  });
  afterAll(async () => {
    await prometheus?.stop();
    fleet?.closeAllConnections();
    fleet?.close();
  });

  it("is scraped, and its rules evaluated", async () => {
    if (missing !== null) return printFigure("fleet", `not measured: ${missing}`, "-");
    const value = async (expression: string): Promise<number> =>
      Number((await prometheus.query(expression))[0]?.value[1] ?? Number.NaN);
    const began = Date.now();
    while ((await value("count(up{job='crngwatch'} == 1)")) !== hosts && Date.now() - began < 90_000)
      await sleep(1_000);
    // Several rounds of scrapes and of evaluations with all hosts in.
    await sleep(60_000);
    const ownMetrics = await prometheus.metrics();
    const own = (name: string): number =>
      Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(ownMetrics)?.[1]);
    printFigure("hosts scraped", `${await value("count(up{job='crngwatch'} == 1)")}`, String(hosts));
    printFigure(
      "series a host, mean / most",
      `${(await value("avg(scrape_samples_scraped{job='crngwatch'})")).toFixed(1)} / ${await value("max(scrape_samples_scraped{job='crngwatch'})")}`,
      "40 or fewer",
    );
    printFigure("series in Prometheus, its own included", String(own("prometheus_tsdb_head_series")), "-");
    printFigure(
      "time of one host's scrape, mean / most",
      `${((await value("avg(scrape_duration_seconds{job='crngwatch'})")) * 1000).toFixed(1)} ms / ${((await value("max(scrape_duration_seconds{job='crngwatch'})")) * 1000).toFixed(1)} ms`,
      "-",
    );
    const [sum, count] = [
      own("prometheus_rule_group_duration_seconds_sum"),
      own("prometheus_rule_group_duration_seconds_count"),
    ];
    printFigure(
      "evaluation of all rules, mean / last",
      `${((sum / count) * 1000).toFixed(0)} ms / ${(own("prometheus_rule_group_last_duration_seconds") * 1000).toFixed(0)} ms`,
      "-",
    );
    printFigure(
      "alerts that fire",
      `${await value("count(ALERTS{alertstate='firing'})")} (${await value("count(count by (alertname) (ALERTS{alertstate='firing'}))")} kinds)`,
      "-",
    );
    printFigure("Prometheus' memory", `${residentMegabytes(prometheus.child).toFixed(0)} MB resident`, "-");
    const failing = (
      await prometheus.ask<{ readonly groups: readonly { readonly rules: readonly { readonly health: string }[] }[] }>(
        "/api/v1/rules",
      )
    ).groups
      .flatMap(({ rules }) => rules)
      .filter(({ health }) => health !== "ok").length;
    printFigure("rules that fail", String(failing), "0");
  });
});

/** User and system time of a process in milliseconds: proc_pid_stat(5), utime and stime, in ticks of 10 ms. */
function processorMs({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
