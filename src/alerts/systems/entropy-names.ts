import type { Expression } from "../threshold.ts";

/** The names under which exporters and agents report `entropy_avail`. */
const entropyNames: readonly RegExp[] = [
  /^node_entropy_available_bits$/, // node_exporter
  /^(?:kernel_)?entropy_avail$/, // Telegraf's kernel plugin, by itself and in Prometheus
  /^netdata_system_entropy_\w+$/, // Netdata in Prometheus
  /^system[._]entropy[._]available(?:_bits)?$/, // Datadog's linux_proc_extras, Metricbeat
  /^collectd_entropy(?:_\w+)?$/,
];
const poolNames: readonly RegExp[] = [/^node_entropy_pool_size_bits$/];

/** The quantity that a metric's name stands for; null where it is another. */
export function quantityOf(name: string): Expression | null {
  if (entropyNames.some((known) => known.test(name))) return { kind: "entropy" };
  if (poolNames.some((known) => known.test(name))) return { kind: "pool-size" };
  // An `_info` metric is 1 by definition (OpenMetrics, "Info"): rules multiply by one to get its labels.
  return /^\w+_info$/.test(name) ? { kind: "number", value: 1 } : null;
}

/** Item keys of Zabbix are a template author's own choice, so any that speaks of entropy counts. */
export function quantityOfKey(key: string): Expression | null {
  if (/random\/poolsize\b|entropy\W*pool_?size/i.test(key)) return { kind: "pool-size" };
  return /entropy/i.test(key) && !/wakeup|threshold|wu_/i.test(key) ? { kind: "entropy" } : null;
}
