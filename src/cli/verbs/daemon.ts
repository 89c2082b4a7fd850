import type { Roots } from "../../platform/roots.ts";
import { join } from "../../platform/builtins.ts";
import { sources } from "../../observe/registry.ts";
import { runDaemon } from "../../daemon/daemon.ts";
import { claim } from "../../daemon/single.ts";
import { stateFile } from "../../daemon/state-file.ts";
import { bootInterfaceName } from "../../exporters/boot-interface-name.ts";
import { isJournalStream, type Journal, openJournal } from "../../exporters/journal.ts";
import { openLog, toJournal, toLines } from "../../exporters/log-lines.ts";
import { notifier } from "../../exporters/notify.ts";
import { VarlinkListenFailed } from "../../varlink/errors.ts";
import type { Listen } from "../../varlink/listen.ts";
import { monotonicNow } from "../../platform/clock/monotonic.ts";
import { FolderShared, trustedFolder } from "../../platform/trusted-folder.ts";
import { errnoOf, errnoText, isDenied } from "../../platform/errno.ts";
import { escapeText } from "../../render/escape.ts";
import type { Host } from "../../sources/source.ts";
import { version } from "../../core/base/version.ts";
import { hostAt } from "../host.ts";
import { complain } from "../print.ts";
import { passedSockets, stopSignal } from "../service.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, exit, type ExitCode } from "../verb.ts";

/** `crngwatch daemon`: the service. */
export async function daemon({ roots, given }: InvocationOf<"daemon">): Promise<ExitCode> {
  const { env } = process;
  const named = given["state-dir"];
  const wanted = typeof named === "string" ? named : (env["RUNTIME_DIRECTORY"] ?? join(roots.run, "crngwatch"));
  const stop = stopSignal(env);
  const host = hostAt(roots);
  const { folder, release } = claimed(wanted, roots);
  const inJournal = isJournalStream(process.stdout.fd, env["JOURNAL_STREAM"]);
  const journal = inJournal ? journalOf(host) : null;
  try {
    await runDaemon(
      {
        host,
        sources,
        listen: listenOf(env, folder),
        state: stateFile(folder, version),
        log: openLog(journal === null ? toLines(process.stdout, { priority: inJournal }) : toJournal(journal)),
        notify: notifier(env, host.libc),
        info: {
          vendor: "The crngwatch authors",
          product: "crngwatch",
          version,
          url: "man:crngwatch-varlink(7)",
        },
      },
      stop,
    );
  } catch (error) {
    if (error instanceof VarlinkListenFailed) throw new CommandFailed(error.message);
    throw error;
  } finally {
    journal?.close();
    release();
  }
  return exit.ok;
}

/** The journal by its own protocol; null where FFI is missing. */
function journalOf({ libc, roots }: Host): Journal | null {
  return libc === null
    ? null
    : openJournal(libc, { socket: join(roots.run, "systemd/journal/socket"), seconds: monotonicNow });
}

/** The state folder by a path that no other user can redirect, and a function that releases it. */
function claimed(folder: string, roots: Roots): { readonly folder: string; readonly release: () => void } {
  let real = folder;
  try {
    real = trustedFolder(folder);
    const answer = claim(real, roots);
    if (answer.kind === "ours") return { folder: real, release: answer.release };
    throw new CommandFailed(
      `A crngwatch daemon is already running as process ${answer.pid}: stop it first, or give this one another --state-dir`,
    );
  } catch (error) {
    if (error instanceof FolderShared)
      throw new CommandFailed(
        `Cannot keep the daemon's state in '${escapeText(folder)}': ${escapeText(error.message)}; name a folder of yours alone with --state-dir`,
      );
    if (isDenied(error))
      throw new CommandFailed(
        `Cannot write to '${escapeText(folder)}': run as root, or name a folder of yours with --state-dir`,
      );
    const errno = errnoOf(error);
    if (errno === "ENOSPC" || errno === "EDQUOT") {
      complain(
        `Cannot keep the daemon's state in '${escapeText(folder)}': ${errnoText(errno)}, continuing without: a second daemon is not noticed`,
      );
      return { folder: real, release: () => undefined };
    }
    if (errno !== null)
      throw new CommandFailed(
        `Cannot keep the daemon's state in '${escapeText(folder)}': ${errnoText(errno)}; name another folder with --state-dir`,
      );
    throw error;
  }
}

/** The socket that systemd opened for us, or our own. */
function listenOf(env: NodeJS.ProcessEnv, folder: string): Listen {
  const [fd] = passedSockets(env);
  return fd === undefined ? { path: join(folder, bootInterfaceName), mode: 0o666 } : { fd };
}
