import type { Diagnosed } from "../core/boot-record.ts";
import { savedRecord } from "../core/shape/saved-record.ts";
import { escapeText } from "../render/escape.ts";
import { askDaemon, type DaemonInvocation } from "./daemon-client.ts";
import { complain } from "./print.ts";
import { CommandFailed } from "./verb.ts";

/** The daemon's record; null where none runs. */
export async function recordOfDaemon(invocation: DaemonInvocation): Promise<Diagnosed | null> {
  const asked = await askDaemon<{ readonly record: unknown }>(invocation, "GetRecord");
  if (asked.kind !== "answered") return null;
  // A daemon of another version may lack fields, and the program behind a socket may send anything.
  const saved = savedRecord(asked.answer.record, { missing: "unknown" });
  if (saved === null) {
    const message = `'${escapeText(asked.path)}' sent no boot record`;
    if (invocation.given.socket !== undefined) throw new CommandFailed(message);
    complain(`${message}, continuing without the daemon`);
  } else if (saved.wrong !== null) complain(`Left out what is not valid in the daemon's record: ${saved.wrong}`);
  return (saved?.record ?? null) as Diagnosed | null;
}
