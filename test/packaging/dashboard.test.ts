import { describe, expect, it } from "vitest";
import { dashboard, dashboardQueries } from "../support/dashboard.ts";

describe("the Grafana dashboard", () => {
  it("is one that Grafana 10 and newer take, for whichever Prometheus they have", () => {
    expect(dashboard).toMatchObject({ title: "crngwatch", uid: "crngwatch", schemaVersion: 38 });
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([["datasource", "datasource"], ["job", "query"], ["instance", "query"]]);
    for (const { datasource } of dashboard.panels) expect(datasource).toEqual({ type: "prometheus", uid: "${datasource}" });
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
