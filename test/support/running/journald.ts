import { execFileSync, spawn, spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { until } from "./until.ts";
import { temporaryFolder } from "../host/host-folder.ts";
import { whyMissing } from "./programs.ts";

const journald = "/lib/systemd/systemd-journald";

/** Why no journald of our own can run here; null where one can. */
export const whyNoJournald: string | null =
  whyMissing(journald, "journalctl", "systemd-cat", "unshare", "nsenter") ??
  (mayMount() ? null : "needs root and a mount namespace");

function mayMount(): boolean {
  return spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/run"], { stdio: "ignore" }).status === 0;
}

/** Waits in a mount namespace of its own, in which /run is empty. */
const holder = `
mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journald.conf.d /run/systemd/journal
printf '[Journal]\\nStorage=volatile\\nReadKMsg=no\\nRateLimitBurst=0\\nAudit=no\\n' >/run/systemd/journald.conf.d/test.conf
echo ready; exec sleep infinity
`;

/** Starts a program with its standard output in the journal, as systemd does it. */
const cat = [
  "systemd-cat",
  "--identifier=from-stdout",
  "sh",
  "-c",
  'exec 3>&1; export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/3); exec "$@" 3>&-',
  "sh",
];

export interface Journald {
  /** Its socket for native entries, as this process sees it. */
  readonly socket: string;
  /** In front of a command line: runs it beside this journald. */
  readonly beside: readonly string[];
  /** The same with its standard output in the journal. */
  readonly withOutputInJournal: readonly string[];
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** It is there and does nothing, until `SIGCONT`. */
  readonly signal: (name: "SIGSTOP" | "SIGCONT") => void;
  /** What journalctl prints of it. */
  readonly journalctl: (...words: readonly string[]) => Buffer;
  /** The entries with these matches, as journalctl's JSON has them. */
  readonly entries: (...matches: readonly string[]) => readonly Readonly<Record<string, unknown>>[];
}

/** A real journald for one test, apart from the machine's own. */
export async function startJournald(): Promise<Journald> {
  const child = spawn("unshare", ["--mount", "sh", "-c", holder], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const beside = ["nsenter", `--target=${child.pid}`, "--mount"];
  const spare = temporaryFolder();
  let running: ReturnType<typeof spawn> | null = null;
  const run = (...words: readonly string[]): Buffer =>
    execFileSync("nsenter", [...beside.slice(1), ...words], { maxBuffer: 1 << 28, cwd: spare });
  const start = async (): Promise<void> => {
    running = spawn("nsenter", [...beside.slice(1), journald], { stdio: "ignore" });
    await until(
      () => "journald to answer",
      () => isSynchronised(beside),
    );
  };
  const stop = async (): Promise<void> => {
    const ended = running === null ? null : new Promise((resolve) => running?.once("close", resolve));
    running?.kill("SIGTERM");
    await ended;
    running = null;
  };
  onTestFinished(() => void running?.kill("SIGKILL"));
  await start();
  const journalctl = (...words: readonly string[]): Buffer => {
    isSynchronised(beside);
    return run("journalctl", "--directory=/run/log/journal", "--no-pager", "--quiet", ...words);
  };
  return {
    socket: `/proc/${child.pid}/root/run/systemd/journal/socket`,
    beside,
    withOutputInJournal: [...beside, ...cat],
    start,
    stop,
    signal: (name) => void running?.kill(name),
    journalctl,
    entries: (...matches) =>
      journalctl("--output=json", "--all", ...matches)
        .toString()
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** It answers: what it was sent before is stored. */
function isSynchronised(beside: readonly string[]): boolean {
  return spawnSync(beside[0] ?? "", [...beside.slice(1), "journalctl", "--sync"], { stdio: "ignore" }).status === 0;
}
