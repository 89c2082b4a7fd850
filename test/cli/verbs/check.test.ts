import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordOf, startDaemon } from "../../support/running/daemon.ts";
import { temporaryFolder } from "../../support/host/host-folder.ts";
import { hostOfStory } from "../../support/host/hosts.ts";
import { mounted, noMounts } from "../../support/host/mounted.ts";
import { crngwatch, program, run } from "../../support/running/program.ts";
import { whyMissing } from "../../support/running/programs.ts";

const negate = "/usr/lib/nagios/plugins/negate";

describe("the exit code of check", () => {
  it.each<[code: number, state: string, story: string, words: readonly string[]]>([
    [0, "OK", "fedora-rdrand-trusted", []],
    [0, "OK", "log-overwritten", []],
    [1, "WARNING", "early-uses-4.19", []],
    [0, "OK", "early-uses-4.19", ["--warning", "15"]],
    [2, "CRITICAL", "early-uses-4.19", ["-w", "5", "-c", "12"]],
    [1, "WARNING", "fedora-rdrand-trusted", ["--warning=1:"]],
    [2, "CRITICAL", "fedora-rdrand-trusted", ["--critical=@0:1"]],
    [2, "CRITICAL", "forged-ready-line", []],
    [3, "UNKNOWN", "rhel-7.3-silent", []],
    [3, "UNKNOWN", "empty", []],
  ])("is %i for %s: %s %j", async (code, state, story, words) => {
    const ended = await crngwatch(["check", "--root", hostOfStory(story), ...words]);
    expect({ ...ended, stdout: "" }).toEqual({ code, stdout: "", stderr: "" });
    expect(ended.stdout).toMatch(new RegExp(`^CRNG ${state} - [^|\\n]+ \\| ready_seconds=[^|\\n]+\\n$`));
  });

  it.each<[what: string, words: readonly string[], named: string]>([
    ["a range that is none", ["--warning", "soon"], "'soon'"],
    ["a range that runs backwards", ["-c", "20:10"], "'20:10'"],
    ["a range with a pipe", ["--waited", "1|x=2"], String.raw`'1\x7cx=2'`],
    ["an unknown option", ["--xml"], "'--xml'"],
    ["a missing value", ["--warning"], "RANGE"],
    ["an operand", ["now"], "'now'"],
    ["a folder that is not there", ["--root", "/nonexistent/host"], "'/nonexistent/host'"],
  ])("is 3, with its line on standard output, for %s", async (_what, words, named) => {
    const { code, stdout, stderr } = await crngwatch(["check", ...words]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(stdout).toMatch(/^CRNG UNKNOWN - [^|\n]+\n$/);
    expect(stdout).toContain(named);
  });

  it("is 3 where the line finds no room", async () => {
    const { code, stderr } = await run("sh", [
      "-c",
      'exec "$0" check --root "$1" >/dev/full',
      program,
      hostOfStory("fedora-rdrand-trusted"),
    ]);
    expect({ code, lines: stderr.trim().split("\n").at(-1) }).toEqual({
      code: 3,
      lines: "crngwatch: Cannot write to standard output: ENOSPC",
    });
  });
});

describe("check", () => {
  it("queries the daemon, and reports its record", async () => {
    const daemon = await startDaemon();
    const { readiness } = await recordOf(daemon);
    const { code, stdout } = await crngwatch(["check", "--socket", daemon.socket]);
    expect(stdout).toContain(
      readiness.readyAt === null ? " | ready_seconds=U;" : ` | ready_seconds=${readiness.readyAt.toFixed(6)}s;10;60;0 `,
    );
    expect([0, 1, 2]).toContain(code);
  });

  it("passes over a daemon that talks nonsense, unless its socket was named", async () => {
    const socket = join(temporaryFolder(), "socket");
    const server = createServer((client) => client.end("{}|\0")).listen(socket);
    await once(server, "listening");
    const named = await crngwatch(["check", "--socket", socket]);
    expect(named).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/^CRNG UNKNOWN - Cannot ask '[^']+': the reply is not a Varlink reply\n$/),
    });
    if (noMounts === null) {
      const home = `mount -t tmpfs none /run && mkdir /run/crngwatch && ln -s ${socket} /run/crngwatch/io.crngwatch`;
      const [command, ...words] = [...mounted(home), program, "check"];
      const { code, stdout, stderr } = await run(command, words);
      expect([0, 1, 2, 3]).toContain(code);
      expect(stdout).toMatch(/^CRNG \w+ - [^|\n]+ \| ready_seconds=/);
      expect(stderr).toMatch(/^crngwatch: [^\n]+, continuing without the daemon\n$/);
    }
    server.close();
  });

  it("prints with -v the findings in lines after the answer, which is the same", async () => {
    const words = ["check", "--root", hostOfStory("may-2018-fips")];
    const { code, stdout } = await crngwatch(words);
    const verbose = await crngwatch([...words, "-v"]);
    expect(verbose).toMatchObject({ code, stderr: "" });
    const [answer, ...lines] = verbose.stdout.trimEnd().split("\n");
    expect(`${answer}\n`).toBe(stdout);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/^(?:critical|warning|note|remedy): [^|]+$/);
  });

  it("is UNKNOWN where a daemon gives no answer in time", async () => {
    const daemon = await startDaemon();
    daemon.child.kill("SIGSTOP");
    expect(await crngwatch(["check", "-t", "0.1", "--socket", daemon.socket])).toEqual({
      code: 3,
      stdout: "CRNG UNKNOWN - No answer within 0.1 s: see --timeout\n",
      stderr: "",
    });
  });

  it("is understood by negate of the Monitoring Plugins", async (context) => {
    const missing = whyMissing(negate);
    if (missing !== null) return context.skip(missing);
    const root = hostOfStory("fedora-rdrand-trusted");
    expect(await run(negate, ["-s", program, "check", "--root", root])).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^CRNG CRITICAL - .*ready at 0\.042031 s/),
    });
    expect(await run(negate, ["-s", "-o", "WARNING", program, "check", "--root", root])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^CRNG WARNING - /),
    });
  });

  it("has performance data that Monitoring::Plugin reads", async (context) => {
    const missing = whyMissing("perl");
    if (missing !== null) return context.skip(missing);
    const reader =
      'use Monitoring::Plugin::Performance; local $/; my $line = <STDIN>; $line =~ s/^[^|]*\\| //; chomp $line; print join(",", map { $_ // "" } $_->label, $_->value, $_->uom, $_->warning, $_->critical, $_->min, $_->max), "\\n" for Monitoring::Plugin::Performance->parse_perfstring($line);';
    const { code, stdout, stderr } = await run("sh", [
      "-c",
      '"$0" check --root "$1" -w 0.5:20 -c ~:60 | perl -e "$2"',
      program,
      hostOfStory("fedora-rdrand-trusted"),
      reader,
    ]);
    if (stderr.includes("Can't locate Monitoring/Plugin"))
      return context.skip("not installed: Monitoring::Plugin (libmonitoring-plugin-perl)");
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "ready_seconds,0.042031,s,0.5:20,~:60,0,\nentropy_bits,256,,,,0,256\n",
      stderr: "",
    });
  });
});
