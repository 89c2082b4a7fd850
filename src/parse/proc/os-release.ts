import type { Distribution } from "../../core/base/administration.ts";
import { parseKeyValue } from "./key-value.ts";

/** os-release(5); null where it names no ID. */
export function parseOsRelease(text: string): Distribution | null {
  const values = parseKeyValue(text);
  const id = values.get("ID") ?? "";
  if (id === "") return null;
  const like = (values.get("ID_LIKE") ?? "").split(/\s+/).filter((name) => name !== "");
  return { id, like, name: values.get("PRETTY_NAME") ?? null };
}
