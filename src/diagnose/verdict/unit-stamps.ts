import { durationWords } from "../../core/base/duration-words.ts";
import { microseconds } from "../../core/base/time.ts";
import type { BootRecord } from "../../core/boot-record.ts";
import type { BootUnit } from "../../core/boot-units.ts";
import type { ReportedWait } from "../../core/sign.ts";
import type { Case, VerdictRule } from "./rule.ts";
import { readyReason } from "./ready-reason.ts";
import { releaseOf } from "./release.ts";
import { lasted, moment } from "./words.ts";

/** systemd-random-seed: from 243 it waits until the CRNG is ready, before it is done. */
const drawsSeed = /^systemd-random-seed\.service$/;
/** Units that make keys, and so draw random bytes that they wait for. */
const makesKeys =
  /(?:key-?gen|genkeys|host[-_]?keys|dhparam|snakeoil|make-ssl-cert|ssh-init)[\w.@\\-]{0,64}\.service$/i;
/** Units whose start ends with something outside of them: it may be what made the CRNG ready, too. */
const awaitsOther =
  /wait|\.(?:device|mount|swap)$|^(?:systemd-(?:fsck|cryptsetup|udev-settle|hibernate-resume|quotacheck|journal-flush|ask-password)|plymouth|cryptsetup|ifup@|networking\.|lvm2-pvscan|initrd-|dracut-)/;

/** A unit that waited for the CRNG is done this soon after its readiness. */
const doneSeconds = 1;
/** What continues at once is done this soon after it. */
const continuesSeconds = 0.5;
/** A shorter wait, or silence, shows nothing. */
const [leastWait, leastSilence] = [1, 5];

/**
 * By systemd's own stamps, the units of the boot that runs that were started before readiness and done right after it,
 * the longest first. Empty where readiness has no exact time, or a recorder answers.
 */
function doneAtReady({ record, release }: Case): readonly (BootUnit & { readonly seconds: number })[] {
  const at = exactRelease({ record, release });
  if (at === null) return [];
  return (record.units?.units ?? [])
    .filter(
      ({ startedAt, doneAt }) =>
        at - startedAt >= leastWait && doneAt !== null && doneAt >= at && doneAt - at <= doneSeconds,
    )
    .map((unit) => ({ ...unit, seconds: microseconds(at - unit.startedAt) }))
    .toSorted((a, b) => b.seconds - a.seconds);
}

/** When callers were let through, where systemd's stamps may be held against it; null elsewhere. */
function exactRelease({ record, release }: Pick<Case, "record" | "release">): number | null {
  const { covers, cost, readiness } = record;
  // Of a log its own lines decide; where the recorder recorded the whole boot, what it recorded.
  if (covers !== null || cost.complete) return null;
  return release?.at != null && (release.by === "fast-init" || readiness.exact) ? release.at : null;
}

/** Whether systemd's stamps are known, and were held against readiness. */
export function areStampsKnown(of: Case): boolean {
  return of.record.units !== null && exactRelease(of) !== null;
}

/**
 * Whether systemd's stamps of the boot that runs, which were not requested yet, may show what nothing else does. They
 * are of no use before readiness, and are not requested then.
 */
export function mayUnitTimesDecide(record: BootRecord): boolean {
  const { readiness, verdict, units, sources, supply } = record;
  if (readiness.level !== "ready" || verdict.strength === "shown" || units !== null) return false;
  // A container's systemd stamps its own start.
  if (sources.some(({ name }) => name === "unit-times") || supply.virtualization?.container != null) return false;
  return exactRelease({ record, release: releaseOf(record) }) !== null;
}

/** Waits that the stamps of this boot's units report, as the lines of a log do. */
export function stampedWaits(of: Case): readonly ReportedWait[] {
  return doneAtReady(of)
    .filter(({ name }) => drawsSeed.test(name) || makesKeys.test(name))
    .map(({ name, seconds }) => ({
      by: "unit",
      name,
      line: null,
      // Another clock than a log's.
      at: null,
      seconds,
      open: false,
      proof: drawsSeed.test(name) ? "shown" : "likely",
      text: `${name} was started ${durationWords(seconds, 1)} before the CRNG became ready and finished right after it, by systemd's time stamps`,
    }));
}

/** As a log that is silent until the CRNG is ready. */
export const unitsContinueAtReady: VerdictRule = {
  id: "units-continue-at-ready",
  crng: "cause",
  strength: "likely",
  means: "by systemd's time stamps no unit started or finished until the CRNG became ready, and units continue then",
  find(of) {
    const at = exactRelease(of);
    const { units } = of.record;
    if (at === null || units === null) return null;
    const stamps = units.units.flatMap(({ startedAt, doneAt }) =>
      doneAt === null ? [startedAt] : [startedAt, doneAt],
    );
    const before = stamps.filter((stamp) => stamp < at);
    const from = Math.max(...before);
    const next = stamps.filter((stamp) => stamp >= at && stamp - at <= continuesSeconds).length;
    const open = units.units.filter(({ startedAt, doneAt }) => startedAt < at && (doneAt ?? Infinity) >= at);
    // What ends such a unit's wait is an interrupt, and enough of them make the CRNG ready.
    if (
      before.length === 0 ||
      at - from < leastSilence ||
      next === 0 ||
      open.some(({ name }) => awaitsOther.test(name))
    )
      return null;
    const [waiter] = doneAtReady(of);
    const seconds = microseconds(at - from);
    return {
      says: `no unit started or finished for ${lasted(seconds)} until the CRNG became ready at ${moment(at)}, and the boot continued right after that`,
      who:
        waiter === undefined
          ? "which task waited is not recorded"
          : `the task that waited is likely one of ${waiter.name}, which finished right after it`,
      because: [
        {
          text: `by systemd's time stamps the last unit before that started or finished at ${moment(from)}`,
          line: null,
        },
        ...readyReason(of),
      ],
      waiters: waiter === undefined ? [] : [{ name: waiter.name, line: null, seconds: waiter.seconds }],
    };
  },
};
