import type { Diagnosed, Readiness } from "../../core/boot-record.ts";
import { askDaemon, callAlone, type DaemonAnswer } from "../daemon-client.ts";
import { fs, join } from "../../platform/builtins.ts";
import { attempt } from "../../platform/errno.ts";
import type { Roots } from "../../platform/roots.ts";
import { escapeLines, escapeText } from "../../render/escape.ts";
import { print } from "../print.ts";
import { terminalOf } from "../terminal.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, exit, type ExitCode, withoutEffect } from "../verb.ts";

interface Status extends Pick<Readiness, "level" | "settled"> {
  /** Whatever answers on a socket that a stranger named: only a daemon of ours is sure to send a string. */
  readonly text: unknown;
  /** The verdict is not shown, and systemd's time stamps, for which no daemon asks, may show it. */
  readonly unitTimesMayDecide?: boolean;
}

/** `crngwatch status`: the daemon says it all; what probing and rendering need is loaded only where none runs. */
export async function status(invocation: InvocationOf<"status">): Promise<ExitCode> {
  const { json, color, quiet, boot } = invocation.given;
  if (json !== undefined) {
    if (color !== undefined) throw withoutEffect("color", "with --json: it is for text");
    const { recordOfDaemon } = await import("../daemon-record.ts");
    const record =
      boot === undefined
        ? await withUnitTimes(invocation, (await recordOfDaemon(invocation)) ?? (await probed(invocation)))
        : await ofPastBoot(invocation.roots, boot);
    const { bootsJson } = await import("../../render/boots-json.ts");
    const { jsonInOneLine } = await import("../../render/json-text.ts");
    print(json === "short" ? jsonInOneLine(bootsJson([record])) : bootsJson([record]));
    return exitOf(record.readiness);
  }
  const terminal = terminalOf(color);
  const { status: answered, observer } =
    boot === undefined ? await ofThisBoot(invocation) : await ofRecord(invocation, boot);
  if (typeof answered.text !== "string")
    throw new CommandFailed("The daemon's answer has no text: the socket may belong to another program");
  const text = harmless(answered.text) + observer;
  if (quiet === true) return exitOf(answered);
  if (terminal.columns === null && !terminal.colour) print(text);
  else print((await import("../../render/text/status-tones.ts")).tonedStatus(text, terminal));
  return exitOf(answered);
}

/** A status, and a line about who observed it. */
interface ObservedStatus {
  readonly status: Status;
  readonly observer: string;
}

async function ofThisBoot(invocation: InvocationOf<"status">): Promise<ObservedStatus> {
  const asked = await askDaemon<Status>(invocation, "GetStatus", callAlone);
  const answer =
    asked.kind === "answered"
      ? await decided(invocation, asked.answer)
      : await statusOf(await withUnitTimes(invocation, await probed(invocation)));
  return { status: answer, observer: await observerLine(asked, invocation.roots) };
}

/** The daemon's answer, or what its record comes to with systemd's time stamps. */
async function decided(invocation: InvocationOf<"status">, answer: Status): Promise<Status> {
  // The exit code does not depend on them.
  if (answer.unitTimesMayDecide !== true || invocation.given.quiet === true) return answer;
  const { recordOfDaemon } = await import("../daemon-record.ts");
  const record = await recordOfDaemon(invocation);
  return record === null ? answer : await statusOf(await withUnitTimes(invocation, record));
}

/** The record with systemd's time stamps where those may decide the verdict: `report` asks for more, and always. */
async function withUnitTimes({ roots, given }: InvocationOf<"status">, record: Diagnosed): Promise<Diagnosed> {
  const { mayUnitTimesDecide } = await import("../../diagnose/verdict/unit-stamps.ts");
  if (!roots.live || given.quiet === true || !mayUnitTimesDecide(record)) return record;
  const [{ withRequested }, { unitTimes }, { hostAt }] = await Promise.all([
    import("../../observe/snapshot.ts"),
    import("../../sources/host/unit-times.ts"),
    import("../host.ts"),
  ]);
  return await withRequested(record, hostAt(roots), [unitTimes]);
}

async function ofRecord({ roots }: InvocationOf<"status">, boot: string): Promise<ObservedStatus> {
  return { status: await statusOf(await ofPastBoot(roots, boot), `crngwatch report --boot ${boot}`), observer: "" };
}

async function ofPastBoot(roots: Roots, boot: string): Promise<Diagnosed> {
  const [{ pastBoot }, { journalPlace }] = await Promise.all([
    import("../journal-place.ts"),
    import("../../sources/log/past-boots.ts"),
  ]);
  return await pastBoot(journalPlace(roots, null), boot);
}

async function statusOf(record: Diagnosed, reportCommand?: string): Promise<Status> {
  const { statusText } = await import("../../render/text/status.ts");
  return { text: statusText(record, reportCommand), ...record.readiness };
}

/** Who observed the host: any user may run a daemon of their own, and a user's own process sees less than root's. */
async function observerLine(asked: DaemonAnswer<unknown>, { etc }: Roots): Promise<string> {
  switch (asked.kind) {
    case "answered":
      return `daemon: answered, run by ${await ownerOf(asked.path, etc)}\n`;
    case "not-running":
      return "daemon: not running; this process read the host itself\n";
    case "silent":
      return "daemon: no answer; this process read the host itself\n";
    case "not-asked":
      return "";
  }
}

/** The user who opened the socket, which is PID 1's for a service: root has no need of a look-up. */
async function ownerOf(path: string, etc: string): Promise<string> {
  const owner = attempt(() => fs.statSync(path).uid);
  if (owner.kind !== "ok") return "an unknown user";
  if (owner.value === 0) return "root";
  const { textOrNull } = await import("../../platform/pseudo-file.ts");
  const entry = new RegExp(`^([^:\\n]{1,256}):[^:\\n]*:${owner.value}:`, "m").exec(
    textOrNull(join(etc, "passwd")) ?? "",
  );
  return `user ${entry?.[1] === undefined ? owner.value : `${escapeText(entry[1])} (${owner.value})`}`;
}

/** The record of what the host shows without a daemon. */
export async function probed({ roots }: Pick<InvocationOf<"status">, "roots">): Promise<Diagnosed> {
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
