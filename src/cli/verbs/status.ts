import type { Diagnosed, Readiness } from "../../core/boot-record.ts";
import { askDaemon } from "../daemon-client.ts";
import { escapeLines } from "../../render/escape.ts";
import { print } from "../print.ts";
import { terminalOf } from "../terminal.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, exit, type ExitCode } from "../verb.ts";

interface Status extends Pick<Readiness, "level" | "settled"> {
  /** Whatever answers on a socket that a stranger named: only a daemon of ours is sure to send a string. */
  readonly text: unknown;
}

/** `crngwatch status`: the daemon says it all; what probing and rendering need is loaded only where none runs. */
export async function status(invocation: InvocationOf<"status">): Promise<ExitCode> {
  const { json, color } = invocation.given;
  if (json === true) {
    if (color !== undefined) throw new CommandFailed("Option --color is for text, and this is --json", exit.usage);
    const { recordOfDaemon } = await import("../daemon-record.ts");
    const record = (await recordOfDaemon(invocation)) ?? (await probed(invocation));
    const { bootsJson } = await import("../../render/boots-json.ts");
    print(bootsJson([record]));
    return exitOf(record.readiness);
  }
  const terminal = terminalOf(color);
  const answered = (await askDaemon<Status>(invocation, "GetStatus")) ?? (await ownStatus(invocation));
  if (typeof answered.text !== "string")
    throw new CommandFailed("The daemon's answer has no text: the socket may belong to another program");
  const text = harmless(answered.text);
  if (terminal.columns === null && !terminal.colour) print(text);
  else print((await import("../../render/text/status-tones.ts")).tonedStatus(text, terminal));
  return exitOf(answered);
}

async function ownStatus(invocation: InvocationOf<"status">): Promise<Status> {
  const { statusText } = await import("../../render/text/status.ts");
  const record = await probed(invocation);
  return { text: statusText(record), ...record.readiness };
}

/** The record of what the host shows without a daemon. */
export async function probed({ roots }: InvocationOf<"status">): Promise<Diagnosed> {
  const [{ snapshot }, { sources }, { hostAt }] = await Promise.all([
    import("../../observe/snapshot.ts"),
    import("../../observe/registry.ts"),
    import("../host.ts"),
  ]);
  return await snapshot(hostAt(roots), { requested: false, sources });
}

function exitOf({ level, settled }: Pick<Readiness, "level" | "settled">): ExitCode {
  if (level === "ready") return exit.ok;
  return settled ? exit.notReady : exit.unknown;
}

/** The text that came from the socket, perhaps from another program. Unicode's tables are loaded only if needed. */
function harmless(text: string): string {
  return /^[\n\x20-\x7e]*$/.test(text) ? text : escapeLines(text);
}
