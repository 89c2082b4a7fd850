import { type InvocationOf, options } from "../options.ts";
import type { ExitCode, Verb } from "../verb.ts";
import { status } from "./status.ts";

/** Every verb, in the order of the help. A new verb is its file and an entry here. */
export const verbs: readonly Verb[] = [
  verb("status", {
    summary: "show whether the CRNG is ready, and what is wrong if it is not",
    operands: null,
    exits: "0 ready, 3 not ready, 4 unknown",
    example: "crngwatch status",
    // It is there since the start, with main.ts: an import() of it would cost every start a file more.
    load: () => Promise.resolve(status),
  }),
  verb("wait", {
    summary: "return when the CRNG is ready, without making the kernel gather entropy",
    operands: null,
    exits: "0 ready, 3 on time-out",
    example: "crngwatch wait --timeout 30",
    load: async () => (await import("./wait.ts")).wait,
  }),
  verb("report", {
    summary: "describe this boot",
    operands: null,
    exits: "0",
    example: "crngwatch report --format json -o boot.json",
    load: async () => (await import("./report.ts")).report,
  }),
  verb("boots", {
    summary: "list past boots and when each was ready, from the journal",
    operands: null,
    exits: "0",
    example: "crngwatch boots",
    load: async () => (await import("./boots.ts")).boots,
  }),
  verb("analyze", {
    summary: "describe the boots found in logs of any host, in any format",
    operands: {
      name: "FILE",
      summary: "a log, compressed or not; a journal file or directory; a sosreport; '-' is standard input",
      piped: true,
    },
    exits: "0 when something was read, 1 when a file could not be read",
    example: "crngwatch analyze console.log",
    load: async () => (await import("./analyze.ts")).analyze,
  }),
  verb("watch", {
    summary: "print what happens to the CRNG as it happens",
    operands: null,
    exits: "0 after Ctrl-C",
    example: "crngwatch watch",
    load: async () => (await import("./watch.ts")).watch,
  }),
  verb("recorder", {
    summary: "put the flight recorder on the kernel command line of the next boots, or take it off",
    operands: { name: "ACTION", summary: "status, arm or disarm", choices: ["status", "arm", "disarm"] },
    exits: "0",
    example: "crngwatch recorder arm --dry-run",
    load: async () => (await import("./recorder.ts")).recorder,
  }),
  verb("metrics", {
    summary: "print the metrics once, for node_exporter's textfile collector",
    operands: null,
    exits: "0",
    example: "crngwatch metrics -o /var/lib/prometheus/node-exporter/crngwatch.prom",
    load: async () => (await import("./metrics.ts")).metrics,
  }),
  verb("serve-metrics", {
    summary: "answer Prometheus on sockets that systemd passes; run as a service",
    operands: null,
    exits: "0 after the idle time without requests, or after SIGTERM",
    example: "systemctl enable --now crngwatch-metrics.socket",
    load: async () => (await import("./serve-metrics.ts")).serveMetricsVerb,
  }),
  verb("check", {
    summary: "answer a monitoring system in one line with performance data",
    operands: null,
    exits: "0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, also on failure and wrong usage",
    conventions: "monitoring-plugin",
    example: "crngwatch check --warning 10 --critical 60",
    load: async () => (await import("./check.ts")).check,
  }),
  verb("lint-alerts", {
    summary: "find thresholds on entropy_avail that never or always fire, and print what to write instead",
    operands: {
      name: "FILE",
      summary:
        "alerts of Prometheus, Grafana, netdata, Nagios, Icinga, Zabbix, Datadog, Kapacitor or Flux; '-' is standard input",
    },
    exits: "0 nothing wrong, 1 a file could not be read, 3 a threshold is wrong",
    example: "crngwatch lint-alerts /etc/prometheus/rules/*.yml",
    load: async () => (await import("./lint-alerts.ts")).lintAlerts,
  }),
  verb("daemon", {
    summary: "observe this boot and answer on a socket; run as a service",
    operands: null,
    exits: "0 after SIGTERM",
    example: "systemctl start crngwatch.service",
    load: async () => (await import("./daemon.ts")).daemon,
  }),
  verb("bridge", {
    summary: "speak Varlink on standard input and output, for varlinkctl through ssh",
    operands: null,
    exits: "0 when the client has disconnected",
    example: "crngwatch bridge",
    load: async () => (await import("./bridge.ts")).bridge,
  }),
];

/** The verb `name` with its options; `load` gives code that reads no others. */
function verb<Name extends keyof typeof options>(
  name: Name,
  definition: Omit<Verb, "name" | "options" | "load"> & {
    readonly load: () => Promise<(invocation: InvocationOf<Name>) => Promise<ExitCode>>;
  },
): Verb {
  return { name, options: options[name], ...definition, load: definition.load as Verb["load"] };
}
