import { status } from "./status.ts";
import type { Option, Verb } from "../verb.ts";

const socket: Option = {
  name: "socket",
  value: "PATH",
  summary: "the daemon's socket (default /run/crngwatch/io.crngwatch)",
};
const json: Option = { name: "json", value: null, summary: "print the boot record as JSON" };

/** Options of a verb that tells boot records: `output.ts` reads them. */
const outputOptions: readonly Option[] = [
  { name: "format", value: "FORMAT", summary: "text or json (default text)" },
  { name: "json", value: null, summary: "the same as --format json" },
  { name: "output", short: "o", value: "FILE", summary: "write to a file instead of standard output" },
];

const directory: Option = {
  name: "directory",
  value: "DIR",
  summary: "read the journal files in a folder instead of the host's journal",
};

/** Every verb, in the order of the help. A new verb is its file and an entry here. */
export const verbs: readonly Verb[] = [
  {
    name: "status",
    summary: "say whether the CRNG is ready, and what is wrong if it is not",
    options: [json, socket],
    operands: null,
    exits: "0 ready, 3 not ready, 4 unknown",
    example: "crngwatch status",
    // Bound in at once: it is the one that a person in a hurry calls.
    load: () => Promise.resolve(status),
  },
  {
    name: "wait",
    summary: "return when the CRNG is ready, without making the kernel gather entropy",
    options: [
      { name: "timeout", value: "SECONDS", summary: "give up after so many seconds" },
      { name: "callers", value: null, summary: "return as soon as a caller of getrandom() would not wait" },
    ],
    operands: null,
    exits: "0 ready, 3 on time-out",
    example: "crngwatch wait --timeout 30",
    load: async () => (await import("./wait.ts")).wait,
  },
  {
    name: "report",
    summary: "tell this boot's story",
    options: [
      ...outputOptions,
      {
        name: "boot",
        value: "BOOT",
        summary: "a past boot, from the journal: -1 is the one before this, or a boot's ID",
      },
      directory,
      socket,
    ],
    operands: null,
    exits: "0",
    example: "crngwatch report --format json -o boot.json",
    load: async () => (await import("./report.ts")).report,
  },
  {
    name: "boots",
    summary: "list past boots and when each was ready, from the journal",
    options: [{ name: "json", value: null, summary: "print the boot records as JSON" }, directory, socket],
    operands: null,
    exits: "0",
    example: "crngwatch boots",
    load: async () => (await import("./boots.ts")).boots,
  },
  {
    name: "analyze",
    summary: "tell the boots in logs of any host, in any format",
    options: outputOptions,
    operands: {
      name: "FILE",
      summary: "a log, compressed or not; a journal file or directory; a sosreport; '-' is standard input",
    },
    exits: "0 when something was read, 1 with a line for each file that could not be",
    example: "crngwatch analyze console.log",
    load: async () => (await import("./analyze.ts")).analyze,
  },
  {
    name: "watch",
    summary: "print what happens to the CRNG as it happens",
    options: [socket],
    operands: null,
    exits: "0 after Ctrl-C",
    example: "crngwatch watch",
    load: async () => (await import("./watch.ts")).watch,
  },
  {
    name: "recorder",
    summary: "put the flight recorder on the kernel command line of the next boots, or take it off",
    options: [
      { name: "dry-run", value: null, summary: "print what arm or disarm would change, and change nothing" },
      { name: "yes", short: "y", value: null, summary: "do not ask before it is changed" },
      { name: "json", value: null, summary: "print the status as JSON" },
    ],
    operands: { name: "ACTION", summary: "status, arm or disarm", choices: ["status", "arm", "disarm"] },
    exits: "0",
    example: "crngwatch recorder arm --dry-run",
    load: async () => (await import("./recorder.ts")).recorder,
  },
  {
    name: "metrics",
    summary: "print the metrics once, for node_exporter's textfile collector",
    options: [
      { name: "output", short: "o", value: "FILE", summary: "replace a file whole instead of printing" },
      socket,
    ],
    operands: null,
    exits: "0",
    example: "crngwatch metrics -o /var/lib/prometheus/node-exporter/crngwatch.prom",
    load: async () => (await import("./metrics.ts")).metrics,
  },
  {
    name: "serve-metrics",
    summary: "answer Prometheus on sockets that systemd passes; run as a service",
    options: [
      { name: "idle", value: "SECONDS", summary: "end when nobody has asked for so long (default 90)" },
      socket,
    ],
    operands: null,
    exits: "0 when nobody asked any more, or after SIGTERM",
    example: "systemctl enable --now crngwatch-metrics.socket",
    load: async () => (await import("./serve-metrics.ts")).serveMetricsVerb,
  },
  {
    name: "check",
    summary: "answer a monitoring system in one line with performance data",
    options: [
      { name: "warning", short: "w", value: "RANGE", summary: "seconds to ready that are no WARNING (default 10)" },
      { name: "critical", short: "c", value: "RANGE", summary: "seconds to ready that are not CRITICAL (default 60)" },
      { name: "waited", value: "RANGE", summary: "seconds of the longest wait that are no WARNING (default 5)" },
      socket,
    ],
    operands: null,
    exits: "0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, also on failure and wrong usage",
    conventions: "monitoring-plugin",
    example: "crngwatch check --warning 10 --critical 60",
    load: async () => (await import("./check.ts")).check,
  },
  {
    name: "lint-alerts",
    summary: "say which thresholds on entropy_avail can never or must always fire, and what to write instead",
    options: [
      { name: "pool", value: "BITS", summary: "256 or 4096: for a kernel with such a poolsize (default: this one's)" },
      { name: "json", value: null, summary: "print the findings as JSON" },
    ],
    operands: {
      name: "FILE",
      summary: "configuration of Prometheus, Grafana, netdata, Nagios, Icinga, Zabbix, Datadog, Kapacitor or Flux",
    },
    exits: "0 nothing wrong, 1 some file could not be read, 3 some threshold is wrong",
    example: "crngwatch lint-alerts /etc/prometheus/rules/*.yml",
    load: async () => (await import("./lint-alerts.ts")).lintAlerts,
  },
  {
    name: "daemon",
    summary: "observe this boot and answer on a socket; run as a service",
    options: [
      { name: "state-dir", value: "DIR", summary: "where the record and the socket live (default /run/crngwatch)" },
    ],
    operands: null,
    exits: "0 after SIGTERM",
    example: "systemctl start crngwatch.service",
    load: async () => (await import("./daemon.ts")).daemon,
  },
  {
    name: "bridge",
    summary: "speak Varlink on standard input and output, for varlinkctl through ssh",
    options: [socket],
    operands: null,
    exits: "0 when the client has gone",
    example: "crngwatch bridge",
    load: async () => (await import("./bridge.ts")).bridge,
  },
];
