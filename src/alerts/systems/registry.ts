import type { Threshold } from "../threshold.ts";
import { type AlertConfig, type AlertReader, mostThresholds, type SharedNames, TooManyRules } from "./alert-reader.ts";
import { datadogThresholds, terraformVariables } from "./datadog.ts";
import { grafanaThresholds } from "./grafana.ts";
import { icingaThresholds } from "./icinga.ts";
import { nagiosThresholds } from "./nagios.ts";
import { netdataThresholds } from "./netdata.ts";
import { prometheusThresholds, promql } from "./prometheus.ts";
import { telegrafThresholds } from "./telegraf.ts";
import { zabbixThresholds } from "./zabbix.ts";

/** Every monitoring system whose configuration is read. A new one is its file, an entry here and a fixture. */
const readers: readonly AlertReader[] = [
  prometheusThresholds,
  grafanaThresholds,
  zabbixThresholds,
  datadogThresholds,
  netdataThresholds,
  nagiosThresholds,
  icingaThresholds,
  telegrafThresholds,
];

/**
 * The thresholds on entropy in each of the files of a configuration, in the order of their lines. Throws TooManyRules.
 */
export function thresholdsIn(configs: readonly AlertConfig[]): readonly (readonly Threshold[])[] {
  const shared: SharedNames = { promql: promql(configs), variables: terraformVariables(configs) };
  return configs.map((config) => {
    const found = readers.flatMap((read) => read(config, shared));
    if (found.length > mostThresholds)
      throw new TooManyRules(`one holds more than ${mostThresholds} thresholds on entropy`);
    return found.toSorted((a, b) => a.line - b.line);
  });
}
