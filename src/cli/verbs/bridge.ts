import { net } from "../../varlink/net.ts";
import { errnoOf } from "../../platform/errno.ts";
import { escapeText } from "../../render/escape.ts";
import { socketPath } from "../daemon-client.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, exit, type ExitCode } from "../verb.ts";

/**
 * `crngwatch bridge`: what comes on standard input goes to the daemon, and its answers to standard output: Varlink
 * through ssh.
 */
export async function bridge(invocation: InvocationOf<"bridge">): Promise<ExitCode> {
  const path = socketPath(invocation);
  const socket = net.connect({ path, allowHalfOpen: true });
  const failure = await new Promise<Error | null>((resolve) => {
    socket.once("error", resolve);
    socket.once("connect", () => {
      process.stdin.pipe(socket);
      socket.pipe(process.stdout, { end: false });
    });
    // The client that is gone reads no answer any more.
    process.stdout.once("error", () => socket.destroy());
    socket.once("close", () => resolve(null));
  });
  if (failure !== null)
    throw new CommandFailed(
      `No daemon answers on '${escapeText(path)}' (${errnoOf(failure) ?? failure.message}): start crngwatch.service, or name its socket with --socket`,
    );
  return exit.ok;
}
