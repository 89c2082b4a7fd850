import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sources } from "../../src/observe/registry.ts";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { hostOfStory } from "../support/host/hosts.ts";
import { crngwatch, program, run, whyClosedToOthers } from "../support/running/program.ts";

describe("the exit code of status", () => {
  it.each([
    [0, "ready", "fedora-rdrand-trusted"],
    [0, "ready, as an interval", "log-overwritten"],
    [3, "not ready", "forged-ready-line"],
    [3, "not ready in FIPS mode", "fedora-fips-extrng"],
    [4, "unknown", "rhel-7.3-silent"],
    [4, "unknown, for want of a host", "empty"],
  ])("%i: %s", async (code, _what, story) => {
    const text = await crngwatch(["status", "--root", hostOfStory(story)]);
    const json = await crngwatch(["status", `--root=${hostOfStory(story)}`, "--json"]);
    expect([text.code, json.code]).toEqual([code, code]);
    expect([text.stderr, json.stderr]).toEqual(["", ""]);
    expect(text.stdout).toMatch(/^[^\n]+\nCRNG [^\n]+\n/);
  });
});

describe("the exit code of wait", () => {
  it("is 0 at once where it is ready", async () => {
    const { code, stdout, stderr } = await crngwatch([
      "wait",
      "--timeout",
      "20",
      "--root",
      hostOfStory("fedora-rdrand-trusted"),
    ]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "CRNG ready at 0.042031 s (kernel log)\n",
      stderr: "",
    });
  });

  it("is 3 on time-out, with a line that says how things stand", async () => {
    const { code, stdout, stderr } = await crngwatch([
      "wait",
      "--timeout",
      "0.1",
      "--root",
      hostOfStory("forged-ready-line"),
    ]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/^crngwatch: Gave up after 0\.1 s: CRNG not ready[^\n]*\n$/);
  });
});

describe("the exit code of report", () => {
  it.each(["fedora-rdrand-trusted", "may-2018-fips", "empty"])("is 0 whatever it reports: %s", async (story) => {
    const file = join(temporaryFolder(), "report.txt");
    const printed = await crngwatch(["report", "--root", hostOfStory(story)]);
    const written = await crngwatch(["report", "--root", hostOfStory(story), "-o", file]);
    expect({ ...printed, stdout: "" }).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(written).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readFileSync(file, "utf8")).toBe(printed.stdout);
  });

  it("is 0 for JSON, which is the document of status with the sources that are read on request", async () => {
    const root = hostOfStory("laptop-resumed");
    const requested = sources.filter(({ schedule }) => schedule === "on-request").map(({ name }) => name);
    const status = JSON.parse((await crngwatch(["status", "--json", "--root", root])).stdout) as {
      readonly boots: readonly { readonly sources: readonly { readonly name: string }[] }[];
    };
    const reported = JSON.parse((await crngwatch(["report", "--format=json", "--root", root])).stdout) as typeof status;
    expect(reported.boots[0]?.sources.filter(({ name }) => !requested.includes(name))).toEqual(
      status.boots[0]?.sources,
    );
    const onRequest = { host: null, platform: null };
    expect(status.boots[0]).toMatchObject(onRequest);
    expect(reported.boots[0]).toMatchObject({ host: expect.anything(), platform: expect.anything() });
    expect({ ...reported.boots[0], sources: [], ...onRequest }).toEqual({ ...status.boots[0], sources: [] });
  });
});

describe("a reader that leaves", () => {
  it.each(["true", "head -c 1", "exec <&-; sleep 0.2"])("is no error: `%s`", async (reader) => {
    for (const words of ["status --json", "report", "--help"]) {
      const script = `"$1" ${words} --root "$2" | { ${reader}; }; echo " \${PIPESTATUS[0]}"`;
      const command = words === "--help" ? script.replace(' --root "$2"', "") : script;
      const { stdout, stderr } = await run("bash", ["-c", command, "bash", program, hostOfStory("look-alikes")]);
      // 3: status says by its exit code that it is not ready, where it could still write.
      expect({ stderr, code: stdout.split(" ").at(-1) }).toMatchObject({
        stderr: "",
        code: expect.stringMatching(/^[03]\n$/),
      });
    }
  });

  it("is no error with closed standard output", async () => {
    const { stderr } = await run("sh", ["-c", '"$0" report --root "$1" >&-', program, hostOfStory("look-alikes")]);
    expect(stderr).toBe("");
  });
});

describe("this machine", () => {
  it("has a status, with or without privileges", async () => {
    const { code, stdout, stderr } = await crngwatch(["status", "--no-daemon"]);
    expect([0, 3, 4]).toContain(code);
    expect(stdout).toMatch(/^CRNG /m);
    expect(stderr).toBe("");
  });

  it("shows an unprivileged user what is visible, and names what is not", async (context) => {
    if (process.getuid?.() !== 0) return context.skip("only root can become another user");
    const ended = await run("setpriv", [
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      "--no-new-privs",
      "--bounding-set=-all",
      program,
      "status",
      "--json",
    ]);
    if (ended.code === "ENOENT") return context.skip("no setpriv here");
    const closed = whyClosedToOthers(ended);
    if (closed !== null) return context.skip(closed);
    const [record] = (
      JSON.parse(ended.stdout) as {
        readonly boots: readonly [
          {
            readonly sources: readonly {
              readonly name: string;
              readonly health: string;
              readonly detail: string | null;
            }[];
          },
        ];
      }
    ).boots;
    const kmsg = record.sources.find(({ name }) => name === "kmsg");
    if (kmsg?.health === "denied") expect(kmsg.detail).toMatch(/CAP_SYSLOG or kernel\.dmesg_restrict=0/);
    expect(record.sources.find(({ name }) => name === "getrandom")?.health).toBe("ok");
    expect(ended.stderr).toBe("");
  });
});
