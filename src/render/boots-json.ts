import { type Diagnosed, bootsSchema } from "../core/boot-record.ts";

/** The JSON document of `status --json`, `report --format json`, the saved state and the socket. */
export function bootsJson(records: readonly Diagnosed[]): string {
  return `${JSON.stringify({ schema: bootsSchema, boots: records }, null, 2)}\n`;
}
