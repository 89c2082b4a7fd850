import {
  isSosOnly,
  noFacts,
  placeInReport,
  sosFactFiles,
  sosLogRank,
  withSosFact,
} from "../../parse/archive/sos-report.ts";
import { type MemberType, TarDamaged, type TarEvent, TarReader } from "../../parse/archive/tar.ts";
import { failedInput, isWanted, type LogInput, type Place, type SosReport } from "./place.ts";
import { cannotRead, LogUnreadable, quoted } from "./log-unreadable.ts";

/** The files with facts are small; `sysctl -a` prints some 100 kB. */
const factBytes = 1 << 20;
/** PATH_MAX: no file system gave a longer one. */
const longestPath = 4096;
/** How many folders of an archive are treated as machines of their own. */
const mostReports = 64;
/**
 * What is taken for a log in an archive that is no sosreport; a rotated or packed one keeps its name in front. An
 * archive may hold others.
 */
const logNames =
  /(?:^|\/)(?:(?:dmesg|messages|syslog|kern\.log)[^/]*|[^/]+\.(?:log|txt)(?:[.-][\w.-]{1,20})?|[^/]+\.journal~?|[^/]+\.(?:tar|t[gx]z|tar\.\w+))$/;

/** What may be boot records that crngwatch saved: an archive may hold others of these names. */
const savedNames = /[^/]\.(?:html|json)(?:\.\w{2,4})?$/;

type OpenMember = (place: Place, chunks: AsyncIterable<Buffer>) => AsyncGenerator<LogInput, void, undefined>;

/**
 * The logs of an archive in its order, in one pass. Whether it is a sosreport is found on the way; until then other
 * logs are taken, too.
 */
export async function* logsInTarball(
  place: Place,
  chunks: AsyncIterable<Buffer>,
  open: OpenMember,
): AsyncGenerator<LogInput, void, undefined> {
  const members = new Members(place.name, chunks);
  const reports = new Map<string, SosReport>();
  let isSos = false;
  try {
    // An error that a member's reader has already received is not thrown again.
    for (let member = await members.next(); member !== null; member = members.failed ? null : await members.next()) {
      if (member.type === "other" || member.path.length > longestPath) continue;
      const inside = placeInReport(member.path);
      const report = inside === null ? null : reportAt(inside.root);
      isSos ||= inside !== null && isSosOnly(inside.path);
      if (report !== null && inside !== null && sosFactFiles.includes(inside.path)) {
        report.facts = withSosFact(report.facts, inside.path, await startOf(members.bytes()));
      } else if ((inside !== null && sosLogRank(inside.path) !== null) || (!isSos && logNames.test(member.path))) {
        if (isWanted(place.count))
          yield* opened({ ...place, name: `${place.name}/${member.path}`, report }, member.type, members, open);
      } else if (!isSos && savedNames.test(member.path)) {
        const saved = { ...place, name: `${place.name}/${member.path}`, report: null, onlySaved: true } as const;
        yield* opened(saved, member.type, members, open);
      }
    }
  } finally {
    await members.close();
  }

  function reportAt(root: string): SosReport {
    const known = reports.get(root) ?? { name: root === "" ? place.name : `${place.name}/${root}`, facts: noFacts };
    if (reports.size < mostReports) reports.set(root, known);
    return known;
  }
}

/** An error in one member does not stop the others. */
async function* opened(
  place: Place,
  type: MemberType,
  members: Members,
  open: OpenMember,
): AsyncGenerator<LogInput, void, undefined> {
  try {
    if (type === "sparse") throw cannotRead(place.name, "stored as a sparse file, unpack the archive first");
    yield* open(place, members.bytes());
  } catch (error) {
    if (members.failed || !(error instanceof LogUnreadable)) throw error;
    yield failedInput(place, error);
  }
}

/** The members of an archive; the bytes of each can be read until the next is requested. */
class Members {
  readonly #events: AsyncGenerator<TarEvent, void, undefined>;
  /** The archive itself, or what it is packed in, cannot be read on. */
  failed = false;

  constructor(name: string, chunks: AsyncIterable<Buffer>) {
    this.#events = eventsOf(name, chunks);
  }

  async next(): Promise<Extract<TarEvent, { kind: "member" }> | null> {
    for (let event = await this.#event(); event !== null; event = await this.#event()) {
      if (event.kind === "member") return event;
    }
    return null;
  }

  async *bytes(): AsyncGenerator<Buffer, void, undefined> {
    for (let event = await this.#event(); event?.kind === "bytes"; event = await this.#event()) yield event.bytes;
  }

  async close(): Promise<void> {
    await this.#events.return();
  }

  async #event(): Promise<TarEvent | null> {
    try {
      const { done, value } = await this.#events.next();
      return done === true ? null : value;
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }
}

async function* eventsOf(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<TarEvent, void, undefined> {
  const reader = new TarReader();
  try {
    for await (const chunk of chunks) {
      // Nothing after the archive's end is a member, but the compression's checksum is there.
      yield* reader.push(chunk);
    }
    reader.end();
  } catch (error) {
    if (!(error instanceof TarDamaged)) throw error;
    throw new LogUnreadable(`Cannot read all of ${quoted(name)}: ${error.message}`, { cause: error });
  }
}

async function startOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    // Copied: its buffer is used again.
    parts.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes >= factBytes) break;
  }
  return Buffer.concat(parts).toString("utf8");
}
