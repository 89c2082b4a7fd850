import { fs } from "../platform/builtins.ts";
import type { Libc } from "../platform/libc.ts";
import { type EntryFields, journalDatagram } from "../render/journal/journal-datagram.ts";

/** Entries that wait for journald, and their bytes, at most; what comes then is counted and left out. */
const mostQueued = 512;
const mostQueuedBytes = 8 << 20;
/** When what waits is sent again, if no new entry comes before; sooner where journald has begun to take it. */
const [retryMilliseconds, goOnMilliseconds] = [1_000, 10];
/** Journald is slow, not there, or starts again; or there is no memory now. */
const passing: readonly string[] = [
  "EAGAIN",
  "ENOBUFS",
  "ENOENT",
  "ECONNREFUSED",
  "ENOMEM",
  "EMFILE",
  "ENFILE",
  "EINTR",
];

/**
 * The journal of this machine, by journald's own protocol. Never waits and never fails: what it does not take now it
 * gets later.
 */
export interface Journal {
  readonly send: (fields: EntryFields) => void;
  /** Tries for the last time. */
  readonly close: () => void;
}

interface Queued {
  readonly fields: EntryFields;
  readonly bytes: number;
  readonly since: number;
}

/** `socket`: journald's; `seconds` a clock that never goes back. */
export function openJournal(
  libc: Pick<Libc, "sendDatagram" | "sendSealed">,
  { socket, seconds }: { readonly socket: string; readonly seconds: () => number },
): Journal {
  let queue: Queued[] = [];
  let queuedBytes = 0;
  let lost = 0;
  let timer: NodeJS.Timeout | null = null;

  function deliver(entry: Buffer): string | null {
    const failure = libc.sendDatagram(socket, entry);
    // Too large for a datagram; the kernel says ENOBUFS where it has no memory in one piece for it.
    return failure === "EMSGSIZE" || failure === "ENOBUFS" ? libc.sendSealed(socket, entry) : failure;
  }

  /** False: journald does not take anything now. */
  function offer({ fields, since }: Queued, again: boolean): boolean {
    // Journald's time is when it took the entry in.
    const late = again ? { CRNGWATCH_QUEUED_SECONDS: (seconds() - since).toFixed(3) } : {};
    const failure = deliver(journalDatagram({ ...fields, ...late }));
    if (failure !== null && passing.includes(failure)) return false;
    if (failure !== null) lost++;
    return true;
  }

  /** Whether journald took something. */
  function flush(): boolean {
    let done = 0;
    for (const entry of queue) {
      if (!offer(entry, true)) break;
      queuedBytes -= entry.bytes;
      done++;
    }
    queue = queue.slice(done);
    if (queue.length === 0) reportLost();
    return done > 0;
  }

  function reportLost(): void {
    if (lost === 0) return;
    const count = String(lost);
    lost = 0;
    take({
      PRIORITY: "4",
      SYSLOG_IDENTIFIER: identifier,
      MESSAGE: `${count} entries before this one were lost: the journal did not take them`,
      CRNGWATCH_LOST: count,
    });
  }

  function take(fields: EntryFields): void {
    const entry = { fields, bytes: 0, since: seconds() };
    if (queue.length > 0 || !offer(entry, false)) enqueue(entry);
  }

  function enqueue(entry: Queued): void {
    const bytes = journalDatagram(entry.fields).length;
    if (queue.length >= mostQueued || queuedBytes + bytes > mostQueuedBytes) {
      lost++;
      return;
    }
    queue.push({ ...entry, bytes });
    queuedBytes += bytes;
  }

  /** Sets the timer for the entries that are left: one, and only while there are some. */
  function sendLater(took: boolean): void {
    if (timer !== null) clearTimeout(timer);
    timer =
      queue.length === 0 ? null : setTimeout(() => sendLater(flush()), took ? goOnMilliseconds : retryMilliseconds);
  }

  return {
    send(fields) {
      const took = flush();
      take(fields);
      sendLater(took);
    },
    close() {
      flush();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** What journald and syslog call this program. */
export const identifier = "crngwatch";

/**
 * Whether this descriptor goes to the journal: systemd names device and inode of the stream it made (systemd.exec(5),
 * $JOURNAL_STREAM).
 */
export function isJournalStream(fd: number, named: string | undefined): boolean {
  if (named === undefined) return false;
  const { dev, ino } = fs.fstatSync(fd, { bigint: true });
  return named === `${dev}:${ino}`;
}
