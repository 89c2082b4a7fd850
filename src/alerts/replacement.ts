import type { AlertSystem, PoolBits } from "./threshold.ts";

/** The expression for readiness in each monitoring system's own language. */
const readinessAlerts: Readonly<Record<AlertSystem, string>> = {
  prometheus: "crngwatch_ready == 0",
  grafana: "crngwatch_ready == 0 as the query, firing when it has a value",
  netdata: "go.d's prometheus collector on crngwatch's metrics, and 'warn: $this == 0' on crngwatch_ready",
  nagios: "crngwatch check --warning 10 --critical 60",
  icinga: 'object CheckCommand "crngwatch" { command = [ "/usr/bin/crngwatch", "check" ] }',
  zabbix:
    "UserParameter=crngwatch.check,crngwatch check >/dev/null; echo $?   with the trigger last(/HOST/crngwatch.check)>0",
  datadog:
    "the OpenMetrics check on crngwatch's metrics, and max(last_5m):max:crngwatch.crngwatch_ready{*} by {host} < 1",
  telegraf: `[[inputs.exec]] commands = ["crngwatch check"], data_format = "nagios"   with an alert on nagios_state's "state" > 0`,
};

/**
 * On an old pool a reader of /dev/random may wait whether or not the CRNG is ready, so a person who watched the level
 * may need that.
 */
const oldPoolAlerts: Partial<Readonly<Record<AlertSystem, string>>> = {
  prometheus: "crngwatch_ready == 0, or crngwatch_callers_wait == 1 for readers of /dev/random",
  grafana: "crngwatch_ready == 0 or crngwatch_callers_wait == 1 as the query, firing when it has a value",
};

/** What to write instead of a threshold on entropy, in the language of its monitoring system. */
export function replacement(system: AlertSystem, pool: PoolBits): string {
  return (pool === 4096 ? oldPoolAlerts[system] : undefined) ?? readinessAlerts[system];
}
