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

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
