import { readFile, readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { stageFile } from "./archive.ts";
import { hasCode } from "../host/host-programs.ts";

/** The repository that this lab is a part of. */
export const REPOSITORY = resolve(import.meta.dirname, "../../../..");

/** Where crngwatch lies in every guest, as its packages install it. */
export const GUEST_PROJECT = "/opt/crngwatch";

/** What a build changes, and so is packed anew for every boot. */
const SHIPPED = ["bin", "dist", "native", "systemd", "package.json"];

/** Puts the built project without its dependencies below `root`. Throws when it has not been built. */
export async function stageProject(root: string, project: string): Promise<void> {
  for (const name of SHIPPED) {
    const path = join(project, name);
    if (await exists(path)) await stageFile(root, `${GUEST_PROJECT}/${name}`, { from: path });
    else if (name === "dist" || name === "package.json") {
      throw new Error(`Cannot boot with the project '${project}': it has no ${name}, run npm run build`);
    }
  }
}

/**
 * Puts the packages that crngwatch needs when it runs below `root`: those of the lock file that are not for development
 * only.
 */
export async function stageDependencies(root: string, project: string): Promise<void> {
  for (const path of await productionPackages(project)) {
    await stageFile(root, `${GUEST_PROJECT}/${path}`, { from: join(project, path) });
  }
}

/** Changes whenever npm has installed something else. */
export async function dependenciesIdentity(project: string): Promise<string> {
  return await readFile(join(project, "node_modules/.package-lock.json"), "utf8");
}

/** `node_modules/...` paths of the production packages that are installed (other platforms' optional ones are not). */
async function productionPackages(project: string): Promise<string[]> {
  const lock: unknown = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8"));
  if (!isLockFile(lock)) throw new Error(`Cannot read '${join(project, "package-lock.json")}': it has no packages`);
  const paths = Object.entries(lock.packages).filter(
    ([path, entry]) => path !== "" && entry.dev !== true && entry.devOptional !== true,
  );
  const installed: string[] = [];
  for (const [path] of paths) {
    if (await exists(join(project, path))) installed.push(path);
  }
  return installed;
}

function isLockFile(value: unknown): value is { packages: Record<string, { dev?: boolean; devOptional?: boolean }> } {
  return typeof value === "object" && value !== null && "packages" in value && typeof value.packages === "object";
}

/** Names of the systemd units that the project ships. */
export async function shippedUnits(project: string): Promise<string[]> {
  const directory = join(project, "systemd");
  if (!(await exists(directory))) return [];
  return (await readdir(directory)).filter((name) => /\.(service|socket|timer|target)$/.test(name));
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}
