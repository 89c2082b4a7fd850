import type { ServiceInfo } from "../varlink/interface.ts";
import { type BootRecord, emptyRecord } from "../core/boot-record.ts";
import { bootInterfaceName } from "../exporters/boot-interface-name.ts";
import { bootInterface } from "../exporters/boot-interface.ts";
import type { Log } from "../exporters/log-lines.ts";
import { metricsInterface } from "../exporters/metrics-interface.ts";
import { type Notifier, statusAssignment } from "../exporters/notify.ts";
import type { Listen } from "../varlink/listen.ts";
import { serveVarlink, type VarlinkServer } from "../varlink/server.ts";
import { createService } from "../varlink/service.ts";
import { aborted } from "../platform/aborted.ts";
import { errnoText } from "../platform/errno.ts";
import { eventFields, readinessFields } from "../render/journal/journal-fields.ts";
import { statusText } from "../render/text/status.ts";
import { answer, readinessLine } from "../render/verdict.ts";
import { kernelIdentity } from "../sources/host/kernel-identity.ts";
import type { Host, Source } from "../sources/source.ts";
import { ask } from "../observe/ask.ts";
import { follow } from "../observe/follow.ts";
import type { StateFile } from "./state-file.ts";
import { keepStory, type Story } from "./story.ts";

export interface DaemonOptions {
  readonly host: Host;
  readonly sources: readonly Source[];
  readonly listen: Listen;
  readonly state: StateFile;
  readonly log: Log;
  readonly notify: Notifier;
  readonly info: ServiceInfo;
}

/** systemd may be too busy to take READY=1 at once; it is sent again, this often at most. */
const readyTries = 600;
const readyRetryMilliseconds = 100;

/** Runs until `stop` is aborted: observes, folds, reports. Rejects where the socket cannot be listened on. */
export async function runDaemon(options: DaemonOptions, stop: AbortSignal): Promise<void> {
  const { host, notify } = options;
  const story = keepStory(await started(options), options);
  const following = await follow({ host, sources: options.sources, role: "daemon" }, story.take);
  try {
    const server = await serve(story, options);
    story.save();
    if (host.libc === null && notify.watchdogMilliseconds !== null)
      options.log.warn(
        `${host.libcProblem ?? "koffi does not load here"}, continuing with systemd-notify, which systemd hears if a drop-in of the unit sets NotifyAccess=all`,
      );
    await sayReady(notify, ["READY=1", statusAssignment(story.status())], stop);
    const watchdog =
      notify.watchdogMilliseconds === null
        ? null
        : setInterval(() => notify.send(["WATCHDOG=1"]), notify.watchdogMilliseconds);
    await aborted(stop);
    notify.send(["STOPPING=1"]);
    if (watchdog !== null) clearInterval(watchdog);
    await server.close();
  } finally {
    await following.stop();
    story.save();
    story.close();
  }
}

/**
 * The record of the daemon before us in this boot, or none. Where the boot ID was not known then, or is not now, the
 * folder in /run stands for the boot.
 */
async function restored({ host, state, log, info }: DaemonOptions): Promise<BootRecord | null> {
  const saved = state.load();
  if (saved.kind === "absent") return null;
  if (saved.kind === "damaged" || saved.kind === "unreadable") {
    log.warn(`The saved record ${lostWords(saved)}, continuing without it: ${whatIsLost}`);
    return null;
  }
  const identity = (await ask(kernelIdentity, host)).find(({ kind }) => kind === "kernel");
  const bootId = identity?.kind === "kernel" ? identity.bootId : null;
  const savedBoot = saved.kind === "saved" ? saved.record.bootId : saved.bootId;
  if (savedBoot !== null && bootId !== null && savedBoot !== bootId) return null;
  if (saved.kind === "foreign") {
    log.warn(`The saved record ${foreignWords(saved.savedBy, info.version)}, continuing without it: ${whatIsLost}`);
    return null;
  }
  if (saved.wrong !== null) log.warn(`The saved record is damaged at ${saved.wrong}, continuing without these values`);
  return saved.record;
}

/** All else is read again, as far as the kernel's ring still holds it. */
const whatIsLost = "waits and kernel messages that only it had are lost";

function lostWords(lost: { readonly kind: "damaged" } | { readonly kind: "unreadable"; readonly why: string }): string {
  return lost.kind === "damaged" ? "is damaged" : `cannot be read: ${errnoText(lost.why)}`;
}

function foreignWords(savedBy: string | null, version: string): string {
  if (savedBy === version) return `was written by another build of crngwatch ${version}`;
  return `was written by another version of crngwatch${savedBy === null ? "" : ` (${savedBy})`}`;
}

/** What it starts from, and says so. */
async function started(options: DaemonOptions): Promise<BootRecord> {
  const saved = await restored(options);
  const record = saved ?? emptyRecord();
  const text =
    saved === null
      ? `crngwatch ${options.info.version} observes this boot`
      : `Resumed from the saved record: ${readinessLine(saved)}`;
  options.log.info(
    { journal: eventFields("started", { ...readinessFields(record), CRNGWATCH_VERSION: options.info.version }) },
    text,
  );
  return record;
}

function serve({ record, subscribe }: Story, { host, listen, info, log }: DaemonOptions): Promise<VarlinkServer> {
  const answers = {
    record,
    subscribe,
    verdict: () => answer(record()) ?? readinessLine(record()),
    readiness: () => readinessLine(record()),
    status: () => statusText(record()),
  };
  return serveVarlink({
    listen,
    service: createService(info, [bootInterface(answers), metricsInterface(bootInterfaceName, record)]),
    userOf: (fd) => host.libc?.peerUser(fd) ?? null,
    onProblem: ({ kind, cause }) =>
      log.error(`Varlink ${kind}: ${cause instanceof Error ? cause.message : String(cause)}, continuing`),
  });
}

async function sayReady(notify: Notifier, assignments: readonly string[], stop: AbortSignal): Promise<void> {
  for (let tries = 0; tries < readyTries && !stop.aborted; tries++) {
    if (notify.send(assignments)) return;
    await new Promise((resolve) => setTimeout(resolve, readyRetryMilliseconds));
  }
}
