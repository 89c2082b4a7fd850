import { emptyRecord } from "../../core/boot-record.ts";
import { fold } from "../../core/fold/fold.ts";
import { follow } from "../../observe/follow.ts";
import { sources } from "../../observe/registry.ts";
import { bootInterfaceName } from "../../exporters/boot-interface-name.ts";
import { streamVarlink } from "../../varlink/client.ts";
import { VarlinkCallFailed } from "../../varlink/errors.ts";
import { aborted } from "../../platform/aborted.ts";
import { changeText } from "../../render/text/change-text.ts";
import { isDaemonAsked, noDaemonAt, socketPath } from "../daemon-client.ts";
import { hostAt } from "../host.ts";
import { escapeLines } from "../../render/escape.ts";
import { print } from "../print.ts";
import { stopSignal } from "../service.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, exit, type ExitCode } from "../verb.ts";
import { diagnose } from "../../diagnose/findings.ts";

/** `crngwatch watch`: the daemon's stream, or our own where none runs. */
export async function watch(invocation: InvocationOf<"watch">): Promise<ExitCode> {
  const stop = stopSignal(process.env);
  if (isDaemonAsked(invocation)) await watchDaemon(invocation, stop);
  else await watchAlone(invocation, stop);
  return exit.ok;
}

async function watchDaemon(invocation: InvocationOf<"watch">, stop: AbortSignal): Promise<void> {
  const path = socketPath(invocation);
  try {
    await streamVarlink(
      path,
      `${bootInterfaceName}.Watch`,
      {},
      {
        signal: stop,
        onReply: ({ text }) => print(`${escapeLines(String(text))}\n`),
      },
    );
    if (!stop.aborted) throw new CommandFailed("The daemon has stopped");
  } catch (error) {
    if (stop.aborted) return;
    if (!(error instanceof VarlinkCallFailed)) throw error;
    if (error.kind !== "not-running") throw new CommandFailed(error.message);
    if (invocation.given.socket !== undefined) throw noDaemonAt(path);
    await watchAlone(invocation, stop);
  }
}

async function watchAlone({ roots }: InvocationOf<"watch">, stop: AbortSignal): Promise<void> {
  let record = diagnose(emptyRecord());
  const following = await follow({ host: hostAt(roots), sources, role: "watcher" }, (evidence) => {
    const folded = fold(record, evidence);
    record = diagnose(folded.record);
    for (const change of folded.changes) {
      const text = changeText(change, record);
      if (text !== null) print(`${text}\n`);
    }
    return record;
  });
  await aborted(stop);
  await following.stop();
}
