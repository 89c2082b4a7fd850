import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatNames, options } from "../../src/cli/options.ts";
import type { Option } from "../../src/cli/verb.ts";
import { startDaemon } from "../support/running/daemon.ts";
import { hostFolder, temporaryFolder } from "../support/host/host-folder.ts";
import { hostOfStory } from "../support/host/hosts.ts";
import { type Entry, journalFile, whyNoJournalFiles, kernelFields } from "../support/inputs/journal-file.ts";
import { mounted, noMounts } from "../support/host/mounted.ts";
import { type Ended, program, run } from "../support/running/program.ts";

type VerbName = keyof typeof options;
type OptionName = (typeof options)[VerbName][number]["name"];

const [blocked, early, trusted, unready] = [
  "may-2018-fips",
  "early-uses-4.19",
  "fedora-rdrand-trusted",
  "forged-ready-line",
].map(hostOfStory) as [string, string, string, string];

type Shown = readonly [words: readonly string[], shows: RegExp];

/** How an option is tried. */
interface Trial {
  /** The option's words, added to those of a base: they have an effect, or are refused. */
  readonly beside?: readonly string[];
  /** Shows the effect where a base cannot: words after the verb, and the output for them. */
  readonly alone?: Shown | Readonly<Partial<Record<VerbName, Shown>>>;
  /** Verbs whose bases cannot show it, each with the test that does. */
  readonly notBeside?: Readonly<Partial<Record<VerbName, string>>>;
  /** The test that shows the effect where neither can. */
  readonly shownBy?: string;
}

/** One trial or more for every option there is. */
const trials: Readonly<Record<OptionName, Trial>> = {
  format: { shownBy: "every base is run in every format" },
  json: { beside: ["--json"] },
  color: { beside: ["--color=always"] },
  verbose: { beside: ["--verbose"] },
  "no-pager": { beside: ["--no-pager"], shownBy: "terminal.test.ts" },
  output: { beside: ["--output", "written"] },
  root: { beside: ["--root", early], shownBy: "cli/root.test.ts" },
  socket: { beside: ["--socket", "/nowhere/socket"], alone: [["--socket", "/nowhere/socket"], /'\/nowhere\/socket'/] },
  "no-daemon": { shownBy: "the test below" },
  boot: { beside: ["--boot", "0"] },
  compare: { beside: ["--compare", "-1"] },
  directory: { beside: ["--directory", "/nowhere"] },
  timeout: {
    alone: { wait: [["--timeout=0", "--root", unready], /Gave up after 0 s/], check: [["--timeout=soon"], /'soon'/] },
  },
  callers: {
    alone: [["--callers", "--root", hostOfStory("fips-generator-queue")], /^CRNG not ready .*FIPS generator/],
  },
  "dry-run": { beside: ["--dry-run"] },
  yes: { beside: ["--yes"] },
  idle: { shownBy: "exporters/metrics-server.test.ts" },
  quiet: { beside: ["--quiet"], notBeside: { boots: "verbs/boots.test.ts" } },
  lines: { beside: ["--lines", "1"] },
  since: { beside: ["--since", "2023-11-16 20:00 UTC"] },
  until: { beside: ["--until", "2023-11-16 20:00 UTC"] },
  "no-legend": { beside: ["--no-legend"] },
  warning: { beside: ["--warning", "99"] },
  critical: { beside: ["--critical", "9"] },
  waited: { beside: ["--waited", "1:"] },
  pool: { alone: [["--pool", "3", "rules.yml"], /'3'/] },
  "state-dir": { alone: [["--state-dir", "/dev/null/none"], /'\/dev\/null\/none'/] },
};

/** One way to call a verb that ends, and prints the same each time. */
type Base = readonly [verb: VerbName, words: () => readonly string[]];

const bases: readonly Base[] = [
  ["status", () => ["--root", blocked]],
  ["wait", () => ["--root", trusted]],
  ["report", () => ["--root", blocked]],
  ...(whyNoJournalFiles === null ? journalBases() : []),
  ["analyze", () => ["two-boots.log"]],
  ["recorder", () => ["status", "--root", grubHost()]],
  ["recorder", () => ["arm", "--root", grubHost()]],
  ["metrics", () => ["--root", trusted]],
  ["check", () => ["--root", blocked]],
  ["lint-alerts", () => ["rules.yml"]],
];

function journalBases(): readonly Base[] {
  return [
    ["report", () => ["--boot", "-1", "--directory", "journal"]],
    ["report", () => ["--boot", "-1", "--compare", "0", "--directory", "journal"]],
    ["boots", () => ["--directory", "journal"]],
  ];
}

describe("an option that is given", { timeout: 120_000 }, () => {
  it.each(bases)("has an effect beside the words of a base of '%s', or is refused in one line", async (verb, words) => {
    const cwd = folderOfInputs();
    const known: readonly Option[] = options[verb];
    const seen = new Set<string>();
    const formats = known.some(({ name }) => name === "format") ? formatNames : [null];
    for (const format of formats) {
      const asFormat = format === null || format === "text" ? [] : ["--format", format];
      const base = await ran([verb, ...words(), ...asFormat], cwd);
      if (isRefusal(base)) {
        expectRefusal(base, "format");
        continue;
      }
      expect(seen, `${verb} ${words().join(" ")} in format ${format}`).not.toContain(base.seen);
      seen.add(base.seen);
      for (const { name, value } of known) {
        const { beside, notBeside } = trials[name as OptionName];
        if (
          beside === undefined ||
          notBeside?.[verb] !== undefined ||
          (name === "no-pager" && format === "text") ||
          (name === "json" && format === "json")
        )
          continue;
        const option = value === null ? beside.slice(0, 1) : beside;
        const ended = await ran([verb, ...words(), ...asFormat, ...option], cwd);
        if (isRefusal(ended)) expectRefusal(ended, name);
        else expect(ended.seen, `${verb} --${name} in format ${format}`).not.toBe(base.seen);
      }
    }
  });

  it.each(Object.keys(options) as VerbName[])("has an effect alone, of '%s'", async (verb) => {
    const cwd = folderOfInputs();
    for (const { name } of options[verb]) {
      const { alone, beside, shownBy } = trials[name];
      expect(alone ?? beside ?? shownBy, name).toBeDefined();
      // It starts only with a socket that systemd passes: exporters/metrics-server.test.ts.
      if (alone === undefined || verb === "serve-metrics") continue;
      const shown = isShown(alone) ? alone : alone[verb];
      if (shown === undefined) throw new Error(`Nothing shows the effect of ${verb} --${name}`);
      const [words, shows] = shown;
      const { stdout, stderr } = await ran([verb, ...words], cwd);
      expect(stdout + stderr, `${verb} --${name}`).toMatch(shows);
    }
  });

  it.skipIf(noMounts !== null)("--no-daemon keeps a verb from the daemon of the host", async () => {
    const daemon = await startDaemon({ words: ["--root", early] });
    const home = `mount -t tmpfs none /run && mkdir /run/crngwatch && ln -s ${daemon.socket} /run/crngwatch/io.crngwatch`;
    for (const verb of ["status", "report", "metrics", "check"]) {
      const [command, ...words] = [...mounted(home), program, verb];
      expect((await run(command, words)).stdout, verb).toContain("12.567577");
      expect((await run(command, [...words, "--no-daemon"])).stdout, verb).not.toContain("12.567577");
    }
  });
});

function isShown(alone: NonNullable<Trial["alone"]>): alone is Shown {
  return Array.isArray(alone);
}

interface Ran extends Ended {
  /** All that it came to, without the names of temporary folders. */
  readonly seen: string;
}

/** Runs it where nobody can be asked, in a folder in which it may write a file of the name "written". */
async function ran(words: readonly string[], cwd: string): Promise<Ran> {
  rmSync(join(cwd, "written"), { force: true });
  const ended = await run("sh", ["-c", 'exec "$0" "$@" </dev/null', program, ...words], { cwd });
  const written = existsSync(join(cwd, "written")) ? readFileSync(join(cwd, "written"), "utf8") : null;
  return { ...ended, seen: JSON.stringify({ ...ended, written }).replaceAll(/\/crngwatch-\w+/g, "/folder") };
}

/** Of wrong usage; a monitoring plugin has no exit code for that. */
function isRefusal({ code, stdout }: Ended): boolean {
  return (code === 2 && stdout === "") || (code === 3 && stdout.startsWith("CRNG UNKNOWN - Option"));
}

/** One line that names the option, and nothing else. */
function expectRefusal({ code, stdout, stderr }: Ended, option: string): void {
  expect(code === 2 ? stdout : stderr).toBe("");
  expect(code === 2 ? stderr : stdout).toMatch(
    new RegExp(`^(?:crngwatch: |CRNG UNKNOWN - )[^\\n]*(?:--${option}\\b|${option}|format)[^\\n]*\\n$`),
  );
}

/** What the words of the bases name. */
function folderOfInputs(): string {
  const cwd = temporaryFolder();
  const boot = (ready: string): string =>
    `[    0.000000] Linux version 4.16.3 (a@b) #1 SMP\n[    1.420117] random: systemd: uninitialized urandom read (16 bytes read)\n[   ${ready}] random: crng init done\n`;
  writeFileSync(join(cwd, "two-boots.log"), `${boot("41.202113")}${boot(" 6.100000")}`);
  const rule = { alert: "LowEntropy", expr: "node_entropy_available_bits < 1000" };
  writeFileSync(join(cwd, "rules.yml"), JSON.stringify({ groups: [{ rules: [rule] }] }));
  if (whyNoJournalFiles === null) {
    mkdirSync(join(cwd, "journal"));
    journalFile(join(cwd, "journal/system.journal"), [...entriesOf("a1", 41.2), ...entriesOf("b2", 6.1)]);
  }
  return cwd;
}

function entriesOf(boot: string, ready: number): readonly Entry[] {
  const entry = (seconds: number, text: string): Entry => ({
    _BOOT_ID: boot.repeat(16),
    __REALTIME_TIMESTAMP: `${1_700_000_000_000_000 + Number.parseInt(boot, 16) * 1e9 + seconds * 1e6}`,
    ...kernelFields(seconds, text),
  });
  const version = `Linux version 4.16.3-${boot}.fc28.x86_64 (a@b) (gcc version 8.0.1) #1 SMP Mon Apr 9 2018`;
  return [entry(0, version), entry(ready, "random: crng init done")];
}

/** A host of GRUB. */
function grubHost(): string {
  return hostFolder({
    "etc/default/grub": 'GRUB_CMDLINE_LINUX=""\n',
    "boot/grub/grub.cfg": "",
    "proc/cmdline": "ro\n",
    "proc/kallsyms": "0 t set_kprobe_boot_events\n",
    "usr/sbin/update-grub": "",
  });
}
