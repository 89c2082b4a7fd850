/**
 * The daemon on a folder that represents a host, for soak.bench.ts: its own loop, story, sockets, state and scan of
 * tasks, with poll(2) by FFI. Two seams alone: getrandom(2) answers by whether the file `unready` is there, and the
 * kernel log comes through a FIFO.
 */
import { existsSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Evidence } from "../../src/core/evidence.ts";
import { runDaemon } from "../../src/daemon/daemon.ts";
import { stateFile } from "../../src/daemon/state-file.ts";
import { bootInterfaceName } from "../../src/exporters/boot-interface-name.ts";
import { openLog, toLines } from "../../src/exporters/log-lines.ts";
import { notifier } from "../../src/exporters/notify.ts";
import { parseKernelMessage } from "../../src/parse/kernel-log/kernel-messages.ts";
import { kernelFacility, parseKmsgRecord, splitKmsgRecords } from "../../src/parse/kernel-log/kmsg.ts";
import { monotonicNow } from "../../src/platform/clock/monotonic.ts";
import { errnoOf, isDry } from "../../src/platform/errno.ts";
import { loadLibc } from "../../src/platform/libc.ts";
import { rootsBelow } from "../../src/platform/roots.ts";
import { getrandomProbe } from "../../src/sources/crng/getrandom-probe.ts";
import { type Drained, ok, type Source } from "../../src/sources/source.ts";
import { waitingTasks } from "../../src/sources/task/waiting-tasks.ts";

const [folder = "", fifo = ""] = process.argv.slice(2);
const loaded = loadLibc();
if (typeof loaded === "string") throw new Error(loaded);
const libc = { ...loaded, getrandomNonblock: () => (existsSync(join(folder, "unready")) ? "EAGAIN" : null) };
const host = { roots: rootsBelow(folder), libc, libcProblem: null, now: monotonicNow, printkAhead: () => null };

const log: Source = {
  name: "kmsg",
  reads: "a FIFO",
  needs: "nothing",
  without: "nothing",
  schedule: "once",
  observe: () => ok(),
  follow: () => ({ first: ok(), fd: Number(fifo), drain, close: () => undefined }),
};
const buffer = Buffer.allocUnsafe(1 << 16);
let rest = "";

function drain(): Drained {
  let text = rest;
  try {
    text += buffer.toString("utf8", 0, readSync(Number(fifo), buffer));
  } catch (error) {
    if (!isDry(error)) throw new Error(errnoOf(error) ?? "unknown", { cause: error });
  }
  const end = text.lastIndexOf("\n") + 1;
  rest = text.slice(end);
  const records = splitKmsgRecords(text.slice(0, end)).flatMap((raw) => parseKmsgRecord(raw) ?? []);
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined) return { ...ok(), more: true };
  const evidence: Evidence[] = records.flatMap(({ facility, text: words, seq, at }) => {
    const message = facility === kernelFacility ? parseKernelMessage(words) : null;
    return message === null ? [] : [{ kind: "message", at, seq, line: null, message }];
  });
  const stretch = { firstSeq: first.seq, firstAt: first.at, lastSeq: last.seq, lastAt: last.at, readAt: host.now() };
  return { ...ok({ kind: "log-coverage", ...stretch }, ...evidence), more: true };
}

const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
await runDaemon(
  {
    host,
    sources: [getrandomProbe, waitingTasks, log],
    listen: { path: join(folder, bootInterfaceName), mode: 0o600 },
    state: stateFile(folder, "0"),
    log: openLog(toLines(process.stdout, { priority: false })),
    notify: notifier({}, libc),
    info: { vendor: "x", product: "crngwatch", version: "0", url: "x" },
  },
  stop.signal,
);
