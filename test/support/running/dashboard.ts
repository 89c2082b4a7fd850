import { readFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "./program.ts";

interface Target {
  readonly expr: string;
  readonly refId: string;
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
}

/** What a Grafana dashboard is made of, as far as we look at it. */
export interface Dashboard {
  readonly title: string;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly datasource: object;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets: readonly Target[];
  }[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly templating: { readonly list: readonly Variable[] };
}

export const dashboard = JSON.parse(
  readFileSync(join(project, "packaging/grafana/crngwatch.json"), "utf8"),
) as Dashboard;

/** Every query of the dashboard's panels and annotations, with its variables at "All", as Grafana would send it. */
export const dashboardQueries: readonly (readonly [name: string, expression: string])[] = [
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, refId }) => [`${title} ${refId}`, substituted(expr)] as const),
  ),
  ...dashboard.annotations.list.map(({ name, expr }) => [name, substituted(expr)] as const),
];

export function substituted(expression: string): string {
  return expression.replaceAll(/\$(?:job|instance)\b/g, ".*");
}
