import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { dashboard, dashboardQueries } from "../support/running/dashboard.ts";
import { project } from "../support/running/program.ts";

/**
 * Grafana's schema of a dashboard, as its package has it: types, with enumerations for strings. What the schema leaves
 * to a data source's plugin are Prometheus' query of an annotation, and the text that a list of variables shows.
 */
const schema = `
import type { AnnotationQuery, Dashboard, VariableModel } from "@grafana/schema";
type InJson<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: InJson<T[K]> } : T;
type OfPrometheus = Omit<Dashboard, "annotations" | "templating"> & {
  annotations: { list: (AnnotationQuery & { expr: string; titleFormat: string })[] };
  templating: { list: (VariableModel & { definition?: string })[] };
};
export const dashboard: InJson<OfPrometheus> = `;

/** The compiler's complaints about a dashboard in this text. */
function schemaErrors(json: string): string {
  const folder = mkdtempSync(join(project, "node_modules/.dashboard-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "check.ts");
  writeFileSync(file, `${schema}${json};\n`);
  const words = ["--noEmit", "--strict", "--skipLibCheck", "--ignoreConfig", "--module", "nodenext", "--target", "es2023", file];
  const { stdout, error } = spawnSync(join(project, "node_modules/.bin/tsc"), words, { encoding: "utf8" });
  return error?.message ?? stdout;
}

describe("the Grafana dashboard", () => {
  it("is valid for Grafana 10 and newer, with any Prometheus data source", () => {
    expect(dashboard).toMatchObject({ title: "crngwatch", uid: "crngwatch", schemaVersion: 38 });
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([["datasource", "datasource"], ["job", "query"], ["instance", "query"]]);
    for (const { datasource } of dashboard.panels) expect(datasource).toEqual({ type: "prometheus", uid: "${datasource}" });
  });

  it("is what Grafana's own schema says of one, to the last field", () => {
    const json = readFileSync(join(project, "packaging/grafana/crngwatch.json"), "utf8");
    expect(schemaErrors(json)).toBe("");
    expect(schemaErrors(json.replace('"editable": true', '"editable": "yes"'))).toContain("boolean");
    expect(schemaErrors(json.replace('"editable"', '"editible"'))).toContain("editible");
    expect(schemaErrors(json.replace('"mode": "absolute"', '"mode": "relative"'))).toContain("'\"relative\"'");
  });

  it("has panels with names of their own that lie beside each other", () => {
    const titles = dashboard.panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`));
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it.each(dashboardQueries)("%s keeps to the chosen job and hosts, and leaves no variable", (_, expression) => {
    expect(expression).toContain('job=~".*", instance=~".*"');
    expect(expression).not.toContain("$");
  });
});
