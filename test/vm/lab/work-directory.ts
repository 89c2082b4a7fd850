import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "./host/host-programs.ts";

const PREFIX = "crngwatch-lab-";

/**
 * Gives `use` a directory for one guest and removes it afterwards. What earlier runs left behind when they were killed
 * goes too, a guest's archive being some 200 MB: the name carries the pid of the owner.
 */
export async function withWorkDirectory<Result>(use: (directory: string) => Promise<Result>): Promise<Result> {
  await removeAbandoned();
  const directory = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner)))
      await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}
