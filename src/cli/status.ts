import type { BootRecord } from "../core/boot-record.ts";
import { recordOfDaemon } from "./daemon-client.ts";
import { exit, type ExitCode, type Invocation } from "./verb.ts";

/** `crngwatch status`: asks the daemon, and loads what probing needs only where none runs. */
export async function status(invocation: Invocation): Promise<ExitCode> {
  const record = (await recordOfDaemon(invocation)) ?? (await probed(invocation));
  if (invocation.given["json"] === true) {
    const { bootsJson } = await import("../render/boots-json.ts");
    process.stdout.write(bootsJson([record]));
  } else {
    const { statusText } = await import("../render/status-text.ts");
    process.stdout.write(statusText(record));
  }
  return exitOf(record);
}

async function probed({ roots }: Invocation): Promise<BootRecord> {
  const [{ snapshot }, { hostAt }] = await Promise.all([import("../daemon/snapshot.ts"), import("./host.ts")]);
  return await snapshot(await hostAt(roots), { requested: false });
}

function exitOf({ readiness }: BootRecord): ExitCode {
  if (readiness.level === "ready") return exit.ok;
  return readiness.settled ? exit.notReady : exit.unknown;
}
