import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openJournal } from "../../src/exporters/journal.ts";
import { loadLibc } from "../../src/platform/libc.ts";
import { journalEvents } from "../../src/render/journal/journal-events.ts";
import { waitLastsFields } from "../../src/render/journal/journal-fields.ts";
import { openWaitText } from "../../src/render/wait-text.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";
import { startJournald, whyNoJournald } from "../support/running/journald.ts";
import { project, run } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";
import { aWait } from "../support/records/waits.ts";

const catalog = join(project, "packaging/catalog/crngwatch.catalog");
const why = whyMissing("journalctl");

/** A root with this catalog alone, and its database as journalctl makes it. */
function catalogRoot(): string {
  const root = temporaryFolder();
  const [source, database] = [join(root, "usr/lib/systemd/catalog"), join(root, "var/lib/systemd/catalog")];
  for (const folder of [source, database]) mkdirSync(folder, { recursive: true });
  copyFileSync(catalog, join(source, "crngwatch.catalog"));
  execFileSync("journalctl", [`--root=${root}`, "--update-catalog"]);
  return root;
}

describe.skipIf(why !== null)(`the catalog ${why ?? ""}`, () => {
  it("explains each kind of event and nothing else, by journalctl's own reading", async () => {
    const { stdout, stderr, code } = await run("journalctl", [`--root=${catalogRoot()}`, "--list-catalog"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const listed = stdout.trimEnd().split("\n").map((line) => line.split(":", 1)[0]);
    const ids: readonly string[] = Object.values(journalEvents).map(({ id }) => id);
    expect(new Set(listed)).toEqual(new Set(ids.map((id) => `${id} crngwatch`)));
    expect(listed).toHaveLength(ids.length);
  });

  it("says of each what it is and what to do, with where to read more", () => {
    const entries = readFileSync(catalog, "utf8").split(/^-- /m).slice(1);
    for (const entry of entries) {
      expect(entry).toMatch(/^[0-9a-f]{32}\nSubject: \S.*\nDefined-By: crngwatch\nDocumentation: man:crngwatch-journal\(7\)\n\n[^]{80,}$/);
    }
  });

  it.skipIf(whyNoJournald !== null)(`is what journalctl -x shows below an entry ${whyNoJournald ?? ""}`, async () => {
    const { socket, beside, journalctl } = await startJournald();
    const libc = loadLibc();
    if (typeof libc === "string") throw new Error(libc);
    const journal = openJournal(libc, { socket, seconds: () => 0 });
    journal.send({ MESSAGE: openWaitText(aWait(), 41), PRIORITY: "4", SYSLOG_IDENTIFIER: "crngwatch", ...waitLastsFields(aWait(), 41) });
    journal.close();
    const database = join(catalogRoot(), "var/lib/systemd/catalog");
    execFileSync(beside[0] ?? "", [...beside.slice(1), "mount", "--bind", database, "/var/lib/systemd/catalog"]);
    const shown = journalctl("--catalog", `MESSAGE_ID=${journalEvents["wait-lasts"].id}`).toString();
    expect(shown).toMatch(/sshd-keygen\[612\] has waited 41 s for the CRNG in getrandom \(has libcrypto\.so\.3 loaded\)\n/);
    expect(shown).toMatch(/^░░ Subject: Process 612 \(sshd-keygen\) is blocked on the kernel's random number generator$/m);
    expect(shown).toMatch(/^░░ The process has waited for 41 s because/m);
  });
});
