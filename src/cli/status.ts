import type { BootRecord } from "../core/boot-record.ts";
import { statusText } from "../render/status-text.ts";
import { recordOfDaemon } from "./daemon-client.ts";
import { print } from "./print.ts";
import { exit, type ExitCode, type Invocation } from "./verb.ts";

/** `crngwatch status`: asks the daemon, and loads what probing needs only where none runs. */
export async function status(invocation: Invocation): Promise<ExitCode> {
  const record = (await recordOfDaemon(invocation)) ?? (await probed(invocation));
  if (invocation.given["json"] === true) {
    const { bootsJson } = await import("../render/boots-json.ts");
    print(bootsJson([record]));
  } else {
    print(statusText(record));
  }
  return exitOf(record);
}

async function probed({ roots }: Invocation): Promise<BootRecord> {
  const [{ snapshot }, { hostAt }] = await Promise.all([import("../daemon/snapshot.ts"), import("./host.ts")]);
  return await snapshot(hostAt(roots), { requested: false });
}

function exitOf({ readiness }: BootRecord): ExitCode {
  if (readiness.level === "ready") return exit.ok;
  return readiness.settled ? exit.notReady : exit.unknown;
}
