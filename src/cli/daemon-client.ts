import { join } from "../platform/builtins.ts";
import { connectorWithoutLoop } from "../platform/unix-connection.ts";
import { bootInterfaceName } from "../exporters/boot-interface-name.ts";
import { escapeText } from "../render/escape.ts";
import { callAtOnce } from "../varlink/call-at-once.ts";
import { type CallFailure, VarlinkCallFailed } from "../varlink/errors.ts";
import type { VarlinkObject } from "../varlink/message.ts";
import { complain } from "./print.ts";
import type { daemonOptions, socket } from "./options.ts";
import { CommandFailed, type Invocation } from "./verb.ts";

/** The command line of a verb that asks the daemon, where one runs. */
export type DaemonInvocation = Invocation<typeof daemonOptions>;

/** The socket of the host's daemon, or the one that --socket names. */
export function socketPath({ roots, given }: Invocation<readonly [typeof socket]>): string {
  return given.socket ?? join(roots.run, "crngwatch", bootInterfaceName);
}

/** Whether the daemon is queried. A socket in a folder belongs to the folder's owner, who may answer anything. */
export function isDaemonAsked({ roots, given }: DaemonInvocation): boolean {
  return roots.live && given["no-daemon"] !== true;
}

/** An answer of the daemon, or why there is none. `silent`: one is there, and its failure was reported. */
export type DaemonAnswer<T> =
  | { readonly kind: "answered"; readonly answer: T; readonly path: string }
  | { readonly kind: "not-asked" | "not-running" | "silent" };

/**
 * Calls a method without parameters. The daemon is not queried with --root and with --no-daemon. One that gives no
 * answer is reported. Throws CommandFailed where no daemon is at the socket that --socket names.
 */
export async function askDaemon<T>(
  invocation: DaemonInvocation,
  method: string,
  called: CallsMethod = call,
): Promise<DaemonAnswer<T>> {
  if (!isDaemonAsked(invocation)) return { kind: "not-asked" };
  const path = socketPath(invocation);
  try {
    const answer = (await called(path, `${bootInterfaceName}.${method}`)) as T;
    return { kind: "answered", answer, path };
  } catch (error) {
    const kind = error instanceof VarlinkCallFailed ? error.kind : null;
    const isNamed = invocation.given.socket !== undefined;
    if (kind === "not-running") {
      if (isNamed) throw noDaemonAt(path);
      return { kind };
    }
    const message = error instanceof Error ? error.message : String(error);
    if (isNamed && (kind === null || !isDaemonThere[kind])) throw new CommandFailed(message);
    complain(`${message}, continuing without the daemon`);
    return { kind: "silent" };
  }
}

/** Calls a method without parameters at a socket: the parameters of its reply. */
type CallsMethod = (path: string, method: string) => Promise<VarlinkObject>;

/** While other things go on in this process. */
const call: CallsMethod = async (path, method) => {
  const { callVarlink } = await import("../varlink/client.ts");
  return await callVarlink(path, method);
};

/**
 * For a verb that has nothing else to do meanwhile: without node:net, which takes 5 ms to load, unless the start object
 * is missing.
 */
export const callAlone: CallsMethod = async (path, method) => {
  const connect = connectorWithoutLoop();
  return connect === null ? await call(path, method) : callAtOnce(connect, path, method);
};

/** Whether a daemon may be at the socket that gave no answer: one that is stopped, or has too many clients. */
const isDaemonThere: Readonly<Record<CallFailure, boolean>> = {
  "not-running": false,
  denied: false,
  busy: true,
  closed: true,
  "timed-out": true,
  "bad-answer": false,
  failed: false,
};

/** The failure of a call to the socket that --socket names, where no daemon is. */
export function noDaemonAt(path: string): CommandFailed {
  return new CommandFailed(
    `No daemon answers on '${escapeText(path)}': leave out --socket for the host's own, or use --no-daemon`,
  );
}
