import { join } from "../platform/builtins.ts";
import { runDaemon } from "../daemon/daemon.ts";
import { claim } from "../daemon/single.ts";
import { stateFile } from "../daemon/state-file.ts";
import { bootInterfaceName } from "../exporters/boot-interface.ts";
import { openLog } from "../exporters/log-lines.ts";
import { notifier } from "../exporters/notify.ts";
import { VarlinkListenFailed } from "../exporters/varlink/errors.ts";
import type { Listen } from "../exporters/varlink/listen.ts";
import { errnoOf, isDenied } from "../platform/errno.ts";
import { escapeText } from "../render/escape.ts";
import { version } from "../version.ts";
import { hostAt } from "./host.ts";
import { passedSockets } from "./passed-sockets.ts";
import { stopSignal } from "./stop.ts";
import { CommandFailed, exit, type ExitCode, type Invocation } from "./verb.ts";

/** `crngwatch daemon`: the service. */
export async function daemon({ roots, given }: Invocation): Promise<ExitCode> {
  const { env } = process;
  const named = given["state-dir"];
  const folder = typeof named === "string" ? named : (env["RUNTIME_DIRECTORY"] ?? join(roots.run, "crngwatch"));
  const stop = stopSignal();
  const release = claimed(folder, roots);
  try {
    const host = hostAt(roots);
    await runDaemon(
      {
        host,
        listen: listenOf(env, folder),
        state: stateFile(folder, version),
        log: openLog(process.stdout, { priority: env["JOURNAL_STREAM"] !== undefined }),
        notify: notifier(env, host.libc),
        info: { vendor: "The crngwatch authors", product: "crngwatch", version, url: "https://github.com/crngwatch/crngwatch" },
      },
      stop,
    );
  } catch (error) {
    if (error instanceof VarlinkListenFailed) throw new CommandFailed(error.message);
    throw error;
  } finally {
    release();
  }
  return exit.ok;
}

function claimed(folder: string, roots: Invocation["roots"]): () => void {
  try {
    const answer = claim(folder, roots);
    if (answer.is === "ours") return answer.release;
    throw new CommandFailed(`A crngwatch daemon runs already as process ${answer.pid}: stop it first, or give this one another --state-dir`);
  } catch (error) {
    if (isDenied(error)) throw new CommandFailed(`Cannot write to '${escapeText(folder)}': run as root, or name a folder of yours with --state-dir`);
    const errno = errnoOf(error);
    if (errno !== null) throw new CommandFailed(`Cannot keep the daemon's state in '${escapeText(folder)}' (${errno}): name another folder with --state-dir`);
    throw error;
  }
}

/** The socket that systemd opened for us, or our own. */
function listenOf(env: NodeJS.ProcessEnv, folder: string): Listen {
  const [fd] = passedSockets(env);
  return fd === undefined ? { path: join(folder, bootInterfaceName), mode: 0o666 } : { fd };
}
