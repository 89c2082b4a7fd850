import { jsonText } from "./json-text.ts";
import { type Diagnosed, bootsSchema } from "../core/boot-record.ts";

/** The JSON document of `status --json`, `report --format json`, the saved state and the socket. */
export function bootsJson(records: readonly Diagnosed[]): string {
  return `${jsonText({ schema: bootsSchema, boots: records }, 2)}\n`;
}
