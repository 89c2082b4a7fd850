import type { Diagnosed } from "../core/boot-record.ts";
import { savedRecord } from "../core/shape/saved-record.ts";
import { escapeText } from "../render/escape.ts";
import { askDaemon, type AsksDaemon, socketPath } from "./daemon-client.ts";
import { complain } from "./print.ts";

/** The daemon's record; null where none runs. */
export async function recordOfDaemon(invocation: AsksDaemon): Promise<Diagnosed | null> {
  const answer = await askDaemon<{ readonly record: unknown }>(invocation, "GetRecord");
  if (answer === null) return null;
  // A daemon of another version may lack fields, and the program behind a socket may send anything.
  const saved = savedRecord(answer.record, { missing: "unknown" });
  if (saved === null)
    complain(`'${escapeText(socketPath(invocation))}' sent no boot record, continuing without the daemon`);
  else if (saved.wrong !== null) complain(`Left out what is not valid in the daemon's record: ${saved.wrong}`);
  return (saved?.record ?? null) as Diagnosed | null;
}
