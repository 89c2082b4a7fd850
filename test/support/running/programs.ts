import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** Why a test that runs these programs is skipped; null where all are there. */
export function whyMissing(...programs: readonly string[]): string | null {
  const folders = (process.env["PATH"] ?? "").split(":");
  const missing = programs.filter(
    (program) =>
      !(program.startsWith("/") ? [program] : folders.map((folder) => join(folder, program))).some(isExecutable),
  );
  return missing.length === 0 ? null : `not installed: ${missing.join(", ")}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
