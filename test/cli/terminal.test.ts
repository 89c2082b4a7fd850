import { describe, expect, it } from "vitest";
import { hostOfStory } from "../support/hosts.ts";
import { crngwatch, type Ended, program, run } from "../support/program.ts";

const host = hostOfStory("may-2018-fips");
const escape = String.fromCodePoint(0x1b);
const sgr = new RegExp(`${escape}\\[[0-9;]*m`, "g");

/** On a pseudo-terminal of that size. script(1) hands over what is printed, with the terminal's line ends. */
async function onTerminal(
  words: readonly string[],
  { columns = 80, rows = 24, ...environment }: Readonly<Record<string, string | number>>,
): Promise<Ended> {
  const settings = Object.entries({ TERM: "xterm", ...environment }).map(([name, value]) => `${name}='${value}'`);
  const line = `stty rows ${rows} cols ${columns}; exec env -u SUDO_UID ${settings.join(" ")} ${[program, ...words].join(" ")}`;
  const ended = await run("script", ["-qec", line, "/dev/null"]);
  return { ...ended, stdout: ended.stdout.replaceAll("\r\n", "\n") };
}

describe.concurrent("a terminal", () => {
  it("terminal: text is wrapped to its width, 20 columns included, and says the same as in a pipe", async () => {
    const { stdout: piped } = await crngwatch(["status", "--root", host]);
    for (const columns of [20, 60, 80]) {
      const { stdout } = await onTerminal(["status", "--root", host], { columns });
      const rows = stdout.replace(sgr, "").trimEnd().split("\n");
      expect(rows.filter((row) => row.length > columns && row.trim().includes(" "))).toEqual([]);
      expect(stdout.replace(sgr, "").split(/\s+/)).toEqual(piped.split(/\s+/));
    }
  });

  it("terminal: severities have colour there, and not in a pipe, with NO_COLOR, on a dumb one or with --color=never", async () => {
    const words = ["status", "--root", host];
    expect((await onTerminal(words, {})).stdout).toContain(`${escape}[1;31mcritical:${escape}[0m`);
    expect((await onTerminal(words, { NO_COLOR: "1" })).stdout).not.toContain(escape);
    expect((await onTerminal(words, { TERM: "dumb" })).stdout).not.toContain(escape);
    expect((await onTerminal([...words, "--color=never"], {})).stdout).not.toContain(escape);
    expect((await crngwatch(words)).stdout).not.toContain(escape);
    expect((await crngwatch([...words, "--color=always"])).stdout).toContain(escape);
  });

  it("terminal: a long report goes through the pager that the user names, a short one and --no-pager do not", async () => {
    const words = ["report", "--root", host];
    const pager = { SYSTEMD_PAGER: "sed s/^/paged:/" };
    expect((await onTerminal(words, pager)).stdout).toMatch(/^paged:/);
    expect((await onTerminal(words, { PAGER: "sed s/^/paged:/" })).stdout).toMatch(/^paged:/);
    for (const [more, environment] of [
      [["--no-pager"], pager],
      [[], { ...pager, rows: 900 }],
      [[], { ...pager, TERM: "dumb" }],
      [[], { SYSTEMD_PAGER: "", PAGER: "sed s/^/paged:/" }],
      [[], { SYSTEMD_PAGER: "cat" }],
    ] as const)
      expect((await onTerminal([...words, ...more], environment)).stdout).not.toContain("paged:");
  });

  it("terminal: a pager that leaves at once is no failure", async () => {
    const { code, stdout } = await onTerminal(["report", "--verbose", "--root", host], { SYSTEMD_PAGER: "true" });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  });

  it.each<readonly [words: readonly string[], named: string]>([
    [["recorder", "status", "--yes"], "--yes"],
    [["recorder", "status", "--dry-run"], "--dry-run"],
    [["report", "--directory", "/nowhere"], "--directory"],
    [["report", "--color=red"], "'red'"],
    [["status", "--color="], "''"],
    [["status", "--json", "--color=always"], "--color"],
    [["report", "--json", "--no-pager"], "--no-pager"],
    [["report", "--format", "svg", "--verbose"], "--verbose"],
    [["report", "-o", "/tmp/none", "--no-pager"], "--no-pager"],
    [["report", "--compare", "-1", "--color=always"], "--color"],
  ])("terminal: %j would be ignored or is none, and is refused", async (words, named) => {
    const { code, stdout, stderr } = await crngwatch(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(named);
  });
});
