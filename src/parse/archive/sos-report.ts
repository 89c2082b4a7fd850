import type { Distribution } from "../../core/base/administration.ts";
import { parseOsRelease } from "../proc/os-release.ts";

/** What a sosreport shows of its machine beside the logs. Null: not known. */
export interface SosFacts {
  readonly fipsEnabled: boolean | null;
  readonly commandLine: string | null;
  readonly release: string | null;
  /** As the kernel writes it, with dashes. */
  readonly bootId: string | null;
  readonly distribution: Distribution | null;
}

export const noFacts: SosFacts = {
  fipsEnabled: null,
  commandLine: null,
  release: null,
  bootId: null,
  distribution: null,
};

/** The folders of a report below which there are logs; the first identifies a folder as a report. */
export const sosFolders = [
  "sos_commands",
  "sos_strings",
  "var/log",
  "var/crash",
  "var/lib/systemd/pstore",
  "sys/fs/pstore",
] as const;

/**
 * The logs of a report, the most complete first, by what sos's plugins `kernel`, `logs`, `general` and `kdump` collect.
 * Above its size limit sos keeps the end of a log below sos_strings/, and a link to it where it would be. `dmesg -T` is
 * the same log with worse stamps; of journalctl, lists, single units and `verbose` are passed over.
 */
const logs: readonly RegExp[] = [
  /^sos_(?:commands|strings)\/(?:kernel|general)\/dmesg(?:\.tailed)?$/,
  /^var\/log\/dmesg[^/]*$/,
  /^sos_(?:commands|strings)\/logs\/journalctl_(?!.*(?:disk-usage|list-boots|verbose|unit|_-u_))[^/]*$/,
  /^var\/log\/messages[^/]*$/,
  /^var\/log\/syslog[^/]*$/,
  /^var\/log\/kern\.log[^/]*$/,
  /^sos_strings\/[^/]+\/var\.log\.(?:dmesg|messages|syslog|kern\.log)[^/]*\.tailed$/,
  /^var\/crash\/[^/]+\/vmcore-dmesg\.txt$/,
  /^(?:var\/lib\/systemd|sys\/fs)\/pstore\/(?:[^/]+\/){0,2}dmesg[^/]*$/,
];

/** How much a file of a report shows, 0 the most; null: it is no log. Its path is that inside the report. */
export function sosLogRank(path: string): number | null {
  const rank = logs.findIndex((pattern) => pattern.test(path));
  return rank === -1 ? null : rank;
}

/** The files with facts, and the facts of each. */
const factFiles: Readonly<Record<string, (text: string) => Partial<SosFacts>>> = {
  "proc/cmdline": (text) => ({ commandLine: orNull(text.trim()) }),
  "proc/sys/crypto/fips_enabled": (text) => fips(text.trim()),
  "proc/sys/kernel/random/boot_id": (text) => ({ bootId: orNull(text.trim()) }),
  "etc/os-release": (text) => ({ distribution: parseOsRelease(text) }),
  "usr/lib/os-release": (text) => ({ distribution: parseOsRelease(text) }),
  "sos_commands/kernel/uname_-a": (text) => ({ release: /^Linux \S+ (\S+)/.exec(text)?.[1] ?? null }),
  "sos_commands/kernel/sysctl_-a": (text) => {
    const value = (key: string): string | null =>
      new RegExp(`^${key.replaceAll(".", "\\.")} = (.+)$`, "m").exec(text)?.[1] ?? null;
    return {
      ...fips(value("crypto.fips_enabled") ?? ""),
      release: value("kernel.osrelease"),
      bootId: value("kernel.random.boot_id"),
    };
  },
};

export const sosFactFiles: readonly string[] = Object.keys(factFiles);

/** The facts with those of one more file; what is known already stays. */
export function withSosFact(facts: SosFacts, path: string, text: string): SosFacts {
  const read = Object.hasOwn(factFiles, path) ? (factFiles[path]?.(text) ?? {}) : {};
  return {
    fipsEnabled: facts.fipsEnabled ?? read.fipsEnabled ?? null,
    commandLine: facts.commandLine ?? read.commandLine ?? null,
    release: facts.release ?? read.release ?? null,
    bootId: facts.bootId ?? read.bootId ?? null,
    distribution: facts.distribution ?? read.distribution ?? null,
  };
}

/**
 * Where a member of an archive lies in a report: at the top of the archive, or in its one folder. Null: not in what a
 * report has.
 */
export function placeInReport(member: string): { readonly root: string; readonly path: string } | null {
  const [, root, path] =
    /^(?:\.?\/)?(?:([^/]+)\/)??((?:sos_commands|sos_strings|var|proc|sys)\/.*|(?:etc|usr\/lib)\/os-release)$/s.exec(
      member,
    ) ?? [];
  return path === undefined ? null : { root: root ?? "", path };
}

/** Whether only a sosreport has such a folder. */
export function isSosOnly(path: string): boolean {
  return /^sos_(?:commands|strings)\//.test(path);
}

function fips(value: string): Pick<SosFacts, "fipsEnabled"> {
  return { fipsEnabled: /^\d+$/.test(value) ? Number(value) !== 0 : null };
}

function orNull(text: string): string | null {
  return text === "" ? null : text;
}
