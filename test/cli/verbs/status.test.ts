import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { emptyRecord } from "../../../src/core/boot-record.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { readyLine } from "../../support/records/evidence-of.ts";
import { temporaryFolder } from "../../support/host/host-folder.ts";
import { hosts, hostOfStory } from "../../support/host/hosts.ts";
import { startDaemon } from "../../support/running/daemon.ts";
import { crngwatch, type Ended, program, project, run } from "../../support/running/program.ts";
import { whyMissing } from "../../support/running/programs.ts";

/** Exit code of `status`, by what a story is about; all others are ready. */
const notReady = [
  "board-without-cycle-counter",
  "fedora-fips-extrng",
  "fips-generator-lazy-seed",
  "fips-generator-likely",
  "fips-generator-queue",
  "fips-without-hook",
  "forged-ready-line",
  "look-alikes",
  "may-2018-fips",
];
const unknown = ["empty", "rhel-7.3-silent"];
const codeOf = (story: string): number => (notReady.includes(story) ? 3 : unknown.includes(story) ? 4 : 0);
const expected = (story: string, file: string): string => readFileSync(join(hosts, story, file), "utf8");

describe.concurrent("status, as it is shipped", () => {
  it.each(readdirSync(hosts).toSorted())(
    "prints the record that is expected of the host '%s', and answers by its exit code",
    async (story) => {
      const host = hostOfStory(story);
      const { code, stdout, stderr } = await crngwatch(["status", "--json", "--root", host]);
      expect({ code, stderr }).toEqual({ code: codeOf(story), stderr: "" });
      expect(stdout.replaceAll(host, "HOST")).toBe(expected(story, "expected.json"));
    },
  );
});

describe.concurrent("report, as it is shipped", () => {
  it.each(["fedora-fips-extrng", "laptop-resumed", "may-2018-fips"])(
    "prints what is expected of the host '%s'",
    async (story) => {
      const host = hostOfStory(story);
      const { code, stdout, stderr } = await crngwatch(["report", "--verbose", "--root", host]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.replaceAll(host, "HOST")).toBe(expected(story, "expected.txt"));
    },
  );
});

/** A service that does this with each client. */
async function serviceThat(serve: (client: Socket) => void): Promise<string> {
  const path = join(temporaryFolder(), "socket");
  const server = createServer((client) => {
    client.on("error", () => client.destroy());
    onTestFinished(() => void client.destroy());
    serve(client);
  }).listen(path);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return path;
}

/** Without the start object, and so by node:net. */
function startedAlone(words: readonly string[]): Promise<Ended> {
  return run(process.execPath, [join(project, "dist/start.cjs"), ...words]);
}

describe("status, which queries the daemon by native/unix-socket.c", () => {
  const hasObject = existsSync(join(project, "native/nonblocking-start.so"));

  it.skipIf(!hasObject || whyMissing("strace") !== null)(
    "has one socket, and draws no random bytes for it",
    async () => {
      const daemon = await startDaemon();
      const traced = async (words: readonly string[]): Promise<string> => {
        const calls = join(temporaryFolder(), "calls");
        await run("strace", ["-f", "-e", "trace=getrandom,socket", "-o", calls, program, ...words]);
        return readFileSync(calls, "utf8");
      };
      const calls = await traced(["status", "--socket", daemon.socket]);
      expect(calls.match(/ socket\(.*/g)).toEqual([
        expect.stringMatching(/\(AF_UNIX, SOCK_STREAM\|SOCK_CLOEXEC\|SOCK_NONBLOCK, 0\) = \d+$/),
      ]);
      const drawn = (text: string) => text.match(/ getrandom\(/g)?.length;
      expect(drawn(calls)).toBe(drawn(await traced(["--version"])));
    },
  );

  it("prints the same without the object", async () => {
    const daemon = await startDaemon();
    const words = ["status", "--socket", daemon.socket];
    const ended = await crngwatch(words);
    expect(ended.stdout).toMatch(/\ndaemon: answered, run by [^\n]+\n$/);
    expect(await startedAlone(words)).toEqual(ended);
  });

  it.each<[what: string, serve: (client: Socket) => void]>([
    ["answers nonsense", (client) => client.end("{}|\0")],
    ["answers without a text", (client) => client.end('{"parameters":{"level":"ready","settled":true}}\0')],
    ["answers with an error", (client) => client.end('{"error":"io.crngwatch.None"}\0')],
    [
      "answers with control characters",
      (client) => client.end('{"parameters":{"level":"ready","text":"\\u001b[1mé\\n"}}\0'),
    ],
  ])("says the same without the object of a service that %s", async (_what, serve) => {
    const words = ["status", "--socket", await serviceThat((client) => client.once("data", () => serve(client)))];
    const ended = await crngwatch(words);
    expect(ended.stdout + ended.stderr).not.toBe("");
    expect(await startedAlone(words)).toEqual(ended);
  });

  it("says the same without the object where no service is", async () => {
    const words = ["status", "--socket", join(temporaryFolder(), "none")];
    const ended = await crngwatch(words);
    expect(ended.stderr).toMatch(/^crngwatch: No daemon answers on /);
    expect(await startedAlone(words)).toEqual(ended);
  });
});

describe("status, where the daemon's verdict is not shown and systemd's time stamps may show it", () => {
  /** The methods that `status` calls, of a daemon that says so or does not; and what it prints. */
  async function calls(words: readonly string[], may: boolean): Promise<readonly [string[], Ended]> {
    const called: string[] = [];
    const record = diagnose(fold(emptyRecord(), [readyLine(61)]).record);
    const answers: Readonly<Record<string, object>> = {
      GetStatus: { text: "the daemon's own text\n", level: "ready", settled: true, unitTimesMayDecide: may },
      GetRecord: { record },
    };
    const path = await serviceThat((client) =>
      client.on("data", (data) => {
        const method = /"io\.crngwatch\.(\w+)"/.exec(String(data))?.[1] ?? "";
        called.push(method);
        client.end(`${JSON.stringify({ parameters: answers[method] })}\0`);
      }),
    );
    return [called, await crngwatch(["status", ...words, "--socket", path])];
  }

  it("takes the daemon's record, and judges it with them", async () => {
    const [called, { code, stdout, stderr }] = await calls([], true);
    expect({ called, code, stderr }).toEqual({ called: ["GetStatus", "GetRecord"], code: 0, stderr: "" });
    // What this host's systemd says of a made-up moment is not known here.
    expect(stdout).toMatch(/^Undecided whether the CRNG delayed this boot: it became ready late, at 61\.000 s; /);
    expect(stdout).toMatch(/\ndaemon: answered, run by [^\n]+\n$/);
  });

  it.each<[words: readonly string[], may: boolean]>([
    [[], false],
    [["--quiet"], true],
  ])("needs nothing but the daemon's text with %j where that may be: %s", async (words, may) => {
    const [called, { code, stdout }] = await calls(words, may);
    expect({ called, code }).toEqual({ called: ["GetStatus"], code: 0 });
    expect(stdout).toMatch(words.length === 0 ? /^the daemon's own text\n/ : /^$/);
  });
});

describe("status alone, which is not parsed", () => {
  it("prints what it prints when it is parsed", async () => {
    expect(await crngwatch(["status"])).toEqual(await crngwatch(["--", "status"]));
  });
});
