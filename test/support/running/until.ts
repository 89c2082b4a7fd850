import { readFileSync } from "node:fs";

/** Waits, for 20 s at most, until `holds` gives true; an error of a network call counts as "not yet". */
export async function until(what: () => string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "VarlinkCallFailed") throw error;
    }
    if (Date.now() > end) throw new Error(`Waited in vain for ${what()}`);
    await pause(20);
  }
}

/** Waits until the process with this folder in /proc sleeps in a read(2) of its standard input (x86-64). */
export async function untilAsleepInRead(proc: string): Promise<void> {
  await until(
    () => `${proc} to sleep in read(2)`,
    () => readFileSync(`${proc}/syscall`, "utf8").startsWith("0 0x0 "),
  );
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
