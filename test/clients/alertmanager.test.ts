import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { metricsServiceOfTest, serveRecord } from "../support/running/metrics-service.ts";
import { project } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";
import { freePort, startPrometheus } from "../support/running/prometheus.ts";
import { until } from "../support/running/until.ts";
import { diagnose } from "../../src/diagnose/findings.ts";

const missing = whyMissing("prometheus", "prometheus-alertmanager", "systemd-socket-activate");
if (missing !== null) console.warn(`Skipped: ${missing}`);

interface Notification {
  readonly status: string;
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** A receiver of Alertmanager's webhooks on loopback. */
async function startReceiver(): Promise<{ readonly url: string; readonly taken: Notification[] }> {
  const taken: Notification[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      taken.push(JSON.parse(body) as Notification);
      response.end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, taken };
}

describe.skipIf(missing !== null)("a real Alertmanager", () => {
  it("hands on the alert of a host that is not ready, from the shipped rules, with what to do", async () => {
    const folder = temporaryFolder();
    const record = diagnose({
      ...emptyRecord(),
      readiness: { ...emptyRecord().readiness, level: "unseeded", settled: true },
    });
    const served = await serveRecord(folder, () => record);
    onTestFinished(served.stop);
    const service = await metricsServiceOfTest({ socket: served.socket });
    const receiver = await startReceiver();

    const port = await freePort();
    const configuration = {
      route: { receiver: "test", group_by: ["alertname"], group_wait: "0s" },
      receivers: [{ name: "test", webhook_configs: [{ url: receiver.url }] }],
    };
    writeFileSync(join(folder, "alertmanager.yml"), JSON.stringify(configuration));
    const child = spawn(
      "prometheus-alertmanager",
      [
        `--config.file=${join(folder, "alertmanager.yml")}`,
        `--storage.path=${join(folder, "alertmanager")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--cluster.listen-address=",
      ],
      { stdio: "ignore" },
    );
    onTestFinished(() => void child.kill("SIGKILL"));

    // A minute is long for a test; promtool holds the real time (alert-rules.test.ts).
    const rules = readFileSync(join(project, "packaging/prometheus/crngwatch.rules.yml"), "utf8");
    writeFileSync(join(folder, "rules.yml"), rules.replaceAll(/for: \d+m/g, "for: 0s"));
    const prometheus = await startPrometheus({
      global: { scrape_interval: "500ms", scrape_timeout: "400ms", evaluation_interval: "500ms" },
      rule_files: [join(folder, "rules.yml")],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${port}`] }] }] },
      scrape_configs: [
        {
          job_name: "crngwatch",
          static_configs: [{ targets: [`127.0.0.1:${service.port}`], labels: { instance: "stuck" } }],
        },
      ],
    });
    onTestFinished(prometheus.stop);

    const alerts = () => receiver.taken.flatMap((notification) => notification.alerts);
    const wanted = () => alerts().filter(({ labels }) => labels["alertname"] === "CrngNotReady");
    let state: unknown = null;
    await until(
      () => `the alert; Prometheus has ${JSON.stringify(state)}`,
      async () => {
        state = [
          await prometheus.query("ALERTS or up or crngwatch_ready"),
          await prometheus.ask("/api/v1/alertmanagers"),
        ];
        return wanted().length > 0;
      },
    );
    expect(wanted()[0]).toMatchObject({
      labels: { severity: "critical", job: "crngwatch", instance: "stuck" },
      annotations: {
        summary: "stuck: the CRNG is not ready",
        description: expect.stringContaining("crngwatch status") as string,
      },
    });
    expect(alerts().filter(({ labels }) => labels["alertname"] === "CrngwatchSilent")).toEqual([]);
  }, 60_000);
});
