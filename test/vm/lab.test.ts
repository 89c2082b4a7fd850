import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { boot, type MicroMachine, type Transcript } from "./lab/boot.ts";
import { REPOSITORY } from "./lab/root/project-files.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(`Skipped: ${reason}`);

/** A guest with busybox alone: what the lab itself does must not disturb the CRNG. */
const bare = (machine: MicroMachine): Promise<Transcript> => boot({ node: null, project: null, ...machine });

describe.skipIf(reason !== null)("a micro machine that goes wrong", () => {
  test("that does not end in time is killed, and the error quotes both serial ports", async () => {
    const endless = "echo the last words; kmsg the last message; while :; do :; done";
    let message = "";
    // On a busy host it comes to its words later.
    for (const timeoutSeconds of [8, 20, 60, 240]) {
      message = await bare({ kernel: "6.1", commandLine: "loglevel=7", timeoutSeconds, script: endless }).then(
        () => "it ended",
        String,
      );
      if (message.includes("the last words")) break;
    }
    expect(message).toMatch(/did not end within \d+ s[^]*the last message[^]*the last words/);
  });

  test("that panics ends at once, and the error quotes the panic", async () => {
    const guest = bare({ kernel: "6.1", script: "echo about to panic; sleep 1; echo c >/proc/sysrq-trigger" });
    await expect(guest).rejects.toThrow(/ended before its script did: Kernel panic - [^]*about to panic/);
  });

  test("ends with its script, whatever the script leaves behind, and names the sections that it did print", async () => {
    const guest = await bare({
      kernel: "6.1",
      script: "sleep 1000 &\n[ -t 1 ] || echo no terminal\nsection one\nsection two\nprintf 'no line feed'",
    });
    expect(guest.output).toBe("no terminal\n== one\n== two\nno line feed");
    expect(guest.section("one")).toBe("");
    expect(() => guest.section("three")).toThrow("The guest printed no section 'three', only 'one', 'two'");
  });

  test("is never started if there is no module of that name", async () => {
    await expect(bare({ kernel: "6.1", modules: ["no_such"], script: "" })).rejects.toThrow("has no module 'no_such'");
  });
});

describe.skipIf(reason !== null)("a project", () => {
  test("that has not been built is an error that says how", async () => {
    const unbuilt = await mkdtemp(join(tmpdir(), "crngwatch-lab-project-"));
    await cp(join(REPOSITORY, "package-lock.json"), join(unbuilt, "package-lock.json"));
    await symlink(join(REPOSITORY, "node_modules"), join(unbuilt, "node_modules"));
    await writeFile(join(unbuilt, "package.json"), '{ "type": "module" }');
    await expect(boot({ kernel: "6.12", project: unbuilt, script: "" })).rejects.toThrow(
      "it has no dist, run npm run build",
    );
    await rm(unbuilt, { recursive: true });
  });
});
