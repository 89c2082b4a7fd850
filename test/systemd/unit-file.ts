import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const unitFolder = join(import.meta.dirname, "../../systemd");

/** A unit file as systemd reads it: no line of ours is continued, and none has its section repeated. */
export interface UnitFile {
  readonly text: string;
  /** All comments in one text, without their line ends. */
  readonly comments: string;
  /** `Section.Key` of each setting, in order, with all values that it is given. */
  readonly settings: ReadonlyMap<string, readonly string[]>;
}

export function readUnit(name: string): UnitFile {
  const text = readFileSync(join(unitFolder, name), "utf8");
  const lines = text.split("\n");
  const settings = new Map<string, string[]>();
  let section = "";
  for (const line of lines) {
    const [, header] = /^\[(\w+)\]$/.exec(line) ?? [];
    const [, key = "", value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (header !== undefined) section = header;
    else if (key !== "") settings.set(`${section}.${key}`, [...(settings.get(`${section}.${key}`) ?? []), value]);
    else if (line !== "" && !line.startsWith("#"))
      throw new Error(`'${name}' has the line '${line}', which is no setting and no comment`);
  }
  const comments = lines.filter((line) => line.startsWith("#")).map((line) => line.slice(1).trim());
  return { text, comments: comments.join(" "), settings };
}

/** The words of a setting that holds a list; none where it is not set. */
export function words(unit: UnitFile, setting: string): readonly string[] {
  return (unit.settings.get(setting) ?? []).flatMap((value) => value.split(" "));
}

/**
 * What `systemd-analyze security --json=short` finds open, and what of that the unit gives no reason for: a comment
 * that names the setting, or above the setting itself.
 */
export function openWithoutReason(
  unit: UnitFile,
  json: string,
): Readonly<Record<"open" | "unexplained", readonly string[]>> {
  const findings = JSON.parse(json) as readonly {
    readonly set: boolean | null;
    readonly name: string;
    readonly exposure: string | null;
  }[];
  const open = findings.filter(({ set, exposure }) => set === false && exposure !== null).map(({ name }) => name);
  const unexplained = open.filter((name) => {
    // "User=/DynamicUser=" is one finding.
    const [key = ""] = name.split("=", 1);
    return !unit.comments.includes(`${key}=`) && !unit.settings.has(`Service.${key}`);
  });
  return { open, unexplained };
}

/** Why systemd-analyze(1) cannot check units that are not installed; null where it can. */
export function whyNoAnalysis(): string | null {
  const { error, stdout } = spawnSync("systemd-analyze", ["--help"], { encoding: "utf8" });
  return error === undefined && stdout.includes("--offline=")
    ? null
    : "there is no systemd-analyze of systemd 250 or newer here";
}
