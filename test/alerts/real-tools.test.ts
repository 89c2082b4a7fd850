import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { holds, possible } from "../../src/alerts/possible.ts";
import { quantityOf } from "../../src/alerts/systems/entropy-names.ts";
import { parseExpression } from "../../src/alerts/expression.ts";
import { nagiosThresholds } from "../../src/alerts/systems/nagios.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { run } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";
import { promqlVerdicts } from "./promql-verdicts.ts";

/** Before readiness, and from then on. */
const levels = [0, 1, 99, 100, 199, 255, 256];
const metrics = ["node_entropy_available_bits", "kernel_entropy_avail", "netdata_system_entropy_entropy_average"];

/** Runs Prometheus's own unit tests of rules; resolves to its complaints. */
async function promtool(tests: unknown, rules?: unknown): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "rules.yml"), JSON.stringify(rules ?? { groups: [] }));
  writeFileSync(join(folder, "tests.yml"), JSON.stringify(tests));
  const { code, stdout, stderr } = await run("promtool", ["test", "rules", "tests.yml"], { cwd: folder });
  return code === 0 ? "" : stdout + stderr;
}

const seriesAt = (level: number): readonly unknown[] => [
  ...metrics.map((metric) => ({ series: `${metric}{instance="a1", job="node"}`, values: `${level}x200` })),
  { series: 'node_entropy_pool_size_bits{instance="a1", job="node"}', values: "256x200" },
  { series: 'node_uname_info{instance="a1", nodename="host"}', values: "1x200" },
];

describe("Prometheus itself", () => {
  it("finds of each expression what crngwatch says of it", async (context) => {
    const missing = whyMissing("promtool");
    if (missing !== null) return context.skip(missing);
    const tests = levels.map((level) => ({
      interval: "1m",
      input_series: seriesAt(level),
      promql_expr_test: promqlVerdicts.flatMap(([expr]) => {
        const condition = parseExpression(expr, { filters: true, meaning: quantityOf });
        const { present } =
          condition === null ? { present: null } : possible(condition, { entropy: [level, level], poolBits: 256 });
        // A sum may be of one host or of many: crngwatch does not say.
        if (present === null && expr.startsWith("sum(")) return [];
        return [
          {
            expr: `count(${expr.replace(/ #.*/, "")}) or vector(0)`,
            eval_time: "150m",
            exp_samples: [{ labels: "{}", value: present === null ? -1 : Number(present) }],
          },
        ];
      }),
    }));
    expect(await promtool({ rule_files: ["rules.yml"], evaluation_interval: "1m", tests })).toBe("");
  });

  it("does not fire what never fires, and fires what is to be written instead", async (context) => {
    const missing = whyMissing("promtool");
    if (missing !== null) return context.skip(missing);
    const rules = {
      groups: [
        {
          name: "entropy",
          rules: [
            { alert: "Low", expr: "node_entropy_available_bits < 100" },
            { alert: "Overflow", expr: "node_entropy_available_bits > 3000" },
            { alert: "Bool", expr: "node_entropy_available_bits < bool 100" },
            { alert: "Instead", expr: "crngwatch_ready == 0" },
          ],
        },
      ],
    };
    const fires = (level: number, ready: number, firing: readonly string[]): unknown => ({
      interval: "1m",
      input_series: [
        { series: "node_entropy_available_bits", values: `${level}x10` },
        { series: "crngwatch_ready", values: `${ready}x10` },
      ],
      alert_rule_test: ["Low", "Overflow", "Bool", "Instead"].map((alertname) => ({
        eval_time: "5m",
        alertname,
        exp_alerts: firing.includes(alertname) ? [{}] : [],
      })),
    });
    const tests = [
      fires(256, 1, ["Bool"]),
      fires(200, 0, ["Bool", "Instead"]),
      fires(4, 0, ["Low", "Bool", "Instead"]),
    ];
    expect(await promtool({ rule_files: ["rules.yml"], evaluation_interval: "1m", tests }, rules)).toBe("");
  });
});

describe("Debian's check_entropy", () => {
  const plugin = "/usr/lib/nagios/plugins/check_entropy";
  const [bits, poolBits] = ["entropy_avail", "poolsize"].map((name) =>
    Number(readFileSync(join("/proc/sys/kernel/random", name), "utf8")),
  ) as [number, number];

  it.for([800, 257, 256, 200])("alerts below %i as crngwatch says", async (limit, context) => {
    const missing = whyMissing(plugin);
    if (missing !== null) return context.skip(missing);
    const [threshold] = nagiosThresholds({ text: `command[entropy]=${plugin} -w ${limit}`, tree: null });
    const fires =
      threshold?.condition == null ? null : holds(possible(threshold.condition, { entropy: [bits, bits], poolBits }));
    expect(fires).toBe((await run(plugin, ["-r", "0", "-s", "0", "-w", String(limit)])).code === 1);
  });
});
